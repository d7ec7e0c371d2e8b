// Two sides and a desk between them: the loop's side puts records on it, the thread takes all that
// lies there, writes it in one transaction, and leaves a note of how it went.
#include "agent/journal/journal.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "agent/core/limits.h"
#include "agent/journal/backlog.h"
#include "agent/journal/keeper.h"
#include "agent/loop/post.h"

namespace siaga {
namespace {

struct HouseKeeping {
  Zone zone;
  WallTime now{};
};

// Everything of it under the mutex. Shared, because a disk that hangs may keep the thread longer
// than the agent waits.
struct Desk {
  std::mutex mutex;
  std::condition_variable changed;
  Backlog backlog{limits::journal_waiting_records};
  std::optional<Beat> beat;
  std::optional<HouseKeeping> house;
  std::size_t in_hand = 0;  // records that the thread writes just now
  Ticket handed_over = 0, durable = 0;
  JournalState state;
  bool is_told = false;  // a call of on_change is under way to the loop
  bool is_ending = false, is_done = false;

  bool has_work() const { return backlog.size() != 0 || beat || house; }
};

// The thread's side.
class JournalWriter {
 public:
  JournalWriter(std::shared_ptr<Desk> desk, Keeper keeper, Duration retry,
                std::function<void()> tell)
      : desk_(std::move(desk)), keeper_(std::move(keeper)), retry_(retry), tell_(std::move(tell)) {}

  void run();

 private:
  struct Load {
    std::vector<Record> records;
    std::optional<Beat> beat;
    std::optional<HouseKeeping> house;
    Ticket ticket = 0;
  };
  void wait(std::unique_lock<std::mutex>& lock);
  Load take();
  bool write(Load& load);
  void note(Load load, bool is_written, Duration took);

  std::shared_ptr<Desk> desk_;
  std::optional<Keeper> keeper_;
  const Duration retry_;
  const std::function<void()> tell_;
  std::uint64_t transactions_ = 0, beats_ = 0;
};

void JournalWriter::run() {
  std::unique_lock lock(desk_->mutex);
  bool is_last = false;
  while (!is_last) {
    wait(lock);
    is_last = desk_->is_ending;
    Load load = take();
    lock.unlock();
    const auto began = std::chrono::steady_clock::now();
    const bool is_written = write(load);
    const Duration took = std::chrono::steady_clock::now() - began;
    lock.lock();
    note(std::move(load), is_written, took);
  }
  lock.unlock();
  keeper_.reset();  // closing the file takes its time, too
  lock.lock();
  desk_->is_done = true;
  desk_->changed.notify_all();
}

// With trouble, new work is no reason to try again: the disk would be asked all the time.
void JournalWriter::wait(std::unique_lock<std::mutex>& lock) {
  if (keeper_->trouble().empty())
    desk_->changed.wait(lock, [this] { return desk_->is_ending || desk_->has_work(); });
  else desk_->changed.wait_for(lock, retry_, [this] { return desk_->is_ending; });
}

JournalWriter::Load JournalWriter::take() {
  desk_->in_hand = desk_->backlog.size();
  return {.records = desk_->backlog.take(),
          .beat = std::exchange(desk_->beat, std::nullopt),
          .house = std::exchange(desk_->house, std::nullopt),
          .ticket = desk_->handed_over};
}

bool JournalWriter::write(Load& load) {
  if (!keeper_->write(load.records)) return false;
  transactions_ += load.records.empty() ? 0U : 1U;
  load.records.clear();
  if (load.beat) {
    if (!keeper_->beat(*load.beat)) return true;
    ++beats_;
    load.beat.reset();
  }
  if (load.house) keeper_->keep_house(load.house->zone, load.house->now);
  load.house.reset();
  return true;
}

void JournalWriter::note(Load load, bool is_written, Duration took) {
  JournalState& state = desk_->state;
  if (is_written) desk_->durable = load.ticket;
  desk_->in_hand = 0;
  desk_->backlog.put_back(std::move(load.records));
  // An old beat is still true; a newer one says more.
  if (!desk_->beat) desk_->beat = std::move(load.beat);
  if (!desk_->house) desk_->house = std::move(load.house);
  state.is_durable = keeper_->trouble().empty();
  state.trouble = keeper_->trouble();
  state.set_aside = keeper_->set_aside_name();
  state.set_aside_why = keeper_->set_aside_why();
  state.set_aside_count = keeper_->set_aside_count();
  state.damage = keeper_->damage();
  state.damage_count = keeper_->damage_count();
  state.errors = keeper_->errors();
  state.bytes = keeper_->bytes();
  state.transactions = transactions_;
  state.beats = beats_;
  state.last_write = took;
  if (!std::exchange(desk_->is_told, true)) tell_();
}

// The loop's side.
class RunningJournal final : public Journal {
 public:
  RunningJournal(Loop& loop, Keeper keeper, Duration retry);
  ~RunningJournal() override;

