#include "probes/ping.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "agent/core/plural.h"
#include "agent/loop/loop.h"
#include "probes/reach.h"

namespace siaga {
namespace {

constexpr std::array own_ping_options{
    Option{.key = "host",
           .type = OptionType::host,
           .is_required = true,
           .help = "Name or address to ping.",
           .help_id = "Nama atau alamat yang di-ping.",
           .example = "\"gateway.example\""},
    Option{
        .key = "packets",
        .type = OptionType::integer,
        .fallback = "3",
        .min = "1",
        .max = "100",
        .help = "Echo requests per run. A run takes up to packets x spacing + wait; where timeout "
                "is shorter, the replies that came until then are judged.",
        .help_id = "Jumlah permintaan echo tiap pemeriksaan. Satu pemeriksaan memakan waktu hingga "
                   "packets x spacing + wait; bila timeout lebih pendek, balasan yang sudah "
                   "datang yang dinilai."},
    Option{.key = "spacing",
           .type = OptionType::duration,
           .fallback = "\"200ms\"",
           .min = "1ms",
           .max = "1m",
           .help = "Time between the packets of one run.",
           .help_id = "Jarak waktu antar paket dalam satu pemeriksaan."},
    Option{.key = "wait",
           .type = OptionType::duration,
           .fallback = "\"1s\"",
           .min = "1ms",
           .max = "1m",
           .help = "How long each packet's reply is waited for; a later one counts as lost.",
           .help_id = "Lama menunggu balasan tiap paket; yang lebih lambat dianggap hilang."},
    Option{.key = "size",
           .type = OptionType::integer,
           .fallback = "56",
           .min = "24",
           .max = "65000",
           .help = "Bytes of payload, without the ICMP and IP headers.",
           .help_id = "Ukuran muatan dalam byte, tanpa header ICMP dan IP."},
    Option{.key = "loss_max",
           .type = OptionType::number,
           .min = "0",
           .max = "1",
           .help = "The highest share of lost packets that is still ok. Without it one reply is "
                   "enough; a run without any reply always fails.",
           .help_id = "Bagian paket hilang tertinggi yang masih dianggap baik. Tanpa ini satu "
                      "balasan sudah cukup; tanpa balasan sama sekali selalu gagal.",
           .example = "0.2"},
    Option{.key = "rtt_max",
           .type = OptionType::duration,
           .min = "1us",
           .help = "The longest mean round trip that is still ok.",
           .help_id = "Waktu pulang-pergi rata-rata terlama yang masih dianggap baik.",
           .example = "\"150ms\""},
    Option{.key = "hop_limit",
           .type = OptionType::integer,
           .min = "1",
           .max = "255",
           .help = "TTL or hop limit of the packets sent; the system's default when not set.",
           .help_id = "TTL atau hop limit paket yang dikirim; bawaan sistem bila tidak diisi."},
    Option{.key = "dont_fragment",
           .type = OptionType::boolean,
           .fallback = "false",
           .help = "Forbid fragmentation, so that a path with a smaller MTU shows itself.",
           .help_id = "Larang fragmentasi, agar jalur dengan MTU lebih kecil terlihat."},
    Option{.key = "traffic_class",
           .type = OptionType::integer,
           .min = "0",
           .max = "255",
           .help = "TOS byte or IPv6 traffic class of the packets sent.",
           .help_id = "Byte TOS atau traffic class IPv6 paket yang dikirim."},
};
constexpr auto ping_options = with_reach_options(own_ping_options);

enum PingReading : ReadingId {
  reading_ping_resolve_seconds = address_readings_end,
  setup_seconds,
  rtt_seconds,
  reply_hop_limit,
  requests,
  response_seconds,
  duplicates,
  response_ttl,
  loss_ratio,
  rtt_min,
  rtt_mean,
  rtt_max,
  rtt_stddev,
  ping_readings_end,
};

constexpr std::string_view ping_phase_help =
    "Duration of the ping by phase; rtt is the mean round trip.";
constexpr std::string_view stat_help = "Round trips of the last run: min, mean, max, stddev.";

constexpr std::array own_ping_readings{
    ReadingDefinition{"probe_icmp_duration_seconds", ReadingType::gauge, ReadingDialect::blackbox,
                      "phase=\"resolve\"", ping_phase_help},
    ReadingDefinition{"probe_icmp_duration_seconds", ReadingType::gauge, ReadingDialect::blackbox,
                      "phase=\"setup\"", ping_phase_help},
    ReadingDefinition{"probe_icmp_duration_seconds", ReadingType::gauge, ReadingDialect::blackbox,
                      "phase=\"rtt\"", ping_phase_help},
    ReadingDefinition{"probe_icmp_reply_hop_limit", ReadingType::gauge, ReadingDialect::blackbox,
                      "", "Hop limit (TTL) of the last echo reply."},
    ReadingDefinition{"smokeping_requests_total", ReadingType::counter, ReadingDialect::smokeping,
                      "", "Pings sent that were answered or timed out."},
    ReadingDefinition{"smokeping_response_duration_seconds", ReadingType::histogram,
                      ReadingDialect::smokeping, "",
                      "Round trips of the pings that were answered."},
    ReadingDefinition{"smokeping_response_duplicates_total", ReadingType::counter,
                      ReadingDialect::smokeping, "", "Further replies to a ping already answered."},
    ReadingDefinition{"smokeping_response_ttl", ReadingType::gauge, ReadingDialect::smokeping, "",
                      "Hop limit (TTL) of the last echo reply."},
    ReadingDefinition{"siaga_ping_loss_ratio", ReadingType::gauge, ReadingDialect::siaga, "",
                      "Share of the last run's packets that were lost."},
    ReadingDefinition{"siaga_ping_rtt_seconds", ReadingType::gauge, ReadingDialect::siaga,
                      "stat=\"min\"", stat_help},
    ReadingDefinition{"siaga_ping_rtt_seconds", ReadingType::gauge, ReadingDialect::siaga,
                      "stat=\"mean\"", stat_help},
    ReadingDefinition{"siaga_ping_rtt_seconds", ReadingType::gauge, ReadingDialect::siaga,
                      "stat=\"max\"", stat_help},
    ReadingDefinition{"siaga_ping_rtt_seconds", ReadingType::gauge, ReadingDialect::siaga,
                      "stat=\"stddev\"", stat_help},
};
static_assert(address_readings_end + own_ping_readings.size() == ping_readings_end);

// The address block in front of our own rows.
const auto ping_readings = [] {
  std::array<ReadingDefinition, ping_readings_end> all{};
  const auto own = std::ranges::copy(address_readings, all.begin()).out;
  std::ranges::copy(own_ping_readings, own);
  return all;
}();

double milliseconds(Duration duration) { return seconds(duration) * 1000; }

struct Statistics {
  Duration min{}, mean{}, max{}, deviation{};
};

// Of at least one reply. The deviation is the population's, as ping(8) shows it.
Statistics statistics_of(const std::vector<PingReply>& replies) {
  const auto [min, max] = std::ranges::minmax(replies, {}, &PingReply::round_trip);
  const auto count = static_cast<double>(replies.size());
  double sum = 0, sum_of_squares = 0;
  for (const PingReply& reply : replies) sum += static_cast<double>(reply.round_trip.count());
  const double mean = sum / count;
  for (const PingReply& reply : replies) {
    const double off = static_cast<double>(reply.round_trip.count()) - mean;
    sum_of_squares += off * off;
  }
  return {.min = min.round_trip,
          .mean = Duration(std::llround(mean)),
          .max = max.round_trip,
          .deviation = Duration(std::llround(std::sqrt(sum_of_squares / count)))};
}

double loss_of(const PingResult& result) {
  return static_cast<double>(result.sent - static_cast<int>(result.replies.size())) / result.sent;
}

struct Rules {
  std::optional<double> loss_max;
  std::optional<Duration> rtt_max;
};

Outcome judge(const PingResult& result, const Rules& rules, Duration wait) {
  const auto lost = result.sent - static_cast<int>(result.replies.size());
  if (result.replies.empty()) {
    if (result.reason != Reason::none) return judged(result.reason, result.detail);
    if (result.sent == 0) return judged(Reason::ping_no_reply, "no reply before the timeout");
    return judged(Reason::ping_no_reply,
                  fmt::format("no reply to {} packet{} within {}", result.sent,
                              plural_s(result.sent), to_string(wait)));
  }
  if (rules.loss_max && loss_of(result) > *rules.loss_max) {
    if (result.reason != Reason::none) return judged(result.reason, result.detail);
    return judged(Reason::ping_loss, fmt::format("{} of {} packets lost, the limit is {}", lost,
                                                 result.sent, *rules.loss_max));
  }
  const Duration mean = statistics_of(result.replies).mean;
  if (rules.rtt_max && mean > *rules.rtt_max)
    return judged(Reason::ping_slow, fmt::format("mean round trip {:.3f} ms, the limit is {}",
                                                 milliseconds(mean), to_string(*rules.rtt_max)));
  return judged(Reason::none);
}

void write_result(const PingResult& result, Readings& into) {
  into.set(requests, result.sent);
  into.set(duplicates, result.duplicates);
  if (result.sent > 0) into.set(loss_ratio, loss_of(result));
  if (result.replies.empty()) return;
  const Statistics statistics = statistics_of(result.replies);
  into.set(rtt_seconds, seconds(statistics.mean));
  into.set(rtt_min, seconds(statistics.min));
  into.set(rtt_mean, seconds(statistics.mean));
  into.set(rtt_max, seconds(statistics.max));
  into.set(rtt_stddev, seconds(statistics.deviation));
  for (const PingReply& reply : result.replies) into.observe(response_seconds, reply.round_trip);
  const int hop_limit = result.replies.back().hop_limit;
  if (hop_limit < 0) return;
  into.set(reply_hop_limit, hop_limit);
  into.set(response_ttl, hop_limit);
}

void explain(const PingResult& result, const Outcome& outcome, Explanation& explanation) {
  for (const PingReply& reply : result.replies)
    explanation.lines.emplace_back(
        "reply", fmt::format("packet {}: {:.3f} ms, hop limit {}", reply.sequence + 1,
                             milliseconds(reply.round_trip), reply.hop_limit));
  explanation.lines.emplace_back("packets",
                                 fmt::format("{} sent, {} answered, {} duplicates", result.sent,
                                             result.replies.size(), result.duplicates));
  if (!result.detail.empty()) explanation.lines.emplace_back("icmp", result.detail);
  if (!outcome.detail.empty()) explanation.lines.emplace_back("rule", outcome.detail);
}

class PingProbe final : public Probe {
 public:
  PingProbe(std::string host, Reach reach, PingRequest request, Rules rules)
      : host_(std::move(host)),
        reach_(std::move(reach)),
        request_(std::move(request)),
        rules_(rules) {}

