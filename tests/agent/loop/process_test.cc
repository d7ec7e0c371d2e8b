#include "agent/loop/process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <fstream>
#include <optional>
#include <sstream>

#include "tests/support/descriptors.h"
#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using tests::DescriptorFamine;
using tests::TemporaryFile;
using tests::TestLoop;

struct Ended {
  Process::Finished receiver() {
    return [this](Result<ProcessResult> finished) {
      ++calls;
      result = std::move(finished);
    };
  }

  int calls = 0;
  Result<ProcessResult> result = std::unexpected(Error{});
};

ProcessOptions shell(std::string script) {
  return {.arguments = {"/bin/sh", "-c", std::move(script)}, .environment = {}};
}

std::string content_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool is_alive(pid_t pid) { return kill(pid, 0) == 0; }

bool has_children() { return waitpid(-1, nullptr, WNOHANG) >= 0 || errno != ECHILD; }

TEST(ProcessTest, GivesOutputErrorsAndExitStatus) {
  TestLoop test;
  Ended ended;
  auto process =
      Process::start(test.loop(), shell("echo out; echo err >&2; exit 3"), ended.receiver());
  EXPECT_EQ(ended.calls, 0);

  test.run_until_idle();

  ASSERT_TRUE(ended.result.has_value());
  EXPECT_EQ(ended.result->exit_status, 3);
  EXPECT_EQ(ended.result->signal, 0);
  EXPECT_EQ(ended.result->output, "out\n");
  EXPECT_EQ(ended.result->errors, "err\n");
  EXPECT_FALSE(ended.result->output_cut);
  EXPECT_EQ(ended.calls, 1);
  EXPECT_FALSE(has_children());
}

TEST(ProcessTest, TellsTheSignalThatEndedIt) {
  TestLoop test;
  Ended ended;
  auto process = Process::start(test.loop(), shell("kill -TERM $$"), ended.receiver());

  test.run_until_idle();

  ASSERT_TRUE(ended.result.has_value());
  EXPECT_EQ(ended.result->signal, SIGTERM);
}

TEST(ProcessTest, GetsOnlyTheEnvironmentThatItIsGiven) {
  TestLoop test;
  Ended ended;
  ProcessOptions options{.arguments = {"/usr/bin/env"}, .environment = {"KEY=value"}};

  auto process = Process::start(test.loop(), std::move(options), ended.receiver());
  test.run_until_idle();

  ASSERT_TRUE(ended.result.has_value());
  EXPECT_EQ(ended.result->output, "KEY=value\n");
}

TEST(ProcessTest, InheritsNoDescriptorsEvenWithoutCloseOnExec) {
  const int careless = dup(STDERR_FILENO);
  TestLoop test;
  Ended ended;

  auto process = Process::start(test.loop(), shell("ls /proc/$$/fd; readlink /proc/$$/fd/0"),
                                ended.receiver());
  test.run_until_idle();

  ASSERT_TRUE(ended.result.has_value());
  EXPECT_EQ(ended.result->output, "0\n1\n2\n/dev/null\n");
  close(careless);
}

TEST(ProcessTest, CutsOutputAtTheLimitAndReadsTheRest) {
  TestLoop test;
  Ended ended;
  auto options = shell("i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done");
  options.output_limit_bytes = 1000;

  auto process = Process::start(test.loop(), std::move(options), ended.receiver());
  test.run_until_idle();

  ASSERT_TRUE(ended.result.has_value());
  EXPECT_EQ(ended.result->output.size(), 1000U);
  EXPECT_TRUE(ended.result->output_cut);
  EXPECT_EQ(ended.result->exit_status, 0);
}

TEST(ProcessTest, AProgramThatCannotBeStartedIsAnErrorOnALaterTurn) {
  const TemporaryFile not_a_program("text");
  TestLoop test;
  for (const auto& [path, code] : std::vector<std::pair<std::string, int>>{
           {"/nonexistent/program", ENOENT}, {not_a_program.path(), EACCES}}) {
    Ended ended;
    auto process =
        Process::start(test.loop(), {.arguments = {path}, .environment = {}}, ended.receiver());
    EXPECT_EQ(ended.calls, 0);

    test.run_until_idle();

    ASSERT_FALSE(ended.result.has_value());
    EXPECT_EQ(ended.result.error().code, code);
    EXPECT_EQ(ended.result.error().on, path);
    EXPECT_EQ(ended.calls, 1);
    EXPECT_FALSE(has_children());
  }
}

