// What has to be waited for: resolvers, the agent's addresses, UPS servers on loopback, systemd.
// All at once on one loop, under one deadline. Sends nothing to anybody but who is named here, and
// to resolvers one question about the root.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/doctor/facts.h"
#include "agent/doctor/upsd_list.h"
#include "agent/loop/process.h"
#include "agent/loop/timer.h"
#include "agent/net/dns_exchange.h"
#include "agent/net/http_client.h"
#include "agent/net/ups_exchange.h"

namespace siaga {

struct NetworkWanted {
  std::vector<Endpoint> resolvers;
  std::vector<Endpoint> web;   // where the agent should answer
  std::string control_socket;  // empty: none is there
  std::optional<Endpoint> upsd, apcupsd;
  std::string systemctl;  // empty: systemd does not run this machine
};

// Who answered with a status page of ours: its version; or why nobody did.
struct AnswerSeen {
  std::string version, trouble;
};
struct NetworkSeen {
  std::vector<ResolverFacts> resolvers;  // as wanted, in order
  std::vector<AnswerSeen> web;
  std::optional<AnswerSeen> control;  // none: nobody listens there
  LoopbackUpsFacts loopback_ups;
  UnitFacts unit;
};

// What `systemctl show siaga.service siaga.socket` prints, taken into facts.
UnitFacts parse_unit(std::string_view text);
// "version" of the first bytes of /api/v1/status; empty when it is not one.
std::string version_in(std::string_view status);
// ". NS" as bytes; and what the header of an answer says.
std::vector<std::byte> root_question();
ResolverFacts judge_answer(const DnsReply& reply);

class NetworkLooks {
 public:
  // `over` comes once on a later turn, at the latest after limits::doctor_answer; it may destroy
  // this.
  NetworkLooks(Loop& loop, const Clock& clock, const NetworkWanted& wanted,
               std::function<void()> over);
  ~NetworkLooks();
  NetworkLooks(const NetworkLooks&) = delete;
  NetworkLooks& operator=(const NetworkLooks&) = delete;

  NetworkSeen& seen() { return seen_; }

 private:
  void ask_resolver(const Endpoint& server);
  void ask_addresses(const std::vector<Endpoint>& web);
  void ask_control(const std::string& path);
  void ask_upsd(const Endpoint& server);
  void ask_apcupsd(const Endpoint& endpoint);
  void ask_agent(HttpRequest request, std::function<void(const HttpResponse&)> answered);
  void ask_systemd(const std::string& systemctl);
  void settled();
  void expire();

  Loop& loop_;
  std::function<void()> over_;
  NetworkSeen seen_;
  std::unique_ptr<TlsContexts> tls_;
  std::unique_ptr<DnsExchange> dns_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<UpsExchange> ups_;
  std::vector<std::unique_ptr<DnsQuery>> queries_;
  std::vector<std::unique_ptr<HttpExchange>> exchanges_;
  std::unique_ptr<UpsdListing> upsd_;
  std::unique_ptr<UpsQuestion> apcupsd_;
  std::unique_ptr<Process> systemctl_;
  int waiting_ = 0;
  Timer deadline_;
  std::optional<Soon> nothing_;  // to ask
};

}  // namespace siaga
