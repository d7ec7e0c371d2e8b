// DNS messages to one named server and back, so that a server itself can be measured. Queries to
// one server share one UDP socket; TCP and DoT use a connection each. Knows ids and questions, not
// records: what is in a message is probes/wire/dns_message's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/address.h"
#include "agent/core/reason.h"
#include "agent/core/time.h"
#include "agent/loop/loop.h"
#include "agent/net/tls.h"

namespace siaga {

enum class DnsTransport : std::uint8_t { udp, tcp, tls };

struct DnsRequest {
  Endpoint server;
  DnsTransport transport = DnsTransport::udp;
  std::vector<std::byte> message;   // a whole query; its id is replaced by a random one
  std::shared_ptr<TlsContext> tls;  // for DoT
  std::string server_name;          // for DoT
  std::optional<Address> source;
  std::string interface;
};

struct DnsReply {
  Reason reason = Reason::none;  // connect_*, reset, closed, protocol_error, tls_*, agent_*
  std::string detail;
  // Id checked; question section equal to the query's, or missing in an error without records (as
  // servers answer what they could not parse). May still be malformed further on.
  std::vector<std::byte> message;
  std::uint32_t mismatches = 0;  // datagrams for us that had a wrong id or question: not taken
  Duration connect{};            // TCP and TLS; 0 for UDP
  Duration request{};            // from sending to the reply
  TlsFacts tls_facts;
};

class DnsQuery {
 public:
  virtual ~DnsQuery() = default;  // cancels
  // What is known by now, for a deadline that struck; the reason is that of the step under way:
  // connect_timeout, tls_timeout, reply_timeout, or dns_mismatch when only wrong replies came.
  virtual DnsReply so_far() = 0;
};

class DnsExchange {
 public:
  using Done = std::move_only_function<void(DnsReply)>;
  // `tls` is used by DoT requests only and must outlive the exchange's queries.
  static std::unique_ptr<DnsExchange> create(Loop& loop, TlsContexts& tls);
  virtual ~DnsExchange() = default;
  // `done` comes on a later turn, at most once, and may destroy the query and the exchange.
  virtual std::unique_ptr<DnsQuery> start(DnsRequest request, Done done) = 0;
};

}  // namespace siaga
