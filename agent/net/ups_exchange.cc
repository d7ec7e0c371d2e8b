#include "agent/net/ups_exchange.h"

#include <algorithm>
#include <map>
#include <utility>

#include "agent/core/limits.h"
#include "agent/net/ups_exchange_connection.h"

namespace siaga {
namespace {

class PooledUpsExchange final : public UpsExchange {
 public:
  PooledUpsExchange(Loop& loop, TlsContexts& tls, const Clock& clock)
      : loop_(loop), tls_(tls), clock_(clock), swept_(clock.now()) {}

  std::unique_ptr<UpsQuestion> ask(const UpsServer& server, std::string_view ups,
                                   Done done) override {
    sweep();
    UpsConnection& connection = connection_to(server);
    auto question =
        std::make_unique<UpsAsked>(loop_, connection, ups, clock_.now(), std::move(done));
    connection.ask(*question);
    return question;
  }

  Counters counters() const override {
    Counters all = counters_;
    all.open = static_cast<std::size_t>(
        std::ranges::count_if(servers_, [](const auto& entry) { return entry.second->is_open(); }));
    return all;
  }

 private:
  // Connections keep a reference to their key: a map's keys stay where they are.
  UpsConnection& connection_to(const UpsServer& server) {
    const auto known = servers_.find(server);
    if (known != servers_.end()) return *known->second;
    const auto made = servers_.emplace(server, nullptr).first;
    const UpsConnection::Means means{loop_, tls_, clock_, counters_};
    made->second = std::make_unique<UpsConnection>(means, made->first);
    return *made->second;
  }

  // Servers that nobody asks any more: their targets are gone, or their name has another address.
  void sweep() {
    const Instant now = clock_.now();
    if (now - swept_ < limits::ups_idle) return;
    swept_ = now;
    std::erase_if(servers_, [](const auto& entry) { return entry.second->is_unused(); });
  }

  Loop& loop_;
  TlsContexts& tls_;
  const Clock& clock_;
  Instant swept_;
  Counters counters_;
  std::map<UpsServer, std::unique_ptr<UpsConnection>> servers_;
};

}  // namespace

std::unique_ptr<UpsExchange> UpsExchange::create(Loop& loop, TlsContexts& tls, const Clock& clock) {
  return std::make_unique<PooledUpsExchange>(loop, tls, clock);
}

}  // namespace siaga
