// The real program beside a journal made by hand, and a scripted agent where one is to run.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>

#include <nlohmann/json.hpp>

#include "agent/cli/cli.h"
#include "agent/journal/journal.h"
#include "agent/journal/store.h"
#include "agent/loop/process.h"
#include "tests/agent/journal/sample.h"
#include "tests/support/test_loop.h"
#include "tests/support/unix_peer.h"

namespace siaga::tests {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

// 1 March 2025, 00:00 in Makassar: long ago, so that nothing depends on today.
inline constexpr WallTime march{std::chrono::seconds(1'740'758'400)};
inline Stamp in_march(Millis after) { return stamp(1, 1h + after); }

class JournalCommand : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(std::filesystem::exists(program())) << "build the target siaga first";
    write_file(config(),
               "[office]\nid = \"kantor\"\nname = \"Dinas Kominfo\"\ntimezone = "
               "\"Asia/Makassar\"\n[agent]\nstate_dir = \"" +
                   folder.path() +
                   "\"\n[[tcp]]\nname = \"portal\"\nhost = \"127.0.0.1:1\"\n[[tcp]]\nname "
                   "= \"database\"\nhost = \"127.0.0.1:2\"\n");
  }

  static std::string program() {
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "siaga").string();
  }
  std::string config() const { return folder / "siaga.toml"; }
  std::string socket() const { return folder / "control.sock"; }

  ProcessResult siaga(std::vector<std::string> words) {
    words.insert(words.begin(), program());
    words.insert(words.end(), {"-c", config()});
    std::optional<Result<ProcessResult>> ended;
    const auto process =
        Process::start(test.loop(),
                       {.arguments = std::move(words),
                        .environment = {"LC_ALL=C.UTF-8"},
                        .output_limit_bytes = 4U << 20U},
                       [&](Result<ProcessResult> done) { ended = std::move(done); });
    test.run_until([&] { return ended.has_value(); });
    EXPECT_TRUE(*ended) << (*ended ? "" : describe(ended->error()));
    return *ended ? **ended : ProcessResult{};
  }

  void write_journal(const std::vector<Record>& records) {
    auto store = Store::open({.path = journal_path(folder.path())});
    ASSERT_TRUE(store) << describe(store.error().second);
    const auto written = (*store)->append(records);
    ASSERT_TRUE(written) << describe(written.error());
  }

  // A boot that began an hour before March; mains off until 12:00, portal down by it from 10:00
  // to 12:14, and the database down since the 2nd at 08:00, both for the journal's word at the 2nd
  // at 09:00.
  static std::vector<Record> small_office() {
    const auto node = [](NodeNumber number, const char* name, const char* kind, NodeRole role) {
      return Node{
          .number = number, .name = name, .kind = kind, .role = role, .added = stamp(1, 0ms)};
    };
    const auto stretch = [](NodeNumber number, Millis from, Millis to, Share share, OutageId id) {
      return Stretch{
          .node = number, .from = in_march(from), .to = in_march(to), .share = share, .outage = id};
    };
    const auto state = [](NodeNumber number, Millis from, Share share, OutageId id) {
      NodeState kept{.node = number, .booked_until = in_march(33h), .stretch_from = in_march(from)};
      kept.pieces = {{.from = in_march(33h), .share = share, .outage = id}};
      kept.outage = id;
      return kept;
    };
    const Outage cut{.id = 1,
                     .node = 2,
                     .last_good = in_march(10h - 30s),
                     .first_bad = in_march(10h),
                     .last_bad = in_march(12h + 13min),
                     .ended = in_march(12h + 14min),
                     .end = OutageEnd::recovered,
                     .pieces = {{.from = in_march(10h), .cause = Cause::power, .root = 1}},
                     .detail = "no answer",
                     .is_settled = true};
    const Outage open{.id = 2,
                      .node = 3,
                      .last_good = in_march(32h - 5s),
                      .first_bad = in_march(32h),
                      .last_bad = in_march(33h),
                      .pieces = {{.from = in_march(32h),
                                  .cause = Cause::service,
                                  .reason = Reason::connect_refused}},
                      .detail = "nothing listens on 127.0.0.1:2"};
    const Outage mains{.id = 3,
                       .node = 1,
                       .last_good = in_march(10h - 15s),
                       .first_bad = in_march(10h - 10s),
                       .last_bad = in_march(12h),
                       .ended = in_march(12h),
                       .end = OutageEnd::recovered,
                       .pieces = {{.from = in_march(10h - 10s), .cause = Cause::power}},
                       .detail = "on battery",
                       .is_settled = true};
    return {BootEra{.number = 1, .boot_id = "boot-1", .began = march - 1h, .is_trusted = true},
            node(1, "pln", "mains", NodeRole::mains),
            node(2, "portal", "tcp", NodeRole::target),
            node(3, "database", "tcp", NodeRole::target),
            stretch(1, -1h, 10h - 10s, Share::up(), 0),
            stretch(1, 10h - 10s, 12h, Share::down(Cause::power), 3),
            stretch(2, -1h, 10h, Share::up(), 0),
            stretch(2, 10h, 12h + 14min, Share::down(Cause::power), 1),
            stretch(3, -1h, 32h, Share::up(), 0),
            cut,
            open,
            mains,
            state(1, 12h, Share::up(), 0),
            state(2, 12h + 14min, Share::up(), 0),
            state(3, 32h, Share::down(Cause::service), 2)};
  }

  TempFolder folder;
  TestLoop test{30s};
};

// Answers like the running agent, from a table of "METHOD /path" to "status body"; remembers what
// it was asked.
class ScriptedAgent {
 public:
  using Answers = std::map<std::string, std::string>;

  ScriptedAgent(std::string path, Answers answers)
      : answers_(std::move(answers)), peer_(std::move(path), [this](Conversation& talk) {
          const std::string request = talk.receive_until("\r\n\r\n");
          talk.send(answer(request.substr(0, request.find(" HTTP/"))));
        }) {}

  std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::string answer(const std::string& asked) {
    const std::lock_guard lock(mutex_);
    asked_.push_back(asked);
    const auto known = answers_.find(asked.substr(0, asked.find('?')));
    const std::string said = known == answers_.end() ? "404 no such page" : known->second;
    const std::string body = said.substr(4);
    return "HTTP/1.1 " + said.substr(0, 3) +
           " x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  Answers answers_;
  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  UnixPeer peer_;
};

}  // namespace siaga::tests
