// One run: resolve, ask, look at the answer; over again while it is a redirect; then judge.
#include "probes/http.h"

#include <algorithm>
#include <utility>

#include "agent/core/limits.h"
#include "agent/core/utf8.h"
#include "agent/loop/loop.h"
#include "probes/http_options.h"
#include "probes/http_readings.h"

namespace siaga {
namespace {

class HttpProbe final : public Probe {
 public:
  explicit HttpProbe(HttpSettings settings) : settings_(std::move(settings)) {}

  std::unique_ptr<Attempt> start(const Start& start, Done done) const override;
  std::string instance() const override { return settings_.instance; }
  std::string host() const override { return settings_.url.host; }
  ReasonGroups reason_groups() const override;

  const HttpSettings& settings() const { return settings_; }
  Result<std::shared_ptr<TlsContext>> tls_context(Network& network) const {
    auto context = network.tls->context(settings_.tls);
    if (context) tls_ = *context;
    return context;
  }

 private:
  HttpSettings settings_;
  // Keeps the shared context alive between runs; it is made again when a file of it has changed.
  mutable std::shared_ptr<TlsContext> tls_;
};

class HttpAttempt final : public Attempt {
 public:
  HttpAttempt(const HttpProbe& probe, const Start& start, Probe::Done done)
      : probe_(probe),
        settings_(probe.settings()),
        network_(start.network),
        done_(std::move(done)),
        hop_{
            .url = settings_.url, .method = settings_.method, .has_body = !settings_.body.empty()} {
    if (start.explain) explanation_ = std::make_unique<Explanation>();
    is_explained_ = start.explain;
    begin_http_readings(readings_);
  }

  void begin() {
    resolve();
    is_started_ = true;
  }
  Outcome give_up() override;

 private:
  Reach reach() const;
  void resolve();
  void resolved(const Resolution& resolution);
  void ask(const Address& address);
  HttpRequest request(const Address& address) const;
  void add_credentials(HttpRequest& request) const;
  void answered(const HttpResponse& response);
  void follow(const HttpResponse& response);
  void judge_answer(const HttpResponse& response);

  const std::string& host() const {
    return settings_.proxy.url.empty() ? hop_.url.host : settings_.proxy.server.host;
  }
  bool is_forbidden(const Address& address);
  void count_resolution();
  void record(const HttpResponse& response);
  void keep_excerpt(const HttpResponse& response);
  void note(std::string_view topic, std::string text) {
    if (is_explained_) explanation_->lines.emplace_back(topic, std::move(text));
  }
  Outcome outcome(Reason reason, std::string_view detail);
  void fail_hop(HttpHopStep step, Reason reason, const std::string& detail);
  void finish(Reason reason, std::string_view detail = {});

