// ICMP echo for all targets over one socket per family: raw where CAP_NET_RAW allows, else ping
// sockets. Replies are taken only from the kernel filter and a random payload that proves them
// ours.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/reason.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/loop/loop.h"

namespace siaga {

struct PingRequest {
  Address to;
  int packets = 3;
  Duration spacing = std::chrono::milliseconds(200);  // between the packets of one run
  Duration wait = std::chrono::seconds(1);            // for each reply, from its own sending
  std::size_t payload_bytes = 56;                     // at least 24
  std::optional<int> hop_limit;
  std::optional<int> traffic_class;
  bool dont_fragment = false;
  std::optional<Address> source;
  std::string interface;
};

struct PingReply {
  Duration round_trip;  // kernel time stamps where the kernel gives them
  int sequence = 0;     // 0-based, of the run
  int hop_limit = -1;   // of the reply; -1: not known
};

struct PingResult {
  int sent = 0;  // packets that were answered or whose wait has ended
  std::vector<PingReply> replies;
  int duplicates = 0;
  Reason reason =
      Reason::none;  // agent_*: could not send; host_unreachable, network_unreachable, prohibited,
                     // ttl_exceeded, packet_too_big: what ICMP said, when replies are missing
  std::string detail;  // "host unreachable, says 10.0.0.1"
};

// Destroying it cancels; it may be destroyed inside its own or another run's `done`.
class PingRun {
 public:
  virtual ~PingRun() = default;
  // What is known by now, for a deadline that struck. Reads what lies in the sockets first; calls
  // nobody back.
  virtual PingResult so_far() = 0;
};

class Pinger {
 public:
  using Done = std::move_only_function<void(PingResult)>;

  // Sockets are opened at the first use; a missing permission is the reason agent_permission with a
  // detail that names CAP_NET_RAW and net.ipv4.ping_group_range.
  static std::unique_ptr<Pinger> create(Loop& loop);
  // Every run must be gone before (a CHECK); not to be destroyed inside a `done`.
  virtual ~Pinger() = default;
  // `done` comes on a later turn, at most once; it may destroy any run and start new ones.
  virtual std::unique_ptr<PingRun> start(const PingRequest& request, Done done) = 0;
};

}  // namespace siaga
