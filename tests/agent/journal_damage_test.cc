// What becomes of the record when somebody damages its files while the agent runs: it is noticed at
// the next beat, and a kill after it takes back nothing that was shown.
#include <filesystem>
#include <fstream>
#include <vector>

#include "agent/journal/past.h"
#include "tests/agent/agent_life.h"
#include "tests/agent/journal/sample.h"

namespace siaga {
namespace {

namespace fs = std::filesystem;
using tests::AgentLife;
using tests::Machine;
using namespace std::chrono_literals;

// As somebody does it a while after the agent's last write: the file's time says so. A beat under
// way may have seen the damage and set the file aside by now.
void touch(const std::string& path) {
  std::error_code gone;
  fs::last_write_time(path, fs::file_time_type::clock::now() + 1s, gone);
}

void overwrite(const std::string& path, std::size_t from) {
  const std::size_t size = fs::file_size(path);
  ASSERT_GT(size, from);
  {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(from));
    file << std::string(size - from, 'x');
  }
  touch(path);
}

void cut(const std::string& path) {
  fs::resize_file(path, 0);
  touch(path);
}

// A journal of another office, whole and valid.
std::string foreign_journal(const std::string& state) {
  const std::string path = state + "/foreign.db";
  tests::append(*tests::open_store(path), {tests::era(1), tests::node(7), tests::up_state(7),
                                           tests::outage(9, 7, tests::stamp(1, 9s))});
  return path;
}

struct Damage {
  const char* name;
  void (*apply)(const std::string& state);
  bool is_seen = true;        // else SQLite mends it by itself
  bool is_set_aside = false;  // there was something to keep
};

const Damage damages[] = {
    {"FileOverwritten", [](const auto& state) { overwrite(state + "/journal.db", 4096); }, true,
     true},
    {"HeaderOverwritten", [](const auto& state) { overwrite(state + "/journal.db", 0); }, true,
     true},
    {"FileCut", [](const auto& state) { cut(state + "/journal.db"); }, true, true},
    {"FileRemoved", [](const auto& state) { fs::remove(state + "/journal.db"); }, true, true},
    {"FileReplaced",
     [](const auto& state) { fs::rename(foreign_journal(state), state + "/journal.db"); }, true,
     true},
    {"OldCopyWrittenBack",
     [](const auto& state) {
       const std::string file = state + "/journal.db";
       const std::string old = tests::read_file(state + "/../old.db");
       std::ofstream(file, std::ios::binary) << old;
       fs::remove(file + "-wal");
       touch(file);
     },
     true, true},
    {"WalOverwritten", [](const auto& state) { overwrite(state + "/journal.db-wal", 0); }, true,
     true},
    {"WalCut", [](const auto& state) { cut(state + "/journal.db-wal"); }, true, true},
    {"WalRemoved", [](const auto& state) { fs::remove(state + "/journal.db-wal"); }},
    {"ShmRemoved", [](const auto& state) { fs::remove(state + "/journal.db-shm"); }},
    {"WalAndShmRemoved",
     [](const auto& state) {
       fs::remove(state + "/journal.db-wal");
       fs::remove(state + "/journal.db-shm");
     }},
    {"ShmCut", [](const auto& state) { cut(state + "/journal.db-shm"); }},
    {"ShmOverwritten", [](const auto& state) { overwrite(state + "/journal.db-shm", 0); }, false},
    {"HeartbeatRemoved", [](const auto& state) { fs::remove(state + "/heartbeat"); }},
    {"HeartbeatOverwritten", [](const auto& state) { overwrite(state + "/heartbeat", 0); }},
    {"HeartbeatCut", [](const auto& state) { cut(state + "/heartbeat"); }},
    {"FolderRemoved", [](const auto& state) { fs::remove_all(state); }},
    {"FolderRenamedAndMadeAnew",
     [](const auto& state) {
       fs::rename(state, state + ".away");
       fs::create_directory(state);
     }},
};

class JournalDamageTest : public testing::Test {
 protected:
  std::string state() const { return machine_.state_dir(); }
  // What SIGKILL leaves of the files: nothing is written on the way out.
  void keep() const { fs::copy(state(), machine_ / "kept", fs::copy_options::recursive); }
  void take_back() const {
    fs::remove_all(state());
    fs::rename(machine_ / "kept", state());
  }
  // So that the file is not all in its WAL.
  void live_before() {
    {
      AgentLife life(machine_);
      life.pass(2min);
    }
    fs::copy_file(state() + "/journal.db", machine_ / "old.db");
    machine_.clock.advance(10s);
  }
  std::vector<std::string> faults() const {
    return check_journal(journal_path(state())).value_or(std::vector<std::string>{"unreadable"});
  }

  Machine machine_;
};

class JournalDamage : public JournalDamageTest, public testing::WithParamInterface<Damage> {};

TEST_P(JournalDamage, IsNoticedAtTheNextBeatAndAKillTakesNothingBack) {
  live_before();
  Totals shown;
  OutageId outage = 0;
  std::uint64_t darks = 0;
  const WallTime now = machine_.clock.wall_now();
  {
    AgentLife life(machine_);
    life.recorder().record({Window{.id = life.recorder().next_window(),
                                   .targets = {"portal"},
                                   .from = now,
                                   .until = now + 10h,
                                   .note = "pembaruan"}});
    life.pass(2min);
    life.pass(3min, false);
    life.await([&] { return life.shown(life.portal).down_sum() > 1min; });

    const std::uint64_t beats = life.recorder().journal().beats;
    GetParam().apply(state());
    life.pass(10s, false);
    life.await([&] { return life.recorder().journal().beats > beats + 2; });

    const JournalState journal = life.recorder().journal();
    EXPECT_TRUE(journal.is_durable) << journal.trouble;
    EXPECT_EQ(journal.damage_count != 0, GetParam().is_seen) << journal.damage;
    EXPECT_EQ(journal.damage.empty(), !GetParam().is_seen);
    EXPECT_EQ(journal.set_aside_count != 0, GetParam().is_set_aside) << journal.set_aside;
    shown = life.shown(life.portal);
    outage = life.engine().outage(life.portal)->id;
    darks = life.recorder().dark_counts().at(static_cast<std::size_t>(DarkClass::crash));
    keep();
  }
  take_back();
  machine_.clock.advance(30s);

  AgentLife life(machine_);

  EXPECT_EQ(life.recorder().restart().dark.length, Millis(30s)) << "the last beat was found";
  tests::expect_none_smaller(shown, life.shown(life.portal));
  ASSERT_NE(life.engine().outage(life.portal), nullptr);
  EXPECT_EQ(life.engine().outage(life.portal)->id, outage);
  EXPECT_EQ(life.recorder().next_window(), 2U);
  EXPECT_EQ(life.recorder().dark_counts().at(static_cast<std::size_t>(DarkClass::crash)),
            darks + 1);
  life.pass(2min);
  life.await([&] { return life.is_all_durable(); });
  EXPECT_EQ(faults(), std::vector<std::string>{});
}
INSTANTIATE_TEST_SUITE_P(Kinds, JournalDamage, testing::ValuesIn(damages),
                         [](const auto& one) { return std::string(one.param.name); });

TEST_F(JournalDamageTest, WithoutAnyNothingIsSaid) {
  live_before();
  AgentLife life(machine_);

  life.pass(10min);
  life.pass(10min, false);

  EXPECT_EQ(life.recorder().journal().damage_count, 0U) << life.recorder().journal().damage;
}

}  // namespace
}  // namespace siaga
