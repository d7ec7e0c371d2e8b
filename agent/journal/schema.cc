// Stamps are two columns, boot and milliseconds of CLOCK_BOOTTIME in it; boot 0: not set. Dates are
// nanoseconds since 1970. Causes, reasons and the like are numbers of the table `words`. What is
// read by time lies in the order of time, so that old detail goes from one end.
#include "agent/journal/schema.h"

#include <fmt/format.h>

#include "agent/journal/database.h"

namespace siaga {
namespace {

constexpr const char* first = R"(
CREATE TABLE words(id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE) STRICT;
-- Highest numbers ever used, sums of rows that are gone, how far roll-up and cleaning have come.
CREATE TABLE marks(name TEXT PRIMARY KEY, number INTEGER NOT NULL, text TEXT NOT NULL DEFAULT '')
  STRICT, WITHOUT ROWID;
CREATE TABLE boots(number INTEGER PRIMARY KEY, boot_id TEXT NOT NULL, began INTEGER NOT NULL,
  is_trusted INTEGER NOT NULL) STRICT;
CREATE TABLE nodes(number INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL,
  role INTEGER NOT NULL, added_boot INTEGER NOT NULL, added_at INTEGER NOT NULL,
  removed_boot INTEGER NOT NULL, removed_at INTEGER NOT NULL,
  interval_ms INTEGER NOT NULL, timeout_ms INTEGER NOT NULL) STRICT;
CREATE INDEX nodes_present ON nodes(number) WHERE removed_boot = 0;
-- One packed row a node, replaced each time (packing.cc).
CREATE TABLE states(node INTEGER PRIMARY KEY, state BLOB NOT NULL) STRICT;
CREATE TABLE outages(id INTEGER PRIMARY KEY, node INTEGER NOT NULL,
  good_boot INTEGER NOT NULL, good_at INTEGER NOT NULL,
  bad_boot INTEGER NOT NULL, bad_at INTEGER NOT NULL,
  last_bad_boot INTEGER NOT NULL, last_bad_at INTEGER NOT NULL,
  ended_boot INTEGER NOT NULL, ended_at INTEGER NOT NULL, ending INTEGER NOT NULL,
  is_settled INTEGER NOT NULL, detail TEXT NOT NULL) STRICT;
CREATE INDEX outages_ended ON outages(ended_boot, ended_at);
CREATE TABLE pieces(outage INTEGER NOT NULL, place INTEGER NOT NULL,
  from_boot INTEGER NOT NULL, from_at INTEGER NOT NULL, cause INTEGER NOT NULL,
  reason INTEGER NOT NULL, root INTEGER NOT NULL, PRIMARY KEY(outage, place)) STRICT, WITHOUT ROWID;
CREATE TABLE revisions(at_boot INTEGER NOT NULL, at_at INTEGER NOT NULL, outage INTEGER NOT NULL,
  node INTEGER NOT NULL, old INTEGER NOT NULL, new INTEGER NOT NULL, root INTEGER NOT NULL,
  evidence TEXT NOT NULL, PRIMARY KEY(at_boot, at_at, outage, old, new, root)) STRICT, WITHOUT ROWID;
CREATE INDEX revisions_outage ON revisions(outage);
CREATE TABLE stretches(to_boot INTEGER NOT NULL, to_at INTEGER NOT NULL, node INTEGER NOT NULL,
  from_boot INTEGER NOT NULL, from_at INTEGER NOT NULL, share INTEGER NOT NULL,
  outage INTEGER NOT NULL, PRIMARY KEY(to_boot, to_at, node, from_boot, from_at))
  STRICT, WITHOUT ROWID;
CREATE TABLE changes(at_boot INTEGER NOT NULL, at_at INTEGER NOT NULL, node INTEGER NOT NULL,
  old INTEGER NOT NULL, new INTEGER NOT NULL, cause INTEGER NOT NULL, reason INTEGER NOT NULL,
  root INTEGER NOT NULL, detail TEXT NOT NULL,
  PRIMARY KEY(at_boot, at_at, node, old, new, cause, reason, root)) STRICT, WITHOUT ROWID;
CREATE TABLE recoveries(returned_boot INTEGER NOT NULL, returned_at INTEGER NOT NULL,
  node INTEGER NOT NULL, root INTEGER NOT NULL, cause INTEGER NOT NULL,
  recovered_boot INTEGER NOT NULL, recovered_at INTEGER NOT NULL, is_overdue INTEGER NOT NULL,
  PRIMARY KEY(returned_boot, returned_at, node, root)) STRICT, WITHOUT ROWID;
CREATE INDEX recoveries_awaited ON recoveries(node) WHERE recovered_boot = 0;
CREATE TABLE windows(id INTEGER PRIMARY KEY, from_date INTEGER NOT NULL, until_date INTEGER NOT NULL,
  note TEXT NOT NULL, is_cancelled INTEGER NOT NULL) STRICT;
CREATE TABLE window_targets(window_id INTEGER NOT NULL, place INTEGER NOT NULL, target TEXT NOT NULL,
  PRIMARY KEY(window_id, place)) STRICT, WITHOUT ROWID;
CREATE TABLE darks(id INTEGER PRIMARY KEY, from_boot INTEGER NOT NULL, from_at INTEGER NOT NULL,
  to_boot INTEGER NOT NULL, to_at INTEGER NOT NULL, slack INTEGER NOT NULL, class INTEGER NOT NULL,
  is_mains_off INTEGER NOT NULL, length INTEGER, evidence TEXT NOT NULL) STRICT;
-- One packed row a node and day (packing.cc: day_key). Appended in the order of the key, a rowid
-- table's pages are full: 25 bytes a day.
CREATE TABLE days(key INTEGER PRIMARY KEY, totals BLOB NOT NULL) STRICT;
)";

constexpr const char* second = R"(
CREATE TABLE notes(at_boot INTEGER NOT NULL, at_at INTEGER NOT NULL, node INTEGER NOT NULL,
  kind INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY(at_boot, at_at, node, kind))
  STRICT, WITHOUT ROWID;
)";

constexpr const char* migrations[] = {first, second};

}  // namespace

std::span<const char* const> journal_migrations() { return migrations; }

void migrate(Database& database, std::span<const char* const> steps) {
  const std::int64_t version = database.integer("PRAGMA user_version");
  if (version < 0 || version >= static_cast<std::int64_t>(steps.size())) return;
  for (const char* const step : steps.subspan(static_cast<std::size_t>(version)))
    database.run(step);
  database.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}",
                           journal_application, steps.size())
                   .c_str());
}

}  // namespace siaga
