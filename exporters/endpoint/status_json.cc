// The status for `siaga status` and other programs, one target at a time. The keys are a contract,
// described in pages.h.
#include <nlohmann/json.hpp>

#include "agent/core/dates.h"
#include "exporters/endpoint/pages.h"
#include "exporters/endpoint/target_stream.h"

namespace siaga {
namespace {

using Json = nlohmann::ordered_json;

// Invalid UTF-8 becomes U+FFFD instead of an exception.
std::string bare_text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void set_known(Json& json, const char* key, std::string_view value) {
  if (!value.empty()) json[key] = value;
}

Json last_run(const TargetStatus& status) {
  Json run;
  run["began"] = rounded_unix_seconds(status.last_run);
  run["duration_seconds"] = seconds(status.duration);
  run["verdict"] = name(status.verdict);
  set_known(run, "reason", name(status.reason));
  set_known(run, "detail", status.detail);
  set_known(run, "address", status.address);
  return run;
}

std::string status_row(const TargetStatus& status, const Dating& dating, bool is_first) {
  const TargetInfo& info = *status.info;
  Json json;
  json["name"] = info.name;
  json["kind"] = info.kind;
  json["instance"] = info.instance;
  json["state"] = name(status.state);
  json["since"] = rounded_unix_seconds(dating.date(status.since));
  if (status.state == State::down) json["cause"] = name(status.cause);
  set_known(json, "explained_by", status.explained_by);
  set_known(json, "reason", name(status.state_reason));
  set_known(json, "detail", status.state_detail);
  if (status.outage_began.is_set())
    json["outage_began"] = rounded_unix_seconds(dating.date(status.outage_began));
  if (status.not_recovered_after != Cause::none)
    json["not_recovered_after"] = name(status.not_recovered_after);
  if (status.is_flapping) json["is_flapping"] = true;
  json["failures_in_a_row"] = status.failures_in_a_row;
  for (std::size_t index = 0; index < verdict_count; ++index)
    json["runs"][std::string(name(static_cast<Verdict>(index)))] = status.runs[index];
  if (status.has_run) json["last_run"] = last_run(status);
  return (is_first ? "\n" : ",\n") + bare_text_of(json);
}

}  // namespace

std::unique_ptr<TextStream> status_json(std::shared_ptr<const Snapshot> snapshot,
                                        const OfficeLabels& office) {
  Json about;
  about["id"] = office.id;
  set_known(about, "name", office.name);
  set_known(about, "city", office.city);
  std::string judged;
  for (const auto& root : snapshot->roots)
    judged += status_row(*root, snapshot->dating, judged.empty());
  std::string opening = "{\"office\":" + bare_text_of(about) +
                        ",\"version\":" + bare_text_of(Json(SIAGA_VERSION)) +
                        ",\"taken\":" + bare_text_of(Json(rounded_unix_seconds(snapshot->taken))) +
                        ",\"judged\":[" + judged + "],\"targets\":[";
  return std::make_unique<TargetStream>(std::move(snapshot), std::move(opening), status_row,
                                        "\n]}\n");
}

}  // namespace siaga
