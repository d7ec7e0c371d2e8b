#include "probes/tls.h"

#include <algorithm>
#include <array>
#include <utility>

#include "probes/tcp_connection.h"
#include "probes/tls_options.h"

namespace siaga {
namespace {

constexpr std::array own_tls_kind_options{
    Option{.key = "host",
           .type = OptionType::host_port,
           .is_required = true,
           .fallback_port = 443,
           .help = "Name or address and port to make a TLS handshake with.",
           .help_id = "Nama atau alamat dan port tujuan jabat tangan TLS.",
           .example = "\"mail.example.go.id:465\""},
    Option{.key = "expect.issuer",
           .type = OptionType::pattern,
           .help = "Pattern to find in the issuer of the peer's certificate (RFC 2253).",
           .help_id = "Pola yang harus ada di penerbit sertifikat (RFC 2253).",
           .example = "\"O=Let's Encrypt\""},
    Option{.key = "expect.names",
           .type = OptionType::patterns,
           .help = "Patterns, each of which must be found in one of the certificate's names.",
           .help_id = "Pola, masing-masing harus ada di salah satu nama sertifikat.",
           .example = "[\"^portal\\\\.example\\\\.go\\\\.id$\"]"},
};
constexpr auto tls_kind_options = with_reach_options(with_tls_options(own_tls_kind_options));

enum OwnReading : ReadingId {
  reading_tls_resolve_seconds = tls_readings_end,
  reading_tls_connect_seconds,
  reading_tls_handshake_seconds,
  tls_kind_readings_end,
};

constexpr std::string_view tls_metric = "siaga_tls_duration_seconds";
constexpr std::string_view tls_metric_help = "Duration of the last run's phases.";
constexpr std::array own_tls_readings{
    ReadingDefinition{tls_metric, ReadingType::gauge, ReadingDialect::siaga, "phase=\"resolve\"",
                      tls_metric_help},
    ReadingDefinition{tls_metric, ReadingType::gauge, ReadingDialect::siaga, "phase=\"connect\"",
                      tls_metric_help},
    ReadingDefinition{tls_metric, ReadingType::gauge, ReadingDialect::siaga, "phase=\"tls\"",
                      tls_metric_help},
};
static_assert(tls_readings_end + own_tls_readings.size() == tls_kind_readings_end);

const auto tls_kind_readings = [] {
  std::array<ReadingDefinition, tls_kind_readings_end> all{};
  const auto tls = std::ranges::copy(address_readings, all.begin()).out;
  const auto own = std::ranges::copy(tls_readings, tls).out;
  std::ranges::copy(own_tls_readings, own);
  return all;
}();

struct Settings {
  Route route;
  TlsOptions tls;
  std::vector<Pattern> expect_issuer;  // none or one
  std::vector<Pattern> expect_names;
};

Failure judge(const Settings& settings, const TlsFacts& facts) {
  if (facts.sent.empty()) return {};
  const CertificateFacts& leaf = facts.sent.front();
  for (const Pattern& pattern : settings.expect_issuer) {
    if (!pattern.matches(leaf.issuer))
      return {Reason::tls_untrusted,
              "the issuer " + leaf.issuer + " does not match \"" + pattern.text() + "\""};
  }
  for (const Pattern& pattern : settings.expect_names) {
    const auto matches = [&pattern](const std::string& name) { return pattern.matches(name); };
    if (std::ranges::none_of(leaf.names, matches))
      return {Reason::tls_untrusted,
              "no name of the certificate matches \"" + pattern.text() + "\""};
  }
  return {};
}

class TlsAttempt final : public Attempt {
 public:
  TlsAttempt(const Settings& settings, const Start& start, Probe::Done done)
      : settings_(settings),
        explains_(start.explain),
        done_(std::move(done)),
        connection_(start.network, settings.route) {
    connection_.open([this](Failure failure) {
      if (failure.reason != Reason::none) return settle(std::move(failure));
      shake_hands();
    });
  }

  Outcome give_up() override {
    Failure failure = connection_.time_out();
    // The handshake is done; only the peer's opinion of our certificate did not come.
    if (failure.reason == Reason::none) failure = judge(settings_, *connection_.tls_facts());
    return outcome_of(std::move(failure));
  }

