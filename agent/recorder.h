// Makes what the engine says last: journal, heartbeat, dates. Knows which boot this is, how long
// the agent was dark before it, and whether the clock can be trusted; hands the past to the engine
// at the start and its books to the readers only once they are on disk.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/clock/host.h"
#include "agent/clock/trust.h"
#include "agent/core/zone.h"
#include "agent/engine/engine.h"
#include "agent/journal/journal.h"

namespace siaga {

struct RecorderSettings {
  JournalOptions journal;
  HostPaths host;
  bool is_clock_trusted = false;  // whatever the machine says: the configuration vouches
};

class Recorder {
 public:
  // Opens the journal and takes the first look at the clock. Blocks; before anything is probed.
  Recorder(Loop& loop, const Clock& clock, RecorderSettings settings);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  Engine::Beginning beginning() const;
  // The present nodes of the last life, by name. Empty after forget_past().
  struct Earlier {
    Node node;
    NodePast past;
  };
  const std::map<std::string, Earlier>& past() const { return past_; }
  const Restart& restart() const { return restart_; }
  const std::vector<Window>& windows() const { return windows_; }
  void forget_past();

  // One transaction. The first one of a life also holds that the life began: an agent that dies
  // before it has lived as if it never was.
  Ticket record(std::vector<Record> records);
  // Looks at the clock; true when dates or trust changed: the caller re-dates what it shows.
  bool look(Engine& engine);
  // Every ten seconds, every two while the mains is off: a beat, and the books that it vouches for
  // are shown. Everything that the engine said was recorded before.
  void beat_when_due(Engine& engine);
  // The same now, whether it is due or not.
  void beat_now(Engine& engine);
  // The last beat; `life` says why it is the last.
  void end(const Engine& engine, Life life);
  void keep_house(const Zone& zone);

  Ticket recorded() const { return recorded_; }
  Ticket durable() const { return journal_->durable(); }
  JournalState journal() const { return journal_->state(); }
  // Totals and counts of outages stay as they are on disk, because nothing can be written.
  bool holds_counters() const;
  void on_change(std::function<void()> changed) { journal_->on_change(std::move(changed)); }
  const Dating& dating() const { return dating_; }
  const ClockTrust& clock() const { return trust_; }
  bool is_clock_trusted() const { return settings_.is_clock_trusted || trust_.is_trusted(); }
  const Host& host() const { return host_; }
  const std::array<std::uint64_t, dark_class_count>& dark_counts() const { return dark_counts_; }
  const std::array<Millis, dark_class_count>& dark_lengths() const { return dark_lengths_; }
  std::uint64_t next_window() { return ++last_window_; }

 private:
  void take_past(Replay replay);
  void begin_boot(const Replay& replay);
  void note_darkness(const OpenedJournal& opened);
  void date_darkness(Engine& engine);
  BootEra era() const;
  Beat make_beat(const Engine& engine, Life life) const;
  void show_durable(Engine& engine);

  const Clock& clock_;
  RecorderSettings settings_;
  Host host_;
  ClockTrust trust_;
  Dating dating_;
  BootNumber boot_ = 1;
  std::string boot_id_;
  std::unique_ptr<Journal> journal_;
  bool has_past_ = false;  // the journal knew nodes when it was opened
  std::map<std::string, Earlier> past_;
  std::vector<Window> windows_;
  std::vector<Record> opening_;        // of this life, until the first record()
  std::vector<DarkInterval> undated_;  // dark intervals whose length is not known
  Restart restart_;
  NodeNumber last_node_ = 0;
  OutageId last_outage_ = 0;
  std::uint64_t last_window_ = 0, last_dark_ = 0;
  std::array<std::uint64_t, dark_class_count> dark_counts_{};
  std::array<Millis, dark_class_count> dark_lengths_{};
  Ticket recorded_ = 0;
  BootTime next_beat_{}, next_house_{};
  // The books of the last beat, until it is on disk.
  struct Shown {
    Engine::Books books;
    Ticket ticket = 0;
    std::uint64_t beats = 0;
  };
  std::optional<Shown> waiting_;
};

}  // namespace siaga
