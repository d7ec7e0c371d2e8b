// Reads the kernel and files; everything that cannot be read is as good as not there.
#include "agent/clock/host.h"

#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "agent/core/limits.h"

namespace siaga {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t boot_id_letters = 36;
constexpr std::size_t head_bytes = 256;  // read of a file that has one line to say

std::string head(const std::string& path) {
  std::array<char, head_bytes> bytes{};
  std::ifstream file(path);
  file.read(bytes.data(), bytes.size());
  return {bytes.data(), static_cast<std::size_t>(file.gcount())};
}

bool is_boot_id(std::string_view text) {
  return text.size() == boot_id_letters && std::ranges::all_of(text, [](char letter) {
           return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f') ||
                  letter == '-';
         });
}

std::optional<WallTime> changed_at(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return {};
  return WallTime(std::chrono::seconds(facts.st_mtim.tv_sec) +
                  std::chrono::nanoseconds(facts.st_mtim.tv_nsec));
}

// Reads only: no mode bit is set (adjtimex(2)), so it needs no privilege.
bool is_kernel_synchronised() {
  timex request{};
  const int state = ::adjtimex(&request);
  return state != -1 && state != TIME_ERROR;
}

// "dmesg-ramoops-0", "dmesg-efi-1234", "dmesg.txt": the log's end as the kernel saved it when it
// panicked. "console-ramoops-0" is written in any boot and proves nothing.
bool is_panic_record(const fs::path& path) { return path.filename().native().starts_with("dmesg"); }

// The first record newer than `since`, at any depth: systemd-pstore keeps a folder per record.
std::string panic_below(const std::string& folder, WallTime since) {
  std::error_code error;
  std::size_t looked_at = 0;
  fs::recursive_directory_iterator entries(folder, fs::directory_options::skip_permission_denied,
                                           error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    if (++looked_at > limits::panic_records) break;
    const fs::path& path = entries->path();
    std::error_code unreadable;
    if (!is_panic_record(path) || !entries->is_regular_file(unreadable)) continue;
    const auto changed = changed_at(path.string());
    if (changed && *changed > since) return path.string();
  }
  return {};
}

}  // namespace

Host::Host(const Clock& clock, HostPaths paths)
    : clock_(clock),
      paths_(std::move(paths)),
      stand_in_(
          fmt::format("hidden-{:010}-{:018}", ::getpid(),
                      clock.wall_now().time_since_epoch().count() % 1'000'000'000'000'000'000)) {}

std::string Host::boot_id() const {
  const std::string text = head(paths_.boot_id);
  const std::string id = text.substr(0, text.find('\n'));
  return is_boot_id(id) ? id : stand_in_;
}

ClockReading Host::clock() const {
  // The wall clock in the middle of two readings that agree: not torn apart by being suspended
  // between them.
  constexpr int attempts = 5;
  ClockReading reading;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    reading.boot = clock_.boot_now();
    reading.wall = clock_.wall_now();
    if (clock_.boot_now() - reading.boot <= Millis(2)) break;
  }
  reading.is_kernel_synchronised = paths_.synchronised.empty()
                                       ? is_kernel_synchronised()
                                       : changed_at(paths_.synchronised).has_value();
  reading.timesync_file = changed_at(paths_.timesync);
  return reading;
}

std::string Host::panic(WallTime since) const {
  const std::string fresh = panic_below(paths_.pstore, since);
  return fresh.empty() ? panic_below(paths_.pstore_archive, since) : fresh;
}

bool Host::is_shutting_down() const {
  const bool is_scheduled = changed_at(paths_.shutdown).has_value();
  const bool is_told = changed_at(paths_.service_stop).has_value();
  // systemd-user-sessions.service writes it when it is stopped, and another text while booting.
  const bool is_closed = head(paths_.no_login).contains("going down");
  // Process 1 has become systemd-shutdown: whoever is still alive is killed next.
  const bool is_last_phase = head(paths_.init_name).starts_with("systemd-shutdow");
  return is_scheduled || is_told || is_closed || is_last_phase;
}

}  // namespace siaga
