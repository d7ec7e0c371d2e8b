// A machine in a folder: what the agent reads of it.
#include "agent/clock/host.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/support/manual_clock.h"

namespace siaga {
namespace {

using std::chrono::seconds;

constexpr WallTime noon{seconds(1'800'000'000)};

class HostTest : public testing::Test {
 protected:
  HostTest() {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  ~HostTest() override { std::filesystem::remove_all(folder); }

  void write(const std::string& name, const std::string& text, WallTime changed = noon) {
    const auto path = folder / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    const timespec time{.tv_sec = std::chrono::floor<seconds>(changed).time_since_epoch().count(),
                        .tv_nsec = 0};
    const timespec times[] = {time, time};
    ASSERT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }
  std::string at(const std::string& name) const { return (folder / name).string(); }
  HostPaths paths() const {
    return {.boot_id = at("boot_id"),
            .synchronised = at("synchronised"),
            .timesync = at("timesync"),
            .pstore = at("pstore"),
            .pstore_archive = at("archive"),
            .shutdown = at("scheduled"),
            .service_stop = at("machine-stops"),
            .no_login = at("nologin"),
            .init_name = at("comm")};
  }
  Host host() const { return Host(clock, paths()); }

  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / (std::to_string(::getpid()) + "-siaga_host_test");
  tests::ManualClock clock;
};

TEST_F(HostTest, BootIdIsTheKernels) {
  write("boot_id", "0f0f3c1e-9a3b-4a77-8d4d-0a1b2c3d4e5f\n");

  EXPECT_EQ(host().boot_id(), "0f0f3c1e-9a3b-4a77-8d4d-0a1b2c3d4e5f");
}

TEST_F(HostTest, AHiddenBootIdHasAStandInThatChangesWithEachStart) {
  const Host first = host();
  clock.advance(seconds(1));
  const Host second = host();

  EXPECT_EQ(first.boot_id().size(), 36U);
  EXPECT_EQ(first.boot_id(), first.boot_id());
  EXPECT_NE(first.boot_id(), second.boot_id());
}

TEST_F(HostTest, ABootIdThatIsNoneIsNotBelieved) {
  write("boot_id", std::string(5000, 'x'));
  EXPECT_TRUE(host().boot_id().starts_with("hidden-"));
  write("boot_id", "");
  EXPECT_TRUE(host().boot_id().starts_with("hidden-"));
}

TEST_F(HostTest, ThisMachineHasABootIdAndClocks) {
  const SystemClock system;
  const Host real(system);

  EXPECT_EQ(real.boot_id(), real.boot_id());
  EXPECT_EQ(real.boot_id().size(), 36U);
  EXPECT_GT(real.clock().boot, BootTime{});
  EXPECT_FALSE(real.is_shutting_down());
}

TEST_F(HostTest, ClockIsReadWithWhoVouchesForIt) {
  const ClockReading alone = host().clock();
  EXPECT_EQ(alone.boot, clock.boot_now());
  EXPECT_EQ(alone.wall, clock.wall_now());
  EXPECT_FALSE(alone.is_kernel_synchronised);
  EXPECT_EQ(alone.timesync_file, std::nullopt);

  write("synchronised", "");
  write("timesync", "", noon + seconds(7));
  const ClockReading vouched = host().clock();

  EXPECT_TRUE(vouched.is_kernel_synchronised);
  EXPECT_EQ(vouched.timesync_file, noon + seconds(7));
}

TEST_F(HostTest, APanicIsARecordInPstoreNewerThanTheLastBeat) {
  write("pstore/dmesg-ramoops-0", "Panic#1 Part1\n", noon);

  EXPECT_EQ(host().panic(noon - seconds(1)), at("pstore/dmesg-ramoops-0"));
  EXPECT_EQ(host().panic(noon), "");
}

TEST_F(HostTest, APanicIsFoundWhereSystemdMovedIt) {
  write("archive/1690000/dmesg-efi-169000001001", "Panic#1\n", noon);
  write("archive/1690000/dmesg.txt", "Panic#1\n", noon - seconds(100));

  EXPECT_EQ(host().panic(noon - seconds(1)), at("archive/1690000/dmesg-efi-169000001001"));
}

TEST_F(HostTest, WhatIsNoPanicProvesNone) {
  write("pstore/console-ramoops-0", "", noon);
  write("pstore/pmsg-ramoops-0", "", noon);
  std::filesystem::create_directories(folder / "archive/dmesg-efi-1");

  EXPECT_EQ(host().panic(WallTime{}), "");
}

TEST_F(HostTest, AMachineWithoutPstoreHasNoPanic) { EXPECT_EQ(host().panic(WallTime{}), ""); }

TEST_F(HostTest, AScheduledShutdownIsOne) {
  EXPECT_FALSE(host().is_shutting_down());
  write("scheduled", "USEC=1\nMODE=poweroff\n");
  EXPECT_TRUE(host().is_shutting_down());
}

TEST_F(HostTest, WhatTheUnitLeavesWhenTheMachineStopsIsOne) {
  EXPECT_FALSE(host().is_shutting_down());
  write("machine-stops", "");
  EXPECT_TRUE(host().is_shutting_down());
}

TEST_F(HostTest, ClosedLoginsAreAShutdownUnlessTheMachineIsBooting) {
  write("nologin", "System is booting up. Unprivileged users are not permitted to log in yet.");
  EXPECT_FALSE(host().is_shutting_down());
  write("nologin", "System is going down. Unprivileged users are not permitted to log in anymore.");
  EXPECT_TRUE(host().is_shutting_down());
}

TEST_F(HostTest, TheLastPhaseOfAShutdownIsOne) {
  write("comm", "systemd\n");
  EXPECT_FALSE(host().is_shutting_down());
  write("comm", "systemd-shutdow\n");
  EXPECT_TRUE(host().is_shutting_down());
}

}  // namespace
}  // namespace siaga
