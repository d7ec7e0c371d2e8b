// Detail goes a day at a time, from the oldest on, and only of days that are rolled up. What is
// open stays, and so do boots and nodes: the days' rows are nothing without them.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <vector>

#include "agent/core/dates.h"
#include "agent/core/limits.h"
#include "agent/journal/house.h"
#include "agent/journal/marks.h"
#include "agent/journal/packing.h"
#include "agent/journal/record_reader.h"

namespace siaga {
namespace {

// Rows of a boot that are over by the end of a day. ?1 boot, ?2 the last millisecond.
constexpr std::string_view deletions[] = {
    "DELETE FROM stretches WHERE to_boot = ?1 AND to_at <= ?2",
    "DELETE FROM changes WHERE at_boot = ?1 AND at_at <= ?2",
    "DELETE FROM notes WHERE at_boot = ?1 AND at_at <= ?2",
    "DELETE FROM pieces WHERE outage IN"
    " (SELECT id FROM outages WHERE ended_boot = ?1 AND ended_at <= ?2)",
    "DELETE FROM revisions WHERE outage IN"
    " (SELECT id FROM outages WHERE ended_boot = ?1 AND ended_at <= ?2)",
    "DELETE FROM outages WHERE ended_boot = ?1 AND ended_at <= ?2",
    // Of outages that were withdrawn.
    "DELETE FROM revisions WHERE at_boot = ?1 AND at_at <= ?2"
    " AND NOT EXISTS (SELECT 1 FROM outages WHERE id = revisions.outage)",
    "DELETE FROM recoveries WHERE returned_boot = ?1 AND returned_at <= ?2 AND recovered_boot <> 0",
    // Their counts and lengths are of all time.
    "INSERT INTO marks(name, number) SELECT 'dark_count:' || class, count(*) FROM darks"
    " WHERE to_boot = ?1 AND to_at <= ?2 AND length IS NOT NULL GROUP BY class"
    " ON CONFLICT(name) DO UPDATE SET number = number + excluded.number",
    "INSERT INTO marks(name, number) SELECT 'dark_spans:' || class, sum(length) FROM darks"
    " WHERE to_boot = ?1 AND to_at <= ?2 AND length IS NOT NULL GROUP BY class"
    " ON CONFLICT(name) DO UPDATE SET number = number + excluded.number",
    "DELETE FROM darks WHERE to_boot = ?1 AND to_at <= ?2 AND length IS NOT NULL",
};

class Clearance {
 public:
  Clearance(Database& database, const Words& words, const Zone& zone)
      : database_(database),
        words_(words),
        zone_(zone),
        dating_(RecordReader(database, words).dating()) {}

  void drop(std::int32_t day);

 private:
  std::optional<std::int64_t> last_millis(const BootEra& era, WallTime end) const;
  void keep_lengths(BootNumber boot, std::int64_t last);

  Database& database_;
  const Words& words_;
  const Zone& zone_;
  const Dating dating_;
};

// Up to where a boot's time is over by then. An untrusted date may be years too early: such a boot
// is over once a later one with a trusted date had begun.
std::optional<std::int64_t> Clearance::last_millis(const BootEra& era, WallTime end) const {
  if (era.is_trusted) {
    if (era.began >= end) return std::nullopt;
    return std::chrono::floor<Millis>(end - era.began).count();
  }
  const bool is_over = std::ranges::any_of(dating_.eras(), [&](const BootEra& later) {
    return later.number > era.number && later.is_trusted && later.began <= end;
  });
  return is_over ? std::optional(std::numeric_limits<std::int64_t>::max()) : std::nullopt;
}

// An outage that was still open when its day was rolled up left no length there.
void Clearance::keep_lengths(BootNumber boot, std::int64_t last) {
  RecordReader reader(database_, words_);
  auto outages = reader.read<Outage>("SELECT * FROM outages WHERE ended_boot = ? AND ended_at <= ?",
                                     boot, last);
  reader.read_pieces(outages);
  Statement& row = database_.statement("SELECT totals FROM days WHERE key = ?");
  Statement& write = database_.statement("UPDATE days SET totals = ?2 WHERE key = ?1");
  for (const Outage& outage : outages) {
    const WallTime begin = dating_.date(outage.began());
    const Millis length = millis_of(dating_.date(outage.ended)) - millis_of(begin);
    const std::int64_t key = day_key(zone_.day_of(begin), outage.node);
    if (!row.with(key).step()) continue;
    auto day = unpack_day(key, row.blob(), words_);
    row.reset();
    if (!day || day->longest >= length) continue;
    day->longest = length;
    const std::string packed = pack(*day, words_);
    write.run(key, Blob{packed});
  }
}

void Clearance::drop(std::int32_t day) {
  const WallTime end = zone_.begin_of_day(day + 1);
  Transaction transaction(database_, Transaction::Kind::write);
  for (const BootEra& era : dating_.eras()) {
    const auto last = last_millis(era, end);
    if (!last) continue;
    keep_lengths(era.number, *last);
    for (const std::string_view sql : deletions) database_.statement(sql).run(era.number, *last);
  }
  database_
      .statement(
          "DELETE FROM window_targets WHERE window_id IN"
          " (SELECT id FROM windows WHERE until_date <= ?)")
      .run(end);
  database_.statement("DELETE FROM windows WHERE until_date <= ?").run(end);
  write_mark(database_, detail_day_mark, day + 1, zone_.name());
  write_mark(database_, detail_begin_mark, end.time_since_epoch().count());
  transaction.commit();
}

// What the file would measure without its free pages.
std::uint64_t used_bytes(Database& database) {
  const std::int64_t pages =
      database.integer("PRAGMA page_count") - database.integer("PRAGMA freelist_count");
  return static_cast<std::uint64_t>(pages * database.integer("PRAGMA page_size"));
}

// The day with the oldest detail.
std::int32_t detail_day(Database& database, const Dating& dating, const Zone& zone,
                        std::int32_t limit) {
  const auto mark = read_mark(database, detail_day_mark);
  if (mark) return static_cast<std::int32_t>(std::min<std::int64_t>(*mark, limit));
  std::int32_t first = limit;
  for (const BootEra& era : dating.eras())
    if (era.is_trusted) first = std::min(first, zone.day_of(era.began));
  return std::max(first, limit - limits::journal_days_back);
}

// Gives free pages back to the file system; the checkpoint cuts the file.
void shrink(Database& database) {
  if (database.integer("PRAGMA freelist_count") == 0) return;
  database.run("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)");
}

}  // namespace

void let_go(Database& database, const Words& words, const Retention& retention, const Zone& zone,
            WallTime now) {
  const auto rolled = read_mark(database, next_day_mark);
  if (!rolled || database.has_failed()) return;
  const auto limit = static_cast<std::int32_t>(
      std::min<std::int64_t>(*rolled, zone.day_of(now - limits::journal_day_settle)));
  const std::int32_t oldest_kept =
      retention.age > Duration::zero() ? zone.day_of(now - retention.age) : limit;
  Clearance clearance(database, words, zone);
  std::int32_t day = detail_day(database, RecordReader(database, words).dating(), zone, limit);
  const std::int32_t last = std::min(limit, day + limits::journal_days_at_once);
  for (; day < last && !database.has_failed(); ++day) {
    const bool is_old = retention.age > Duration::zero() && day < oldest_kept;
    const bool is_too_much = retention.bytes != 0 && used_bytes(database) > retention.bytes;
    if (!is_old && !is_too_much) break;
    clearance.drop(day);
  }
  if (!database.has_failed()) shrink(database);
}

}  // namespace siaga
