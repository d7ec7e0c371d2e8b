// A machine made of files and a clock that stands still: boot id, synchronised clock, panic records
// and a state directory, all in one temporary folder.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "agent/clock/host.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temp_folder.h"

namespace siaga::tests {

class Machine {
 public:
  Machine() {
    for (const char* part : {"/pstore", "/archive"})
      std::filesystem::create_directory(folder_.path() + part);
    set_boot_id(1);
    synchronise(true);
  }

  std::string state_dir() const { return folder_ / "state"; }
  std::string operator/(const std::string& name) const { return folder_ / name; }
  HostPaths paths() const {
    return {.boot_id = folder_ / "boot_id",
            .synchronised = folder_ / "synchronised",
            .timesync = folder_ / "timesync",
            .pstore = folder_ / "pstore",
            .pstore_archive = folder_ / "archive",
            .shutdown = folder_ / "scheduled",
            .service_stop = folder_ / "machine-stops",
            .no_login = folder_ / "nologin",
            .init_name = folder_ / "comm",
            .power_supplies = folder_ / "power_supply"};
  }

  void synchronise(bool is_synchronised) {
    if (is_synchronised) std::ofstream(folder_ / "synchronised") << "yes";
    else std::filesystem::remove(folder_ / "synchronised");
  }
  // The power is back: another boot, 20 s old, whose clock says `wall` and nobody vouches for it.
  void reboot(WallTime wall) {
    set_boot_id(++boots_);
    clock.reboot(BootTime(std::chrono::seconds(20)));
    clock.set_wall(wall);
    synchronise(false);
  }
  // The kernel left a record of its panic, `at` by the clock of that time.
  void leave_panic(WallTime at) const {
    const std::string record = folder_ / "pstore/dmesg-ramoops-0";
    std::ofstream(record) << "Kernel panic - not syncing";
    const timespec changed{.tv_sec = at.time_since_epoch().count() / 1'000'000'000, .tv_nsec = 0};
    const timespec times[] = {changed, changed};
    EXPECT_EQ(::utimensat(AT_FDCWD, record.c_str(), times, 0), 0);
  }

  ManualClock clock;

 private:
  void set_boot_id(int number) const {
    std::ofstream(folder_ / "boot_id") << "00000000-0000-4000-8000-00000000000" << number << "\n";
  }

  TempFolder folder_;
  int boots_ = 1;
};

}  // namespace siaga::tests
