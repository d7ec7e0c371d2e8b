#include "agent/doctor/local_looks.h"

#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "agent/clock/host.h"
#include "agent/clock/trust.h"
#include "agent/config/file.h"
#include "agent/core/limits.h"
#include "agent/core/zone.h"
#include "agent/loop/descriptor.h"

namespace siaga {
namespace {

namespace fs = std::filesystem;

int try_socket(int domain, int type, int protocol) {
  const Descriptor socket(::socket(domain, type | SOCK_CLOEXEC, protocol));
  return socket.get() >= 0 ? 0 : errno;
}

// Programs that set the clock, as /proc/PID/comm has them (cut to 15 letters).
constexpr std::array<std::string_view, 6> time_services{
    "chronyd", "ntpd", "ntpsec", "openntpd", "systemd-timesyn", "VBoxService"};

std::int64_t offset_of(const Zone& zone, WallTime now) {
  const WallTime second = std::chrono::floor<std::chrono::seconds>(now);  // as local times are
  const auto as_utc = Zone::utc().instant(zone.local(second));
  return std::chrono::floor<std::chrono::seconds>(as_utc - second).count();
}

// Beside another socket that only was bound there, as the agent would.
int try_to_bind(const Endpoint& endpoint) {
  sockaddr_storage storage{};
  const unsigned length = to_sockaddr(endpoint, storage);
  const Descriptor socket(::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return errno;
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (storage.ss_family == AF_INET6)
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  const int bound = ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&storage), length);
  return bound == 0 ? 0 : errno;
}

// 0: nobody listens at the path, and its folder is there.
int try_unix(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0)
    return fs::exists(fs::path(path).parent_path()) ? 0 : ENOENT;
  if (!S_ISSOCK(facts.st_mode)) return EEXIST;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return ENAMETOOLONG;
  path.copy(address.sun_path, path.size());
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int connected =
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  return connected == 0 || errno == EAGAIN ? EADDRINUSE : 0;
}

std::uint64_t first_privileged_end() {
  std::ifstream file("/proc/sys/net/ipv4/ip_unprivileged_port_start");
  std::uint64_t start = 1024;
  file >> start;
  return start;
}

constexpr std::string_view unix_scheme = "unix:";

PortFacts look_at_port(const std::string& address, const ProcessScan& processes,
                       const std::vector<int>& agents) {
  PortFacts port{.address = address, .holders = {}};
  if (address.starts_with(unix_scheme)) {
    port.error = try_unix(address.substr(unix_scheme.size()));
    port.is_ours = port.error == EADDRINUSE && !agents.empty();
    return port;
  }
  const auto endpoint = parse_endpoint(address);
  if (!endpoint) return port;
  port.error = endpoint->port == 0 ? 0 : try_to_bind(*endpoint);
  port.is_privileged = endpoint->port > 0 && endpoint->port < first_privileged_end();
  if (port.error != EADDRINUSE) return port;
  for (const std::uint64_t inode : listeners_at(*endpoint)) {
    const auto found = processes.sockets.find(inode);
    if (found == processes.sockets.end()) continue;
    port.holders.insert(port.holders.end(), found->second.begin(), found->second.end());
  }
  port.is_ours = std::ranges::any_of(port.holders, [&](const HolderFacts& holder) {
    return std::ranges::find(agents, holder.pid) != agents.end();
  });
  return port;
}

bool can_others(const std::string& path, mode_t bits) {
  struct stat facts{};
  return ::stat(path.c_str(), &facts) == 0 && (facts.st_mode & bits) != 0;
}

bool holds(const std::string& path, std::span<const std::string> secrets) {
  const auto text = read_file(path, limits::configuration_bytes);
  return text && std::ranges::any_of(secrets, [&](const std::string& secret) {
           return !secret.empty() && text->contains(secret);
         });
}

}  // namespace

PingFacts look_at_pings() {
  PingFacts facts;
  facts.ip4 = {.raw = try_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP),
               .plain = try_socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)};
  facts.ip6 = {.raw = try_socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6),
               .plain = try_socket(AF_INET6, SOCK_DGRAM, IPPROTO_ICMPV6)};
  std::ifstream file("/proc/sys/net/ipv4/ping_group_range");
  std::uint32_t first = 0, last = 0;
  if (file >> first >> last) facts.group_range = {first, last};
  return facts;
}