  const HttpProbe& probe_;
  const HttpSettings& settings_;
  Network& network_;
  Probe::Done done_;
  HttpHop hop_;
  int redirects_ = 0;
  bool is_started_ = false, is_explained_ = false;
  AddressStep step_;
  std::optional<Address> first_, current_;
  std::unique_ptr<HttpExchange> exchange_;
  std::optional<Soon> soon_;
  Readings readings_;
  std::unique_ptr<Explanation> explanation_;
};

// The IP version that the first hop came to is preferred on all further ones.
Reach HttpAttempt::reach() const {
  Reach reach = settings_.reach;
  if (first_) reach.family.preferred = first_->family;
  return reach;
}

void HttpAttempt::resolve() {
  step_ = AddressStep();
  current_.reset();
  const bool is_known =
      step_.start(network_, host(), reach(), [this](const Resolution& found) { resolved(found); });
  if (is_known) resolved(step_.result());
}

// The address block is the first hop's, as blackbox_exporter has it.
void HttpAttempt::count_resolution() {
  readings_.add(reading_http_resolve_seconds, seconds(step_.duration()));
  if (redirects_ == 0) write_address(step_, current_ ? &*current_ : nullptr, readings_);
}

void HttpAttempt::resolved(const Resolution& resolution) {
  const bool is_found = resolution.reason == Reason::none && !resolution.addresses.empty();
  if (is_found) current_ = resolution.addresses.front();
  count_resolution();
  if (!is_found) {
    const bool is_reasoned = resolution.reason != Reason::none;
    return fail_hop(HttpHopStep::resolve, is_reasoned ? resolution.reason : Reason::dns_no_address,
                    resolution.detail);
  }
  if (is_explained_)
    note("address", to_string(*current_) + " for " + printable(host(), limits::name_bytes));
  if (!first_) first_ = current_;
  if (!is_forbidden(*current_)) ask(*current_);
}

// Behind a proxy only literal addresses are known to us; names are the proxy's to resolve.
bool HttpAttempt::is_forbidden(const Address& address) {
  if (redirects_ == 0) return false;
  std::optional<Address> judged = address;
  if (!settings_.proxy.url.empty()) judged = parse_address(hop_.url.host);
  if (!judged) return false;
  const std::optional<Address> own =
      settings_.proxy.url.empty() ? first_ : parse_address(settings_.url.host);
  const IpNetwork* network = forbidding_network(settings_.redirects, own, *judged);
  if (network == nullptr) return false;
  finish(Reason::http_redirect_forbidden,
         printable(hop_.url.host, limits::name_bytes) + " is " + to_string(*judged) +
             ", which is in " + to_string(network->base) + "/" + std::to_string(network->prefix));
  return true;
}

void HttpAttempt::ask(const Address& address) {
  HttpRequest asked = request(address);
  if (hop_.url.is_tls) {
    auto context = probe_.tls_context(network_);
    if (!context) return finish(Reason::agent_error, describe(context.error()));
    asked.tls = std::move(*context);
  }
  exchange_ = network_.http->start(std::move(asked),
                                   [this](const HttpResponse& response) { answered(response); });
}

HttpRequest HttpAttempt::request(const Address& address) const {
  HttpRequest request{.url = hop_.url.text,
                      .address = address,
                      .method = hop_.method,
                      .headers = settings_.headers,
                      .body = hop_.has_body ? settings_.body : std::string(),
                      .version = settings_.version,
                      .accept_compressed = settings_.accept_compressed,
                      .body_limit_bytes = settings_.rules.body_limit_bytes,
                      .proxy = settings_.proxy.url,
                      .proxy_user = settings_.proxy.user,
                      .proxy_password = settings_.proxy.password,
                      .tls = nullptr,
                      .source = settings_.reach.source,
                      .interface = settings_.reach.interface};
  if (may_have_credentials(settings_.url, hop_.url)) add_credentials(request);
  return request;
}

void HttpAttempt::add_credentials(HttpRequest& request) const {
  request.headers.insert(request.headers.end(), settings_.secret_headers.begin(),
                         settings_.secret_headers.end());
  request.user = settings_.user;
  request.password = settings_.password;
  request.bearer = settings_.bearer;
}

void HttpAttempt::record(const HttpResponse& response) {
  write_http_response(response, hop_.url.is_tls, readings_);
  if (!hop_.url.is_tls) return;
  write_readings(response.tls_facts, readings_);
  if (is_explained_) explain(response.tls_facts, *explanation_);
}

void HttpAttempt::answered(const HttpResponse& response) {
  exchange_.reset();
  record(response);
  if (response.status != 0)
    note("answer", std::to_string(response.status) + ", HTTP/" +
                       printable(response.version, limits::name_bytes) + ", " +
                       std::to_string(response.body.size()) + " bytes");
  if (response.reason != Reason::none)
    return fail_hop(HttpHopStep::exchange, response.reason, response.detail);
  if (settings_.redirects.is_followed && is_redirect(response)) return follow(response);
  judge_answer(response);
}

void HttpAttempt::follow(const HttpResponse& response) {
  HttpRedirect redirect = next_hop(settings_.redirects, settings_.url, hop_, response, redirects_);
  if (redirect.reason != Reason::none) return finish(redirect.reason, redirect.detail);
  readings_.set(reading_http_redirects, ++redirects_);
  note("redirect", std::to_string(response.status) + " -> " +
                       printable(redirect.next.url.text, limits::excerpt_bytes));
  hop_ = std::move(redirect.next);
  resolve();
}

void HttpAttempt::judge_answer(const HttpResponse& response) {
  auto verdicts = judge(settings_.rules, response, network_.clock.wall_now(), is_explained_);
  if (settings_.is_tls_required && !hop_.url.is_tls)
    verdicts.insert(verdicts.begin(),
                    {Reason::http_tls_missing, "the last answer did not come over TLS"});
  if (response.tls_facts.reason == Reason::tls_expires_soon)
    verdicts.push_back({Reason::tls_expires_soon, response.tls_facts.detail});
  for (const HttpVerdict& verdict : verdicts) note("rule", verdict.text);
  const auto broken = std::ranges::find_if(
      verdicts, [](const HttpVerdict& verdict) { return verdict.reason != Reason::none; });
  if (broken == verdicts.end()) return finish(Reason::none);
  readings_.set(reading_http_failed_due_to_regex, is_of_pattern(broken->reason) ? 1 : 0);
  keep_excerpt(response);
  finish(broken->reason, broken->text);
}

void HttpAttempt::keep_excerpt(const HttpResponse& response) {
  if (response.body.empty()) return;
  if (!explanation_) explanation_ = std::make_unique<Explanation>();
  explanation_->excerpt = printable(response.body, limits::excerpt_bytes);
}

Outcome HttpAttempt::outcome(Reason reason, std::string_view detail) {
  Outcome outcome = judged(reason, printable(detail, limits::detail_bytes));
  outcome.readings = std::move(readings_);
  if (current_) outcome.address = to_string(*current_);
  outcome.explanation = std::move(explanation_);
  return outcome;
}

// Names and ways are the proxy's where there is one.
void HttpAttempt::fail_hop(HttpHopStep step, Reason reason, const std::string& detail) {
  const bool is_behind_redirect = redirects_ > 0 && settings_.proxy.url.empty();
  if (!is_behind_redirect) return finish(reason, detail);
  finish(reason_behind_redirect(step, reason),
         "redirected to " + printable(hop_.url.host, limits::name_bytes) + ": " + detail);
}

void HttpAttempt::finish(Reason reason, std::string_view detail) {
  Outcome found = outcome(reason, detail);
  if (!is_started_) {
    soon_.emplace(network_.loop, [this, found = std::move(found)]() mutable {
      auto deliver = std::exchange(done_, {});
      Outcome moved = std::move(found);
      deliver(std::move(moved));
    });
    return;
  }
  auto deliver = std::exchange(done_, {});
  deliver(std::move(found));
}

struct PhaseTimeout {
  Reason reason;
  std::string_view text;
};
PhaseTimeout timeout_of(HttpPhase phase) {
  switch (phase) {
    case HttpPhase::connect: return {Reason::connect_timeout, "no connection in time"};
    case HttpPhase::tls: return {Reason::tls_timeout, "the TLS handshake did not end in time"};
    case HttpPhase::processing: return {Reason::reply_timeout, "no answer in time"};
    case HttpPhase::transfer: return {Reason::transfer_timeout, "the answer did not end in time"};
  }
  return {Reason::transfer_timeout, {}};
}

Outcome HttpAttempt::give_up() {
  if (!exchange_) {
    count_resolution();
    return outcome(Reason::dns_timeout,
                   "no address for " + printable(host(), limits::name_bytes) + " in time");
  }
  const HttpResponse response = exchange_->so_far();
  record(response);
  const auto [reason, text] = timeout_of(response.reached);
  std::string detail(text);
  if (response.reached == HttpPhase::transfer)
    detail += ": status " + std::to_string(response.status) + ", " +
              std::to_string(response.body.size()) + " bytes of the body";
  if (redirects_ > 0) detail += ", after " + std::to_string(redirects_) + " redirects";
  return outcome(reason, std::move(detail));
}

std::unique_ptr<Attempt> HttpProbe::start(const Start& start, Done done) const {
  auto attempt = std::make_unique<HttpAttempt>(*this, start, std::move(done));
  attempt->begin();
  return attempt;
}

// What a redirect may lead to counts too.
ReasonGroups HttpProbe::reason_groups() const {
  ReasonGroups groups =
      ReasonGroups{}.with(ReasonGroup::connect).with(ReasonGroup::exchange).with(ReasonGroup::http);
  const std::string& host =
      settings_.proxy.url.empty() ? settings_.url.host : settings_.proxy.server.host;
  const bool may_leave =
      settings_.redirects.is_followed && settings_.proxy.url.empty() &&
      (!settings_.redirects.is_same_host_only || !settings_.redirects.hosts.empty());
  if (!parse_address(host) || may_leave) groups = groups.with(ReasonGroup::resolve);
  if (settings_.url.is_tls || settings_.redirects.is_followed)
    groups = groups.with(ReasonGroup::tls);
  return groups;
}

std::unique_ptr<const Probe> parse_http_kind(Section& section) {
  auto settings = parse_http(section);
  if (!settings) return nullptr;
  return std::make_unique<HttpProbe>(std::move(*settings));
}

}  // namespace

const Kind http_kind{.name = "http",
                     .help = "Asks a web server and judges its answer.",
                     .help_id = "Meminta ke server web dan menilai jawabannya.",
                     .options = http_options(),
                     .readings = http_readings(),
                     .parse = parse_http_kind};

}  // namespace siaga
