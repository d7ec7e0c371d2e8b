// What this machine says of itself: boot id, clocks, a panic's record, whether it is going down.
// Every path can be set, so that tests bring their own machine. What the signs prove and what they
// do not: docs/clock-and-darkness.md.
#pragma once

#include <string>

#include "agent/clock/trust.h"

namespace siaga {

struct HostPaths {
  std::string boot_id = "/proc/sys/kernel/random/boot_id";
  // Empty: the kernel is asked (adjtimex). Else it counts as synchronised while this file is there.
  std::string synchronised;
  std::string timesync = "/run/systemd/timesync/synchronized";
  std::string pstore = "/sys/fs/pstore";
  std::string pstore_archive = "/var/lib/systemd/pstore";
  std::string shutdown = "/run/systemd/shutdown/scheduled";
  std::string service_stop = "/run/siaga/machine-stops";  // made by siaga.service's ExecStop=
  std::string no_login = "/run/nologin";
  std::string init_name = "/proc/1/comm";
  std::string power_supplies = "/sys/class/power_supply";
};

class Host {
 public:
  explicit Host(const Clock& clock, HostPaths paths = {});

  // 36 characters, or a stand-in that changes with each start where the kernel's is hidden.
  std::string boot_id() const;
  ClockReading clock() const;
  // A dmesg record of a panic or oops of the previous boot: its path; empty when there is none.
  // Only records newer than `since` count: older ones are of boots before.
  std::string panic(WallTime since) const;
  // Whether the machine (not only this service) is going down, asked when SIGTERM came. True is
  // proof; false is not: a plain `systemctl reboot` leaves no file in time. Ask ShutdownInquiry
  // (agent/clock/shutdown.h) then.
  bool is_shutting_down() const;

 private:
  const Clock& clock_;
  HostPaths paths_;
  std::string stand_in_;  // for the boot id
};

}  // namespace siaga