TEST(ProcessTest, OutOfDescriptorsIsAnErrorOnALaterTurn) {
  TestLoop test;
  for (unsigned left = 0; left < 5; ++left) {
    Ended ended;
    std::unique_ptr<Process> process;
    {
      const DescriptorFamine famine(left);
      process = Process::start(test.loop(), shell("exit 0"), ended.receiver());
    }

    test.run_until_idle();

    EXPECT_EQ(ended.calls, 1);
    if (!ended.result) {
      EXPECT_EQ(ended.result.error().code, EMFILE);
    }
    if (left < 4) {
      EXPECT_FALSE(ended.result.has_value());
    }
  }
}

TEST(ProcessTest, WaitsForADescendantThatHoldsTheOutput) {
  TestLoop test;
  Ended ended;
  auto process =
      Process::start(test.loop(), shell("(sleep 0.05; echo late) & exit 0"), ended.receiver());

  test.run_until_idle();

  ASSERT_TRUE(ended.result.has_value());
  EXPECT_EQ(ended.result->output, "late\n");
}

TEST(ProcessTest, DroppedMidwayItIsKilledWithItsWholeGroupAndReaped) {
  const TemporaryFile pids("");
  TestLoop test;
  Ended ended;
  auto process = Process::start(
      test.loop(), shell("sleep 1000 & echo $! $$ > " + pids.path() + "; wait"), ended.receiver());
  test.run_until([&] { return content_of(pids.path()).ends_with('\n'); });
  pid_t grandchild = 0;
  pid_t child = 0;
  std::istringstream(content_of(pids.path())) >> grandchild >> child;
  ASSERT_TRUE(is_alive(child) && is_alive(grandchild));

  process.reset();
  test.run_until_idle();

  EXPECT_EQ(ended.calls, 0);
  EXPECT_FALSE(has_children());
  EXPECT_FALSE(is_alive(child));
  // The grandchild now belongs to init, which may take its time to reap it.
  test.run_until([&] {
    const auto status = content_of("/proc/" + std::to_string(grandchild) + "/stat");
    return status.empty() || status.contains(") Z ");
  });
}

TEST(ProcessTest, DescendantsDieWhenItIsDroppedAfterTheChildItselfEnded) {
  const TemporaryFile pids("");
  TestLoop test;
  Ended ended;
  auto process =
      Process::start(test.loop(), shell("sleep 1000 & echo $! > " + pids.path()), ended.receiver());
  test.run_until([&] { return content_of(pids.path()).ends_with('\n') && !has_children(); });
  const pid_t grandchild = std::stoi(content_of(pids.path()));

  process.reset();

  EXPECT_EQ(ended.calls, 0);
  test.run_until([&] {
    const auto status = content_of("/proc/" + std::to_string(grandchild) + "/stat");
    return status.empty() || status.contains(") Z ");
  });
}

TEST(ProcessTest, OneThatNeverEndsSaysNothingUntilItIsDropped) {
  TestLoop test;
  Ended ended;
  auto process = Process::start(test.loop(), shell("sleep 1000"), ended.receiver());

  test.run_for(std::chrono::milliseconds(50));
  EXPECT_EQ(ended.calls, 0);

  process.reset();
  test.run_until_idle();
  EXPECT_EQ(ended.calls, 0);
  EXPECT_FALSE(has_children());
}

TEST(ProcessTest, TheLoopMayCloseRightAfterTheDrop) {
  {
    TestLoop test;
    Ended ended;
    auto process = Process::start(test.loop(), shell("sleep 1000"), ended.receiver());
    process.reset();
  }

  EXPECT_FALSE(has_children());
}

TEST(ProcessTest, MayBeDroppedInsideItsOwnCallback) {
  TestLoop test;
  for (const char* program : {"/bin/true", "/nonexistent/program"}) {
    std::unique_ptr<Process> process;
    int calls = 0;
    process = Process::start(test.loop(), {.arguments = {program}, .environment = {}},
                             [&, kept = std::string(100, 'x')](Result<ProcessResult>) {
                               process.reset();
                               calls += kept.size() == 100 ? 1 : 0;
                             });

    test.run_until_idle();

    EXPECT_EQ(calls, 1);
  }
}

TEST(ProcessTest, LeavesNoDescriptorBehind) {
  TestLoop test;
  const auto once = [&] {
    Ended ended;
    auto process = Process::start(test.loop(), shell("exit 0"), ended.receiver());
    test.run_until_idle();
  };
  once();
  const auto before = tests::open_descriptors();

  for (int round = 0; round < 5; ++round) once();

  EXPECT_EQ(tests::open_descriptors(), before);
}

}  // namespace
}  // namespace siaga
