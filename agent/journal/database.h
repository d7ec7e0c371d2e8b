// One connection to one SQLite file, and its statements. The first failure sticks until somebody
// takes it: a row of steps is written down plainly and asked once, at its end, how it went. For one
// thread at a time. agent/journal is the only folder that sees <sqlite3.h>.
#pragma once

#include <concepts>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "agent/core/result.h"
#include "agent/core/stamp.h"

struct sqlite3;
struct sqlite3_stmt;

namespace siaga {

struct DatabaseFailure {
  int code = 0;    // SQLite's extended result code
  int system = 0;  // errno of the call beneath, when there was one
  std::string text;

  bool is_damage() const;    // the file's content is wrong
  bool is_no_room() const;   // the disk is full
  bool is_rejected() const;  // the statement does not fit the file's tables
};
// As an Error that says what would help.
Error explain(const DatabaseFailure& failure, std::string_view tried, const std::string& path);

// Bytes to bind; text is bound as std::string_view.
struct Blob {
  std::string_view bytes;
};

class Database;

// Values are bound in order from the first place; a Stamp fills two (boot, at). Columns are read
// the same way: from the left, each read moves on.
class Statement {
 public:
  Statement(Database& database, sqlite3_stmt* raw) : database_(database), raw_(raw) {}
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Begins anew with these values, which must live until the last step.
  template <typename... Values>
  Statement& with(const Values&... values) {
    reset();
    (bind(values), ...);
    return *this;
  }
  // True: there is a row. False: the end, or a failure that the database knows.
  bool step();
  // To the end; rows are thrown away.
  template <typename... Values>
  void run(const Values&... values) {
    with(values...);
    while (step()) {
    }
  }
  void reset();

  bool is_null() const;  // the next column, which stays the next
  std::int64_t integer();
  // As a small number: what does not fit is 0.
  std::uint32_t small();
  std::string text();
  std::string_view blob();  // valid until the next step
  // Bounded, so that no sum of damaged numbers runs over.
  Stamp stamp();
  Millis millis();
  WallTime wall();

 private:
  template <std::integral Value>
  void bind(Value value) {
    bind_integer(static_cast<std::int64_t>(value));
  }
  template <typename Value>
  void bind(const std::optional<Value>& value) {
    if (value) bind(*value);
    else bind(nullptr);
  }
  void bind(std::nullptr_t);
  void bind(std::string_view text);
  void bind(const std::string& text) { bind(std::string_view(text)); }
  void bind(Blob blob);
  void bind(const Stamp& stamp);
  void bind(Millis span) { bind_integer(span.count()); }
  void bind(WallTime time) { bind_integer(time.time_since_epoch().count()); }
  void bind_integer(std::int64_t value);

  Database& database_;
  sqlite3_stmt* raw_;  // null when it could not be prepared
  int place_ = 0;      // the last bound
  int column_ = 0;     // the next read
};

class Database {
 public:
  enum class Access : std::uint8_t {
    write,     // creates the file when it is missing
    read,      // beside a writer
    immutable  // read-only media: nobody writes while it is open, and there is no WAL
  };
  static std::expected<std::unique_ptr<Database>, DatabaseFailure> open(const std::string& path,
                                                                        Access access,
                                                                        const std::string& vfs);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // `sql` must live as long as the database: a literal. Prepared once.
  Statement& statement(std::string_view sql);
  // One or more statements without values.
  void run(const char* sql);
  std::int64_t integer(std::string_view sql);  // the first column of the first row; 0: none
  std::int64_t changes() const;                // rows that the latest statement touched

  bool is_read_only() const;  // although it was opened for writing

  // The file's first bytes, read by SQLite's own descriptor: opening and closing another one would
  // drop this process's locks (https://www.sqlite.org/howtocorrupt.html, 2.2). Empty: unreadable.
  std::string header();
  // Moves all of the WAL into the file. False: not all, or it failed.
  bool checkpoint();
  // Closing will neither write to the files nor delete any: whatever has their names by then.
  void abandon();

  bool has_failed() const { return failure_.code != 0; }
  const DatabaseFailure& failure() const { return failure_; }
  DatabaseFailure take_failure();  // and forgets it
  void fail(int code);             // notes the first one
  void roll_back();                // when a transaction is open; keeps the failure

 private:
  explicit Database(sqlite3* raw) : raw_(raw) {}

  sqlite3* raw_;
  DatabaseFailure failure_;
  std::unordered_map<std::string_view, std::unique_ptr<Statement>> statements_;
  std::unique_ptr<Statement> spare_;  // that could not be prepared
};

// All or nothing: rolled back when it goes without commit().
class Transaction {
 public:
  enum class Kind : std::uint8_t { write, read };
  Transaction(Database& database, Kind kind);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  // False: something failed, now or before, and nothing of it is there.
  bool commit();

 private:
  Database& database_;
  bool is_open_ = true;
};

}  // namespace siaga
