#include "agent/report/report.h"

#include <algorithm>
#include <unordered_map>

#include "agent/core/dates.h"
#include "agent/core/target.h"
#include "agent/journal/dated.h"
#include "agent/report/numbers.h"

namespace siaga {
namespace {

constexpr std::array<std::string_view, kpi_count> kpi_names{"pass", "fail", "not_enough_seen"};

WallTime date(Millis millis) { return WallTime(millis); }

// Days whose detail is gone, by node.
using RolledDays = std::unordered_map<NodeNumber, std::vector<const DayTotals*>>;

class ReportMaker {
 public:
  ReportMaker(const Past& past, const ReportQuery& query)
      : past_(past), dates_(past.dating), names_(node_names(past)), zone_(query.zone) {
    report_.query = query;
    report_.span = {date(millis_of(query.span.from)),
                    date(millis_of(std::max(query.span.from, query.span.until)))};
    report_.known_until = date(dates_.at(past.known_until));
  }

  Report make() {
    take_rolled_days();
    take_day_begins();
    take_outages();
    for (const NamedPast& named : by_name(past_)) {
      // What the agent itself looks through is nobody's service.
      if (named.name.starts_with(own_names)) continue;
      TargetReport target = target_of(named);
      if (target.existed > Millis::zero() || target.outages.count > 0)
        report_.targets.push_back(std::move(target));
    }
    take_darks();
    take_late();
    return std::move(report_);
  }

 private:
  DateSpan span() const { return {millis_of(report_.span.from), millis_of(report_.span.until)}; }

  // Where a day is whole or not at all, the span takes in the whole of it.
  void take_rolled_days() {
    const Span asked = report_.span;
    for (const DayTotals& day : past_.days) {
      const WallTime begin = zone_.begin_of_day(day.day);
      const WallTime end = zone_.begin_of_day(day.day + 1);
      if (end <= asked.from || begin >= asked.until) continue;
      rolled_[day.node].push_back(&day);
      report_.is_by_whole_days =
          report_.is_by_whole_days || begin < asked.from || end > asked.until;
      report_.span.from = std::min(report_.span.from, begin);
      report_.span.until = std::max(report_.span.until, end);
    }
  }

  void take_day_begins() {
    if (report_.span.from >= report_.span.until) return;
    first_day_ = zone_.day_of(report_.span.from);
    const std::int32_t last = zone_.day_of(report_.span.until - Duration(1));
    report_.days.reserve(static_cast<std::size_t>(last - first_day_) + 1);
    for (std::int32_t day = first_day_; day <= last; ++day)
      report_.days.push_back(zone_.begin_of_day(day));
  }

  bool overlaps(const OutageRow& row) const {
    const Span& span = report_.span;
    return row.start_max < span.until &&
           (row.is_open() || *row.end_max > span.from || row.start_max >= span.from);
  }

  void take_outages() {
    report_.outages = outage_rows(past_);
    std::erase_if(report_.outages, [this](const OutageRow& row) { return !overlaps(row); });
    for (const OutageRow& row : report_.outages) {
      rows_[row.target].push_back(&row);
      report_.uncertain_dates += row.is_date_certain ? 0U : 1U;
    }
  }

  // What is older than this is in the roll-ups, whatever detail may be left of it.
  WallTime detail_from(const NamedPast& named) const {
    WallTime from = report_.span.from;
    for (const Node* node : named.nodes) {
      const auto days = rolled_.find(node->number);
      if (days == rolled_.end()) continue;
      for (const DayTotals* day : days->second)
        from = std::max(from, zone_.begin_of_day(day->day + 1));
    }
    return from;
  }

  TargetReport target_of(const NamedPast& named) {
    TargetReport target{.name = std::string(named.name),
                        .kind = named.latest().kind,
                        .role = named.latest().role,
                        .is_removed = is_removed(named.latest())};
    if (report_.query.with_days) target.days.resize(report_.days.size());
    const WallTime detail = detail_from(named);
    const DatedPast past =
        dated(named, dates_, {std::min(millis_of(detail), span().to), span().to});
    const RolledOutages rolled = add_rolled_days(target, named);
    for (const auto& [part, stretch] : past.stretches) {
      target.totals.add(stretch->share, part.length());
      add_to_days(target, part, stretch->share.time_class);
    }
    report_.uncertain_dates += past.uncertain;
    report_.unknown_lengths += past.unknown_lengths;
    set_existed(target, named);
    set_numbers(target, named, past, rolled, detail);
    return target;
  }

  bool is_removed(const Node& node) const {
    return node.removed.is_set() && dates_.at(node.removed) <= span().to;
  }

  void set_existed(TargetReport& target, const NamedPast& named) const {
    for (const DateSpan& part : dated(named, dates_, span()).existed)
      target.existed += part.length();
    // Roll-ups and clocks that were not trusted can say more than the dates of the nodes do.
    target.existed = std::max(target.existed, target.totals.sum());
    target.unrecorded = target.existed - target.totals.sum();
  }

