// The metric families about links, mains and UPSes, written from plain views. They are few, so that
// they are made as one text at the beginning of a scrape. The table in judge_families.cc is the
// source of names and help; docs/metrics.md is generated from it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/rtnetlink.h"
#include "agent/engine/histogram.h"
#include "agent/engine/snapshot.h"
#include "agent/judge/link_judge.h"
#include "agent/judge/mains_judge.h"
#include "exporters/families.h"
#include "exporters/line_writer.h"

namespace siaga {

// The interface that a link goes through, as the kernel tells.
struct LinkInterface {
  std::string name;
  bool has_carrier = false;
  std::optional<std::uint64_t> speed_bits;  // per second
  std::optional<InterfaceCounters> counters;
};

// What is counted of an anchor that is pinged.
struct PingedAnchor {
  std::string name;
  std::uint64_t sent = 0;  // answered or timed out
  Histogram round_trips{round_trip_bounds};
};

// The outage that a link or mains is in.
struct OpenOutage {
  WallTime began;
  Cause cause = Cause::none;  // may be revised until it is settled
};
std::optional<OpenOutage> open_outage(const TargetStatus& status, const Dating& dating);

struct LinkRow {
  std::string name;
  State state = State::pending;
  Totals totals;
  std::array<std::uint32_t, cause_count> outages{};
  std::optional<OpenOutage> open;
  LinkJudge::View view;
  PathBreak path_break = PathBreak::none;
  std::vector<Anchor> anchors;  // as view.is_up
  std::optional<LinkInterface> interface;
  std::vector<std::pair<std::string, bool>> uplinks;  // name, is it in use
  std::vector<PingedAnchor> pinged;
};

struct MainsRow {
  std::string name;
  State state = State::pending;
  Totals totals;
  std::array<std::uint32_t, cause_count> outages{};
  std::optional<OpenOutage> open;
  MainsJudge::View view;
};

struct UpsRow {
  std::string name;
  UpsJudge::View view;
  std::optional<Duration> age;  // of the last reading; not set before the first
};

struct JudgeViews {
  std::vector<LinkRow> links;
  std::vector<MainsRow> mains;
  std::vector<UpsRow> upses;
};

std::span<const FamilyRow> judge_families();
// Families without a series are left out, header and all.
void write_judge_families(LineWriter& lines, const OfficeLabels& office, const JudgeViews& views,
                          Format format);

}  // namespace siaga
