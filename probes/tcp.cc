#include "probes/tcp.h"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/core/limits.h"
#include "probes/dialogue.h"
#include "probes/tcp_attempt.h"
#include "probes/tls_options.h"

namespace siaga {
namespace {

constexpr std::array own_tcp_options{
    Option{.key = "host",
           .type = OptionType::host_port,
           .is_required = true,
           .help = "Name or address and port to connect to.",
           .help_id = "Nama atau alamat dan port tujuan koneksi.",
           .example = "\"10.20.0.15:5432\""},
    Option{.key = "tls.enable",
           .type = OptionType::boolean,
           .fallback = "false",
           .help = "Make a TLS handshake right after connecting.",
           .help_id = "Lakukan jabat tangan TLS segera setelah terhubung."},
    Option{.key = "dialogue",
           .type = OptionType::dialogue,
           .help = "Steps after connecting: send a text, expect a pattern, or start TLS. A text "
                   "may use ${1} and ${name} of the last match.",
           .help_id = "Langkah setelah terhubung: kirim teks, tunggu pola, atau mulai TLS. Teks "
                      "dapat memakai ${1} dan ${name} dari kecocokan terakhir.",
           .example = "[{ expect = \"^220 \" }, { send = \"QUIT\\r\\n\" }]"},
};
constexpr auto tcp_options = with_reach_options(with_tls_options(own_tcp_options));

constexpr std::string_view tcp_metric = "siaga_tcp_duration_seconds";
constexpr std::string_view tcp_metric_help = "Duration of the last run's phases.";
constexpr ReadingDefinition phase_row(std::string_view label) {
  return {tcp_metric, ReadingType::gauge, ReadingDialect::siaga, label, tcp_metric_help};
}
constexpr std::array own_tcp_readings{
    phase_row("phase=\"resolve\""),
    phase_row("phase=\"connect\""),
    phase_row("phase=\"tls\""),
    phase_row("phase=\"dialogue\""),
    ReadingDefinition{"probe_failed_due_to_regex", ReadingType::gauge, ReadingDialect::blackbox, "",
                      "Whether a pattern made the last run fail."},
    ReadingDefinition{"probe_expect_info", ReadingType::info, ReadingDialect::blackbox, "",
                      "Named captures of the last run's dialogue.", "and the captured ones"},
};
static_assert(tls_readings_end + own_tcp_readings.size() == tcp_readings_end);

const auto tcp_readings = [] {
  std::array<ReadingDefinition, tcp_readings_end> all{};
  const auto tls = std::ranges::copy(address_readings, all.begin()).out;
  const auto own = std::ranges::copy(tls_readings, tls).out;
  std::ranges::copy(own_tcp_readings, own);
  return all;
}();

bool has_starttls(const TcpSettings& settings) {
  return std::ranges::any_of(settings.dialogue, &DialogueStep::starttls);
}

class TcpProbe final : public Probe {
 public:
  explicit TcpProbe(TcpSettings settings) : settings_(std::move(settings)) {}

  std::unique_ptr<Attempt> start(const Start& start, Done done) const override {
    return start_tcp_attempt(settings_, start, std::move(done));
  }
  std::string instance() const override { return to_string(settings_.route.to); }
  std::string host() const override { return settings_.route.to.host; }
  std::string source() const override {
    return settings_.route.reach.source ? to_string(*settings_.route.reach.source) : "";
  }
  ReasonGroups reason_groups() const override {
    auto groups = ReasonGroups{}.with(ReasonGroup::connect);
    if (!parse_address(host())) groups = groups.with(ReasonGroup::resolve);
    if (settings_.starts_with_tls || has_starttls(settings_))
      groups = groups.with(ReasonGroup::tls);
    if (!settings_.dialogue.empty())
      groups = groups.with(ReasonGroup::exchange).with(ReasonGroup::dialogue);
    return groups;
  }

 private:
  TcpSettings settings_;
};

void check_dialogue(const TcpSettings& settings, Section& section) {
  const auto count = std::ranges::count_if(settings.dialogue, &DialogueStep::starttls);
  if (count > 1) section.complain("dialogue", "starts TLS more than once");
  if (count > 0 && settings.starts_with_tls)
    section.complain("dialogue", "starts TLS on a connection that has it from the beginning",
                     "remove tls.enable or the starttls step");
  if (settings.dialogue.size() > limits::dialogue_steps)
    section.complain("dialogue",
                     "has more than " + std::to_string(limits::dialogue_steps) + " steps");
}

std::unique_ptr<const Probe> parse_tcp(Section& section) {
  TcpSettings settings{
      .route = {.to = section.get<HostPort>("host"), .reach = parse_reach(section)},
      .tls = parse_tls(section),
      .starts_with_tls = section.get<bool>("tls.enable"),
      .dialogue = by_line(section.get_or<std::vector<DialogueStep>>("dialogue", {}))};
  check_dialogue(settings, section);
  if (section.has_complaints()) return nullptr;
  return std::make_unique<TcpProbe>(std::move(settings));
}

}  // namespace

const Kind tcp_kind{
    .name = "tcp",
    .help = "Connects, and holds a dialogue where one is given.",
    .help_id = "Membuka koneksi, dan berdialog bila dialog diberikan.",
    .options = tcp_options,
    .readings = tcp_readings,
    .parse = parse_tcp,
};

}  // namespace siaga
