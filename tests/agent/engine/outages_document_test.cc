// docs/outages.md and the code say the same: every row of its tables is run through the code.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <sstream>

#include "agent/engine/own.h"
#include "agent/engine/pieces.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;
using Row = std::vector<std::string>;

std::string trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return std::string(text);
}

// The rows of the table behind a marker, without its heading.
std::vector<Row> table(const std::string& marker) {
  std::ifstream page(SIAGA_SOURCE_DIR "/docs/outages.md");
  std::vector<Row> rows;
  std::string line;
  while (std::getline(page, line) && line != "<!-- " + marker + " -->") {
  }
  for (int number = 0; std::getline(page, line) && line.starts_with('|'); ++number) {
    Row row;
    std::stringstream cells(line.substr(1));
    for (std::string cell; std::getline(cells, cell, '|');) row.push_back(trimmed(cell));
    if (number >= 2) rows.push_back(std::move(row));
  }
  return rows;
}

constexpr std::int64_t confirm = 3, recover = 2;

// A target of its own, probed every second.
class Probed {
 public:
  Probed() : own_({.confirm = confirm, .recover = recover, .stale_after = 90s}, stamp()) {}

  void run(Verdict verdict) {
    now_ += 1s;
    const Reason reason = verdict == Verdict::failed    ? Reason::connect_refused
                          : verdict == Verdict::unknown ? Reason::agent_descriptors
                                                        : Reason::none;
    own_.take({.verdict = verdict, .reason = reason, .began = stamp()});
  }
  void runs(Verdict verdict, std::int64_t count) {
    for (std::int64_t index = 0; index < count; ++index) run(verdict);
  }
  void be_silent() { own_.pass(now_ += 200s); }
  State state() const { return own_.state(); }

 private:
  Stamp stamp() const { return {.boot = 1, .at = now_}; }

  BootTime now_{100s};
  Own own_;
};

Probed in_state(const std::string& state) {
  Probed probed;
  if (state == "pending") return probed;
  probed.run(Verdict::ok);
  if (state.find("down") != std::string::npos) probed.runs(Verdict::failed, confirm);
  if (state.starts_with("unknown")) probed.run(Verdict::unknown);
  return probed;
}

// "up; down after confirm": the first answer, and what it comes to.
void expect_cell(const Row& row, std::size_t column, Verdict verdict) {
  const std::string& cell = row.at(column);
  const std::size_t then = cell.find("; ");
  Probed once = in_state(row[0]);
  once.run(verdict);
  EXPECT_EQ(name(once.state()), cell.substr(0, then)) << row[0] << ", column " << column;
  if (then == std::string::npos) return;
  const std::string later = cell.substr(then + 2);
  const bool is_confirmation = later.ends_with(" after confirm");
  EXPECT_TRUE(is_confirmation || later.ends_with(" after recover")) << later;
  const std::int64_t count = is_confirmation ? confirm : recover;
  Probed almost = in_state(row[0]);
  almost.runs(verdict, count - 1);
  EXPECT_EQ(name(almost.state()), cell.substr(0, then)) << row[0];
  almost.run(verdict);
  EXPECT_EQ(name(almost.state()), later.substr(0, later.find(' '))) << row[0];
}

TEST(OutagesDocument, OwnStatesAreTheCodes) {
  const std::vector<Row> rows = table("own states");

  ASSERT_EQ(rows.size(), 5U);
  for (const Row& row : rows) {
    ASSERT_EQ(row.size(), 5U) << row[0];
    const std::string before = row[0].substr(0, row[0].find(','));
    EXPECT_EQ(name(in_state(row[0]).state()), before);
    expect_cell(row, 1, Verdict::ok);
    expect_cell(row, 2, Verdict::failed);
    expect_cell(row, 3, Verdict::unknown);
    Probed silent = in_state(row[0]);
    silent.be_silent();
    EXPECT_EQ(name(silent.state()), row[4]) << row[0];
  }
}

