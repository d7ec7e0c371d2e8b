// Records that wait for the disk. What is written as one row waits as one record: the newest. When
// there are too many, the oldest detail goes: changes of state, then stretches, then revisions,
// then notes; sums and what is open never do. Pure.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <vector>

#include "agent/engine/history.h"

namespace siaga {

class Backlog {
 public:
  explicit Backlog(std::size_t limit) : limit_(limit) {}

  void add(std::vector<Record> records);
  // All of them, to be written together; the order is of kinds and keys, not of arrival.
  std::vector<Record> take();
  // What could not be written; newer ones of the same row stay.
  void put_back(std::vector<Record>&& records);

  std::size_t size() const { return waiting_.size(); }
  std::uint64_t dropped() const { return dropped_; }

 private:
  // What identifies a row.
  struct Key {
    std::size_t kind = 0;  // place in Record
    std::array<std::uint64_t, 5> parts{};
    auto operator<=>(const Key&) const = default;
  };
  static Key key_of(const Record& record);
  void trim();

  std::size_t limit_;
  std::uint64_t dropped_ = 0;
  std::map<Key, Record> waiting_;
};

}  // namespace siaga
