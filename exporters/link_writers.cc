// The series about links.
#include <algorithm>

#include "exporters/judge_writers.h"
#include "exporters/labels.h"

namespace siaga {
namespace {

constexpr std::array causes{Cause::power, Cause::link};  // always there; others when they occurred

std::string labels_of(const JudgeFamily& family, const LinkRow& link) {
  return row_labels(family, "link", link.name);
}

// One series for each link.
void each(const JudgeFamily& family, const auto& value) {
  for (const LinkRow& link : family.views.links)
    if (const auto known = value(link); known.has_value())
      family.lines.sample(family.metric, labels_of(family, link), "", *known);
}

// One series for each link and cause.
void each_cause(const JudgeFamily& family, const auto& value) {
  for (const LinkRow& link : family.views.links) {
    for (std::size_t cause = 1; cause < cause_count; ++cause) {
      const auto known = value(link, cause);
      const bool can_be = std::ranges::find(causes, static_cast<Cause>(cause)) != causes.end();
      if (!can_be && known == decltype(known){}) continue;
      std::string labels = labels_of(family, link);
      append_label(labels, "cause", name(static_cast<Cause>(cause)));
      family.lines.sample(family.metric, labels, "", known);
    }
  }
}

std::string anchor_labels(const JudgeFamily& family, const LinkRow& link, std::string_view anchor) {
  std::string labels = labels_of(family, link);
  append_label(labels, "anchor", anchor);
  return labels;
}

void each_interface(const JudgeFamily& family, const auto& value) {
  for (const LinkRow& link : family.views.links) {
    if (!link.interface) continue;
    const auto known = value(*link.interface);
    if (!known.has_value()) continue;
    std::string labels = labels_of(family, link);
    append_label(labels, "interface", link.interface->name);
    family.lines.sample(family.metric, labels, "", *known);
  }
}

std::optional<std::uint64_t> number(std::uint64_t value) { return value; }

}  // namespace

void write_link_state(const JudgeFamily& family) {
  std::array<std::string_view, state_count> states{};
  for (std::size_t index = 0; index < state_count; ++index)
    states.at(index) = name(static_cast<State>(index));
  for (const LinkRow& link : family.views.links)
    write_state_set(family, labels_of(family, link), "state", states,
                    static_cast<std::size_t>(link.state));
}

void write_link_outages(const JudgeFamily& family) {
  each_cause(family, [](const LinkRow& link, std::size_t cause) -> std::uint64_t {
    return link.outages.at(cause);
  });
}

void write_link_down(const JudgeFamily& family) {
  each_cause(family, [](const LinkRow& link, std::size_t cause) {
    return seconds(link.totals.down.at(cause));
  });
}

void write_link_active(const JudgeFamily& family) {
  each_cause(family, [](const LinkRow& link, std::size_t cause) {
    return std::uint64_t{link.open && cause == static_cast<std::size_t>(link.open->cause)};
  });
}

void write_link_began(const JudgeFamily& family) {
  each(family, [](const LinkRow& link) { return began(link.open); });
}

void write_anchors(const JudgeFamily& family) {
  each(family, [](const LinkRow& link) { return number(link.view.anchors); });
}

void write_anchors_up(const JudgeFamily& family) {
  each(family, [](const LinkRow& link) { return number(link.view.anchors_up); });
}

void write_anchor_up(const JudgeFamily& family) {
  for (const LinkRow& link : family.views.links) {
    const std::size_t count = std::min(link.anchors.size(), link.view.is_up.size());
    for (std::size_t place = 0; place < count; ++place)
      family.lines.sample(family.metric, anchor_labels(family, link, link.anchors[place].name), "",
                          std::uint64_t{link.view.is_up[place]});
  }
}

void write_anchor_requests(const JudgeFamily& family) {
  for (const LinkRow& link : family.views.links)
    for (const PingedAnchor& anchor : link.pinged)
      family.lines.sample(family.metric, anchor_labels(family, link, anchor.name), "", anchor.sent);
}

void write_anchor_durations(const JudgeFamily& family) {
  for (const LinkRow& link : family.views.links)
    for (const PingedAnchor& anchor : link.pinged)
      write_histogram(family.lines, family.metric, anchor_labels(family, link, anchor.name), "",
                      anchor.round_trips, family.buckets, family.scratch);
}

void write_loss(const JudgeFamily& family) {
  each(family, [](const LinkRow& link) { return link.view.loss_ratio; });
}

void write_round_trips(const JudgeFamily& family) {
  for (const LinkRow& link : family.views.links) {
    if (!link.view.round_trips) continue;
    const RoundTrips& trips = *link.view.round_trips;
    const std::string labels = labels_of(family, link);
    const std::array<std::pair<std::string_view, Duration>, 5> rows{{
        {",stat=\"min\"", trips.min},
        {",stat=\"p50\"", trips.p50},
        {",stat=\"p95\"", trips.p95},
        {",stat=\"p99\"", trips.p99},
        {",stat=\"max\"", trips.max},
    }};
    for (const auto& [stat, trip] : rows)
      family.lines.sample(family.metric, labels, stat, seconds(trip));
  }
}

void write_jitter(const JudgeFamily& family) {
  each(family, [](const LinkRow& link) -> std::optional<double> {
    if (!link.view.round_trips) return std::nullopt;
    return seconds(link.view.round_trips->jitter);
  });
}

void write_path_break(const JudgeFamily& family) {
  std::array<std::string_view, path_break_count> places;
  for (std::size_t at = 0; at < places.size(); ++at)
    places.at(at) = name(static_cast<PathBreak>(at));
  for (const LinkRow& link : family.views.links)
    write_state_set(family, labels_of(family, link), "at", places,
                    static_cast<std::size_t>(link.path_break));
}

void write_mtu(const JudgeFamily& family) {
  each(family, [](const LinkRow& link) -> std::optional<std::uint64_t> {
    if (!link.view.is_mtu_good) return std::nullopt;
    return number(*link.view.is_mtu_good ? 1 : 0);
  });
}

void write_held_down(const JudgeFamily& family) {
  each(family, [](const LinkRow& link) { return number(link.view.is_held_down ? 1 : 0); });
}

void write_degraded(const JudgeFamily& family) {
  each(family, [](const LinkRow& link) { return number(link.view.is_degraded ? 1 : 0); });
}

void write_in_use(const JudgeFamily& family) {
  for (const LinkRow& link : family.views.links) {
    for (const auto& [uplink, is_in_use] : link.uplinks) {
      std::string labels = labels_of(family, link);
      append_label(labels, "uplink", uplink);
      family.lines.sample(family.metric, labels, "", std::uint64_t{is_in_use});
    }
  }
}

void write_carrier(const JudgeFamily& family) {
  each_interface(
      family, [](const LinkInterface& interface) { return number(interface.has_carrier ? 1 : 0); });
}

void write_speed(const JudgeFamily& family) {
  each_interface(family, [](const LinkInterface& interface) -> std::optional<double> {
    constexpr double bits_per_byte = 8;
    if (!interface.speed_bits) return std::nullopt;
    return static_cast<double>(*interface.speed_bits) / bits_per_byte;
  });
}

void write_interface_counter(const JudgeFamily& family,
                             std::uint64_t InterfaceCounters::* counter) {
  each_interface(family, [counter](const LinkInterface& interface) -> std::optional<std::uint64_t> {
    if (!interface.counters) return std::nullopt;
    return (*interface.counters).*counter;
  });
}

}  // namespace siaga
