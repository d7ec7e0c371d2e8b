#include "agent/sensors/power_supplies.h"

#include <fcntl.h>
#include <linux/netlink.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>

#include "agent/core/limits.h"
#include "agent/loop/descriptor.h"
#include "agent/loop/poller.h"
#include "agent/loop/timer.h"
#include "agent/sensors/netlink.h"
#include "agent/sensors/uevent.h"

namespace siaga {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kernel_group = 1;  // group 2 is udevd's
constexpr std::size_t attribute_bytes = 64;
constexpr int events_per_turn = 64;

// The line in the file, or nothing when it cannot be read (a driver may say ENODATA or EIO).
std::optional<std::string> attribute(const fs::path& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return {};
  std::array<char, attribute_bytes> bytes{};
  const ssize_t count = read(file.get(), bytes.data(), bytes.size());
  if (count < 0) return {};
  const std::string_view text(bytes.data(), static_cast<std::size_t>(count));
  return std::string(text.substr(0, text.find('\n')));
}

std::optional<PowerSupply> read_supply(const fs::path& folder) {
  if (attribute(folder / "type") != "Mains" || attribute(folder / "scope") == "Device") return {};
  const auto online = attribute(folder / "online");
  if (!online) return {};
  int number = 0;
  const char* end = online->data() + online->size();
  if (std::from_chars(online->data(), end, number).ptr != end || online->empty()) return {};
  // 2 is "online, with a voltage that was asked for" (Documentation/ABI, sysfs-class-power).
  return PowerSupply{.name = folder.filename(), .is_online = number > 0};
}

std::vector<PowerSupply> read_supplies(const std::string& folder) {
  std::vector<PowerSupply> supplies;
  std::error_code error;
  fs::directory_iterator entry(folder, error);
  for (std::size_t looked_at = 0; !error && entry != fs::directory_iterator(); ++looked_at) {
    if (looked_at == limits::power_supplies) break;
    if (auto supply = read_supply(entry->path())) supplies.push_back(std::move(*supply));
    entry.increment(error);
  }
  std::ranges::sort(supplies, {}, &PowerSupply::name);
  return supplies;
}

class SysfsPowerSupplies final : public PowerSupplies {
 public:
  SysfsPowerSupplies(Loop& loop, std::string folder, Changed changed)
      : loop_(loop),
        folder_(std::move(folder)),
        changed_(std::move(changed)),
        all_(read_supplies(folder_)),
        timer_(loop, [this] { look_again(); }) {
    timer_.unreference();
    timer_.start_after(limits::power_supply_look);
    listen();
  }

  const std::vector<PowerSupply>& all() const override { return all_; }
  void look() override;

 private:
  void listen();
  void hear();
  void look_again();
  void tell();

  Loop& loop_;
  std::string folder_;
  Changed changed_;
  std::vector<PowerSupply> all_;
  Timer timer_;
  std::unique_ptr<Soon> soon_;
  std::unique_ptr<NetlinkSocket> events_;
  std::unique_ptr<Poller> poller_;
};

// Without events (a seccomp filter) the timer alone has to do.
void SysfsPowerSupplies::listen() {
  auto events = NetlinkSocket::open(NETLINK_KOBJECT_UEVENT, kernel_group);
  if (!events) return;
  auto poller = Poller::open(loop_, (*events)->descriptor(), [this](PollEvents) { hear(); });
  if (!poller) return;
  events_ = std::move(*events);
  poller_ = std::move(*poller);
  poller_->watch({.readable = true, .writable = false});
  poller_->unreference();
}

void SysfsPowerSupplies::hear() {
  bool is_ours = false;
  for (int count = 0; count < events_per_turn; ++count) {
    const auto event = events_->read();
    if (!event && event.error() != ENOBUFS) break;
    // What was lost may have been ours.
    is_ours = is_ours || !event || is_of_subsystem(*event, "power_supply");
  }
  if (is_ours) look();
}

void SysfsPowerSupplies::look_again() {
  timer_.start_after(limits::power_supply_look);
  look();
}

void SysfsPowerSupplies::look() {
  auto now = read_supplies(folder_);
  if (now == all_) return;
  all_ = std::move(now);
  if (!soon_) soon_ = std::make_unique<Soon>(loop_, [this] { tell(); });
}

void SysfsPowerSupplies::tell() {
  soon_.reset();
  const Changed changed = changed_;
  changed();  // may destroy this
}

}  // namespace

std::unique_ptr<PowerSupplies> PowerSupplies::open(Loop& loop, std::string folder,
                                                   Changed changed) {
  return std::make_unique<SysfsPowerSupplies>(loop, std::move(folder), std::move(changed));
}

}  // namespace siaga
