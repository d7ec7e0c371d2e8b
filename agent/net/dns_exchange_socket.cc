#include "agent/net/dns_exchange_socket.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "agent/loop/socket.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t abandoned_kept = 512;
// Nothing tells when a connected UDP socket has room again after ENOBUFS, which is the queue of the
// network device.
constexpr Duration room_wait = 2ms;

bool is_full(int code) { return code == EAGAIN || code == EWOULDBLOCK || code == ENOBUFS; }

}  // namespace

DnsUdpQuery::DnsUdpQuery(Loop& loop, std::vector<std::byte> query, DnsExchange::Done done)
    : loop_(loop),
      message_(std::move(query)),
      question_bytes_(dns_question_bytes(message_)),
      started_(loop.now()),
      done_(std::move(done)) {}

DnsUdpQuery::~DnsUdpQuery() {
  if (socket_ != nullptr) socket_->abandon(*this);
}

DnsReply DnsUdpQuery::so_far() {
  DnsReply reply;
  reply.reason = mismatches_ > 0 ? Reason::dns_mismatch : Reason::reply_timeout;
  reply.mismatches = mismatches_;
  reply.request = loop_.now() - sent_.value_or(started_);
  return reply;
}

void DnsUdpQuery::fail_soon(Reason reason, std::string detail) {
  answer_ = so_far();
  answer_.reason = reason;
  answer_.detail = std::move(detail);
  soon_ = std::make_unique<Soon>(loop_, [this] { hand_over(); });
}

void DnsUdpQuery::deliver(std::span<const std::byte> reply, Instant now) {
  answer_.message.assign(reply.begin(), reply.end());
  answer_.mismatches = mismatches_;
  answer_.request = now - *sent_;
  hand_over();
}

void DnsUdpQuery::hand_over() {
  auto done = std::move(done_);
  DnsReply reply = std::move(answer_);
  done(std::move(reply));
}

DnsSocket::DnsSocket(Loop& loop, DnsIds& ids, const Endpoint& server)
    : loop_(loop), ids_(ids), server_(server), opened_(loop.now()) {}

DnsSocket::~DnsSocket() {
  for (const auto& [id, query] : under_way_) query->socket_ = nullptr;
}

Result<void> DnsSocket::open(const DatagramOptions& options) {
  auto opened = Datagram::open(loop_, options,
                               [this](Result<std::span<const std::byte>> data) { received(data); });
  if (!opened) return std::unexpected(std::move(opened.error()));
  datagram_ = std::move(*opened);
  return {};
}

bool DnsSocket::is_worn() const {
  const Duration limit = has_failed_ ? limits::dns_socket_retry : limits::dns_socket_age;
  return age() > limit || under_way_.size() >= limits::dns_queries_per_socket;
}

void DnsSocket::add(DnsUdpQuery& query) {
  const std::uint16_t id = fresh_id();
  set_dns_id(query.message_, id);
  query.socket_ = this;
  under_way_.emplace(id, &query);
  if (waiting_.empty() && send(query)) return;
  waiting_.push_back(&query);
  if (!room_) room_ = std::make_unique<Timer>(loop_, [this] { send_waiting(); });
  if (!room_->is_armed()) room_->start_after(room_wait);
}

void DnsSocket::abandon(DnsUdpQuery& query) {
  has_failed_ = true;
  const std::uint16_t id = dns_id(query.message_);
  if (abandoned_.size() < abandoned_kept) {
    abandoned_.push_back(id);
  } else {
    abandoned_[abandoned_next_] = id;
    abandoned_next_ = (abandoned_next_ + 1) % abandoned_kept;
  }
  forget(query);
}

// Never one whose late reply may still come: that reply would look like a very quick one. Most of
// the 65,536 are free (dns_queries_per_socket), so this ends soon.
std::uint16_t DnsSocket::fresh_id() {
  for (;;) {
    const std::uint16_t id = ids_.next();
    if (!under_way_.contains(id) && std::ranges::find(abandoned_, id) == abandoned_.end())
      return id;
  }
}

bool DnsSocket::send(DnsUdpQuery& query) {
  query.sent_ = loop_.now();
  auto sent = datagram_->send(query.message_);
  if (!sent && sent.error().code == ECONNREFUSED) {
    // Linux reports the ICMP answer to an earlier datagram at the next call: not about this one.
    query.sent_.reset();
    fail_sent(ECONNREFUSED);
    query.sent_ = loop_.now();
    sent = datagram_->send(query.message_);
  }
  if (sent) return true;
  query.sent_.reset();
  if (is_full(sent.error().code)) return false;
  fail(query, reason_of_connect_error(sent.error()), sent.error().code);
  return true;
}

void DnsSocket::send_waiting() {
  while (!waiting_.empty()) {
    DnsUdpQuery* next = waiting_.front();
    if (!send(*next)) break;
    std::erase(waiting_, next);
  }
  if (!waiting_.empty()) room_->start_after(room_wait);
}

void DnsSocket::received(const Result<std::span<const std::byte>>& data) {
  if (!data) return fail_sent(data.error().code);
  take(*data);
}

void DnsSocket::take(std::span<const std::byte> message) {
  if (message.size() < dns_header_bytes) return count_mismatch(message);
  const auto found = under_way_.find(dns_id(message));
  if (found == under_way_.end()) {
    if (std::ranges::find(abandoned_, dns_id(message)) == abandoned_.end()) count_mismatch(message);
    return;
  }
  DnsUdpQuery& query = *found->second;
  if (!query.sent_ || !answers_question(message, query.message_, query.question_bytes_)) {
    ++query.mismatches_;
    return;
  }
  query.socket_ = nullptr;
  under_way_.erase(found);
  query.deliver(message, loop_.now());
}

// A reply with an unknown id belongs to the queries with its question, or else to all.
void DnsSocket::count_mismatch(std::span<const std::byte> message) {
  bool is_claimed = false;
  for (const auto& [id, query] : under_way_) {
    if (!answers_question(message, query->message_, query->question_bytes_)) continue;
    ++query->mismatches_;
    is_claimed = true;
  }
  if (is_claimed) return;
  for (const auto& [id, query] : under_way_) ++query->mismatches_;
}

// What ICMP said of one datagram holds for the server's port, and so for all that were sent to it.
void DnsSocket::fail_sent(int code) {
  std::vector<DnsUdpQuery*> sent;
  for (const auto& [id, query] : under_way_) {
    if (query->sent_) sent.push_back(query);
  }
  for (DnsUdpQuery* query : sent) fail(*query, reason_of_connect_errno(code), code);
}

void DnsSocket::fail(DnsUdpQuery& query, Reason reason, int code) {
  has_failed_ = true;
  forget(query);
  query.socket_ = nullptr;
  query.fail_soon(reason, fmt::format("{}: {}", to_string(server_), std::strerror(code)));
}

void DnsSocket::forget(DnsUdpQuery& query) {
  under_way_.erase(dns_id(query.message_));
  std::erase(waiting_, &query);
}

}  // namespace siaga
