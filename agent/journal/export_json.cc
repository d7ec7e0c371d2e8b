// The past as one JSON document, a row a line.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "agent/journal/dated.h"
#include "agent/journal/export.h"

namespace siaga {
namespace {

using Json = nlohmann::ordered_json;

double in_seconds(Millis duration) { return static_cast<double>(duration.count()) / 1000; }

std::string utc_date(WallTime time) {
  const LocalTime utc = Zone::utc().local(time);
  const auto thousandths =
      std::chrono::floor<Millis>(time) - std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.year, utc.month, utc.day,
                     utc.hour, utc.minute, utc.second, thousandths.count());
}

class JsonExport {
 public:
  JsonExport(const Past& past, const ExportSink& sink)
      : past_(past), dates_(past.dating), sink_(sink) {}

  bool write(const ExportQuery& query) {
    put(
        fmt::format("{{\"format\": 1,\n\"office\": {},\n\"since\": \"{}\",\n\"until\": \"{}\",\n"
                    "\"timezone\": {},\n\"known_until\": {}",
                    text_of(query.office), utc_date(query.since), utc_date(query.until),
                    text_of(std::string(query.zone.name())), text_of(of(past_.known_until))));
    rows("boots", past_.dating.eras());
    rows("nodes", past_.nodes);
    rows("stretches", past_.stretches);
    rows("outages", past_.outages);
    rows("revisions", past_.revisions);
    rows("state_changes", past_.changes);
    rows("notes", past_.notes);
    rows("recoveries", past_.recoveries);
    rows("dark_intervals", past_.darks);
    rows("windows", past_.windows);
    rows("days", past_.days);
    put("\n}\n");
    return is_wanted_;
  }

 private:
  void put(std::string_view text) { is_wanted_ = is_wanted_ && sink_(text); }

  static std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  template <typename Rows>
  void rows(std::string_view key, const Rows& all) {
    put(fmt::format(",\n\"{}\": [", key));
    std::string_view between = "\n";
    for (const auto& row : all) {
      if (!is_wanted_) return;
      put(fmt::format("{}{}", between, text_of(of(row))));
      between = ",\n";
    }
    put("]");
  }

  Json of(Stamp stamp) const {
    if (!stamp.is_set()) return nullptr;
    return {{"boot", stamp.boot},
            {"seconds", in_seconds(stamp.at.time_since_epoch())},
            {"date", utc_date(WallTime(dates_.at(stamp)))}};
  }
  Json number_or_null(std::uint64_t number) const {
    return number == 0 ? Json(nullptr) : Json(number);
  }

  Json of(const BootEra& era) const {
    return {{"boot", era.number},
            {"boot_id", era.boot_id},
            {"began", utc_date(era.began)},
            {"is_trusted", era.is_trusted}};
  }
  Json of(const Node& node) const {
    return {{"node", node.number},
            {"name", node.name},
            {"kind", node.kind},
            {"role", name(node.role)},
            {"added", of(node.added)},
            {"removed", of(node.removed)},
            {"interval_seconds", in_seconds(node.interval)},
            {"timeout_seconds", in_seconds(node.timeout)}};
  }
  static Json class_of(Share share) { return name(share.time_class); }
  // The cause of down, the reason of unknown.
  static Json why(Share share) {
    if (share.is(TimeClass::down)) return name(share.cause);
    if (share.is(TimeClass::unknown)) return name(share.blind);
    return nullptr;
  }
  Json of(const Stretch& stretch) const {
    return {{"node", stretch.node},      {"from", of(stretch.from)},
            {"to", of(stretch.to)},      {"class", class_of(stretch.share)},
            {"why", why(stretch.share)}, {"outage", number_or_null(stretch.outage)}};
  }
  Json of(const CausePiece& piece) const {
    return {{"from", of(piece.from)},
            {"cause", name(piece.cause)},
            {"reason", name(piece.reason)},
            {"root", number_or_null(piece.root)}};
  }
  Json of(const Outage& outage) const {
    Json pieces = Json::array();
    for (const CausePiece& piece : outage.pieces) pieces.push_back(of(piece));
    return {{"outage", outage.id},
            {"node", outage.node},
            {"last_good", of(outage.last_good)},
            {"first_bad", of(outage.first_bad)},
            {"last_bad", of(outage.last_bad)},
            {"ended", of(outage.ended)},
            {"ended_by", name(outage.end)},
            {"causes", std::move(pieces)},
            {"detail", outage.detail},
            {"is_settled", outage.is_settled}};
  }
  Json of(const Revision& revision) const {
    return {{"outage", revision.outage},     {"node", revision.node},
            {"at", of(revision.at)},         {"from_cause", name(revision.from)},
            {"to_cause", name(revision.to)}, {"root", number_or_null(revision.root)},
            {"evidence", revision.evidence}};
  }
  Json of(const StateChange& change) const {
    return {{"node", change.node},
            {"at", of(change.at)},
            {"from", name(change.from)},
            {"to", name(change.to)},
            {"cause", name(change.cause)},
            {"reason", name(change.reason)},
            {"root", number_or_null(change.root)},
            {"detail", change.detail}};
  }
  Json of(const Note& note) const {
    return {
        {"node", note.node}, {"at", of(note.at)}, {"kind", name(note.kind)}, {"text", note.text}};
  }
  Json of(const Recovery& recovery) const {
    return {{"node", recovery.node},
            {"root", number_or_null(recovery.root)},
            {"after", name(recovery.after)},
            {"returned", of(recovery.returned)},
            {"recovered", of(recovery.recovered)},
            {"is_overdue", recovery.is_overdue}};
  }
  Json of(const DarkInterval& dark) const {
    return {{"id", dark.id},
            {"from", of(dark.from)},
            {"to", of(dark.to)},
            {"slack_seconds", in_seconds(dark.slack)},
            {"class", name(dark.dark_class)},
            {"is_mains_off", dark.is_mains_off},
            {"length_seconds", dark.length ? Json(in_seconds(*dark.length)) : Json(nullptr)},
            {"evidence", dark.evidence}};
  }
  Json of(const Window& window) const {
    return {{"id", window.id},
            {"targets", window.targets},
            {"from", utc_date(window.from)},
            {"until", utc_date(window.until)},
            {"note", window.note},
            {"is_cancelled", window.is_cancelled}};
  }
  Json of(const DayTotals& day) const {
    Json down = Json::object(), unknown = Json::object(), outages = Json::object();
    for (std::size_t index = 0; index < cause_count; ++index) {
      const std::string cause(name(static_cast<Cause>(index)));
      down[cause] = in_seconds(day.totals.down.at(index));
      outages[cause] = day.outages.at(index);
    }
    for (std::size_t index = 0; index < blind_count; ++index)
      unknown[std::string(name(static_cast<Blind>(index)))] =
          in_seconds(day.totals.unknown.at(index));
    return {{"node", day.node},
            {"day", day.day},
            {"up_seconds", in_seconds(day.totals.up)},
            {"down_seconds", std::move(down)},
            {"unknown_seconds", std::move(unknown)},
            {"maintenance_seconds", in_seconds(day.totals.maintenance)},
            {"outages", std::move(outages)},
            {"longest_seconds", in_seconds(day.longest)}};
  }

  const Past& past_;
  Dates dates_;
  const ExportSink& sink_;
  bool is_wanted_ = true;
};

}  // namespace

bool export_json(const Past& past, const ExportQuery& query, const ExportSink& sink) {
  return JsonExport(past, sink).write(query);
}

}  // namespace siaga
