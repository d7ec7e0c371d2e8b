#include "agent/report/dates.h"

#include <array>
#include <chrono>
#include <limits>

#include <fmt/format.h>

#include "agent/core/units.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

// What 64 bits of nanoseconds hold ends in 2262.
constexpr int first_year = 1970, last_year = 2199;

constexpr std::array<Text, 12> months{{{"January", "Januari"},
                                       {"February", "Februari"},
                                       {"March", "Maret"},
                                       {"April", "April"},
                                       {"May", "Mei"},
                                       {"June", "Juni"},
                                       {"July", "Juli"},
                                       {"August", "Agustus"},
                                       {"September", "September"},
                                       {"October", "Oktober"},
                                       {"November", "November"},
                                       {"December", "Desember"}}};

// Takes parts of fixed width off the front of a text; after the first that does not fit, nothing
// fits any more.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  int number(std::size_t digits, int least, int most) {
    int value = 0;
    is_good_ = is_good_ && rest_.size() >= digits;
    for (std::size_t index = 0; is_good_ && index < digits; ++index) {
      const char digit = rest_[index];
      is_good_ = digit >= '0' && digit <= '9';
      value = value * 10 + (digit - '0');
    }
    is_good_ = is_good_ && value >= least && value <= most;
    if (is_good_) rest_.remove_prefix(digits);
    return value;
  }
  bool takes(std::string_view letters) {
    if (!is_good_ || rest_.empty() || letters.find(rest_.front()) == letters.npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void expect(std::string_view letters) { is_good_ = takes(letters); }
  void refuse() { is_good_ = false; }
  char front() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool is_good() const { return is_good_; }
  bool is_whole() const { return is_good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool is_good_ = true;
};

void read_month(Reader& reader, LocalTime& local) {
  local.year = reader.number(4, first_year, last_year);
  reader.expect("-");
  local.month = static_cast<unsigned>(reader.number(2, 1, 12));
}

void read_day(Reader& reader, LocalTime& local) {
  read_month(reader, local);
  reader.expect("-");
  local.day = static_cast<unsigned>(reader.number(2, 1, 31));
  using namespace std::chrono;
  if (!year_month_day{year(local.year), month(local.month), day(local.day)}.ok()) reader.refuse();
}

void read_time(Reader& reader, LocalTime& local) {
  reader.expect(" T");
  local.hour = reader.number(2, 0, 23);
  reader.expect(":");
  local.minute = reader.number(2, 0, 59);
  if (reader.takes(":")) local.second = reader.number(2, 0, 59);
}

std::optional<Duration> read_offset(Reader& reader) {
  if (reader.takes("Z")) return Duration::zero();
  const bool is_west = reader.front() == '-';
  if (!reader.takes("+-")) return std::nullopt;
  const int hours = reader.number(2, 0, 18);
  reader.takes(":");
  const Duration offset = std::chrono::hours(hours) + std::chrono::minutes(reader.number(2, 0, 59));
  return is_west ? -offset : offset;
}

std::optional<WallTime> parse_calendar_date(std::string_view text, const Zone& zone) {
  Reader reader(text);
  LocalTime local;
  read_day(reader, local);
  const bool is_day_only = reader.is_whole();
  if (is_day_only) return zone.instant(local);
  read_time(reader, local);
  const auto offset = read_offset(reader);
  if (!reader.is_whole()) return std::nullopt;
  return offset ? Zone::utc().instant(local) - *offset : zone.instant(local);
}

Duration offset_of(WallTime time, const Zone& zone) {
  const LocalTime local = zone.local(time);
  return Zone::utc().instant(local) - std::chrono::floor<std::chrono::seconds>(time);
}

}  // namespace

std::optional<WallTime> parse_date(std::string_view text, const Zone& zone, WallTime now) {
  if (text == "now") return now;
  if (!text.starts_with('-')) return parse_calendar_date(text, zone);
  const auto back = parse_duration(text.substr(1));
  if (!back || *back > now.time_since_epoch()) return std::nullopt;
  return now - *back;
}

std::optional<Span> parse_month(std::string_view text, const Zone& zone) {
  Reader reader(text);
  LocalTime local;
  read_month(reader, local);
  if (!reader.is_whole()) return std::nullopt;
  return month_of(zone.instant(local), zone);
}

Span month_of(WallTime time, const Zone& zone) {
  const LocalTime local = zone.local(time);
  const LocalTime first{.year = local.year, .month = local.month};
  const bool is_december = local.month == 12;
  const LocalTime next{.year = local.year + (is_december ? 1 : 0),
                       .month = is_december ? 1 : local.month + 1};
  return {.from = zone.instant(first), .until = zone.instant(next)};
}

std::string iso_date(WallTime time, const Zone& zone) {
  const LocalTime local = zone.local(time);
  const auto offset = std::chrono::duration_cast<std::chrono::minutes>(offset_of(time, zone));
  const auto minutes = std::abs(offset.count());
  const auto thousandths =
      std::chrono::floor<Millis>(time) - std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}{}{:02}:{:02}", local.year,
                     local.month, local.day, local.hour, local.minute, local.second,
                     thousandths.count(), offset < 0min ? '-' : '+', minutes / 60, minutes % 60);
}

std::string plain_date(WallTime time, const Zone& zone) {
  const LocalTime local = zone.local(time);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", local.year, local.month, local.day,
                     local.hour, local.minute, local.second);
}

std::string long_day(WallTime time, const Zone& zone, Language language) {
  const LocalTime local = zone.local(time);
  return fmt::format("{} {} {}", local.day, months.at(local.month - 1).in(language), local.year);
}

std::string long_date(WallTime time, const Zone& zone, Language language) {
  const LocalTime local = zone.local(time);
  return fmt::format("{} {:02}:{:02} {}", long_day(time, zone, language), local.hour, local.minute,
                     zone.abbreviation(time));
}

std::string period_name(Span span, const Zone& zone, Language language) {
  if (month_of(span.from, zone) == span) {
    const LocalTime local = zone.local(span.from);
    return fmt::format("{} {}", months.at(local.month - 1).in(language), local.year);
  }
  return fmt::format("{} – {}", long_date(span.from, zone, language),
                     long_date(span.until, zone, language));
}

}  // namespace siaga