  std::unique_ptr<Attempt> start(const Start& start, Done done) const override;
  std::string instance() const override { return host_; }
  std::string host() const override { return host_; }
  ReasonGroups reason_groups() const override {
    const auto groups = ReasonGroups{}.with(ReasonGroup::connect).with(ReasonGroup::ping);
    return parse_address(host_) ? groups : groups.with(ReasonGroup::resolve);
  }

  const Reach& reach() const { return reach_; }
  const PingRequest& request() const { return request_; }
  const Rules& rules() const { return rules_; }

 private:
  std::string host_;
  Reach reach_;
  PingRequest request_;  // without the address
  Rules rules_;
};

class PingAttempt final : public Attempt {
 public:
  PingAttempt(const PingProbe& probe, const Start& start, Probe::Done done)
      : probe_(probe),
        network_(start.network),
        is_explained_(start.explain),
        done_(std::move(done)) {}

  void begin();
  Outcome give_up() override;

 private:
  void resolved(const Resolution& found);
  Outcome unresolved(Reason reason, std::string detail) const;
  Outcome outcome_of(const PingResult& result) const;
  void settle(Outcome outcome);

  const PingProbe& probe_;
  Network& network_;
  bool is_explained_;
  Probe::Done done_;
  AddressStep step_;
  std::optional<Address> address_;
  Duration setup_{};
  std::unique_ptr<PingRun> run_;
  std::optional<Soon> soon_;
};

void PingAttempt::begin() {
  const bool is_known = step_.start(network_, probe_.host(), probe_.reach(),
                                    [this](const Resolution& found) { resolved(found); });
  if (!is_known) return;
  if (step_.result().reason == Reason::none) return resolved(step_.result());
  // Known to fail: still not from inside the start.
  soon_.emplace(network_.loop, [this] { resolved(step_.result()); });
}

void PingAttempt::resolved(const Resolution& found) {
  if (found.reason != Reason::none) return settle(unresolved(found.reason, found.detail));
  const Instant began = network_.clock.now();
  address_ = found.addresses.front();
  PingRequest request = probe_.request();
  request.to = *address_;
  run_ = network_.pinger->start(request,
                                [this](const PingResult& result) { settle(outcome_of(result)); });
  setup_ = network_.clock.now() - began;
}

Outcome PingAttempt::unresolved(Reason reason, std::string detail) const {
  Outcome outcome = judged(reason, std::move(detail));
  outcome.readings.reserve(ping_readings_end);
  write_address(step_, nullptr, outcome.readings);
  outcome.readings.set(reading_ping_resolve_seconds, seconds(step_.duration()));
  return outcome;
}

Outcome PingAttempt::outcome_of(const PingResult& result) const {
  Outcome outcome = judge(result, probe_.rules(), probe_.request().wait);
  outcome.address = to_string(*address_);
  outcome.readings.reserve(ping_readings_end);
  write_address(step_, &*address_, outcome.readings);
  outcome.readings.set(reading_ping_resolve_seconds, seconds(step_.duration()));
  outcome.readings.set(setup_seconds, seconds(setup_));
  write_result(result, outcome.readings);
  if (!is_explained_) return outcome;
  auto explanation = std::make_unique<Explanation>();
  explanation->lines.emplace_back("address", outcome.address);
  explain(result, outcome, *explanation);
  outcome.explanation = std::move(explanation);
  return outcome;
}

Outcome PingAttempt::give_up() {
  if (run_) return outcome_of(run_->so_far());
  return unresolved(Reason::dns_timeout, probe_.host() + ": not resolved before the timeout");
}

void PingAttempt::settle(Outcome outcome) {
  auto done = std::exchange(done_, {});
  done(std::move(outcome));
}

std::unique_ptr<Attempt> PingProbe::start(const Start& start, Done done) const {
  auto attempt = std::make_unique<PingAttempt>(*this, start, std::move(done));
  attempt->begin();
  return attempt;
}

std::optional<int> optional_integer(const Section& section, std::string_view key) {
  if (!section.is_set(key)) return {};
  return static_cast<int>(section.get<std::int64_t>(key));
}

PingRequest parse_request(const Section& section, const Reach& reach) {
  return {.to = {},
          .packets = static_cast<int>(section.get<std::int64_t>("packets")),
          .spacing = section.get<Duration>("spacing"),
          .wait = section.get<Duration>("wait"),
          .payload_bytes = static_cast<std::size_t>(section.get<std::int64_t>("size")),
          .hop_limit = optional_integer(section, "hop_limit"),
          .traffic_class = optional_integer(section, "traffic_class"),
          .dont_fragment = section.get<bool>("dont_fragment"),
          .source = reach.source,
          .interface = reach.interface};
}

std::unique_ptr<const Probe> parse_ping(Section& section) {
  const Reach reach = parse_reach(section);
  Rules rules;
  if (section.is_set("loss_max")) rules.loss_max = section.get<double>("loss_max");
  if (section.is_set("rtt_max")) rules.rtt_max = section.get<Duration>("rtt_max");
  return std::make_unique<PingProbe>(section.get<std::string>("host"), reach,
                                     parse_request(section, reach), rules);
}

}  // namespace

const ReadingId ping_requests_reading = requests;

const Kind ping_kind{
    .name = "ping",
    .help = "Pings a host by ICMP echo and judges loss and round trip.",
    .help_id =
        "Mem-ping sebuah host dengan ICMP echo lalu menilai kehilangan paket dan waktu "
        "pulang-pergi.",
    .options = ping_options,
    .readings = ping_readings,
    .parse = parse_ping,
};

}  // namespace siaga
