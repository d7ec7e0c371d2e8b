// "-shm" is written through a mapping, which moves its time at any moment: only its length counts.
// What is wrong in it SQLite sees by its checksum, and makes it anew from the WAL.
#include "agent/journal/traces.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>
#include <utility>

namespace siaga {

Traces::Traces(std::string path) : path_(std::move(path)) {}

std::string Traces::path_of(Part part) const {
  constexpr std::array<std::string_view, part_count> endings{"", "-wal", "-shm"};
  return path_ + std::string(endings.at(part));
}

Traces::Facts Traces::facts_of(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return {};
  return {.device = facts.st_dev,
          .inode = facts.st_ino,
          .size = facts.st_size,
          .changed_s = facts.st_mtim.tv_sec,
          .changed_ns = facts.st_mtim.tv_nsec};
}

void Traces::note() {
  const std::array<Facts, part_count> facts{facts_of(path_of(main)), facts_of(path_of(wal)),
                                            facts_of(path_of(shm))};
  left_ = facts;
  if (left_->at(main).inode == 0) left_.reset();
}

Traces::Finding Traces::found(Change change, Part part, const char* what) const {
  return {.change = change,
          .text = std::filesystem::path(path_of(part)).filename().string() + " was " + what};
}

Traces::Finding Traces::look() const {
  if (!left_) return {};
  const auto is_there = [this](Part part) { return left_->at(part).inode != 0; };
  const Facts file = facts_of(path_of(main));
  if (file.inode == 0) return found(Change::removed, main, "removed");
  if (!file.is_same_file(left_->at(main))) return found(Change::replaced, main, "replaced");
  const Facts log = facts_of(path_of(wal));
  const Facts shared = facts_of(path_of(shm));
  if (is_there(shm) && shared.is_same_file(left_->at(shm)) && shared.size < left_->at(shm).size)
    return found(Change::shm_cut, shm, "cut short");
  if (file != left_->at(main)) return found(Change::written, main, "written by another program");
  if (is_there(wal) && !log.is_same_file(left_->at(wal)))
    return found(Change::wal_removed, wal, "removed");
  if (log != left_->at(wal)) return found(Change::written, wal, "written by another program");
  if (is_there(shm) && !shared.is_same_file(left_->at(shm)))
    return found(Change::shm_removed, shm, "removed");
  return {};
}

bool Traces::is_own_wal() const {
  const Facts log = facts_of(path_of(wal));
  return left_ && log.inode != 0 && log.is_same_file(left_->at(wal));
}

bool Traces::lengthen_shm() const {
  return left_ && ::truncate(path_of(shm).c_str(), left_->at(shm).size) == 0;
}

}  // namespace siaga
