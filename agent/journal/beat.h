// The durable "I was alive at": two alternating checksummed slots in one small file. After a power
// cut at any instant one of them is whole. Blocking; used by the journal's thread only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "agent/core/result.h"
#include "agent/core/time.h"

namespace siaga {

enum class Life : std::uint8_t {
  running,
  service_stop,     // the service was stopped, the machine went on
  machine_shutdown  // the machine was shut down or rebooted in order
};

struct Beat {
  std::uint64_t sequence = 0;  // set by write()
  std::string boot_id;         // at most 36 characters
  BootTime at{};
  WallTime wall{};
  Millis period{};  // when the next one is due
  bool is_wall_trusted = false;
  bool is_mains_off = false;  // a mains that this office watches was off
  Life life = Life::running;

  bool operator==(const Beat&) const = default;
};

class Heartbeat {
 public:
  // The newest whole beat; none when there is no file or no whole slot. Never fails: what cannot be
  // read is as good as not there.
  static std::optional<Beat> read(const std::string& path);

  // Creates the file when it is missing, at its full size, so that beating needs no room later.
  static Result<Heartbeat> open(const std::string& path);
  Heartbeat(Heartbeat&& other) noexcept;
  Heartbeat& operator=(Heartbeat&& other) noexcept;
  ~Heartbeat();

  // What is wrong with the file at its path, as a sentence without its name: "was removed". Empty:
  // it is this one, at its full size, and the newest slot is as it was written.
  std::string fault() const;
  // On disk when it returns (fdatasync), in the slot that is not the newest.
  Result<void> write(Beat beat);

 private:
  Heartbeat(int file, std::string path, std::optional<Beat> newest);

  int file_ = -1;
  std::string path_;
  std::optional<Beat> newest_;  // as it stands in the file
};

}  // namespace siaga