  RolledOutages add_rolled_days(TargetReport& target, const NamedPast& named) const {
    RolledOutages outages;
    for (const Node* node : named.nodes) {
      const auto days = rolled_.find(node->number);
      if (days == rolled_.end()) continue;
      for (const DayTotals* day : days->second) add_rolled_day(target, outages, *day);
    }
    return outages;
  }

  void add_rolled_day(TargetReport& target, RolledOutages& outages, const DayTotals& day) const {
    target.totals.add(day.totals);
    outages.down += day.totals.down_sum();
    outages.longest = std::max(outages.longest, day.longest);
    for (std::size_t cause = 0; cause < cause_count; ++cause)
      outages.by_cause.at(cause) += day.outages.at(cause);
    const auto index = static_cast<std::size_t>(day.day - first_day_);
    if (index >= target.days.size()) return;
    add_to_day(target.days[index], TimeClass::up, day.totals.up);
    add_to_day(target.days[index], TimeClass::down, day.totals.down_sum());
    add_to_day(target.days[index], TimeClass::unknown, day.totals.unknown_sum());
    add_to_day(target.days[index], TimeClass::maintenance, day.totals.maintenance);
  }

  static void add_to_day(DaySplit& day, TimeClass time_class, Millis time) {
    day.at(static_cast<std::size_t>(time_class)) += static_cast<std::uint32_t>(time.count());
  }

  void add_to_days(TargetReport& target, DateSpan part, TimeClass time_class) const {
    if (target.days.empty()) return;
    const auto after = std::ranges::upper_bound(report_.days, date(part.from));
    auto day = static_cast<std::size_t>(after - report_.days.begin()) - 1;
    while (part.from < part.to) {
      const bool is_last = day + 1 == report_.days.size();
      const Millis end = is_last ? part.to : std::min(part.to, millis_of(report_.days[day + 1]));
      add_to_day(target.days[day], time_class, end - part.from);
      part.from = end;
      ++day;
    }
  }

  void set_numbers(TargetReport& target, const NamedPast& named, const DatedPast& past,
                   const RolledOutages& rolled, WallTime detail) {
    const auto rows = counted_rows(target.name, detail);
    const Totals& totals = target.totals;
    target.availability = availability_of(totals);
    target.observed = observed_share(totals, target.existed);
    target.kpi = kpi_of(totals, target.existed, report_.query.availability_target);
    target.outages = outage_numbers(rows, rolled, report_.span, totals.up);
    if (named.latest().role == NodeRole::mains)
      target.power = power_indices(rows, past.stretches, report_.span, report_.query.momentary);
  }

  // Those that are not in the roll-ups.
  std::vector<const OutageRow*> counted_rows(std::string_view target, WallTime detail) const {
    const auto all = rows_.find(target);
    if (all == rows_.end()) return {};
    std::vector<const OutageRow*> rows = all->second;
    std::erase_if(rows, [&](const OutageRow* row) {
      return row->start_max < detail && row->start_max >= report_.span.from;
    });
    return rows;
  }

  void take_darks() {
    for (const DarkInterval& dark : past_.darks) {
      DarkRow row{.from = date(dates_.at(dark.from)),
                  .to = date(dates_.at(dark.to)),
                  .slack = dark.slack,
                  .dark_class = dark.dark_class,
                  .is_mains_off = dark.is_mains_off,
                  .is_date_certain = dates_.is_certain(dark.from) && dates_.is_certain(dark.to),
                  .length = dark.length,
                  .evidence = dark.evidence};
      row.to = std::max(row.from, row.to);
      if (row.from >= report_.span.until || row.to < report_.span.from) continue;
      report_.uncertain_dates += row.is_date_certain ? 0U : 1U;
      report_.darks.push_back(std::move(row));
    }
  }

  void take_late() {
    for (const Recovery& recovery : past_.recoveries) {
      if (!recovery.is_overdue) continue;
      LateRow row{.target = name_of(recovery.node),
                  .root = name_of(recovery.root),
                  .after = recovery.after,
                  .returned = date(dates_.at(recovery.returned))};
      if (recovery.recovered.is_set()) row.recovered = date(dates_.at(recovery.recovered));
      const bool is_before = row.recovered && *row.recovered < report_.span.from;
      if (!is_before && row.returned < report_.span.until) report_.late.push_back(std::move(row));
    }
  }

  std::string name_of(NodeNumber number) const {
    const auto place = names_.find(number);
    return place == names_.end() ? "" : place->second->name;
  }

  const Past& past_;
  Dates dates_;
  NodeNames names_;
  Zone zone_;
  RolledDays rolled_;
  std::int32_t first_day_ = 0;
  std::unordered_map<std::string_view, std::vector<const OutageRow*>> rows_;
  Report report_;
};

}  // namespace

std::string_view name(Kpi kpi) { return kpi_names.at(static_cast<std::size_t>(kpi)); }

Report make_report(const Past& past, const ReportQuery& query) {
  return ReportMaker(past, query).make();
}

}  // namespace siaga
