// One UDP socket to one DNS server and the queries under way on it, told apart by id and question.
// Knows nothing of other sockets. A wrong reply is counted and never taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/limits.h"
#include "agent/core/result.h"
#include "agent/loop/datagram.h"
#include "agent/loop/loop.h"
#include "agent/loop/timer.h"
#include "agent/net/dns_exchange.h"
#include "agent/net/dns_exchange_match.h"

namespace siaga {

class DnsSocket;

class DnsUdpQuery final : public DnsQuery {
 public:
  DnsUdpQuery(Loop& loop, std::vector<std::byte> query, DnsExchange::Done done);
  ~DnsUdpQuery() override;
  DnsReply so_far() override;

  // Ends the query on a coming turn.
  void fail_soon(Reason reason, std::string detail);

 private:
  friend class DnsSocket;
  // Ends it now; as the last statement of a callback.
  void deliver(std::span<const std::byte> reply, Instant now);
  void hand_over();

  Loop& loop_;
  std::vector<std::byte> message_;
  std::size_t question_bytes_;
  Instant started_;
  std::optional<Instant> sent_;
  std::uint32_t mismatches_ = 0;
  DnsSocket* socket_ = nullptr;
  DnsExchange::Done done_;
  DnsReply answer_;
  std::unique_ptr<Soon> soon_;
};

class DnsSocket {
 public:
  DnsSocket(Loop& loop, DnsIds& ids, const Endpoint& server);
  ~DnsSocket();
  DnsSocket(const DnsSocket&) = delete;
  DnsSocket& operator=(const DnsSocket&) = delete;

  Result<void> open(const DatagramOptions& options);
  // Sends the query; nothing is delivered from inside.
  void add(DnsUdpQuery& query);
  // The query's owner lost patience.
  void abandon(DnsUdpQuery& query);

  bool is_idle() const { return under_way_.empty(); }
  Duration age() const { return loop_.now() - opened_; }
  // Too old, or no good, or too crowded to take another query.
  bool is_worn() const;

 private:
  std::uint16_t fresh_id();
  // False: the socket's buffer is full.
  bool send(DnsUdpQuery& query);
  void send_waiting();
  void received(const Result<std::span<const std::byte>>& data);
  void take(std::span<const std::byte> message);
  void count_mismatch(std::span<const std::byte> message);
  void fail_sent(int code);
  void fail(DnsUdpQuery& query, Reason reason, int code);
  void forget(DnsUdpQuery& query);

  Loop& loop_;
  DnsIds& ids_;
  Endpoint server_;
  Instant opened_;
  bool has_failed_ = false;
  std::unordered_map<std::uint16_t, DnsUdpQuery*> under_way_;
  std::vector<std::uint16_t> abandoned_;  // ids whose late replies are nobody's: a ring
  std::size_t abandoned_next_ = 0;
  std::vector<DnsUdpQuery*> waiting_;  // for room in the socket's buffer, in order
  std::unique_ptr<Timer> room_;        // made when the buffer is full for the first time
  std::unique_ptr<Datagram> datagram_;
};

}  // namespace siaga
