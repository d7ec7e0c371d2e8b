#include "agent/doctor/network_looks.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/core/split.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr std::size_t dns_header_bytes = 12;
constexpr std::size_t status_bytes = 4096;  // the version stands at its beginning
constexpr const char* no_answer = "no answer in time";

std::string trouble_of(Reason reason, const std::string& detail) {
  return printable(detail.empty() ? meaning(reason) : std::string_view(detail),
                   limits::detail_bytes);
}

AnswerSeen seen_in(const HttpResponse& response) {
  // Ended at our limit, which is as good as whole.
  const std::string version = version_in(response.body);
  if (!version.empty()) return {.version = version, .trouble = {}};
  if (response.reason != Reason::none)
    return {.version = {}, .trouble = trouble_of(response.reason, response.detail)};
  return {.version = {}, .trouble = fmt::format("status {}, not of Siaga", response.status)};
}

Address reachable(const Address& address) {
  const Address any{.family = address.family};
  if (address != any) return address;
  return *parse_address(address.family == Family::ip4 ? "127.0.0.1" : "::1");
}

template <typename Number>
Number number_or_zero(std::string_view text) {
  Number number{};
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void parse_service(std::string_view text, UnitFacts& unit) {
  while (!text.empty()) {
    std::string_view line = take_until(text, "\n");
    const std::string_view key = take_until(line, "=");
    const std::string value(line);
    if (key == "LoadState") unit.has_answered = true, unit.is_there = value == "loaded";
    else if (key == "ActiveState") unit.state = value;
    else if (key == "Result") unit.result = value;
    else if (key == "UnitFileState") unit.enabled = value;
    else if (key == "User") unit.user = value;
    else if (key == "AmbientCapabilities") unit.grants_raw = value.contains("cap_net_raw");
    else if (key == "MainPID") unit.pid = number_or_zero<int>(value);
  }
}

}  // namespace

UnitFacts parse_unit(std::string_view text) {
  UnitFacts unit;
  unit.has_systemd = true;
  while (!text.empty()) {
    const std::string_view block = take_until(text, "\n\n");
    // In no order that systemctl promises.
    if (block.contains("Id=siaga.socket")) unit.has_socket = block.contains("ActiveState=active");
    else parse_service(block, unit);
  }
  return unit;
}

std::string version_in(std::string_view status) {
  // A quote inside a JSON text is written \", so this stands nowhere but at the key.
  constexpr std::string_view key = ",\"version\":\"";
  const auto at = status.find(key);
  if (!status.starts_with("{\"office\":") || at == status.npos) return {};
  const std::string_view rest = status.substr(at + key.size());
  return printable(rest.substr(0, rest.find('"')), 64);
}

std::vector<std::byte> root_question() {
  // RFC 1035, 4.1: recursion desired, one question; the root, NS, IN. The id is the exchange's.
  constexpr std::array<std::uint8_t, 17> bytes{0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1};
  const auto view = std::as_bytes(std::span(bytes));
  return {view.begin(), view.end()};
}

ResolverFacts judge_answer(const DnsReply& reply) {
  ResolverFacts facts;
  facts.took = reply.request;
  if (reply.reason != Reason::none || reply.message.size() < dns_header_bytes) {
    facts.trouble = trouble_of(reply.reason == Reason::none ? Reason::protocol_error : reply.reason,
                               reply.detail);
    return facts;
  }
  const auto byte = [&](std::size_t at) { return std::to_integer<unsigned>(reply.message[at]); };
  facts.has_answered = true;
  facts.response_code = static_cast<int>(byte(3) & 0x0FU);
  const bool is_cut = (byte(2) & 0x02U) != 0;  // there are records, but not in this datagram
  facts.records = std::max((byte(6) << 8U) | byte(7), is_cut ? 1U : 0U);
  return facts;
}

NetworkLooks::NetworkLooks(Loop& loop, const Clock& clock, const NetworkWanted& wanted,
                           std::function<void()> over)
    : loop_(loop),
      over_(std::move(over)),
      tls_(TlsContexts::create(loop, clock)),
      dns_(DnsExchange::create(loop, *tls_)),
      http_(HttpClient::create(loop, *tls_)),
      ups_(UpsExchange::create(loop, *tls_, clock)),
      deadline_(loop, [this] { expire(); }) {
  for (const Endpoint& server : wanted.resolvers) ask_resolver(server);
  ask_addresses(wanted.web);
  if (!wanted.control_socket.empty()) ask_control(wanted.control_socket);
  if (wanted.upsd) ask_upsd(*wanted.upsd);
  if (wanted.apcupsd) ask_apcupsd(*wanted.apcupsd);
  if (!wanted.systemctl.empty()) ask_systemd(wanted.systemctl);
  if (waiting_ == 0) nothing_.emplace(loop, [this] { expire(); });
  else deadline_.start_after(limits::doctor_answer);
}

