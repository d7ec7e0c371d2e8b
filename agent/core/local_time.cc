#include "agent/core/local_time.h"

#include <charconv>
#include <chrono>

#include <fmt/format.h>

namespace siaga {
namespace {

constexpr int year_min = 1970, year_max = 2200;

// Takes exactly `digits` digits off the front, and `after` when it is not 0.
std::optional<int> take(std::string_view& text, std::size_t digits, char after) {
  const std::size_t wanted = digits + (after == 0 ? 0 : 1);
  if (text.size() < wanted || (after != 0 && text[digits] != after)) return {};
  int number = 0;
  if (text.front() == '-') return {};
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
  if (error != std::errc{} || end != text.data() + digits) return {};
  text.remove_prefix(wanted);
  return number;
}

bool is_date(const LocalTime& local) {
  const std::chrono::year_month_day date{
      std::chrono::year(local.year), std::chrono::month(local.month), std::chrono::day(local.day)};
  return date.ok() && local.year >= year_min && local.year <= year_max;
}

bool is_time_of_day(const LocalTime& local) {
  const bool is_end_of_day = local.hour == 24 && local.minute == 0 && local.second == 0;
  return is_end_of_day || (local.hour < 24 && local.minute < 60 && local.second < 60);
}

// Since 1970 by the calendar. 24:00 is the next day's 00:00.
std::chrono::sys_seconds calendar_time(const LocalTime& local) {
  const std::chrono::year_month_day date{
      std::chrono::year(local.year), std::chrono::month(local.month), std::chrono::day(local.day)};
  return std::chrono::sys_days(date) + std::chrono::hours(local.hour) +
         std::chrono::minutes(local.minute) + std::chrono::seconds(local.second);
}

}  // namespace

std::optional<LocalTime> parse_local_time(std::string_view text) {
  const auto year = take(text, 4, '-');
  const auto month = year ? take(text, 2, '-') : std::nullopt;
  const auto day = month ? take(text, 2, 0) : std::nullopt;
  if (!day) return {};
  LocalTime local{
      .year = *year, .month = static_cast<unsigned>(*month), .day = static_cast<unsigned>(*day)};
  if (!is_date(local)) return {};
  if (text.empty()) return local;
  if (text.front() != ' ' && text.front() != 'T') return {};
  text.remove_prefix(1);
  const auto hour = take(text, 2, ':');
  const auto minute = hour ? take(text, 2, 0) : std::nullopt;
  if (!minute) return {};
  local.hour = *hour;
  local.minute = *minute;
  if (text.starts_with(':')) {
    text.remove_prefix(1);
    const auto second = take(text, 2, 0);
    if (!second) return {};
    local.second = *second;
  }
  if (!text.empty() || !is_time_of_day(local)) return {};
  return local;
}

std::string to_string(const LocalTime& local) {
  const std::string text = fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", local.year, local.month,
                                       local.day, local.hour, local.minute);
  return local.second == 0 ? text : text + fmt::format(":{:02}", local.second);
}

bool is_before(const LocalTime& one, const LocalTime& other) {
  return calendar_time(one) < calendar_time(other);
}

}  // namespace siaga
