// The books of one ping run: when which packet is to be sent, what became of each, and what it all
// means. A pure value: time comes in as arguments, no sockets, no timers.
#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "agent/net/pinger.h"

namespace siaga {

class PingLedger {
 public:
  static constexpr Instant never = Instant::max();

  PingLedger(PingRequest request, Instant now);

  const PingRequest& request() const { return request_; }
  // The index of the packet that should be sent by now.
  std::optional<int> due_packet(Instant now) const;
  // The due packet was handed to the kernel. The next one is `spacing` later, counted from here:
  // no burst after a stall.
  void sent(Instant at);
  // Buffers are full: the due packet is tried again at `next`; after `wait` of that it is given up.
  void postpone(Instant now, Instant next);
  // The agent cannot send: nothing more is sent. What is under way is waited for.
  void stop(Reason reason, std::string detail);

  // A proven reply to a packet. One that took longer than `wait` is a lost packet all the same.
  void answered(int packet, Duration round_trip, int hop_limit);
  // ICMP said that the packet did not arrive.
  void refused(int packet, Reason reason, std::string detail);
  // Packets whose wait has ended are lost.
  void expire(Instant now);

  bool was_sent(std::size_t packet) const { return packet < packets_.size(); }
  Instant sent_at(std::size_t packet) const { return packets_.at(packet).sent; }
  bool awaits_replies() const { return concluded_ < packets_.size(); }
  bool is_complete() const { return is_sending_over() && !awaits_replies(); }
  // When to look again: the next sending or the end of a wait.
  Instant next_event() const;
  // As things stand. A run whose packets all still wait for room in the buffers is agent_memory.
  PingResult result() const;

 private:
  enum class State : std::uint8_t { under_way, answered, refused, lost };
  struct Packet {
    Instant sent;
    State state = State::under_way;
  };

  bool is_sending_over() const {
    return is_stopped_ || packets_.size() >= static_cast<std::size_t>(request_.packets);
  }
  void conclude(Packet& packet, State state);

  PingRequest request_;
  std::vector<Packet> packets_;  // those that were sent
  std::vector<PingReply> replies_;
  std::size_t concluded_ = 0;
  std::size_t oldest_ = 0;  // the first packet that may be under way
  int duplicates_ = 0;
  Instant next_send_;
  std::optional<Instant> postponed_since_;
  bool is_stopped_ = false;
  Reason stop_reason_ = Reason::none, refusal_ = Reason::none;
  std::string stop_detail_, refusal_detail_;
};

}  // namespace siaga
