// What the journal's tests share: a folder of their own, and records of a small office.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "agent/journal/journal.h"
#include "agent/journal/past.h"
#include "agent/journal/store.h"
#include "tests/support/temp_folder.h"

namespace siaga::tests {

using namespace std::chrono_literals;

// 2026-11-01 00:00 UTC.
inline constexpr WallTime november{std::chrono::seconds(1'793'491'200)};

inline Stamp stamp(BootNumber boot, Millis at) { return {boot, BootTime(at)}; }

inline BootEra era(BootNumber number, WallTime began = november, bool is_trusted = true) {
  return {.number = number,
          .boot_id = "boot-" + std::to_string(number),
          .began = began,
          .is_trusted = is_trusted};
}

inline Node node(NodeNumber number, Stamp added = stamp(1, 0ms)) {
  return {.number = number,
          .name = "target-" + std::to_string(number),
          .kind = "http",
          .added = added,
          .interval = 30s,
          .timeout = 5s};
}

// Up since it was added, booked for a minute.
inline NodeState up_state(NodeNumber number, Stamp added = stamp(1, 0ms), Millis booked = 60s) {
  NodeState state{.node = number,
                  .booked_until = {added.boot, added.at + booked},
                  .stretch_from = added,
                  .pieces = {{.from = {added.boot, added.at + booked}, .share = Share::up()}},
                  .last_good = added};
  state.totals.add(Share::up(), booked);
  return state;
}

inline Outage outage(OutageId id, NodeNumber number, Stamp first_bad) {
  return {.id = id,
          .node = number,
          .last_good = {first_bad.boot, first_bad.at - 10s},
          .first_bad = first_bad,
          .last_bad = {first_bad.boot, first_bad.at + 20s},
          .pieces = {{.from = first_bad, .cause = Cause::host, .reason = Reason::ping_no_reply}},
          .detail = "no echo reply came"};
}

inline Outage ended(Outage outage, Stamp at) {
  outage.ended = at;
  outage.end = OutageEnd::recovered;
  outage.is_settled = true;
  return outage;
}

inline std::unique_ptr<Store> open_store(const std::string& path, const std::string& vfs = {}) {
  auto opened = Store::open({path, Store::Access::write, vfs});
  if (!opened) ADD_FAILURE() << describe(opened.error().second);
  return opened ? std::move(*opened) : nullptr;
}

inline void append(Store& store, const std::vector<Record>& records) {
  const auto appended = store.append(records);
  if (!appended) ADD_FAILURE() << describe(appended.error());
}

inline Replay replay_of(Store& store) {
  auto replay = store.replay();
  if (!replay) ADD_FAILURE() << describe(replay.error());
  return replay ? std::move(*replay) : Replay{};
}

}  // namespace siaga::tests
