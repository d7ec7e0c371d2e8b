// One connection, kept open; every call is one transaction or several whole ones.
#include "agent/journal/store.h"

#include <filesystem>
#include <optional>

#include "agent/journal/house.h"
#include "agent/journal/marks.h"
#include "agent/journal/opening.h"
#include "agent/journal/record_writer.h"
#include "agent/journal/replay.h"

namespace siaga {
namespace {

class SqliteStore final : public Store {
 public:
  SqliteStore(std::unique_ptr<Database> database, std::string path, Words words, Replay replay)
      : path_(std::move(path)),
        words_(std::move(words)),
        first_replay_(std::move(replay)),
        database_(std::move(database)) {}

  Result<void> append(std::span<const Record> records) override;
  Result<Replay> replay() override;
  Result<void> begin_anew(const Replay& present, WallTime now, std::string_view why) override;
  Result<void> keep_house(const Retention& retention, const Zone& zone, WallTime now) override;
  std::uint64_t bytes() const override;
  std::string header() override { return database_->header(); }
  Result<void> checkpoint() override;
  void abandon() override { database_->abandon(); }
  Fault fault() const override { return fault_; }

 private:
  Result<void> outcome(std::string_view tried);

  const std::string path_;
  const Words words_;
  std::optional<Replay> first_replay_;  // read by open() already; void after the first change
  Fault fault_ = Fault::none;
  std::unique_ptr<Database> database_;
};

Result<void> SqliteStore::outcome(std::string_view tried) {
  fault_ = Fault::none;
  if (!database_->has_failed()) return {};
  const DatabaseFailure failure = database_->take_failure();
  if (failure.is_damage()) fault_ = Fault::damaged;
  else fault_ = failure.is_no_room() ? Fault::no_room : Fault::other;
  return std::unexpected(explain(failure, tried, path_));
}

Result<void> SqliteStore::append(std::span<const Record> records) {
  if (records.empty()) return {};
  first_replay_.reset();
  {
    Transaction transaction(*database_, Transaction::Kind::write);
    RecordWriter writer(*database_, words_);
    for (const Record& record : records) writer.write(record);
    writer.finish();
    transaction.commit();
  }
  return outcome("write the journal");
}

Result<Replay> SqliteStore::replay() {
  if (first_replay_) {
    Replay replay = std::move(*first_replay_);
    first_replay_.reset();
    return replay;
  }
  Replay replay;
  {
    Transaction transaction(*database_, Transaction::Kind::read);
    replay = read_replay(*database_, words_);
    transaction.commit();
  }
  if (auto read = outcome("read the journal"); !read) return std::unexpected(read.error());
  return replay;
}

Result<void> SqliteStore::begin_anew(const Replay& present, WallTime now, std::string_view why) {
  first_replay_.reset();
  {
    Transaction transaction(*database_, Transaction::Kind::write);
    RecordWriter writer(*database_, words_);
    for (const Record& record : records_of(present)) writer.write(record);
    writer.finish();
    write_sums(*database_, words_, present);
    write_mark(*database_, anew_date_mark, now.time_since_epoch().count(), why);
    write_mark(*database_, anew_node_mark, present.last_node);
    transaction.commit();
  }
  return outcome("begin the journal anew");
}

Result<void> SqliteStore::checkpoint() {
  const bool is_done = database_->checkpoint();
  if (auto ended = outcome("move the WAL into the journal"); !ended) return ended;
  if (is_done) return {};
  fault_ = Fault::other;
  return std::unexpected(Error{
      .tried = "move the WAL into the journal", .on = path_, .text = "another process reads it"});
}

Result<void> SqliteStore::keep_house(const Retention& retention, const Zone& zone, WallTime now) {
  roll_up(*database_, words_, zone, now);
  let_go(*database_, words_, retention, zone, now);
  return outcome("clean up the journal");
}

std::uint64_t SqliteStore::bytes() const {
  std::uint64_t sum = 0;
  for (const std::string& path : {path_, path_ + "-wal"}) {
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (!error) sum += size;
  }
  return sum;
}

}  // namespace

Store::~Store() = default;

std::expected<Replay, std::pair<Store::Trouble, Error>> Store::examine(const std::string& path,
                                                                       const std::string& vfs) {
  std::error_code error;
  if (std::filesystem::file_size(path, error) == 0 && !error)
    return std::unexpected(std::pair(
        Trouble::damaged,
        Error{.tried = "check the journal", .on = path, .text = "it is empty, and was not"}));
  auto opened = open_for_reading(path, vfs);
  if (!opened) return std::unexpected(std::move(opened.error()));
  Database& database = **opened;
  Transaction transaction(database, Transaction::Kind::read);
  if (const std::string fault = first_fault(database); !fault.empty())
    return std::unexpected(std::pair(
        Trouble::damaged,
        Error{.tried = "check the journal", .on = path, .text = "the file is damaged: " + fault}));
  Replay replay = read_replay(database, Words::of(database));
  transaction.commit();
  if (database.has_failed())
    return std::unexpected(trouble_of(database.take_failure(), "check the journal", path));
  return replay;
}

std::expected<std::unique_ptr<Store>, std::pair<Store::Trouble, Error>> Store::open(
    Options options) {
  auto opened = options.access == Access::write ? open_for_writing(options)
                                                : open_for_reading(options.path, options.vfs);
  if (!opened) return std::unexpected(std::move(opened.error()));
  Database& database = **opened;
  Words words = Words::of(database);
  // Reads every row that a start builds on, so that a damaged one shows here.
  Replay replay = read_replay(database, words);
  if (database.has_failed())
    return std::unexpected(trouble_of(database.take_failure(), "read the journal", options.path));
  return std::make_unique<SqliteStore>(std::move(*opened), std::move(options.path),
                                       std::move(words), std::move(replay));
}

}  // namespace siaga
