#include "agent/service/restart_pause.h"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "agent/core/limits.h"

namespace siaga {
namespace {

constexpr int counted_short_lives = 30;  // 2^30 s is beyond any pause

}  // namespace

StartPlan plan_start(const std::optional<StartRecord>& earlier, BootTime now) {
  if (!earlier || earlier->began > now || now - earlier->began >= limits::short_life) return {};
  const int short_lives = std::clamp(earlier->short_lives, 0, counted_short_lives - 1) + 1;
  if (short_lives == 1) return {.short_lives = 1, .pause = {}};
  const Duration pause = std::chrono::seconds(std::int64_t{1} << (short_lives - 1));
  return {.short_lives = short_lives, .pause = std::min(pause, limits::restart_pause)};
}

std::optional<StartRecord> StartFile::read() const {
  std::ifstream file(path_);
  StartRecord record;
  std::int64_t began_ms = 0;
  if (!(file >> record.short_lives >> began_ms)) return std::nullopt;
  record.began = BootTime(Millis(began_ms));
  return record;
}

void StartFile::write(const StartRecord& record) const {
  std::ofstream(path_) << record.short_lives << ' ' << record.began.time_since_epoch().count()
                       << '\n';
}

void StartFile::remove() const { std::remove(path_.c_str()); }

}  // namespace siaga
