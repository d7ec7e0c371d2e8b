// Pasts made by hand: boots, nodes, and what happened to them in seconds since a boot began.
#pragma once

#include "agent/report/report.h"

namespace siaga::tests {

using namespace std::chrono_literals;

inline Zone zone_named(std::string_view name) { return Zone::named(name).value(); }
inline Zone makassar() { return zone_named("Asia/Makassar"); }

inline Stamp stamp(BootNumber boot, Millis at) { return {.boot = boot, .at = BootTime(at)}; }

struct MadePast {
  Past past;

  MadePast& boot(BootNumber number, WallTime began, bool is_trusted = true) {
    past.dating.set({.number = number, .began = began, .is_trusted = is_trusted});
    return *this;
  }
  MadePast& node(NodeNumber number, const std::string& name, Stamp added,
                 NodeRole role = NodeRole::target, Stamp removed = {}) {
    past.nodes.push_back(
        {.number = number,
         .name = name,
         .kind = role == NodeRole::target ? "http" : std::string(siaga::name(role)),
         .role = role,
         .added = added,
         .removed = removed});
    return *this;
  }
  MadePast& stretch(NodeNumber node, Stamp from, Stamp to, Share share, OutageId outage = 0) {
    past.stretches.push_back(
        {.node = node, .from = from, .to = to, .share = share, .outage = outage});
    past.known_until = std::max(past.known_until, to);
    return *this;
  }
  // One boot, good 30 s before it began and bad until 10 s before it ended.
  MadePast& outage(OutageId id, NodeNumber node, Stamp first_bad, Stamp ended, Cause cause,
                   NodeNumber root = 0) {
    past.outages.push_back(
        {.id = id,
         .node = node,
         .last_good = stamp(first_bad.boot, first_bad.at.time_since_epoch() - 30s),
         .first_bad = first_bad,
         .last_bad = stamp(ended.boot, ended.at.time_since_epoch() - 10s),
         .ended = ended,
         .end = OutageEnd::recovered,
         .pieces = {{.from = first_bad, .cause = cause, .root = root}},
         .detail = "nothing listens",
         .is_settled = true});
    return *this;
  }
};

// 1 November 2026, 00:00 in Makassar.
inline WallTime november() { return makassar().instant({.year = 2026, .month = 11, .day = 1}); }
inline WallTime december() { return makassar().instant({.year = 2026, .month = 12, .day = 1}); }
inline ReportQuery november_query() {
  return {.span = {november(), december()},
          .zone = makassar(),
          .office_id = "diskominfo",
          .office_name = "Dinas Kominfo",
          .availability_target = 0.999};
}

// Boot 1 began ten days before November; this is so long after November's first moment.
inline Stamp in_november(Millis after) { return stamp(1, 240h + after); }
inline MadePast month() {
  MadePast made;
  made.boot(1, november() - 240h);
  return made;
}

}  // namespace siaga::tests
