// `siaga maintenance`: windows declared ahead, on a running agent over its control socket, on a
// stopped one in its journal.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "agent/cli/commands.h"
#include "agent/cli/control.h"
#include "agent/cli/maintenance_window.h"
#include "agent/cli/past_reading.h"
#include "agent/cli/text_table.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"
#include "agent/journal/journal.h"
#include "agent/report/dates.h"

namespace siaga {
namespace {

using Json = nlohmann::ordered_json;

constexpr Text unknown_window{"there is no window {}; siaga maintenance list shows them\n",
                              "tidak ada waktu pemeliharaan {}; siaga maintenance list "
                              "menampilkannya\n"};
constexpr Text over_or_cancelled{"window {} is over or cancelled already\n",
                                 "waktu pemeliharaan {} sudah lewat atau sudah dibatalkan\n"};
constexpr Text too_many{"there are {} windows already; cancel what is not needed\n",
                        "sudah ada {} waktu pemeliharaan; batalkan yang tidak perlu\n"};
constexpr Text added{"maintenance {}: {}, {} to {}\n", "pemeliharaan {}: {}, {} sampai {}\n"};
constexpr Text cancelled{"maintenance {} is cancelled\n", "pemeliharaan {} dibatalkan\n"};
constexpr Text not_running{"The agent does not run; it is written to {} and holds when it does.\n",
                           "Agen tidak berjalan; dicatat di {} dan berlaku saat agen berjalan.\n"};
constexpr Text not_durable{
    "The agent has taken it, but it may not survive a power cut now: {}\n",
    "Agen sudah menerimanya, tetapi mungkin hilang bila listrik padam sekarang: {}\n"};
constexpr Text refused{"the agent refused: {}\n", "agen menolak: {}\n"};
constexpr Text not_understood{"the agent's answer is not understood: {}\n",
                              "jawaban agen tidak dimengerti: {}\n"};
constexpr Text all_word{"all targets", "semua target"};

template <typename... Values>
void tell(const CommonOptions& common, Text text, const Values&... values) {
  fmt::print(fmt::runtime(text.in(common.language)), values...);
}

int trouble(const Error& error) {
  fmt::print(stderr, "{}\n", describe(error));
  return exit_agent;
}

// ---- the journal of a stopped agent

struct OpenedStore {
  std::unique_ptr<Store> store;
  Replay replay;
};

std::expected<OpenedStore, int> open_store(const CommonOptions& common, const JournalPlace& place,
                                           Store::Access access) {
  if (const auto there = require_journal(common, place); !there)
    return std::unexpected(there.error());
  auto store = Store::open({.path = journal_path(place.state_dir), .access = access});
  if (!store) return std::unexpected(trouble(store.error().second));
  auto replay = (*store)->replay();
  if (!replay) return std::unexpected(trouble(replay.error()));
  return OpenedStore{.store = std::move(*store), .replay = std::move(*replay)};
}

int write_window(const CommonOptions& common, const JournalPlace& place, Store& store,
                 const Window& window) {
  const std::array<Record, 1> records{window};
  const auto written = store.append(records);
  if (!written) return trouble(written.error());
  fmt::print(stderr, fmt::runtime(not_running.in(common.language)), journal_path(place.state_dir));
  return exit_ok;
}

// ---- the running agent

// The answer of an agent that runs; nothing when none does. Error: said already.
std::expected<std::optional<Json>, int> ask(const CommonOptions& common, const JournalPlace& place,
                                            const std::string& method, const std::string& path) {
  const auto answer = ask_agent(place.state_dir, method, path);
  if (!answer) return std::unexpected(trouble(answer.error()));
  if (!*answer) return std::optional<Json>();
  const std::string shown = printable((*answer)->body, limits::excerpt_bytes);
  if ((*answer)->status >= 500)
    return std::unexpected(complain(exit_agent, common, refused, shown));
  if ((*answer)->status >= 300)
    return std::unexpected(complain(exit_errors, common, refused, shown));
  Json json = Json::parse((*answer)->body, nullptr, false);
  if (!json.is_object())
    return std::unexpected(complain(exit_agent, common, not_understood, shown));
  return std::optional<Json>(std::move(json));
}

void wait_for_disk(const CommonOptions& common, const JournalPlace& place, const Json& answer) {
  const auto ticket = answer.find("ticket");
  if (ticket == answer.end() || !ticket->is_number_unsigned()) return;
  const Freshness freshness = wait_until_durable(place.state_dir, ticket->get<std::uint64_t>());
  if (!freshness.trouble.empty()) complain(0, common, not_durable, freshness.trouble);
}

std::int64_t unix_time(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

// ---- add

std::string query_of(const Window& window) {
  std::string query = fmt::format("/api/v1/maintenance?from={}&until={}", unix_time(window.from),
                                  unix_time(window.until));
  for (const std::string& target : window.targets) query += "&target=" + percent_encoded(target);
  return query + "&note=" + percent_encoded(window.note);
}

std::string targets_text(const CommonOptions& common, const std::vector<std::string>& targets) {
  if (targets.empty()) return std::string(all_word.in(common.language));
  return fmt::format("{}", fmt::join(targets, ", "));
}

int tell_added(const CommonOptions& common, const JournalPlace& place, const Window& window) {
  tell(common, added, window.id, targets_text(common, window.targets),
       plain_date(window.from, place.zone), plain_date(window.until, place.zone));
  return exit_ok;
}

// ---- list

Json json_of(const Window& window, const Zone& zone) {
  return {{"id", window.id},
          {"targets", window.targets},
          {"from", iso_date(window.from, zone)},
          {"until", iso_date(window.until, zone)},
          {"note", window.note},
          {"is_cancelled", window.is_cancelled}};
}

// {"id", "targets", "from", "until", "note", "is_cancelled"}, dates in seconds since 1970.
Window read_window(const Json& json) {
  const auto date = [](const Json& seconds) {
    constexpr double latest = 9e9;  // year 2255
    return WallTime(std::chrono::seconds(
        static_cast<std::int64_t>(std::clamp(seconds.get<double>(), 0.0, latest))));
  };
  return {.id = json.at("id"),
          .targets = json.at("targets"),
          .from = date(json.at("from")),
          .until = date(json.at("until")),
          .note = json.at("note"),
          .is_cancelled = json.at("is_cancelled")};
}

std::expected<std::vector<Window>, int> windows_of_agent(const CommonOptions& common,
                                                         const Json& answer) {
  try {
    std::vector<Window> windows;
    for (const Json& window : answer.at("windows")) windows.push_back(read_window(window));
    return windows;
  } catch (const Json::exception& error) {
    return std::unexpected(complain(exit_agent, common, not_understood, error.what()));
  }
}

std::expected<std::vector<Window>, int> known_windows(const CommonOptions& common,
                                                      const JournalPlace& place) {
  const auto answer = ask(common, place, "GET", "/api/v1/maintenance");
  if (!answer) return std::unexpected(answer.error());
  if (*answer) return windows_of_agent(common, **answer);
  auto opened = open_store(common, place, Store::Access::read);
  if (!opened) return std::unexpected(opened.error());
  return std::move(opened->replay.windows);
}

std::string table_of(const CommonOptions& common, const Zone& zone,
                     const std::vector<Window>& windows) {
  const auto say = [&](Text text) { return std::string(text.in(common.language)); };
  const WallTime now = SystemClock().wall_now();
  TextTable table{.columns = {{.title = "ID", .is_number = true},
                              {.title = say({"FROM ", "DARI "}) + zone.abbreviation(now)},
                              {.title = say({"UNTIL", "SAMPAI"})},
                              {.title = say({"STATE", "KEADAAN"})},
                              {.title = "TARGET", .may_shrink = true},
                              {.title = say({"NOTE", "CATATAN"}), .may_shrink = true}},
                  .rows = {}};
  table.rows.reserve(windows.size());
  for (const Window& window : windows) {
    Text state{"to come", "akan datang"};
    if (window.from <= now) state = {"now", "sekarang"};
    if (window.until <= now) state = {"over", "lewat"};
    if (window.is_cancelled) state = {"cancelled", "dibatalkan"};
    table.rows.push_back({{fmt::format("{}", window.id)},
                          {plain_date(window.from, zone)},
                          {plain_date(window.until, zone)},
                          {say(state)},
                          {targets_text(common, window.targets)},
                          {window.note}});
  }
  return text_of(table, common.terminal);
}

// ---- cancel

int cancel_in_store(const CommonOptions& common, const JournalPlace& place, std::uint64_t id) {
  auto opened = open_store(common, place, Store::Access::write);
  if (!opened) return opened.error();
  const auto found = std::ranges::find(opened->replay.windows, id, &Window::id);
  if (found == opened->replay.windows.end())
    return complain(exit_errors, common, unknown_window, id);
  const WallTime now = SystemClock().wall_now();
  Window window = *found;
  if (window.is_cancelled || window.until <= now)
    return complain(exit_errors, common, over_or_cancelled, id);
  window.is_cancelled = true;
  window.until = std::max(window.from, now);
  return write_window(common, place, *opened->store, window);
}

}  // namespace

int add_maintenance(const CommonOptions& common, const MaintenanceOptions& options) {
  const auto place = find_journal(common, options.state_dir);
  if (!place) return place.error();
  auto window = window_of(common, *place, options);
  if (!window) return window.error();
  const auto answer = ask(common, *place, "POST", query_of(*window));
  if (!answer) return answer.error();
  if (*answer) {
    const auto id = (*answer)->find("id");
    if (id != (*answer)->end() && id->is_number_unsigned()) window->id = id->get<std::uint64_t>();
    wait_for_disk(common, *place, **answer);
    return tell_added(common, *place, *window);
  }
  auto opened = open_store(common, *place, Store::Access::write);
  if (!opened) return opened.error();
  if (opened->replay.windows.size() >= limits::windows)
    return complain(exit_errors, common, too_many, limits::windows);
  window->id = opened->replay.last_window + 1;
  const int code = write_window(common, *place, *opened->store, *window);
  return code == exit_ok ? tell_added(common, *place, *window) : code;
}

int list_maintenance(const CommonOptions& common, const MaintenanceOptions& options) {
  const auto place = find_journal(common, options.state_dir);
  if (!place) return place.error();
  const auto windows = known_windows(common, *place);
  if (!windows) return windows.error();
  if (!options.as_json) {
    fmt::print("{}", table_of(common, place->zone, *windows));
    return exit_ok;
  }
  Json json{{"windows", Json::array()}};
  for (const Window& window : *windows) json["windows"].push_back(json_of(window, place->zone));
  fmt::print("{}\n", json.dump(2, ' ', false, Json::error_handler_t::replace));
  return exit_ok;
}

int cancel_maintenance(const CommonOptions& common, const MaintenanceOptions& options) {
  const auto place = find_journal(common, options.state_dir);
  if (!place) return place.error();
  const auto answer =
      ask(common, *place, "POST", fmt::format("/api/v1/maintenance/cancel?id={}", options.id));
  if (!answer) return answer.error();
  if (*answer) {
    wait_for_disk(common, *place, **answer);
  } else if (const int code = cancel_in_store(common, *place, options.id); code != exit_ok) {
    return code;
  }
  tell(common, cancelled, options.id);
  return exit_ok;
}

}  // namespace siaga
