// What readers see of the links.
#include "agent/link_watch.h"

namespace siaga {

std::optional<LinkInterface> LinkWatch::interface_of(const Link& link) {
  if (!interfaces_ || link.way.interface.empty()) return std::nullopt;
  LinkInterface row{.name = link.way.interface, .speed_bits = {}, .counters = {}};
  const Interface* const found = interfaces_->find(link.way.interface);
  if (found == nullptr) return row;
  row.has_carrier = found->has_carrier;
  row.speed_bits = found->speed_bits;
  row.counters = interfaces_->counters(found->index);
  return row;
}

std::vector<LinkRow> LinkWatch::rows(const Dating& dating) {
  const BootTime now = network_.clock.boot_now();
  std::vector<LinkRow> rows;
  rows.reserve(links_.size());
  for (const Link& link : links_) {
    const TargetStatus& status = engine_.status(link.id);
    LinkRow row{.name = link.name,
                .state = status.state,
                .totals = status.totals,
                .outages = status.outages,
                .open = open_outage(status, dating),
                .view = link.judge.view(now),
                .path_break = link.judge.path_break(),
                .anchors = link.anchors,
                .interface = interface_of(link),
                .uplinks = {},
                .pinged = {}};
    for (const std::string& uplink : link.options.uplinks)
      row.uplinks.emplace_back(uplink, uplink == link.uplink);
    for (std::size_t place = 0; place < link.anchors.size(); ++place)
      if (is_ping(parse_anchor(link.anchors[place].name)->sort))
        row.pinged.push_back({.name = link.anchors[place].name,
                              .sent = link.counts[place].sent,
                              .round_trips = link.counts[place].round_trips});
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace siaga
