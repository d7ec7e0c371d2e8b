// Queries to windows, answers to JSON.
#include "exporters/endpoint/control.h"

#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

#include "agent/core/dates.h"
#include "agent/core/limits.h"

namespace siaga {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

template <typename Number>
std::optional<Number> number_of(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<WallTime> date_of(std::string_view text) {
  const auto seconds = number_of<double>(text);
  if (!seconds || !(std::abs(*seconds) < limits::window_date_seconds)) return std::nullopt;
  return WallTime(std::chrono::round<Millis>(std::chrono::duration<double>(*seconds)));
}

}  // namespace

std::expected<Window, std::string> window_of(const Query& query) {
  Window window;
  bool has_from = false, has_until = false;
  for (const auto& [key, value] : query) {
    if (key == "target") {
      window.targets.push_back(value);
    } else if (key == "note") {
      window.note = value.substr(0, limits::window_note_bytes);
    } else if (key == "from" || key == "until") {
      const auto date = date_of(value);
      if (!date) return std::unexpected(key + " wants unix seconds, not '" + value + "'");
      (key == "from" ? window.from : window.until) = *date;
      (key == "from" ? has_from : has_until) = true;
    } else {
      return std::unexpected("unknown parameter '" + key +
                             "'; there are from, until, target, note");
    }
  }
  if (!has_from || !has_until) return std::unexpected(std::string("from and until are needed"));
  if (window.until <= window.from) return std::unexpected(std::string("until must be after from"));
  if (window.targets.size() > limits::targets)
    return std::unexpected(std::string("too many targets; leave them out to mean all"));
  return window;
}

std::expected<std::uint64_t, std::string> window_id_of(const Query& query) {
  for (const auto& [key, value] : query) {
    const auto id = number_of<std::uint64_t>(value);
    if (key == "id" && id && *id > 0) return *id;
  }
  return std::unexpected(std::string("id wants the number that `siaga maintenance list` shows"));
}

std::string json_of(const JournalView& journal) {
  Json json;
  json["ticket"] = journal.ticket;
  json["durable_ticket"] = journal.durable_ticket;
  json["is_durable"] = journal.is_durable;
  json["trouble"] = journal.trouble;
  json["path"] = journal.path;
  return text_of(json);
}

std::string json_of(const ControlHandlers::Declared& declared) {
  Json json;
  json["id"] = declared.id;
  json["ticket"] = declared.ticket;
  return text_of(json);
}

std::string json_of(const std::vector<Window>& windows) {
  Json list = Json::array();
  for (const Window& window : windows) {
    Json json;
    json["id"] = window.id;
    json["targets"] = window.targets;
    json["from"] = rounded_unix_seconds(window.from);
    json["until"] = rounded_unix_seconds(window.until);
    json["note"] = window.note;
    json["is_cancelled"] = window.is_cancelled;
    list.push_back(std::move(json));
  }
  return text_of(Json{{"windows", std::move(list)}});
}

}  // namespace siaga