  Ticket append(std::vector<Record> records) override;
  Ticket durable() const override;
  void beat(Beat beat) override;
  void keep_house(Zone zone, WallTime now) override;
  JournalState state() const override;
  void on_change(std::function<void()> changed) override { changed_ = std::move(changed); }

 private:
  void told();

  Post post_;
  std::function<void()> changed_;
  const std::shared_ptr<Desk> desk_;
  std::thread thread_;
};

RunningJournal::RunningJournal(Loop& loop, Keeper keeper, Duration retry)
    : post_(loop), desk_(std::make_shared<Desk>()) {
  JournalState& state = desk_->state;
  state.is_durable = keeper.trouble().empty();
  state.trouble = keeper.trouble();
  state.set_aside = keeper.set_aside_name();
  state.set_aside_why = keeper.set_aside_why();
  state.set_aside_count = keeper.set_aside_count();
  state.errors = keeper.errors();
  state.bytes = keeper.bytes();
  auto tell = [sender = post_.sender(), this] { sender.send([this] { told(); }); };
  thread_ = std::thread([writer = std::make_unique<JournalWriter>(
                             desk_, std::move(keeper), retry, std::move(tell))] { writer->run(); });
}

RunningJournal::~RunningJournal() {
  std::unique_lock lock(desk_->mutex);
  desk_->is_ending = true;
  desk_->changed.notify_all();
  desk_->changed.wait_for(lock, limits::journal_farewell, [this] { return desk_->is_done; });
  const bool is_done = desk_->is_done;
  lock.unlock();
  if (is_done) thread_.join();
  else thread_.detach();
}

Ticket RunningJournal::append(std::vector<Record> records) {
  const std::lock_guard lock(desk_->mutex);
  if (records.empty()) return desk_->handed_over;
  desk_->state.records += records.size();
  desk_->backlog.add(std::move(records));
  desk_->changed.notify_all();
  return ++desk_->handed_over;
}

Ticket RunningJournal::durable() const {
  const std::lock_guard lock(desk_->mutex);
  return desk_->durable;
}

void RunningJournal::beat(Beat beat) {
  const std::lock_guard lock(desk_->mutex);
  desk_->beat = std::move(beat);
  desk_->changed.notify_all();
}

void RunningJournal::keep_house(Zone zone, WallTime now) {
  const std::lock_guard lock(desk_->mutex);
  desk_->house = HouseKeeping{.zone = std::move(zone), .now = now};
  desk_->changed.notify_all();
}

JournalState RunningJournal::state() const {
  const std::lock_guard lock(desk_->mutex);
  JournalState state = desk_->state;
  state.waiting = desk_->backlog.size() + desk_->in_hand;
  state.dropped = desk_->backlog.dropped();
  return state;
}

void RunningJournal::told() {
  {
    const std::lock_guard lock(desk_->mutex);
    desk_->is_told = false;
  }
  const auto changed = changed_;  // may be replaced by what it calls, with the journal itself
  if (changed) changed();
}

}  // namespace

Journal::~Journal() = default;

std::pair<std::unique_ptr<Journal>, OpenedJournal> Journal::open(Loop& loop, JournalOptions options,
                                                                 WallTime now) {
  const Duration retry = options.retry;
  Keeper keeper(std::move(options), now);
  OpenedJournal opened = keeper.start();
  return {std::make_unique<RunningJournal>(loop, std::move(keeper), retry), std::move(opened)};
}

}  // namespace siaga