// Pieces of another node, of one kind from the beginning on.
std::vector<Piece> other(const std::string& what) {
  Piece piece;
  if (what == "down") piece.share = Share::down(Cause::link);
  else if (what == "up") piece.share = Share::up();
  else if (what == "down in maintenance") piece.share = Share::maintenance();
  piece.is_masked_down = what == "down in maintenance";
  piece.is_held = what == "unknown in an outage";
  piece.reason = what == "down" ? Reason::link_down : Reason::none;
  return {piece};
}

std::vector<std::string> values(const std::string& cell, const std::vector<std::string>& any) {
  if (cell == "any") return any;
  if (cell == "other") return {"up", "unknown", "unknown in an outage", "nothing"};
  return {cell};
}

std::string booked_as(const Piece& piece) {
  if (piece.share.is(TimeClass::maintenance)) return "maintenance";
  if (piece.share.is(TimeClass::up)) return "up";
  const bool is_via = piece.share == Share::unknown(Blind::via_down);
  if (piece.share.is(TimeClass::unknown) && piece.root == 7 && !is_via)
    return "unknown: the need's reason";
  if (piece.share.is(TimeClass::unknown)) return "unknown: " + std::string(name(piece.share.blind));
  return piece.root == 7 && piece.share.cause == Cause::link      ? "down: the need's cause"
         : piece.root == 0 && piece.share.cause == Cause::service ? "down: by its reason"
                                                                  : "down: otherwise";
}

Piece effective(const std::string& window, const std::string& need, const std::string& via,
                State own) {
  const std::vector<OwnChange> changes{
      {.state = own,
       .reason = own == State::down ? Reason::connect_refused : Reason::none,
       .blind = own == State::unknown ? Blind::agent_trouble : Blind::not_probed}};
  const std::vector<MaintenanceChange> windows{{.at = {}, .is_on = window == "open"}};
  Sources sources{.boot = 1, .own = changes, .maintenance = windows, .needs = {}, .via = {}};
  if (need != "nothing") sources.needs.push_back({.number = 7, .pieces = other(need)});
  if (via != "nothing") sources.via.push_back({.number = 8, .pieces = other(via)});
  return evaluate(sources, BootTime(10s), BootTime(20s)).back();
}

TEST(OutagesDocument, EffectiveStatesAreTheCodesAndTheFirstRowThatFitsHolds) {
  const std::vector<Row> rows = table("effective states");
  const std::vector<std::string> others{
      "up", "down", "unknown", "unknown in an outage", "down in maintenance", "nothing"};
  const std::vector<std::string> states{"up", "down", "unknown", "pending"};
  std::map<std::string, std::string> decided;  // combination -> what the first row said
  ASSERT_EQ(rows.size(), 9U);

  for (const Row& row : rows) {
    ASSERT_EQ(row.size(), 6U);
    for (const std::string& need : values(row[1], others))
      for (const std::string& via : values(row[2], others))
        for (const std::string& own : values(row[3], states)) {
          const std::string combination = row[0] + "/" + need + "/" + via + "/" + own;
          if (!decided.emplace(combination, row[4]).second) continue;
          const State state = static_cast<State>(std::ranges::find(states, own) - states.begin());
          constexpr std::array own_states{State::up, State::down, State::unknown, State::pending};
          const Piece piece =
              effective(row[0], need, via, own_states.at(static_cast<std::size_t>(state)));
          EXPECT_EQ(name(piece.state), row[4]) << combination;
          EXPECT_EQ(booked_as(piece), row[5]) << combination;
        }
  }
  // A via that is down while under maintenance blocks the view all the same.
  EXPECT_EQ(effective("none", "nothing", "down in maintenance", State::down).state, State::unknown);
}

TEST(OutagesDocument, EachReasonHasItsCause) {
  const std::vector<Row> rows = table("causes");

  ASSERT_EQ(rows.size(), reason_count - 1);
  for (std::size_t index = 1; index < reason_count; ++index) {
    const auto reason = static_cast<Reason>(index);
    const Row& row = rows[index - 1];
    EXPECT_EQ(row.at(0), "`" + std::string(name(reason)) + "`");
    EXPECT_EQ(row.at(1).substr(0, row.at(1).find(':')), name(cause(reason)));
    EXPECT_EQ(row.at(2), meaning(reason));
  }
}

}  // namespace
}  // namespace siaga
