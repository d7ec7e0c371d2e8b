#include "agent/report/words.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace siaga {
namespace {

constexpr std::array<Text, cause_count> cause_words{{{"unknown cause", "sebab tidak diketahui"},
                                                     {"power", "listrik"},
                                                     {"link", "jaringan"},
                                                     {"name resolution", "nama (DNS)"},
                                                     {"machine", "mesin"},
                                                     {"service", "layanan"},
                                                     {"certificate", "sertifikat"},
                                                     {"content", "isi"}}};
constexpr std::array<Text, blind_count> blind_words{
    {{"the link to it was down", "jaringan ke sana putus"},
     {"the agent did not run", "agen tidak berjalan"},
     {"the agent had trouble", "agen bermasalah"},
     {"not probed", "tidak diperiksa"}}};
constexpr std::array<Text, time_class_count> class_words{{{"up", "hidup"},
                                                          {"down", "mati"},
                                                          {"not known", "tidak diketahui"},
                                                          {"maintenance", "pemeliharaan"}}};
constexpr std::array<Text, dark_class_count> dark_words{
    {{"power cut", "listrik padam"},
     {"probably a power cut", "diduga listrik padam"},
     {"the system crashed (kernel panic)", "sistem mogok (kernel panic)"},
     {"the machine was restarted", "mesin dinyalakan ulang"},
     {"the agent crashed", "agen mogok"},
     {"the agent was stopped", "agen dihentikan"}}};
constexpr std::array<Text, node_role_count> role_words{
    {{"service", "layanan"}, {"link", "jaringan"}, {"mains", "listrik"}}};

struct Unit {
  std::int64_t seconds;
  Text name;
};
constexpr std::array<Unit, 4> units{
    {{86'400, {"d", "hari"}}, {3'600, {"h", "jam"}}, {60, {"min", "menit"}}, {1, {"s", "detik"}}}};

}  // namespace

Text words(Cause cause) { return cause_words.at(static_cast<std::size_t>(cause)); }
Text words(Blind blind) { return blind_words.at(static_cast<std::size_t>(blind)); }
Text words(TimeClass time_class) { return class_words.at(static_cast<std::size_t>(time_class)); }
Text words(DarkClass dark) { return dark_words.at(static_cast<std::size_t>(dark)); }
Text words(NodeRole role) { return role_words.at(static_cast<std::size_t>(role)); }

std::string human_duration(Millis duration, Language language) {
  if (duration > Millis::zero() && duration < std::chrono::seconds(10)) {
    const auto tenths = std::max<std::int64_t>(1, duration.count() / 100);
    return human_number(static_cast<double>(tenths) / 10, tenths % 10 == 0 ? 0 : 1, language) +
           " " + std::string(units.back().name.in(language));
  }
  std::int64_t rest = duration.count() / 1000;
  std::string text;
  for (std::size_t index = 0; index < units.size(); ++index) {
    const std::int64_t count = rest / units.at(index).seconds;
    rest %= units.at(index).seconds;
    const bool is_last = index + 1 == units.size();
    if (!text.empty()) {
      return count == 0 ? text
                        : fmt::format("{} {} {}", text, count, units.at(index).name.in(language));
    }
    if (count != 0 || is_last)
      text = fmt::format("{} {}", count, units.at(index).name.in(language));
  }
  return text;
}

std::string human_number(double number, int decimals, Language language) {
  std::string text = fmt::format("{:.{}f}", number, decimals);
  if (language == Language::indonesian) std::ranges::replace(text, '.', ',');
  return text;
}

std::string human_share(std::optional<double> share, Language language) {
  if (!share) return "-";
  // 1e-9 undoes what binary fractions lose: 0.999 is 99.900 %, not 99.899 %.
  const double percent = std::floor(*share * 100'000 + 1e-9) / 1000;
  return human_number(percent, 3, language) + " %";
}

std::string human_times(std::size_t count, Language language) {
  if (count == 0) return std::string(Text{"never", "tidak pernah"}.in(language));
  if (language == Language::indonesian) return fmt::format("{} kali", count);
  return count == 1 ? "once" : fmt::format("{} times", count);
}

}  // namespace siaga
