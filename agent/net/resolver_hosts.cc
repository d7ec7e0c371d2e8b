#include "agent/net/resolver_hosts.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <utility>

#include "agent/core/limits.h"
#include "agent/core/split.h"

namespace siaga {
namespace {

void parse_line(std::string_view line, Hosts& hosts) {
  line = line.substr(0, line.find('#'));
  const auto address = parse_address(take_word(line));
  if (!address) return;
  for (auto name = take_word(line); !name.empty(); name = take_word(line)) {
    auto& addresses = hosts[NameKey{.host = std::string(name), .family = address->family}];
    if (addresses.size() < limits::resolver_addresses &&
        std::ranges::find(addresses, *address) == addresses.end())
      addresses.push_back(*address);
  }
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(limits::resolver_hosts_bytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

}  // namespace

Hosts parse_hosts(std::string_view text) {
  Hosts hosts;
  while (!text.empty()) parse_line(take_until(text, "\n"), hosts);
  return hosts;
}

FileVersion version_of_file(const std::string& path) {
  struct stat found{};
  if (path.empty() || ::stat(path.c_str(), &found) != 0) return {};
  constexpr std::int64_t second = 1'000'000'000;
  return {.modified_ns = found.st_mtim.tv_sec * second + found.st_mtim.tv_nsec,
          .size_bytes = found.st_size,
          .inode = found.st_ino};
}

HostsFile::HostsFile(std::string path) : path_(std::move(path)) { refresh(); }

bool HostsFile::refresh() {
  const FileVersion now = version_of_file(path_);
  if (now == stamp_) return false;
  stamp_ = now;
  hosts_ = now == FileVersion{} ? Hosts{} : parse_hosts(read_file(path_));
  return true;
}

const std::vector<Address>* HostsFile::find(const NameView& name) const {
  const auto found = hosts_.find(name);
  return found == hosts_.end() ? nullptr : &found->second;
}

bool HostsFile::has(std::string_view host) const {
  return find({.host = host, .family = Family::ip4}) != nullptr ||
         find({.host = host, .family = Family::ip6}) != nullptr;
}

}  // namespace siaga
