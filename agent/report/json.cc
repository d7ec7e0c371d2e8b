// Reports and outages as JSON documents.
#include <nlohmann/json.hpp>

#include "agent/report/dates.h"
#include "agent/report/formats.h"

namespace siaga {
namespace {

using Json = nlohmann::ordered_json;

double json_seconds(Millis duration) { return static_cast<double>(duration.count()) / 1000; }

Json seconds_or_null(std::optional<Millis> duration) {
  return duration ? Json(json_seconds(*duration)) : Json(nullptr);
}
Json or_null(const std::optional<double>& number) { return number ? Json(*number) : Json(nullptr); }

class JsonWriter {
 public:
  explicit JsonWriter(const Report& report) : report_(report), zone_(report.query.zone) {}

  Json report() const {
    Json json = frame();
    json["targets"] = Json::array();
    for (const TargetReport& target : report_.targets) json["targets"].push_back(of(target));
    json["outages"] = outages(report_.outages);
    json["not_recovered"] = Json::array();
    for (const LateRow& row : report_.late) json["not_recovered"].push_back(of(row));
    json["dark_intervals"] = Json::array();
    for (const DarkRow& row : report_.darks) json["dark_intervals"].push_back(of(row));
    return json;
  }

  Json outages(std::span<const OutageRow> rows) const {
    Json json = Json::array();
    for (const OutageRow& row : rows) json.push_back(of(row));
    return json;
  }

  Json frame() const {
    const ReportQuery& query = report_.query;
    return {{"office", {{"id", query.office_id}, {"name", query.office_name}}},
            {"timezone", zone_.name()},
            {"since", date(report_.span.from)},
            {"until", date(report_.span.until)},
            {"known_until", date(report_.known_until)},
            {"availability_target", query.availability_target},
            {"is_by_whole_days", report_.is_by_whole_days},
            {"uncertain_dates", report_.uncertain_dates},
            {"unknown_lengths", report_.unknown_lengths}};
  }

 private:
  Json date(WallTime time) const { return iso_date(time, zone_); }
  Json date_or_null(std::optional<WallTime> time) const { return time ? date(*time) : nullptr; }

  Json of(const TargetReport& target) const {
    Json json{{"target", target.name},
              {"kind", target.kind},
              {"role", name(target.role)},
              {"is_removed", target.is_removed},
              {"existed_seconds", json_seconds(target.existed)},
              {"up_seconds", json_seconds(target.totals.up)},
              {"down_seconds", json_seconds(target.totals.down_sum())},
              {"unknown_seconds", json_seconds(target.totals.unknown_sum())},
              {"maintenance_seconds", json_seconds(target.totals.maintenance)},
              {"unrecorded_seconds", json_seconds(target.unrecorded)},
              {"down_seconds_by_cause", down(target.totals)},
              {"unknown_seconds_by_reason", unknown(target.totals)},
              {"availability",
               {{"gross", or_null(target.availability.gross)},
                {"net_of_power", or_null(target.availability.net_of_power)},
                {"net_of_link", or_null(target.availability.net_of_link)},
                {"net_of_power_and_link", or_null(target.availability.net_of_both)}}},
              {"observed_ratio", or_null(target.observed)},
              {"kpi", name(target.kpi)},
              {"outages", of(target.outages)}};
    if (target.power) json["power_indices"] = of(*target.power);
    if (!target.days.empty()) json["days"] = days(target);
    return json;
  }

  static Json down(const Totals& totals) {
    Json json = Json::object();
    for (std::size_t cause = 1; cause < cause_count; ++cause)
      json[std::string(name(static_cast<Cause>(cause)))] = json_seconds(totals.down.at(cause));
    return json;
  }

  static Json unknown(const Totals& totals) {
    Json json = Json::object();
    for (std::size_t blind = 0; blind < blind_count; ++blind)
      json[std::string(name(static_cast<Blind>(blind)))] = json_seconds(totals.unknown.at(blind));
    return json;
  }

