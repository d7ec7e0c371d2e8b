#include "agent/journal/export.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "agent/core/check.h"
#include "agent/core/dates.h"
#include "agent/core/utf8.h"
#include "agent/journal/dated.h"

namespace siaga {
namespace {

constexpr std::size_t piece_bytes = 64U << 10U;

// A span in which the target was of one class - or, where only a day's sums are left, of many.
struct Part {
  DateSpan span;
  Share share;
  const DayTotals* day = nullptr;
};

struct ExportedLife {
  std::string labels;  // without braces
  std::vector<Part> parts;
  Totals totals;
};

std::string escaped(std::string_view text) {
  std::string safe;
  for (const char letter : valid_utf8(text)) {
    if (letter == '\\' || letter == '"') safe += '\\';
    if (letter == '\n') safe += "\\n";
    else safe += letter;
  }
  return safe;
}

class Lives {
 public:
  Lives(const Past& past, const ExportQuery& query)
      : past_(past), query_(query), dates_(past.dating) {
    const auto millis = [](WallTime time) { return millis_of(time); };
    span_ = {std::max(Millis::zero(), millis(query.since)),
             std::min(millis(query.until), dates_.at(past.known_until))};
    for (const DayTotals& day : past.days) days_[day.node].push_back(&day);
  }

  std::vector<ExportedLife> all() const {
    std::vector<ExportedLife> lives;
    for (const NamedPast& named : by_name(past_)) lives.push_back(life(named));
    return lives;
  }

 private:
  ExportedLife life(const NamedPast& named) const {
    ExportedLife life{.labels = fmt::format("office=\"{}\",target=\"{}\",kind=\"{}\"",
                                            escaped(query_.office), escaped(named.name),
                                            escaped(named.latest().kind))};
    Millis detail = span_.from;
    for (const Node* node : named.nodes) {
      if (const auto days = days_.find(node->number); days != days_.end())
        detail = std::max(detail, add_days(life, days->second));
    }
    for (const auto& [span, stretch] : dated(named, dates_, {detail, span_.to}).stretches) {
      life.parts.push_back({.span = span, .share = stretch->share});
      life.totals.add(stretch->share, span.length());
    }
    return life;
  }

  // When the last of them ends.
  Millis add_days(ExportedLife& life, const std::vector<const DayTotals*>& days) const {
    Millis end = span_.from;
    for (const DayTotals* day : days) {
      const auto begin_of = [this](std::int32_t number) {
        return millis_of(query_.zone.begin_of_day(number));
      };
      const DateSpan whole{begin_of(day->day), begin_of(day->day + 1)};
      if (whole.from < end || whole.to > span_.to) continue;
      life.parts.push_back({.span = whole, .day = day});
      life.totals.add(day->totals);
      end = whole.to;
    }
    return end;
  }

  const Past& past_;
  const ExportQuery& query_;
  Dates dates_;
  DateSpan span_;
  std::unordered_map<NodeNumber, std::vector<const DayTotals*>> days_;
};

class ExportWriter {
 public:
  ExportWriter(const ExportQuery& query, const ExportSink& sink)
      : step_(std::max(Millis(1), std::chrono::floor<Millis>(query.step))), sink_(sink) {}

  void line(std::string_view text) {
    buffer_ += text;
    buffer_ += '\n';
    if (buffer_.size() >= piece_bytes) flush();
  }

  // 1 while the target is of the share's class (and cause), else 0; nothing where only sums are
  // left.
  void gauge(const std::string& series, const ExportedLife& life, const auto& is_meant) {
    for (std::size_t index = 0; index < life.parts.size() && is_wanted_; ++index) {
      const Part& part = life.parts[index];
      if (part.day != nullptr) continue;
      const char value = is_meant(part.share) ? '1' : '0';
      for (Millis at = part.span.from; at < part.span.to; at = after(at))
        line(fmt::format("{} {} {}.{:03}", series, value, at.count() / 1000, at.count() % 1000));
    }
  }

  void counter(const std::string& series, const ExportedLife& life, Share share) {
    Millis sum{};
    for (std::size_t index = 0; index < life.parts.size() && is_wanted_; ++index) {
      const Part& part = life.parts[index];
      const bool is_counting = part.day == nullptr && part.share == share;
      const bool is_stepping = part.day == nullptr;
      for (Millis at = part.span.from; at < part.span.to;
           at = is_stepping ? after(at) : part.span.to)
        sample(series, is_counting ? sum + (at - part.span.from) : sum, at);
      if (is_counting) sum += part.span.length();
      if (part.day != nullptr) sum += part.day->totals.of(share);
      const bool is_followed =
          index + 1 < life.parts.size() && life.parts[index + 1].span.from == part.span.to;
      if (!is_followed) sample(series, sum, part.span.to);
    }
  }

