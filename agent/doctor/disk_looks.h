// What may hang with a disk: the state directory, a timed durable write in it, and the journal. Run
// on a thread of their own, one after the other, so that whoever asks waits only as long as it
// wants to. Writes one small file, which it removes; changes nothing else.
#pragma once

#include <future>
#include <string>

#include "agent/core/time.h"
#include "agent/doctor/facts.h"

namespace siaga {

struct DiskPlace {
  std::string state_dir;
  std::uint64_t journal_max_bytes = 0;
  std::string boot_id;  // this boot's, for the heartbeat's age
};

// The facts, blocking.
DiskFacts look_at_disk(const DiskPlace& place);
SyncFacts look_at_sync(const DiskPlace& place);
JournalFacts look_at_journal(const DiskPlace& place, const Clock& clock);

// The name of the file that is written and removed in the state directory.
inline constexpr const char* sync_file_name = ".siaga-doctor";

// The same, in the background. A thread that the disk holds up is left behind: it touches nothing
// but its own.
class DiskLooks {
 public:
  explicit DiskLooks(DiskPlace place);

  // Waits until `limit` after the start; none: not in time.
  std::optional<DiskFacts> disk();
  std::optional<SyncFacts> sync();
  std::optional<JournalFacts> journal();
  // All three are there: no thread is left behind.
  bool is_over() const { return waiting_ == 0; }

 private:
  template <typename Value>
  std::optional<Value> take(std::future<Value>& future, Duration limit);

  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::future<DiskFacts> disk_;
  std::future<SyncFacts> sync_;
  std::future<JournalFacts> journal_;
  int waiting_ = 3;
};

}  // namespace siaga
