// The hosts file: names that need no server. Read whole, at most limits::resolver_hosts_bytes of
// it, and again when the file has changed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/core/address.h"
#include "agent/net/resolver_cache.h"

namespace siaga {

// Addresses by name and family, in the file's order.
using Hosts = std::unordered_map<NameKey, std::vector<Address>, NameHash, NameEqual>;
// "10.0.0.1 name alias # comment"; lines that make no sense are passed over.
Hosts parse_hosts(std::string_view text);

// Which version of a file this is; all zero when there is none.
struct FileVersion {
  std::int64_t modified_ns = 0, size_bytes = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileVersion&) const = default;
};
FileVersion version_of_file(const std::string& path);

class HostsFile {
 public:
  explicit HostsFile(std::string path);

  // Reads the file again if it is another one now; true then.
  bool refresh();
  // Nullptr when the file does not have the name with this family. Good until refresh().
  const std::vector<Address>* find(const NameView& name) const;
  bool has(std::string_view host) const;

 private:
  std::string path_;
  FileVersion stamp_;
  Hosts hosts_;
};

}  // namespace siaga
