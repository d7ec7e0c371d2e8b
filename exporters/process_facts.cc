#include "exporters/process_facts.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

namespace siaga {
namespace {

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (file) text << file.rdbuf();
  return std::move(text).str();
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

// proc(5), /proc/pid/stat: the second field is a file name in parentheses that may hold anything,
// so fields are counted from its end; the first one after it is number 3.
std::vector<std::string> fields_from_3(const std::string& stat) {
  const std::size_t end = stat.rfind(')');
  std::vector<std::string> fields;
  if (end == std::string::npos) return fields;
  std::istringstream rest(stat.substr(end + 1));
  for (std::string field; rest >> field;) fields.push_back(std::move(field));
  return fields;
}

std::optional<double> boot_unix_seconds(const std::string& proc) {
  const std::string stat = read_text(proc + "/stat");
  const std::size_t at = stat.find("\nbtime ");
  if (at == std::string::npos) return std::nullopt;
  return number(std::string_view(stat).substr(at + 7));
}

std::optional<double> count_descriptors(const std::string& proc) {
  DIR* folder = opendir((proc + "/self/fd").c_str());
  if (folder == nullptr) return std::nullopt;
  double count = -1;  // the folder's own descriptor
  while (const dirent* entry = readdir(folder))
    if (entry->d_name[0] != '.') ++count;
  closedir(folder);
  return count;
}

}  // namespace

ProcessFacts read_process_facts(const std::string& proc) {
  ProcessFacts facts;
  const auto fields = fields_from_3(read_text(proc + "/self/stat"));
  const auto field = [&](std::size_t position) {
    return position - 3 < fields.size() ? number(fields[position - 3]) : std::nullopt;
  };
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page_bytes = static_cast<double>(sysconf(_SC_PAGESIZE));
  if (const auto user = field(14), system = field(15); user && system)
    facts.cpu_seconds = (*user + *system) / ticks;
  if (const auto start = field(22), boot = boot_unix_seconds(proc); start && boot)
    facts.start_unix_seconds = *boot + *start / ticks;
  facts.virtual_bytes = field(23);
  if (const auto pages = field(24)) facts.resident_bytes = *pages * page_bytes;
  facts.open_descriptors = count_descriptors(proc);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    facts.max_descriptors = static_cast<double>(limit.rlim_cur);
  return facts;
}

}  // namespace siaga