  bool end() {
    line("# EOF");
    flush();
    return is_wanted_;
  }
  bool is_wanted() const { return is_wanted_; }

 private:
  // On a grid of their own, so that all series have samples at the same times.
  Millis after(Millis at) const { return (at / step_ + 1) * step_; }

  void sample(const std::string& series, Millis value, Millis at) {
    line(fmt::format("{} {}.{:03} {}.{:03}", series, value.count() / 1000, value.count() % 1000,
                     at.count() / 1000, at.count() % 1000));
  }

  void flush() {
    if (is_wanted_ && !buffer_.empty()) is_wanted_ = sink_(buffer_);
    buffer_.clear();
  }

  Millis step_;
  const ExportSink& sink_;
  std::string buffer_;
  bool is_wanted_ = true;
};

struct Family {
  std::string_view name, help;
  TimeClass time_class;
};
constexpr std::array<Family, time_class_count> counters{
    {{"siaga_target_up_seconds", "Time up.", TimeClass::up},
     {"siaga_target_down_seconds", "Time down, by cause.", TimeClass::down},
     {"siaga_target_unknown_seconds", "Time not known, by reason.", TimeClass::unknown},
     {"siaga_target_maintenance_seconds", "Time under maintenance.", TimeClass::maintenance}}};

// Every share of the class that the target ever had, with its label.
std::vector<std::pair<Share, std::string>> shares_of(const ExportedLife& life,
                                                     TimeClass time_class) {
  if (time_class == TimeClass::up) return {{Share::up(), ""}};
  if (time_class == TimeClass::maintenance) return {{Share::maintenance(), ""}};
  std::vector<std::pair<Share, std::string>> shares;
  if (time_class == TimeClass::down) {
    for (std::size_t cause = 0; cause < cause_count; ++cause) {
      if (life.totals.down.at(cause) == Millis::zero()) continue;
      const auto value = static_cast<Cause>(cause);
      shares.emplace_back(Share::down(value), fmt::format(",cause=\"{}\"", name(value)));
    }
    return shares;
  }
  for (std::size_t blind = 0; blind < blind_count; ++blind) {
    if (life.totals.unknown.at(blind) == Millis::zero()) continue;
    const auto value = static_cast<Blind>(blind);
    shares.emplace_back(Share::unknown(value), fmt::format(",reason=\"{}\"", name(value)));
  }
  return shares;
}

void write_states(ExportWriter& writer, const std::vector<ExportedLife>& lives) {
  writer.line("# HELP siaga_target_state 1 for the present state, 0 for the others.");
  writer.line("# TYPE siaga_target_state gauge");
  for (const ExportedLife& life : lives) {
    for (std::size_t index = 0; index < time_class_count; ++index) {
      const auto state = static_cast<TimeClass>(index);
      writer.gauge(fmt::format("siaga_target_state{{{},state=\"{}\"}}", life.labels, name(state)),
                   life, [state](Share share) { return share.is(state); });
    }
  }
}

void write_outages(ExportWriter& writer, const std::vector<ExportedLife>& lives) {
  writer.line("# HELP siaga_outage_active 1 for the cause of an open outage.");
  writer.line("# TYPE siaga_outage_active gauge");
  for (const ExportedLife& life : lives) {
    for (const auto& [share, label] : shares_of(life, TimeClass::down)) {
      writer.gauge(fmt::format("siaga_outage_active{{{}{}}}", life.labels, label), life,
                   [wanted = share](Share now) { return now == wanted; });
    }
  }
}

void write_counters(ExportWriter& writer, const std::vector<ExportedLife>& lives,
                    const Family& family) {
  writer.line(fmt::format("# HELP {} {}", family.name, family.help));
  writer.line(fmt::format("# TYPE {} counter", family.name));
  writer.line(fmt::format("# UNIT {} seconds", family.name));
  for (const ExportedLife& life : lives) {
    for (const auto& [share, label] : shares_of(life, family.time_class))
      writer.counter(fmt::format("{}_total{{{}{}}}", family.name, life.labels, label), life, share);
  }
}

}  // namespace

bool export_openmetrics(const Past& past, const ExportQuery& query, const ExportSink& sink) {
  const std::vector<ExportedLife> lives = Lives(past, query).all();
  ExportWriter writer(query, sink);
  write_states(writer, lives);
  write_outages(writer, lives);
  for (const Family& family : counters) write_counters(writer, lives, family);
  return writer.end();
}

}  // namespace siaga
