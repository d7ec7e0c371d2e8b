#include "agent/doctor/processes.h"

#include <pwd.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/core/split.h"

namespace siaga {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t proc_bytes = 4U << 20U;  // read of one file below /proc

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(proc_bytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

template <typename Number>
std::optional<Number> number_of(std::string_view text, int base = 10) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end == text.data()) return {};
  return number;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (auto word = take_word(line); !word.empty(); word = take_word(line)) words.push_back(word);
  return words;
}

// Calls `take` with each line.
template <typename Take>
void each_line(std::string_view text, const Take& take) {
  while (!text.empty()) take(take_until(text, "\n"));
}

// As the kernel prints it: words of 32 bits in this machine's order.
std::string kernel_form(const Address& address) {
  std::string text;
  const auto octets = address.octets();
  for (std::size_t at = 0; at + 4 <= octets.size(); at += 4) {
    std::uint32_t word = 0;
    std::memcpy(&word, octets.data() + at, sizeof word);
    text += fmt::format("{:08X}", word);
  }
  return text;
}

bool is_any(std::string_view form) { return form.find_first_not_of('0') == form.npos; }

class ProcessWalk {
 public:
  ProcessWalk(const std::set<std::uint64_t>& sockets, const std::string& file) : sockets_(sockets) {
    if (file.empty() || ::stat(file.c_str(), &file_) != 0) return;
    file_name_ = fs::path(file).filename().string();
  }

  ProcessScan run() {
    std::error_code error;
    std::size_t count = 0;
    fs::directory_iterator entries("/proc", error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      const std::string name = entries->path().filename().string();
      const auto pid = number_of<int>(name);
      if (!pid) continue;
      if (++count > limits::doctor_processes) break;
      look_at(*pid, entries->path());
    }
    return std::move(result_);
  }

 private:
  void look_at(int pid, const fs::path& folder) {
    std::string name = text_of((folder / "comm").string());
    if (name.ends_with('\n')) name.pop_back();
    if (name.empty()) return;  // it has ended
    result_.names.insert(name);
    if (sockets_.empty() && file_name_.empty()) return;
    std::error_code error;
    fs::directory_iterator entries(folder / "fd", error);
    if (error == std::errc::permission_denied) result_.is_whole = false;
    for (; !error && entries != fs::directory_iterator(); entries.increment(error))
      take(*entries, {.pid = pid, .name = name});
  }

  void take(const fs::directory_entry& entry, const HolderFacts& holder) {
    std::error_code error;
    const std::string link = fs::read_symlink(entry.path(), error).string();
    if (error) return;
    if (constexpr std::string_view opening = "socket:["; link.starts_with(opening)) {
      const auto inode = number_of<std::uint64_t>(std::string_view(link).substr(opening.size()));
      if (inode && sockets_.contains(*inode)) add(result_.sockets[*inode], holder);
    } else if (!file_name_.empty() && link.ends_with(file_name_)) {
      struct stat facts{};
      const bool is_it = ::stat(entry.path().c_str(), &facts) == 0 &&
                         facts.st_ino == file_.st_ino && facts.st_dev == file_.st_dev;
      if (is_it) add(result_.file_holders, holder);
    }
  }

  static void add(std::vector<HolderFacts>& holders, const HolderFacts& holder) {
    if (holders.empty() || holders.back().pid != holder.pid) holders.push_back(holder);
  }

  const std::set<std::uint64_t>& sockets_;
  std::string file_name_;
  struct stat file_{};
  ProcessScan result_;
};

}  // namespace

ProcessScan scan_processes(const std::set<std::uint64_t>& sockets, const std::string& file) {
  return ProcessWalk(sockets, file).run();
}

std::set<std::uint64_t> listeners_in(std::string_view text, const Endpoint& endpoint) {
  constexpr std::string_view listening = "0A";
  const std::string wanted = kernel_form(endpoint.address);
  std::set<std::uint64_t> inodes;
  each_line(text, [&](std::string_view line) {
    const auto words = words_of(line);
    if (words.size() < 10 || words[3] != listening) return;
    const auto colon = words[1].find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view form = words[1].substr(0, colon);
    const auto port = number_of<std::uint16_t>(words[1].substr(colon + 1), 16);
    if (port != endpoint.port || (form != wanted && !is_any(form) && !is_any(wanted))) return;
    if (const auto inode = number_of<std::uint64_t>(words[9])) inodes.insert(*inode);
  });
  return inodes;
}

std::set<std::uint64_t> listeners_at(const Endpoint& endpoint) {
  // A socket of IPv6 may hold the port for IPv4, too.
  std::set<std::uint64_t> inodes = listeners_in(text_of("/proc/self/net/tcp"), endpoint);
  inodes.merge(listeners_in(text_of("/proc/self/net/tcp6"), endpoint));
  return inodes;
}

AgentProcess facts_of_process(int pid) {
  constexpr unsigned cap_net_raw = 13;
  AgentProcess facts;
  const std::string folder = fmt::format("/proc/{}/", pid);
  each_line(text_of(folder + "status"), [&](std::string_view line) {
    const auto words = words_of(line);
    if (words.size() < 2) return;
    if (words[0] == "CapEff:") {
      if (const auto set = number_of<std::uint64_t>(words[1], 16))
        facts.may_open_raw = ((*set >> cap_net_raw) & 1U) != 0;
    } else if (words[0] == "Gid:" && words.size() > 2) {
      facts.group = number_of<std::uint32_t>(words[2]);
    } else if (words[0] == "Uid:" && words.size() > 2) {
      if (const auto user = number_of<std::uint32_t>(words[2])) facts.user = user_name(*user);
    }
  });
  each_line(text_of(folder + "limits"), [&](std::string_view line) {
    const auto words = words_of(line);
    if (words.size() > 3 && line.starts_with("Max open files"))
      facts.descriptors = number_of<std::uint64_t>(words[3]).value_or(0);
  });
  return facts;
}

std::string user_name(std::uint32_t user) {
  std::array<char, 16'384> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(user, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
    return found->pw_name;
  return std::to_string(user);
}

}  // namespace siaga
