// One run of a dns probe: find the server's address, ask, ask again over TCP when the answer was
// cut, judge. The parsed target that all runs share is here too; its options are in dns.cc.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/config/option.h"
#include "agent/net/dns_exchange.h"
#include "agent/net/tls.h"
#include "probes/dns_rules.h"
#include "probes/probe.h"
#include "probes/reach.h"

namespace siaga {

struct DnsTarget {
  std::optional<HostPort> server;  // nothing: the system's
  DnsTransport transport = DnsTransport::udp;
  std::vector<std::byte> message;  // the query, id 0
  std::string question;            // "A www.example.", for people
  DnsRules rules;
  bool follows_truncated = true;
  bool asks_for_soa = false;
  TlsOptions tls;
  Reach reach;
};

// Rows of the readings behind the address and the TLS block.
enum DnsReading : ReadingId {
  reading_dns_resolve = tls_readings_end,
  reading_dns_connect,
  reading_dns_request,
  reading_dns_answer_rrs,
  reading_dns_authority_rrs,
  reading_dns_additional_rrs,
  reading_dns_query_succeeded,
  reading_dns_serial,
  dns_readings_end,
};

std::unique_ptr<Attempt> start_dns(const DnsTarget& target, const Start& start, Probe::Done done);

}  // namespace siaga
