#include "agent/net/dns_exchange.h"

#include <utility>

#include "agent/core/check.h"
#include "agent/net/dns_exchange_match.h"
#include "agent/net/dns_exchange_stream.h"
#include "agent/net/dns_exchange_udp.h"

namespace siaga {
namespace {

class Exchange final : public DnsExchange {
 public:
  Exchange(Loop& loop, TlsContexts& tls) : loop_(loop), tls_(tls), udp_(loop) {}

  std::unique_ptr<DnsQuery> start(DnsRequest request, Done done) override {
    CHECK(dns_question_bytes(request.message) > 0 && request.message.size() <= dns_message_bytes);
    CHECK(request.transport != DnsTransport::tls || request.tls != nullptr);
    if (request.transport == DnsTransport::udp)
      return udp_.start(std::move(request), std::move(done));
    return start_dns_stream(loop_, tls_, std::move(request), ids_.next(), std::move(done));
  }

 private:
  Loop& loop_;
  TlsContexts& tls_;
  DnsIds ids_;
  DnsUdp udp_;
};

}  // namespace

std::unique_ptr<DnsExchange> DnsExchange::create(Loop& loop, TlsContexts& tls) {
  return std::make_unique<Exchange>(loop, tls);
}

}  // namespace siaga