 private:
  void shake_hands() {
    connection_.start_tls(settings_.tls, [this](Failure failure) {
      if (failure.reason != Reason::none) return settle(std::move(failure));
      const TlsFacts& facts = *connection_.tls_facts();
      if (facts.is_certificate_requested) return hear_verdict();
      settle(judge(settings_, facts));
    });
  }

  // In TLS 1.3 a client learns only by reading whether its certificate was accepted (RFC 8446,
  // 4.4.2.4): a peer that accepted it sends a ticket or, after our close_notify, closes.
  void hear_verdict() {
    connection_.read([this](const Result<std::span<const std::byte>>&) {
      const TlsFacts& facts = *connection_.tls_facts();
      if (facts.reason != Reason::none) return settle({facts.reason, facts.detail});
      settle(judge(settings_, facts));
    });
    connection_.end_writing();
  }

  // The peer may go on talking: it is no longer heard, even if our owner keeps us for a while.
  void settle(Failure failure) {
    auto outcome = outcome_of(std::move(failure));
    connection_.drop();
    auto deliver = std::exchange(done_, {});
    deliver(std::move(outcome));
  }

  Outcome outcome_of(Failure failure) const {
    Outcome outcome = judged(failure.reason, std::move(failure.detail));
    outcome.readings.reserve(tls_kind_readings_end);
    connection_.report(outcome);
    outcome.readings.set(reading_tls_resolve_seconds, seconds(connection_.resolve_duration()));
    if (const auto length = connection_.connect_duration())
      outcome.readings.set(reading_tls_connect_seconds, seconds(*length));
    if (const auto length = connection_.tls_duration())
      outcome.readings.set(reading_tls_handshake_seconds, seconds(*length));
    if (explains_) explain_into(outcome);
    return outcome;
  }

  void explain_into(Outcome& outcome) const {
    auto explanation = std::make_unique<Explanation>();
    if (!outcome.address.empty()) explanation->lines.emplace_back("address", outcome.address);
    if (const TlsFacts* facts = connection_.tls_facts()) explain(*facts, *explanation);
    outcome.explanation = std::move(explanation);
  }

  const Settings& settings_;
  const bool explains_;
  Probe::Done done_;
  TcpConnection connection_;
};

class TlsProbe final : public Probe {
 public:
  explicit TlsProbe(Settings settings) : settings_(std::move(settings)) {}

  std::unique_ptr<Attempt> start(const Start& start, Done done) const override {
    return std::make_unique<TlsAttempt>(settings_, start, std::move(done));
  }
  std::string instance() const override { return to_string(settings_.route.to); }
  std::string host() const override { return settings_.route.to.host; }
  std::string source() const override {
    return settings_.route.reach.source ? to_string(*settings_.route.reach.source) : "";
  }
  ReasonGroups reason_groups() const override {
    const auto groups = ReasonGroups{}.with(ReasonGroup::connect).with(ReasonGroup::tls);
    return parse_address(host()) ? groups : groups.with(ReasonGroup::resolve);
  }

 private:
  Settings settings_;
};

std::unique_ptr<const Probe> parse_tls_kind(Section& section) {
  Settings settings{.route = {.to = section.get<HostPort>("host"), .reach = parse_reach(section)},
                    .tls = parse_tls(section),
                    .expect_issuer = {},
                    .expect_names = section.get_or<std::vector<Pattern>>("expect.names", {})};
  if (section.is_set("expect.issuer"))
    settings.expect_issuer.push_back(section.get<Pattern>("expect.issuer"));
  if (section.has_complaints()) return nullptr;
  return std::make_unique<TlsProbe>(std::move(settings));
}

}  // namespace

const Kind tls_kind{
    .name = "tls",
    .help = "Makes a TLS handshake and judges the certificates.",
    .help_id = "Melakukan jabat tangan TLS dan menilai sertifikatnya.",
    .options = tls_kind_options,
    .readings = tls_kind_readings,
    .parse = parse_tls_kind,
};

}  // namespace siaga
