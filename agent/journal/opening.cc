// Order matters: nothing is written to a file before it is known to be ours.
#include "agent/journal/opening.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "agent/core/limits.h"
#include "agent/journal/schema.h"
#include "agent/journal/words.h"

namespace siaga {
namespace {

using Trouble = Store::Trouble;

std::unexpected<OpenTrouble> refused(Trouble trouble, const std::string& path, std::string text) {
  return std::unexpected(OpenTrouble{
      trouble, Error{.tried = "open the journal", .on = path, .text = std::move(text)}});
}

std::unexpected<OpenTrouble> refused(Database& database, const std::string& path) {
  return std::unexpected(trouble_of(database.take_failure(), "open the journal", path));
}

enum class Content : std::uint8_t { none, journal };

// What the file is, by its header and list of tables.
std::expected<Content, OpenTrouble> identify(Database& database, const std::string& path) {
  const std::int64_t application = database.integer("PRAGMA application_id");
  const std::int64_t version = database.integer("PRAGMA user_version");
  const std::int64_t tables = database.integer("SELECT count(*) FROM sqlite_schema");
  if (database.has_failed()) return refused(database, path);
  if (application == 0 && version == 0 && tables == 0) return Content::none;
  if (application != journal_application)
    return refused(Trouble::damaged, path, "it is a database, but not a journal of this program");
  const auto known = static_cast<std::int64_t>(journal_migrations().size());
  if (version > known)
    return refused(Trouble::newer, path,
                   fmt::format("it was written by a later version of this program (its tables "
                               "are of version {}, this one knows up to {}); install that version "
                               "again to read it",
                               version, known));
  if (version < 1) return refused(Trouble::damaged, path, "its version is missing");
  return Content::journal;
}

// https://www.sqlite.org/pragma.html. FULL: a commit is on disk when it returns, in WAL mode too.
void set_up(Database& database) {
  database.run("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY");
  database.run(fmt::format("PRAGMA cache_size = -{}", limits::journal_cache_kib).c_str());
}

void set_up_writing(Database& database) {
  // Only a file without tables takes a change of auto_vacuum.
  database.run("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
  database.run("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000");
  database.run("PRAGMA secure_delete = OFF; PRAGMA foreign_keys = OFF");
  database.run(fmt::format("PRAGMA journal_size_limit = {}", limits::journal_wal_bytes).c_str());
}

std::string ask_quick_check(Database& database) {
  Statement& row = database.statement("PRAGMA quick_check(1)").with();
  std::string text = row.step() ? row.text() : "no answer from quick_check";
  row.reset();
  std::ranges::replace(text, '\n', ' ');
  return text == "ok" ? std::string() : text;
}

void bring_up_to_date(Database& database) {
  Transaction transaction(database, Transaction::Kind::write);
  migrate(database, journal_migrations());
  Words::add_to(database);
  transaction.commit();
}

bool has_wal(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path + "-wal", error);
  return !error && size > 0;
}

OpenedDatabase open_reading(const std::string& path, const std::string& vfs,
                            Database::Access access) {
  auto opened = Database::open(path, access, vfs);
  if (!opened) return std::unexpected(trouble_of(opened.error(), "open the journal", path));
  Database& database = **opened;
  const auto content = identify(database, path);
  if (!content) return std::unexpected(content.error());
  if (*content == Content::none)
    return refused(Trouble::unavailable, path, "it is empty: nothing was recorded yet");
  if (database.integer("PRAGMA user_version") <
      static_cast<std::int64_t>(journal_migrations().size()))
    return refused(Trouble::unavailable, path,
                   "it is of an earlier version; start the agent once, it brings the file up to "
                   "date");
  set_up(database);
  if (database.has_failed()) return refused(database, path);
  return std::move(*opened);
}

}  // namespace

// A page that the disk did not give is no fault of the file, but the check says so in words only
// ("unable to get the page. error code=266"), or passes the next time: then it is the disk's
// failure.
std::string first_fault(Database& database) {
  std::string text = ask_quick_check(database);
  if (text.empty()) return text;
  constexpr std::string_view opening = "error code=";
  const auto at = text.find(opening);
  int code = at == text.npos ? 0 : std::atoi(text.c_str() + at + opening.size());
  if (code == 0 && ask_quick_check(database).empty()) code = SQLITE_IOERR;
  if (code == 0 || (code & 0xFF) == SQLITE_CORRUPT) return text;
  database.fail(code);
  return {};
}

OpenTrouble trouble_of(const DatabaseFailure& failure, std::string_view tried,
                       const std::string& path) {
  const bool is_wrong = failure.is_damage() || failure.is_rejected();
  return {is_wrong ? Trouble::damaged : Trouble::unavailable, explain(failure, tried, path)};
}

OpenedDatabase open_for_writing(const Store::Options& options) {
  auto opened = Database::open(options.path, Database::Access::write, options.vfs);
  if (!opened) return std::unexpected(trouble_of(opened.error(), "open the journal", options.path));
  Database& database = **opened;
  const auto content = identify(database, options.path);
  if (!content) return std::unexpected(content.error());
  // SQLite falls back to reading when it may not write.
  if (database.is_read_only()) database.fail(SQLITE_READONLY);
  set_up(database);
  set_up_writing(database);
  if (database.has_failed()) return refused(database, options.path);
  if (const std::string fault = first_fault(database); !fault.empty() && !database.has_failed())
    return refused(Trouble::damaged, options.path, "the file is damaged: " + fault);
  if (!database.has_failed()) bring_up_to_date(database);
  if (database.has_failed()) return refused(database, options.path);
  return std::move(*opened);
}

OpenedDatabase open_for_reading(const std::string& path, const std::string& vfs) {
  auto opened = open_reading(path, vfs, Database::Access::read);
  std::error_code error;
  if (opened || opened.error().first != Trouble::unavailable ||
      !std::filesystem::exists(path, error))
    return opened;
  if (!has_wal(path)) {
    // Reading in WAL mode makes a file beside it, unless the medium is said to be immutable
    // (https://www.sqlite.org/wal.html, "Read-Only Databases").
    if (auto as_it_lies = open_reading(path, vfs, Database::Access::immutable)) return as_it_lies;
    return opened;
  }
  opened.error().second.text +=
      "; it was not closed in order: read it where its folder can be written, for example as a "
      "copy";
  return opened;
}

}  // namespace siaga