NetworkLooks::~NetworkLooks() = default;

void NetworkLooks::ask_resolver(const Endpoint& server) {
  const std::size_t index = seen_.resolvers.size();
  ResolverFacts& facts = seen_.resolvers.emplace_back();
  facts.address = server.port == 53 ? to_string(server.address) : to_string(server);
  facts.trouble = no_answer;
  ++waiting_;
  DnsRequest request;
  request.server = server;
  request.message = root_question();
  queries_.push_back(dns_->start(std::move(request), [this, index](const DnsReply& reply) {
    ResolverFacts& answered = seen_.resolvers[index];
    ResolverFacts judged = judge_answer(reply);
    judged.address = std::move(answered.address);
    answered = std::move(judged);
    settled();
  }));
}

void NetworkLooks::ask_addresses(const std::vector<Endpoint>& web) {
  seen_.web.resize(web.size());
  for (std::size_t index = 0; index < web.size(); ++index) {
    const Endpoint asked{.address = reachable(web[index].address), .port = web[index].port};
    HttpRequest request;
    request.url = fmt::format("http://{}/api/v1/status", to_string(asked));
    request.address = asked.address;
    seen_.web[index].trouble = no_answer;
    ask_agent(std::move(request), [this, index](const HttpResponse& response) {
      seen_.web[index] = seen_in(response);
    });
  }
}

void NetworkLooks::ask_control(const std::string& path) {
  HttpRequest request;
  request.url = "http://localhost/api/v1/status";
  request.unix_socket = path;
  seen_.control = AnswerSeen{.version = {}, .trouble = no_answer};
  ask_agent(std::move(request), [this](const HttpResponse& response) {
    // The file of an agent that was killed stays behind; connecting to it is refused (unix(7)).
    if (response.reason == Reason::connect_refused) seen_.control.reset();
    else seen_.control = seen_in(response);
  });
}

void NetworkLooks::ask_upsd(const Endpoint& server) {
  ++waiting_;
  upsd_ = std::make_unique<UpsdListing>(loop_, server, [this](UpsdList list) {
    seen_.loopback_ups.has_upsd = list.is_upsd;
    seen_.loopback_ups.upses = std::move(list.upses);
    settled();
  });
}

void NetworkLooks::ask_apcupsd(const Endpoint& endpoint) {
  ++waiting_;
  UpsServer server;
  server.scheme = UpsScheme::apcupsd;
  server.endpoint = endpoint;
  apcupsd_ = ups_->ask(server, "", [this](const UpsAnswer& answer) {
    seen_.loopback_ups.has_apcupsd = answer.reason == Reason::none;
    settled();
  });
}

void NetworkLooks::ask_agent(HttpRequest request,
                             std::function<void(const HttpResponse&)> answered) {
  ++waiting_;
  request.version = HttpVersion::http_1_1;
  request.body_limit_bytes = status_bytes;
  exchanges_.push_back(http_->start(
      std::move(request), [this, answered = std::move(answered)](const HttpResponse& response) {
        answered(response);
        settled();
      }));
}

void NetworkLooks::ask_systemd(const std::string& systemctl) {
  ++waiting_;
  seen_.unit.has_systemd = true;
  systemctl_ =
      Process::start(loop_,
                     {.arguments = {systemctl, "show", "siaga.service",
                                    "--property=LoadState,ActiveState,Result,UnitFileState,User,"
                                    "AmbientCapabilities,MainPID"},
                      .environment = {"LC_ALL=C"}},
                     [this](const Result<ProcessResult>& ended) {
                       if (ended && ended->exit_status == 0 && ended->signal == 0)
                         seen_.unit = parse_unit(ended->output);
                       settled();
                     });
}

void NetworkLooks::settled() {
  if (--waiting_ == 0) expire();
}

void NetworkLooks::expire() {
  deadline_.stop();
  const auto over = std::exchange(over_, {});
  if (over) over();
}

}  // namespace siaga