  static Json of(const OutageNumbers& numbers) {
    Json causes = Json::object();
    for (std::size_t cause = 1; cause < cause_count; ++cause)
      causes[std::string(name(static_cast<Cause>(cause)))] = numbers.by_cause.at(cause);
    return {{"count", numbers.count},
            {"began", numbers.began},
            {"open", numbers.open},
            {"by_cause", causes},
            {"mttr_seconds", seconds_or_null(numbers.mttr)},
            {"mtbf_seconds", seconds_or_null(numbers.mtbf)},
            {"longest_seconds", seconds_or_null(numbers.longest)}};
  }

  static Json of(const PowerIndices& power) {
    return {{"saifi", power.sustained},
            {"saidi_seconds", json_seconds(power.sustained_time)},
            {"caidi_seconds", seconds_or_null(power.caidi)},
            {"asai", or_null(power.asai)},
            {"maifi", power.momentary},
            {"undecided", power.undecided},
            {"observed_seconds", json_seconds(power.observed)}};
  }

  Json days(const TargetReport& target) const {
    Json json = Json::array();
    for (std::size_t index = 0; index < target.days.size(); ++index) {
      Json day{{"day", iso_date(report_.days[index], zone_).substr(0, 10)}};
      for (std::size_t time_class = 0; time_class < time_class_count; ++time_class) {
        day[std::string(name(static_cast<TimeClass>(time_class))) + "_seconds"] =
            json_seconds(Millis(target.days[index].at(time_class)));
      }
      json.push_back(std::move(day));
    }
    return json;
  }

  Json of(const OutageRow& row) const {
    Json pieces = Json::array();
    for (const OutageRow::Piece& piece : row.pieces) {
      pieces.push_back({{"from", date(piece.from)},
                        {"cause", name(piece.cause)},
                        {"reason", name(piece.reason)},
                        {"explained_by", piece.explained_by}});
    }
    return {{"id", row.id},
            {"target", row.target},
            {"kind", row.kind},
            {"role", name(row.role)},
            {"cause", name(row.cause)},
            {"reason", name(row.reason)},
            {"explained_by", row.explained_by},
            {"causes", std::move(pieces)},
            {"is_open", row.is_open()},
            {"ended_by", name(row.end)},
            {"start_min", date(row.start_min)},
            {"start_max", date(row.start_max)},
            {"end_min", date(row.end_min)},
            {"end_max", date_or_null(row.end_max)},
            {"duration_seconds", seconds_or_null(row.duration)},
            {"duration_min_seconds", seconds_or_null(row.duration_min)},
            {"duration_max_seconds", seconds_or_null(row.duration_max)},
            {"was_seen_up_before", row.was_seen_up},
            {"is_settled", row.is_settled},
            {"is_date_certain", row.is_date_certain},
            {"detail", row.detail}};
  }

  Json of(const LateRow& row) const {
    return {{"target", row.target},
            {"after", name(row.after)},
            {"root", row.root},
            {"returned", date(row.returned)},
            {"recovered", date_or_null(row.recovered)}};
  }

  Json of(const DarkRow& row) const {
    return {{"class", name(row.dark_class)},
            {"from", date(row.from)},
            {"to", date(row.to)},
            {"slack_seconds", json_seconds(row.slack)},
            {"length_seconds", seconds_or_null(row.length)},
            {"is_mains_off", row.is_mains_off},
            {"is_date_certain", row.is_date_certain},
            {"evidence", row.evidence}};
  }

  const Report& report_;
  const Zone& zone_;
};

// Names and details may hold anything: what is not UTF-8 is replaced, not thrown at.
std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string report_as_json(const Report& report) { return text_of(JsonWriter(report).report()); }

std::string outages_as_json(std::span<const OutageRow> rows, const Report& report) {
  const JsonWriter writer(report);
  Json json = writer.frame();
  json["outages"] = writer.outages(rows);
  return text_of(json);
}

}  // namespace siaga
