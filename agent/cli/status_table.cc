#include "agent/cli/status_table.h"

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "agent/core/units.h"
#include "agent/engine/state_words.h"

namespace siaga {
namespace {

struct Row {
  std::string name, kind, state, since, took, why;
};

struct Column {
  Text title;
  std::string Row::* cell;
  int columns_max;
};

constexpr std::array<Column, 6> status_columns{{
    {{"TARGET", "TARGET"}, &Row::name, 32},
    {{"KIND", "JENIS"}, &Row::kind, 6},
    {{"STATE", "KEADAAN"}, &Row::state, 16},
    {{"FOR", "SELAMA"}, &Row::since, 8},
    {{"TOOK", "WAKTU"}, &Row::took, 9},
    {{"WHY", "SEBAB"}, &Row::why, 400},
}};

constexpr Text summary_word{"targets", "target"};

std::string_view say(std::string_view state, std::string_view kind, Language language) {
  const auto known = state_named(state);
  return known ? word(*known, kind == "mains").in(language) : state;
}

// "35s", "12m", "3h", "4d": the largest unit is enough for a table.
std::string age(double seconds) {
  if (seconds < 0) return "0s";
  if (seconds < 120) return fmt::format("{:.0f}s", seconds);
  if (seconds < 7200) return fmt::format("{:.0f}m", seconds / 60);
  if (seconds < 172'800) return fmt::format("{:.0f}h", seconds / 3600);
  return fmt::format("{:.0f}d", seconds / 86'400);
}

std::string took(double seconds) {
  return seconds < 1 ? fmt::format("{:.1f} ms", seconds * 1000) : fmt::format("{:.2f} s", seconds);
}

// Why the state is what it is; for a target that is up, what an unconfirmed failure says.
std::string why(const nlohmann::json& target) {
  const nlohmann::json& source =
      target.contains("reason") ? target : target.value("last_run", nlohmann::json::object());
  const std::string reason = source.value("reason", "");
  const std::string detail = source.value("detail", "");
  return detail.empty() ? reason : reason + ": " + detail;
}

Row row_of(const nlohmann::json& target, double taken) {
  Row row{.name = target.at("name"),
          .kind = target.at("kind"),
          .state = target.at("state"),
          .why = why(target)};
  if (row.state != "pending") row.since = age(taken - target.value("since", taken));
  if (target.contains("last_run"))
    row.took = took(target["last_run"].value("duration_seconds", 0.0));
  return row;
}

// The agent's own view is worth a line when something is wrong with it.
std::vector<Row> judged_rows(const nlohmann::json& status) {
  std::vector<Row> rows;
  for (const auto& judged : status.value("judged", nlohmann::json::array())) {
    if (judged.at("kind") == "self" && judged.at("state") == "up") continue;
    rows.push_back(row_of(judged, status.at("taken")));
  }
  return rows;
}

std::array<int, status_columns.size()> widths(const std::vector<Row>& rows,
                                              const CommonOptions& common) {
  std::array<int, status_columns.size()> wide{};
  int used = 0;
  for (std::size_t index = 0; index < status_columns.size(); ++index) {
    const Column& column = status_columns.at(index);
    int widest = width(column.title.in(common.language));
    for (const Row& row : rows) widest = std::max(widest, width(row.*column.cell));
    wide.at(index) = std::min(widest, column.columns_max);
    if (index + 1 < status_columns.size()) used += wide.at(index) + 2;
  }
  wide.back() = common.terminal.is_terminal
                    ? std::clamp(common.terminal.columns - used, 8, wide.back())
                    : wide.back();
  return wide;
}

std::string summary(const std::vector<Row>& rows, const nlohmann::json& status,
                    const CommonOptions& common) {
  std::map<std::string, std::size_t> counts;
  for (const Row& row : rows) ++counts[row.state];
  const nlohmann::json& office = status.at("office");
  std::string line = fmt::format("{}: {} {}", office.value("name", office.value("id", "")),
                                 rows.size(), summary_word.in(common.language));
  for (std::size_t index = 0; index < state_count; ++index) {
    const auto state = static_cast<State>(index);
    const auto count = counts[std::string(name(state))];
    if (count == 0) continue;
    line += ", " + common.terminal.paint(
                       colour_of(state),
                       fmt::format("{} {}", count, say(name(state), "", common.language)));
  }
  return line + "\n";
}

std::string ended_line(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string table(const nlohmann::json& status, const CommonOptions& common) {
  std::vector<Row> rows;
  for (const auto& target : status.at("targets"))
    rows.push_back(row_of(target, status.at("taken")));
  const std::string total = summary(rows, status, common);
  const std::vector<Row> judged = judged_rows(status);
  rows.insert(rows.begin(), judged.begin(), judged.end());
  std::vector<Colour> colours;
  for (Row& row : rows) {
    colours.push_back(state_named(row.state) ? colour_of(*state_named(row.state)) : Colour::none);
    row.state = say(row.state, row.kind, common.language);
  }
  const auto wide = widths(rows, common);
  std::string text;
  std::string title;
  for (std::size_t index = 0; index < status_columns.size(); ++index) {
    title += fitted(status_columns.at(index).title.in(common.language), wide.at(index)) + "  ";
  }
  text += common.terminal.paint(Colour::bold, ended_line(title));
  for (std::size_t number = 0; number < rows.size(); ++number) {
    std::string line;
    for (std::size_t index = 0; index < status_columns.size(); ++index) {
      const bool is_state = status_columns.at(index).cell == &Row::state;
      line += common.terminal.paint(
                  is_state ? colours[number] : Colour::none,
                  fitted(rows[number].*status_columns.at(index).cell, wide.at(index))) +
              "  ";
    }
    text += ended_line(std::move(line));
  }
  return text + total;
}

}  // namespace

Result<std::string> status_table(std::string_view status, const CommonOptions& common) {
  try {
    return table(nlohmann::json::parse(status), common);
  } catch (const nlohmann::json::exception& error) {
    return std::unexpected(Error{.tried = "read the agent's status", .text = error.what()});
  }
}

}  // namespace siaga
