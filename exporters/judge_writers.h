// How the series of each family about links, mains and UPSes are written: one function each, named
// by the table in judge_families.cc. Nothing here knows names or help.
#pragma once

#include <string_view>

#include "exporters/judge_families.h"

namespace siaga {

// A family under way.
struct JudgeFamily {
  LineWriter& lines;
  std::string_view metric;
  std::string_view office;
  const JudgeViews& views;
  BucketTails& buckets;
  std::string& scratch;
};
using JudgeWriter = void (*)(const JudgeFamily& family);

void write_link_state(const JudgeFamily& family);
void write_link_outages(const JudgeFamily& family);
void write_link_down(const JudgeFamily& family);
void write_link_active(const JudgeFamily& family);
void write_link_began(const JudgeFamily& family);
void write_anchors(const JudgeFamily& family);
void write_anchors_up(const JudgeFamily& family);
void write_anchor_up(const JudgeFamily& family);
void write_anchor_requests(const JudgeFamily& family);
void write_anchor_durations(const JudgeFamily& family);
void write_loss(const JudgeFamily& family);
void write_round_trips(const JudgeFamily& family);
void write_jitter(const JudgeFamily& family);
void write_path_break(const JudgeFamily& family);
void write_mtu(const JudgeFamily& family);
void write_held_down(const JudgeFamily& family);
void write_degraded(const JudgeFamily& family);
void write_in_use(const JudgeFamily& family);
void write_carrier(const JudgeFamily& family);
void write_speed(const JudgeFamily& family);
void write_interface_counter(const JudgeFamily& family, std::uint64_t InterfaceCounters::* counter);
template <std::uint64_t InterfaceCounters::* counter>
void write_counter(const JudgeFamily& family) {
  write_interface_counter(family, counter);
}

void write_mains_state(const JudgeFamily& family);
void write_mains_outages(const JudgeFamily& family);
void write_mains_off(const JudgeFamily& family);
void write_mains_began(const JudgeFamily& family);
void write_cuts(const JudgeFamily& family);
void write_brown_outs(const JudgeFamily& family);
void write_brown_out(const JudgeFamily& family);
void write_exhaustion(const JudgeFamily& family);
void write_sensor_words(const JudgeFamily& family);
void write_canaries(const JudgeFamily& family);

void write_ups_reason(const JudgeFamily& family);
void write_ups_age(const JudgeFamily& family);
void write_ups_word(const JudgeFamily& family);
void write_battery_low(const JudgeFamily& family);
void write_replacement(const JudgeFamily& family);
void write_runtime(const JudgeFamily& family);

// Of a row: office="...", and its own name.
std::string row_labels(const JudgeFamily& family, std::string_view key, std::string_view name);
// When an open outage began, in unix seconds; not set without one.
std::optional<double> began(const std::optional<OpenOutage>& open);
// One series for each of a closed list: `,state="up"`, 1 for the present one.
void write_state_set(const JudgeFamily& family, const std::string& labels, std::string_view key,
                     std::span<const std::string_view> values, std::size_t present);

}  // namespace siaga
