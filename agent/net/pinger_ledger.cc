#include "agent/net/pinger_ledger.h"

#include <algorithm>
#include <utility>

namespace siaga {
namespace {

constexpr const char* full_buffers = "the kernel's send buffers stay full";

}  // namespace

PingLedger::PingLedger(PingRequest request, Instant now)
    : request_(std::move(request)), next_send_(now) {
  packets_.reserve(static_cast<std::size_t>(std::max(request_.packets, 0)));
}

std::optional<int> PingLedger::due_packet(Instant now) const {
  if (is_sending_over() || next_send_ > now) return {};
  return static_cast<int>(packets_.size());
}

void PingLedger::sent(Instant at) {
  packets_.push_back({.sent = at});
  postponed_since_.reset();
  next_send_ = at + request_.spacing;
}

void PingLedger::postpone(Instant now, Instant next) {
  if (!postponed_since_) postponed_since_ = now;
  next_send_ = next;
  if (now - *postponed_since_ >= request_.wait) stop(Reason::agent_memory, full_buffers);
}

void PingLedger::stop(Reason reason, std::string detail) {
  is_stopped_ = true;
  stop_reason_ = reason;
  stop_detail_ = std::move(detail);
}

void PingLedger::conclude(Packet& packet, State state) {
  if (packet.state == State::under_way) ++concluded_;
  packet.state = state;
}

void PingLedger::answered(int packet, Duration round_trip, int hop_limit) {
  Packet& answered = packets_.at(static_cast<std::size_t>(packet));
  if (answered.state == State::answered) {
    if (duplicates_ < std::numeric_limits<int>::max()) ++duplicates_;
    return;
  }
  if (answered.state == State::lost || round_trip > request_.wait) return;
  // An error that somebody sent beside a true reply has lied.
  conclude(answered, State::answered);
  replies_.push_back({.round_trip = round_trip, .sequence = packet, .hop_limit = hop_limit});
}

void PingLedger::refused(int packet, Reason reason, std::string detail) {
  Packet& refused = packets_.at(static_cast<std::size_t>(packet));
  if (refused.state != State::under_way) return;
  conclude(refused, State::refused);
  refusal_ = reason;
  refusal_detail_ = std::move(detail);
}

void PingLedger::expire(Instant now) {
  for (; oldest_ < packets_.size(); ++oldest_) {
    Packet& packet = packets_[oldest_];
    if (packet.state != State::under_way) continue;
    if (packet.sent + request_.wait > now) return;
    conclude(packet, State::lost);
  }
}

Instant PingLedger::next_event() const {
  Instant next = is_sending_over() ? never : next_send_;
  // Waits end in the order of sending; one that was concluded early only makes us look in vain.
  for (std::size_t index = oldest_; index < packets_.size(); ++index) {
    if (packets_[index].state != State::under_way) continue;
    return std::min(next, packets_[index].sent + request_.wait);
  }
  return next;
}

PingResult PingLedger::result() const {
  PingResult result{.sent = static_cast<int>(concluded_),
                    .replies = replies_,
                    .duplicates = duplicates_,
                    .reason = Reason::none,
                    .detail = {}};
  // What the network said weighs more than that we then could not go on.
  if (refusal_ != Reason::none && replies_.size() < concluded_) {
    result.reason = refusal_;
    result.detail = refusal_detail_;
  } else if (is_stopped_) {
    result.reason = stop_reason_;
    result.detail = stop_detail_;
  } else if (packets_.empty() && postponed_since_) {
    result.reason = Reason::agent_memory;
    result.detail = full_buffers;
  }
  return result;
}

}  // namespace siaga
