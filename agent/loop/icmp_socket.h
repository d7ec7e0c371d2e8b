// One ICMP socket for any number of targets: raw where the process may, else the kernel's ping
// socket. Sends echo requests, hands over in batches the replies that carry a cookie (the kernel
// drops all others unseen) and the ICMP errors of the error queue. Knows nothing of runs and
// targets; what it hands over is not yet proven to be ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/loop/loop.h"
#include "agent/loop/poller.h"

namespace siaga {

struct IcmpSocketOptions {
  Family family = Family::ip4;
  std::uint64_t cookie = 0;    // the first 8 bytes of the payload of replies that are taken
  bool dont_fragment = false;  // IPv4 has this for whole sockets only
  bool may_be_raw = true;      // false: ping sockets only, for tests
};

struct IcmpRequest {
  Address to;
  std::span<const std::byte> message;  // ICMP header and payload
  std::optional<int> hop_limit;
  std::optional<int> traffic_class;
  std::optional<Address> source;
  unsigned interface_index = 0;  // 0: any
};

// The spans are good until the next read of the same socket.
struct IcmpReply {
  Address from;
  std::span<const std::byte> message;  // from the ICMP header on
  int hop_limit = -1;                  // -1: not known
  Instant read_at{};
  Duration age{};  // then, since the kernel took it from the network, by the wall clock: may be
                   // anything when that clock was stepped meanwhile; 0 when not known
};

struct IcmpError {
  Address to;        // of the packet that went wrong
  Address offender;  // who says so
  std::uint8_t type = 0, code = 0;
  std::span<const std::byte> quoted;  // of our packet, from the ICMP header on
};

class IcmpSocket {
 public:
  using Readable = std::function<void(bool has_errors)>;

  // `readable` is called when there is something to read, on every turn until it has been read; it
  // may destroy the socket. Error: EPERM with a text that names what is missing, EAFNOSUPPORT
  // where the host lacks the family, EMFILE, ...
  static Result<std::unique_ptr<IcmpSocket>> open(Loop& loop, const IcmpSocketOptions& options,
                                                  Readable readable);
  ~IcmpSocket();
  IcmpSocket(const IcmpSocket&) = delete;
  IcmpSocket& operator=(const IcmpSocket&) = delete;

  // False: a ping socket, whose packets get an identifier of the kernel's.
  bool is_raw() const { return is_raw_; }

  // 0, or the errno of sendmsg. EAGAIN and ENOBUFS: buffers are full, try later.
  int send(const IcmpRequest& request);

  // The next batch that is there now; empty when there is none (or only useless ones for long).
  std::span<const IcmpReply> read_replies();
  std::span<const IcmpError> read_errors();
  // The last read_replies() took all there was.
  bool is_drained() const;

  // Replies up to this size are read whole, larger ones are dropped; grows only.
  void expect_message_bytes(std::size_t bytes);

 private:
  struct Batch;
  IcmpSocket(int fd, Family family, bool is_raw);

  int fd_;
  Family family_;
  bool is_raw_;
  std::unique_ptr<Batch> reply_batch_, error_batch_;
  std::vector<IcmpReply> replies_;
  std::vector<IcmpError> errors_;
  std::unique_ptr<Poller> poller_;
};

}  // namespace siaga
