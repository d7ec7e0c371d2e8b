// Mains adapters of this host: /sys/class/power_supply, type Mains. The kernel tells of changes
// (uevents of the subsystem power_supply); the files are also read again every few seconds, because
// not every driver tells.
//
// Other types are no evidence of the mains. USB: a port that nothing is plugged into is "offline"
// for ever, and a laptop charged over USB-C has its adapter under Mains all the same (ACPI). An
// adapter of a peripheral (scope Device: drawing tablets) says nothing of this host.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/time.h"
#include "agent/loop/loop.h"

namespace siaga {

struct PowerSupply {
  std::string name;  // "AC", "ADP1"
  bool is_online = false;
  bool operator==(const PowerSupply&) const = default;
};

class PowerSupplies {
 public:
  using Changed = std::function<void()>;
  // `folder` is /sys/class/power_supply but for tests. A folder that is not there is no error: no
  // adapters. `changed` is called on a later turn, when all() is another than before; it may
  // destroy this.
  static std::unique_ptr<PowerSupplies> open(Loop& loop, std::string folder, Changed changed);
  virtual ~PowerSupplies() = default;
  virtual const std::vector<PowerSupply>& all() const = 0;  // by name
  // Reads the files now, for a caller that cannot wait.
  virtual void look() = 0;
};

}  // namespace siaga
