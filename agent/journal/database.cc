// The door to SQLite. Extended result codes: https://www.sqlite.org/rescode.html.
#include "agent/journal/database.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <utility>

#include "agent/core/limits.h"

namespace siaga {
namespace {

// In sum they stay within 63 bits of nanoseconds: a boot of 31 years from a date before 2190.
constexpr std::int64_t boot_millis_max = 1'000'000'000'000;
constexpr std::int64_t wall_nanos_max = 7'000'000'000'000'000'000;
constexpr std::int64_t span_millis_max = std::int64_t{1} << 50;

int primary(int code) { return code & 0xFF; }

// What would help, by primary code.
struct Advice {
  int code;
  std::string_view text;
};
constexpr Advice advices[] = {
    {SQLITE_FULL, "the disk is full; make room, then writing goes on by itself"},
    {SQLITE_READONLY,
     "it may not be written; check the file's owner and whether the file system "
     "is mounted read-only"},
    {SQLITE_PERM, "access was refused; the folder and the file must belong to the agent's user"},
    {SQLITE_AUTH, "access was refused; the folder and the file must belong to the agent's user"},
    {SQLITE_CANTOPEN, "it cannot be opened; the folder must exist and belong to the agent's user"},
    {SQLITE_IOERR, "the disk failed; look for its errors in the kernel's log"},
    {SQLITE_BUSY, "another process holds it for long; is there a second agent?"},
    {SQLITE_LOCKED, "another process holds it for long; is there a second agent?"},
    {SQLITE_CORRUPT, "the file is damaged"},
    {SQLITE_NOTADB, "the file is not a journal, or its beginning is damaged"},
    {SQLITE_NOMEM, "there is not enough memory"},
};

// SQLite calls much an I/O error that the system can name better.
int meant(const DatabaseFailure& failure) {
  switch (failure.system) {
    case ENOSPC:
    case EDQUOT: return SQLITE_FULL;
    case EROFS: return SQLITE_READONLY;
    case EACCES:
    case EPERM: return SQLITE_PERM;
    default: return primary(failure.code);
  }
}

std::string_view advice_for(const DatabaseFailure& failure) {
  const auto found = std::ranges::find(advices, meant(failure), &Advice::code);
  return found == std::end(advices) ? std::string_view() : found->text;
}

// "file:" names take a query; these three would end the path (https://www.sqlite.org/uri.html).
std::string immutable_name(const std::string& path) {
  std::string name = "file:";
  for (const char letter : path) {
    if (letter == '%' || letter == '?' || letter == '#')
      name += fmt::format("%{:02x}", static_cast<unsigned char>(letter));
    else name += letter;
  }
  return name + "?immutable=1";
}

int flags_of(Database::Access access) {
  constexpr int common = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
  switch (access) {
    case Database::Access::write: return common | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    case Database::Access::read: return common | SQLITE_OPEN_READONLY;
    case Database::Access::immutable: break;
  }
  return common | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
}

DatabaseFailure failure_of(sqlite3* raw, int code) {
  return {.code = code,
          .system = raw == nullptr ? 0 : sqlite3_system_errno(raw),
          .text = raw == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(raw)};
}

// SQLite opens a file that it may not write for reading instead, and then says ENOENT of one that
// it was to create.
bool is_on_read_only(const std::string& path) {
  struct statvfs facts{};
  const std::string folder = std::filesystem::path(path).parent_path();
  return ::statvfs(folder.c_str(), &facts) == 0 && (facts.f_flag & ST_RDONLY) != 0;
}

// The file may come from anybody: its schema must not be able to do anything
// (https://www.sqlite.org/security.html).
void harden(sqlite3* raw) {
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_busy_timeout(
      raw, static_cast<int>(std::chrono::duration_cast<Millis>(limits::journal_busy).count()));
}

}  // namespace

// A short read: the file or its WAL ends before what is known to be in it.
bool DatabaseFailure::is_damage() const {
  return primary(code) == SQLITE_CORRUPT || primary(code) == SQLITE_NOTADB ||
         code == SQLITE_IOERR_SHORT_READ;
}
bool DatabaseFailure::is_no_room() const { return meant(*this) == SQLITE_FULL; }
bool DatabaseFailure::is_rejected() const {
  return primary(code) == SQLITE_ERROR || primary(code) == SQLITE_MISMATCH ||
         primary(code) == SQLITE_CONSTRAINT;
}

Error explain(const DatabaseFailure& failure, std::string_view tried, const std::string& path) {
  const std::string_view advice = advice_for(failure);
  return {.tried = std::string(tried),
          .on = path,
          .code = failure.system,
          .text = advice.empty() ? failure.text : std::string(advice)};
}

Statement::~Statement() { sqlite3_finalize(raw_); }

void Statement::reset() {
  if (raw_ != nullptr) sqlite3_reset(raw_);
  place_ = 0;
}

bool Statement::step() {
  column_ = 0;
  if (raw_ == nullptr || database_.has_failed()) return false;
  const int code = sqlite3_step(raw_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.fail(code);
  sqlite3_reset(raw_);
  return false;
}

void Statement::bind(std::nullptr_t) {
  if (raw_ != nullptr) sqlite3_bind_null(raw_, ++place_);
}
void Statement::bind_integer(std::int64_t value) {
  if (raw_ != nullptr) sqlite3_bind_int64(raw_, ++place_, value);
}
void Statement::bind(std::string_view text) {
  if (raw_ == nullptr) return;
  // A null pointer would bind NULL.
  const char* const begin = text.empty() ? "" : text.data();
  sqlite3_bind_text64(raw_, ++place_, begin, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}
void Statement::bind(Blob blob) {
  if (raw_ == nullptr) return;
  const char* const begin = blob.bytes.empty() ? "" : blob.bytes.data();
  sqlite3_bind_blob64(raw_, ++place_, begin, blob.bytes.size(), SQLITE_STATIC);
}
void Statement::bind(const Stamp& stamp) {
  bind(stamp.boot);
  bind_integer(stamp.at.time_since_epoch().count());
}

bool Statement::is_null() const { return sqlite3_column_type(raw_, column_) == SQLITE_NULL; }
std::int64_t Statement::integer() { return sqlite3_column_int64(raw_, column_++); }
std::uint32_t Statement::small() {
  const std::int64_t value = integer();
  return std::in_range<std::uint32_t>(value) ? static_cast<std::uint32_t>(value) : 0;
}
std::string Statement::text() { return std::string(blob()); }
std::string_view Statement::blob() {
  const auto* const bytes = static_cast<const char*>(sqlite3_column_blob(raw_, column_));
  const int size = sqlite3_column_bytes(raw_, column_++);
  return bytes == nullptr ? std::string_view() : std::string_view(bytes, std::size_t(size));
}
Stamp Statement::stamp() {
  const BootNumber boot = small();
  const std::int64_t at = std::clamp(integer(), -boot_millis_max, boot_millis_max);
  return {boot, BootTime(Millis(at))};
}
Millis Statement::millis() {
  return Millis(std::clamp(integer(), -span_millis_max, span_millis_max));
}
WallTime Statement::wall() {
  return WallTime(Duration(std::clamp(integer(), -wall_nanos_max, wall_nanos_max)));
}

std::expected<std::unique_ptr<Database>, DatabaseFailure> Database::open(const std::string& path,
                                                                         Access access,
                                                                         const std::string& vfs) {
  const std::string name = access == Access::immutable ? immutable_name(path) : path;
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(name.c_str(), &raw, flags_of(access), vfs.empty() ? nullptr : vfs.c_str());
  // Even a failed opening leaves a handle that must be closed.
  std::unique_ptr<Database> database(new Database(raw));
  if (code != SQLITE_OK) {
    DatabaseFailure failure = failure_of(raw, code);
    if (is_on_read_only(path)) failure.system = EROFS;
    return std::unexpected(std::move(failure));
  }
  harden(raw);
  return database;
}

Database::~Database() {
  spare_.reset();
  statements_.clear();
  sqlite3_close_v2(raw_);
}

Statement& Database::statement(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return *found->second;
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v3(raw_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  auto made = std::make_unique<Statement>(*this, raw);
  if (code != SQLITE_OK) {
    // What cannot be prepared now may be later: it is not kept.
    fail(code);
    spare_ = std::move(made);
    return *spare_;
  }
  return *statements_.emplace(sql, std::move(made)).first->second;
}

void Database::run(const char* sql) {
  if (has_failed()) return;
  const int code = sqlite3_exec(raw_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::int64_t Database::integer(std::string_view sql) {
  Statement& asked = statement(sql).with();
  const std::int64_t value = asked.step() ? asked.integer() : 0;
  asked.reset();
  return value;
}

std::int64_t Database::changes() const { return sqlite3_changes64(raw_); }

bool Database::is_read_only() const { return sqlite3_db_readonly(raw_, "main") == 1; }

std::string Database::header() {
  constexpr std::size_t header_bytes = 100;  // https://www.sqlite.org/fileformat2.html, 1.3
  sqlite3_file* file = nullptr;
  const int code = sqlite3_file_control(raw_, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code != SQLITE_OK || file == nullptr || file->pMethods == nullptr) return {};
  std::string bytes(header_bytes, '\0');
  const int size = static_cast<int>(bytes.size());
  return file->pMethods->xRead(file, bytes.data(), size, 0) == SQLITE_OK ? bytes : std::string();
}

// One row: whether somebody was in the way, and frames that are and that were moved; after a
// truncation both are 0 (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
bool Database::checkpoint() {
  Statement& row = statement("PRAGMA wal_checkpoint(TRUNCATE)").with();
  const bool is_done = row.step() && row.integer() == 0;
  row.reset();
  return is_done && !has_failed();
}

// Without it the last connection's close moves the WAL into the file, and deletes "-wal" and "-shm"
// by their names, which may be another file's by then.
void Database::abandon() { sqlite3_db_config(raw_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr); }

DatabaseFailure Database::take_failure() { return std::exchange(failure_, {}); }

void Database::fail(int code) {
  if (!has_failed()) failure_ = failure_of(raw_, code);
}

void Database::roll_back() {
  // Some failures have rolled back already (https://www.sqlite.org/lang_transaction.html, 3).
  if (sqlite3_get_autocommit(raw_) == 0) sqlite3_exec(raw_, "ROLLBACK", nullptr, nullptr, nullptr);
}

Transaction::Transaction(Database& database, Kind kind) : database_(database) {
  database.run(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN");
}

bool Transaction::commit() {
  database_.run("COMMIT");
  is_open_ = database_.has_failed();
  return !is_open_;
}

Transaction::~Transaction() {
  if (is_open_) database_.roll_back();
}

}  // namespace siaga
