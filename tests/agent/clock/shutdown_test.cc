// The question to systemd, with a script in its place.
#include "agent/clock/shutdown.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using tests::TestLoop;

class ShutdownInquiryTest : public testing::Test {
 protected:
  ~ShutdownInquiryTest() override { std::filesystem::remove(path); }

  std::string systemctl(const std::string& script) const {
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path.string();
  }
  std::optional<bool> ask(const std::string& program) {
    std::optional<bool> said;
    const ShutdownInquiry inquiry(
        test.loop(), [&said](bool is_shutting_down) { said = is_shutting_down; }, program);
    EXPECT_EQ(said, std::nullopt);
    test.run_until([&said] { return said.has_value(); });
    test.run_until_idle();
    return said;
  }

  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / (std::to_string(::getpid()) + "-siaga_systemctl");
  TestLoop test;
};

TEST_F(ShutdownInquiryTest, StoppingIsAShutdown) {
  EXPECT_EQ(ask(systemctl("[ \"$1\" = is-system-running ] && echo stopping; exit 1")), true);
}

TEST_F(ShutdownInquiryTest, EveryOtherStateIsNone) {
  EXPECT_EQ(ask(systemctl("echo running")), false);
  EXPECT_EQ(ask(systemctl("echo degraded; exit 1")), false);
  EXPECT_EQ(ask(systemctl("echo 'Failed to connect to bus' >&2; exit 1")), false);
}

TEST_F(ShutdownInquiryTest, AMachineWithoutSystemdIsNotAsked) {
  EXPECT_EQ(ask("/no/such/systemctl"), false);
}

TEST_F(ShutdownInquiryTest, SilenceIsNoAfterTheDeadline) {
  EXPECT_EQ(ask(systemctl("exec sleep 60")), false);
}

TEST_F(ShutdownInquiryTest, DroppedMidwayItNeverAnswers) {
  bool is_answered = false;
  {
    const ShutdownInquiry inquiry(
        test.loop(), [&is_answered](bool) { is_answered = true; }, systemctl("exec sleep 60"));
    test.run_ready();
  }
  test.run_until_idle();

  EXPECT_FALSE(is_answered);
}

TEST_F(ShutdownInquiryTest, ItMayBeDestroyedByItsAnswer) {
  std::unique_ptr<ShutdownInquiry> inquiry;
  inquiry = std::make_unique<ShutdownInquiry>(
      test.loop(), [&inquiry](bool) { inquiry.reset(); }, systemctl("echo stopping"));

  test.run_until([&inquiry] { return inquiry == nullptr; });
  test.run_until_idle();

  EXPECT_EQ(inquiry, nullptr);
}

}  // namespace
}  // namespace siaga
