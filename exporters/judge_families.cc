#include "exporters/judge_families.h"

#include "exporters/judge_writers.h"

namespace siaga {
namespace {

constexpr MetricType gauge_type = MetricType::gauge, counter_type = MetricType::counter;
constexpr std::string_view per_link = "office link", per_interface = "office link interface",
                           per_mains = "office mains", per_ups = "office ups";

constexpr std::array judge_rows{
    FamilyRow{"siaga_link_state", gauge_type, "office link state",
              "1 for the present state, 0 for the others: pending, up, down, unknown, "
              "maintenance."},
    FamilyRow{"siaga_link_outages_total", counter_type, "office link cause",
              "Outages whose cause is settled."},
    FamilyRow{"siaga_link_down_seconds_total", counter_type, "office link cause",
              "Settled time down, by whose fault it was."},
    FamilyRow{"siaga_link_outage_active", gauge_type, "office link cause",
              "1 for the present cause of an open outage; the cause may be revised until it is "
              "settled."},
    FamilyRow{"siaga_link_outage_started_timestamp_seconds", gauge_type, per_link,
              "When the open outage began; absent when there is none."},
    FamilyRow{"siaga_link_anchors", gauge_type, per_link,
              "Anchors that count for the quorum: gateways only where nothing else is an anchor."},
    FamilyRow{"siaga_link_anchors_up", gauge_type, per_link, "How many of these answer."},
    FamilyRow{"siaga_link_anchor_up", gauge_type, "office link anchor",
              "Whether the anchor answers; a failure counts once it is confirmed."},
    FamilyRow{"siaga_link_anchor_requests_total", counter_type, "office link anchor",
              "Pings sent to the anchor, answered or timed out. What smokeping_requests_total is "
              "for targets."},
    FamilyRow{"siaga_link_anchor_response_duration_seconds", MetricType::histogram,
              "office link anchor",
              "Round trips of the anchor's answered pings, in smokeping_prober's buckets."},
    FamilyRow{"siaga_link_loss_ratio", gauge_type, per_link,
              "Share of the pings in the window (5 min) that were not answered, 0 to 1; absent "
              "without pings."},
    FamilyRow{"siaga_link_rtt_seconds", gauge_type, "office link stat",
              "Round trips of the answers in the window: min, p50, p95, p99, max; absent without "
              "answers."},
    FamilyRow{"siaga_link_jitter_seconds", gauge_type, per_link,
              "Mean difference of neighbouring round trips of one anchor in the window."},
    FamilyRow{"siaga_link_path_break", gauge_type, "office link at",
              "1 for where the path breaks, 0 for the others: none, interface, gateway, isp, "
              "beyond."},
    FamilyRow{"siaga_link_mtu_good", gauge_type, per_link,
              "Whether packets of the wanted size pass; absent when that is not checked or not "
              "known."},
    FamilyRow{"siaga_link_held_down", gauge_type, per_link,
              "1 while the link is good again, but not for hold_down yet."},
    FamilyRow{"siaga_link_degraded", gauge_type, per_link,
              "1 while the link is up and loses much of what goes through it: time-outs and resets "
              "behind it are the link's."},
    FamilyRow{"siaga_link_in_use", gauge_type, "office link uplink",
              "1 for the uplink that the default route goes through, 0 for the others."},
    FamilyRow{"siaga_link_interface_carrier", gauge_type, per_interface,
              "Whether the link's interface has a carrier."},
    FamilyRow{"siaga_link_interface_speed_bytes", gauge_type, per_interface,
              "Speed in bytes per second; absent when the kernel does not tell."},
    FamilyRow{"siaga_link_interface_receive_bytes_total", counter_type, per_interface,
              "Bytes received, as the kernel counts since the interface was made."},
    FamilyRow{"siaga_link_interface_transmit_bytes_total", counter_type, per_interface,
              "Bytes sent."},
    FamilyRow{"siaga_link_interface_receive_packets_total", counter_type, per_interface,
              "Packets received."},
    FamilyRow{"siaga_link_interface_transmit_packets_total", counter_type, per_interface,
              "Packets sent."},
    FamilyRow{"siaga_link_interface_receive_errors_total", counter_type, per_interface,
              "Packets received damaged."},
    FamilyRow{"siaga_link_interface_transmit_errors_total", counter_type, per_interface,
              "Packets that could not be sent."},
    FamilyRow{"siaga_link_interface_receive_dropped_total", counter_type, per_interface,
              "Packets received and dropped."},
    FamilyRow{"siaga_link_interface_transmit_dropped_total", counter_type, per_interface,
              "Packets dropped instead of being sent."},
    FamilyRow{"siaga_mains_state", gauge_type, "office mains state",
              "1 for what the mains is, 0 for the others: on, off, unknown."},
    FamilyRow{"siaga_mains_outages_total", counter_type, per_mains, "Outages that are settled."},
    FamilyRow{"siaga_mains_off_seconds_total", counter_type, per_mains,
              "Settled time without mains."},
    FamilyRow{"siaga_mains_outage_started_timestamp_seconds", gauge_type, per_mains,
              "When the open outage began; absent when there is none."},
    FamilyRow{"siaga_mains_cuts_total", counter_type, "office mains length",
              "Cuts since the agent started: momentary (up to 5 min) or sustained; a sustained one "
              "is counted as soon as it is."},
    FamilyRow{"siaga_mains_brownouts_total", counter_type, per_mains,
              "Brown-outs since the agent started: BOOST, TRIM or a low input voltage."},
    FamilyRow{"siaga_mains_brownout", gauge_type, per_mains, "1 during a brown-out."},
    FamilyRow{"siaga_mains_exhaustion_foreseen", gauge_type, per_mains,
              "1 from when a UPS was seen to be nearly empty, or to be shut down, until the mains "
              "is on."},
    FamilyRow{"siaga_mains_sensor_word", gauge_type, "office mains sensor word",
              "1 for what the sensor says of the mains now, 0 for the others: on, off, none."},
    FamilyRow{"siaga_mains_canaries", gauge_type, "office mains state",
              "Canaries that answer (up) and that are confirmed lost."},
    FamilyRow{"siaga_ups_reason", gauge_type, "office ups reason",
              "1 for why the last run had no reading of the UPS, 0 for the others; all 0 when it "
              "had one."},
    FamilyRow{"siaga_ups_data_age_seconds", gauge_type, per_ups,
              "Age of the last reading; absent before the first. The server may have had it for "
              "up to its MAXAGE."},
    FamilyRow{"siaga_ups_last_word", gauge_type, "office ups word",
              "1 for what the last reading said of the mains, however old it is: on, off, none."},
    FamilyRow{"siaga_ups_battery_low", gauge_type, per_ups,
              "1 when the battery was low for a while, or a forced shutdown was set, as of the "
              "last reading; absent before the first."},
    FamilyRow{"siaga_ups_battery_needs_replacement", gauge_type, per_ups,
              "1 when the UPS has asked for a new battery for a while, as of the last reading; "
              "absent before the first."},
    FamilyRow{"siaga_ups_runtime_seconds", gauge_type, per_ups,
              "How long the battery will last; absent when the UPS does not tell and without a "
              "fresh reading."},
};

// In the order of the rows.
constexpr std::array<JudgeWriter, judge_rows.size()> writers{
    write_link_state,
    write_link_outages,
    write_link_down,
    write_link_active,
    write_link_began,
    write_anchors,
    write_anchors_up,
    write_anchor_up,
    write_anchor_requests,
    write_anchor_durations,
    write_loss,
    write_round_trips,
    write_jitter,
    write_path_break,
    write_mtu,
    write_held_down,
    write_degraded,
    write_in_use,
    write_carrier,
    write_speed,
    write_counter<&InterfaceCounters::received_bytes>,
    write_counter<&InterfaceCounters::sent_bytes>,
    write_counter<&InterfaceCounters::received_packets>,
    write_counter<&InterfaceCounters::sent_packets>,
    write_counter<&InterfaceCounters::received_errors>,
    write_counter<&InterfaceCounters::sent_errors>,
    write_counter<&InterfaceCounters::received_dropped>,
    write_counter<&InterfaceCounters::sent_dropped>,
    write_mains_state,
    write_mains_outages,
    write_mains_off,
    write_mains_began,
    write_cuts,
    write_brown_outs,
    write_brown_out,
    write_exhaustion,
    write_sensor_words,
    write_canaries,
    write_ups_reason,
    write_ups_age,
    write_ups_word,
    write_battery_low,
    write_replacement,
    write_runtime,
};

}  // namespace

std::span<const FamilyRow> judge_families() { return judge_rows; }

std::optional<OpenOutage> open_outage(const TargetStatus& status, const Dating& dating) {
  if (!status.outage_began.is_set()) return std::nullopt;
  return OpenOutage{.began = dating.date(status.outage_began), .cause = status.outage_cause};
}

void write_judge_families(LineWriter& lines, const OfficeLabels& office, const JudgeViews& views,
                          Format format) {
  BucketTails buckets;
  std::string scratch;
  for (std::size_t index = 0; index < judge_rows.size(); ++index) {
    const FamilyRow& row = judge_rows.at(index);
    const std::string header = family_header(row.metric, row.type, row.help, format);
    lines.announce(header);
    const JudgeFamily family{.lines = lines,
                             .metric = row.metric,
                             .office = office.id,
                             .views = views,
                             .buckets = buckets,
                             .scratch = scratch};
    writers.at(index)(family);
    lines.announce({});  // a family without a series has no header
  }
}

}  // namespace siaga
