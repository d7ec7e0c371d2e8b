#include "agent/core/weekly.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr unsigned day_count = 7, all_days = (1U << day_count) - 1;
constexpr std::array<std::string_view, day_count> day_names{"Sun", "Mon", "Tue", "Wed",
                                                            "Thu", "Fri", "Sat"};
constexpr int day_minutes = 24 * 60;
constexpr std::string_view form =
    "write days and times such as \"Sat 22:00-24:00\", \"Mon-Fri 01:00-02:30\", \"Sun,Wed "
    "23:00-01:00\" or \"daily 02:00-03:00\"";

std::optional<unsigned> day_named(std::string_view name) {
  const auto found = std::ranges::find(day_names, name);
  if (found == day_names.end()) return {};
  return static_cast<unsigned>(found - day_names.begin());
}

// The part up to `separator`, taken off with it; all of the text where there is none.
std::string_view take_part(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return part;
}

// "Sat", "Mon-Fri", "Fri-Mon".
std::optional<unsigned> parse_day_range(std::string_view text) {
  const bool is_range = text.contains('-');
  const auto first = day_named(take_part(text, '-'));
  const auto last = is_range ? day_named(text) : first;
  if (!first || !last) return {};
  unsigned days = 1U << *last;
  for (unsigned day = *first; day != *last; day = (day + 1) % day_count) days |= 1U << day;
  return days;
}

std::optional<unsigned> parse_days(std::string_view text) {
  if (text == "daily") return all_days;
  if (text.empty() || text.ends_with(',')) return {};
  unsigned days = 0;
  while (!text.empty()) {
    const auto some = parse_day_range(take_part(text, ','));
    if (!some) return {};
    days |= *some;
  }
  return days;
}

std::optional<int> parse_two_digits(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size();
  return is_whole && text.size() == 2 && number >= 0 ? std::optional(number) : std::nullopt;
}

std::optional<int> parse_minute(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return {};
  const auto hours = parse_two_digits(text.substr(0, 2));
  const auto minutes = parse_two_digits(text.substr(3));
  if (!hours || !minutes || *minutes >= 60) return {};
  const int minute = *hours * 60 + *minutes;
  return minute <= day_minutes ? std::optional(minute) : std::nullopt;
}

std::unexpected<Error> refused(std::string_view text, std::string_view why) {
  constexpr std::size_t shown_bytes = 64;
  return std::unexpected(Error{.tried = "read weekly times",
                               .on = fmt::format("\"{}\"", printable(text, shown_bytes)),
                               .text = fmt::format("{}; {}", why, form)});
}

struct OtherName {
  std::string_view typed, name;
};
// What people type: days in full, and Indonesian ones.
constexpr std::array<OtherName, 28> other_names{
    {{"sunday", "Sun"},     {"monday", "Mon"},   {"tuesday", "Tue"},      {"wednesday", "Wed"},
     {"thursday", "Thu"},   {"friday", "Fri"},   {"saturday", "Sat"},     {"minggu", "Sun"},
     {"ahad", "Sun"},       {"senin", "Mon"},    {"selasa", "Tue"},       {"rabu", "Wed"},
     {"kamis", "Thu"},      {"jumat", "Fri"},    {"jum'at", "Fri"},       {"sabtu", "Sat"},
     {"sun", "Sun"},        {"mon", "Mon"},      {"tue", "Tue"},          {"wed", "Wed"},
     {"thu", "Thu"},        {"fri", "Fri"},      {"sat", "Sat"},          {"daily", "daily"},
     {"everyday", "daily"}, {"harian", "daily"}, {"weekdays", "Mon-Fri"}, {"weekend", "Sat-Sun"}}};

// A word of letters as it should be; as it is where it is not known.
std::string right_word(const std::string& word) {
  const auto found = std::ranges::find(other_names, word, &OtherName::typed);
  return found == other_names.end() ? word : std::string(found->name);
}

bool is_letter(char letter) { return (letter >= 'a' && letter <= 'z') || letter == '\''; }
bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

}  // namespace

Result<WeeklyTimes> parse_weekly(std::string_view text) {
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return refused(text, "a day or a time is missing");
  const auto days = parse_days(text.substr(0, space));
  if (!days) return refused(text, "the days are Mon, Tue, Wed, Thu, Fri, Sat, Sun and daily");
  std::string_view times = text.substr(space + 1);
  const auto from = parse_minute(take_part(times, '-'));
  const auto until = parse_minute(times);
  if (!from || !until) return refused(text, "a time of day is 00:00 to 24:00");
  if (*from == day_minutes)
    return refused(text, "it cannot begin at 24:00: that is 00:00 of the next day");
  return WeeklyTimes{.days = *days, .from_minute = *from, .until_minute = *until};
}

std::string to_string(const WeeklyTimes& times) {
  std::string days;
  // From Monday on: day 1 to 7.
  for (unsigned day = 1; day <= day_count;) {
    unsigned end = day;
    while (end <= day_count && (times.days >> (end % day_count) & 1U) != 0) ++end;
    if (end - day > 0) {
      days += (days.empty() ? "" : ",") + std::string(day_names[day % day_count]);
      if (end - day > 1)
        days += (end - day == 2 ? "," : "-") + std::string(day_names[(end - 1) % day_count]);
    }
    day = end + 1;
  }
  return fmt::format("{} {:02}:{:02}-{:02}:{:02}", times.days == all_days ? "daily" : days,
                     times.from_minute / 60, times.from_minute % 60, times.until_minute / 60,
                     times.until_minute % 60);
}

std::string guess_weekly(std::string_view text) {
  constexpr std::size_t longest = 80;
  if (text.size() > longest) return {};
  std::string guess, word;
  const auto flush = [&] {
    guess += right_word(word);
    word.clear();
  };
  for (const char typed : text) {
    const char letter = typed >= 'A' && typed <= 'Z' ? static_cast<char>(typed + 32) : typed;
    if (is_letter(letter)) {
      word += letter;
      continue;
    }
    flush();
    if (letter == ' ') continue;
    // The one space stands before the first digit; "22.00" is Indonesian for 22:00.
    const bool is_first_digit = is_digit(letter) && !guess.contains(' ');
    if (is_first_digit) guess += ' ';
    guess += letter == '.' ? ':' : letter;
  }
  flush();
  return parse_weekly(guess) ? guess : std::string();
}

}  // namespace siaga
