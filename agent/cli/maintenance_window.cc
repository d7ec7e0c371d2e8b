#include "agent/cli/maintenance_window.h"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "agent/config/nearest.h"
#include "agent/core/limits.h"
#include "agent/core/units.h"
#include "agent/core/utf8.h"
#include "agent/report/dates.h"

namespace siaga {
namespace {

constexpr Text no_targets{"say which targets, or --all\n",
                          "sebutkan target yang mana, atau --all\n"};
constexpr Text targets_and_all{"give targets or --all, not both\n",
                               "berikan target atau --all, bukan keduanya\n"};
constexpr Text no_end{"say when it ends: --until DATE or --for 2h, one of them\n",
                      "sebutkan akhirnya: --until TANGGAL atau --for 2h, salah satu\n"};
constexpr Text bad_length{"--for: '{}' is not a duration such as 90m or 2h\n",
                          "--for: '{}' bukan lama waktu seperti 90m atau 2h\n"};
constexpr Text is_past{"this window is over already: it ends {}\n",
                       "waktu pemeliharaan ini sudah lewat: berakhir {}\n"};
constexpr Text is_backwards{"--from must be before the end\n", "--from harus sebelum akhirnya\n"};
constexpr Text long_note{"--note: at most {} bytes of UTF-8\n",
                         "--note: paling banyak {} bita UTF-8\n"};
constexpr Text unknown_target{"no target is named '{}'{}\n", "tidak ada target bernama '{}'{}\n"};

// Exit code when something typed is not right.
std::expected<void, int> check_targets(const CommonOptions& common, const JournalPlace& place,
                                       const MaintenanceOptions& options) {
  if (options.targets.empty() && !options.is_for_all)
    return std::unexpected(complain(exit_usage, common, no_targets));
  if (!options.targets.empty() && options.is_for_all)
    return std::unexpected(complain(exit_usage, common, targets_and_all));
  if (!place.config) return {};
  std::vector<std::string_view> known;
  known.reserve(place.config->targets.size());
  for (const TargetConfig& target : place.config->targets) known.push_back(target.name);
  bool are_known = true;
  for (const std::string& target : options.targets) {
    if (std::ranges::find(known, target) != known.end()) continue;
    are_known = false;
    const auto near = nearest(target, known);
    complain(0, common, unknown_target, target,
             near.empty() ? std::string()
                          : fmt::format(fmt::runtime(did_you_mean.in(common.language)), near));
  }
  if (are_known) return {};
  return std::unexpected(static_cast<int>(exit_errors));
}

std::expected<Window, int> times_of(const CommonOptions& common, const Zone& zone,
                                    const MaintenanceOptions& options, WallTime now) {
  const auto from = options.from.empty() ? std::expected<WallTime, int>(now)
                                         : date_of(common, zone, "--from", options.from);
  if (!from) return std::unexpected(from.error());
  if (options.until.empty() == options.length.empty())
    return std::unexpected(complain(exit_usage, common, no_end));
  Window window{.targets = options.targets, .from = *from, .note = options.note};
  if (options.length.empty()) {
    const auto until = date_of(common, zone, "--until", options.until);
    if (!until) return std::unexpected(until.error());
    window.until = *until;
  } else {
    const auto length = parse_duration(options.length);
    if (!length || *length <= Duration{} || *length > WallTime::max() - *from)
      return std::unexpected(complain(exit_usage, common, bad_length, options.length));
    window.until = *from + *length;
  }
  if (window.from >= window.until)
    return std::unexpected(complain(exit_usage, common, is_backwards));
  if (window.until <= now)
    return std::unexpected(complain(exit_usage, common, is_past, plain_date(window.until, zone)));
  if (window.note.size() > limits::window_note_bytes || !is_valid_utf8(window.note))
    return std::unexpected(complain(exit_usage, common, long_note, limits::window_note_bytes));
  return window;
}

}  // namespace

std::expected<Window, int> window_of(const CommonOptions& common, const JournalPlace& place,
                                     const MaintenanceOptions& options) {
  if (const auto good = check_targets(common, place, options); !good)
    return std::unexpected(good.error());
  return times_of(common, place.zone, options, SystemClock().wall_now());
}

}  // namespace siaga