ClockFacts look_at_clock(const Clock& clock, const ProcessScan& processes, bool is_declared) {
  const ClockReading reading = Host(clock).clock();
  ClockTrust trust;
  trust.look(reading);
  ClockFacts facts{
      .is_trusted = trust.is_trusted(),
      .source = std::string(name(trust.source())),
      .is_absurd = reading.wall < limits::clock_earliest || reading.wall > limits::clock_latest,
      .is_declared = is_declared,
      .services = {}};
  for (const std::string_view service : time_services) {
    if (processes.names.contains(std::string(service))) facts.services.emplace_back(service);
  }
  return facts;
}

std::string system_zone(const std::string& localtime) {
  constexpr std::string_view folder = "/zoneinfo/";
  std::error_code error;
  const std::string path = fs::read_symlink(localtime, error).string();
  const auto at = path.find(folder);
  if (error || at == path.npos) return {};
  const std::string name = path.substr(at + folder.size());
  return Zone::named(name) ? name : std::string();
}

ZoneFacts look_at_zone(const Clock& clock, const std::string& configured) {
  ZoneFacts facts;
  facts.configured = configured;
  facts.system = system_zone();
  const auto zone = Zone::named(configured.empty() ? "Asia/Makassar" : configured);
  if (!zone) {
    facts.has_database = zone.error().code != ENOENT;
    return facts;
  }
  const WallTime now = clock.wall_now();
  facts.configured_offset = offset_of(*zone, now);
  if (const auto system = Zone::named(facts.system.empty() ? "UTC" : facts.system))
    facts.system_offset = offset_of(*system, now);
  return facts;
}

LimitFacts look_at_limits(std::int64_t flights_max) {
  LimitFacts facts;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) facts.descriptors = limit.rlim_max;
  facts.wanted_descriptors =
      static_cast<std::uint64_t>(std::max<std::int64_t>(flights_max, 0)) + limits::descriptors_kept;
  std::ifstream file("/proc/meminfo");
  std::string key, unit;
  for (std::uint64_t kibibytes = 0; file >> key >> kibibytes; std::getline(file, unit)) {
    if (key == "MemAvailable:") facts.free_memory_bytes = kibibytes << 10U;
  }
  return facts;
}

std::set<std::uint64_t> listeners_of(const std::vector<std::string>& listen) {
  std::set<std::uint64_t> inodes;
  for (const std::string& address : listen) {
    if (const auto endpoint = parse_endpoint(address)) inodes.merge(listeners_at(*endpoint));
  }
  return inodes;
}

std::vector<PortFacts> look_at_ports(const std::vector<std::string>& listen,
                                     const ProcessScan& processes, const std::vector<int>& agents) {
  std::vector<PortFacts> ports;
  ports.reserve(listen.size());
  for (const std::string& address : listen)
    ports.push_back(look_at_port(address, processes, agents));
  return ports;
}

std::vector<std::string> configuration_files(const std::string& path) {
  std::vector<std::string> files{path};
  std::error_code error;
  fs::directory_iterator entries(fs::path(path).parent_path() / "conf.d", error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (entries->path().extension() != ".toml" || files.size() > limits::configuration_files)
      continue;
    files.push_back(entries->path().string());
  }
  std::ranges::sort(files.begin() + 1, files.end());
  return files;
}

void look_at_permissions(const std::string& path, std::span<const std::string> secrets,
                         ConfigurationFacts& facts) {
  if (path.empty()) return;
  for (const std::string& file : configuration_files(path)) {
    if (can_others(file, S_IWOTH)) facts.writable_by_others.push_back(file);
    if (can_others(file, S_IROTH) && holds(file, secrets)) facts.exposed_secrets.push_back(file);
  }
  const fs::path folder = fs::path(path).parent_path();
  for (const fs::path& place : {folder, folder / "conf.d"}) {
    struct stat about{};
    // A folder with the sticky bit lets nobody replace another's file.
    const bool is_open = ::stat(place.c_str(), &about) == 0 && (about.st_mode & S_IWOTH) != 0 &&
                         (about.st_mode & S_ISVTX) == 0;
    if (is_open) facts.writable_by_others.push_back(place.string());
  }
  const std::string credentials = (folder / "credentials").string();
  if (can_others(credentials, S_IRWXO)) facts.open_credentials = credentials;
}

}  // namespace siaga
