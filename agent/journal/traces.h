// Whether somebody else touched the journal's files since the agent last did. By stat(2) only: a
// file is never opened, because closing it would drop the POSIX locks that SQLite holds on it
// (https://www.sqlite.org/howtocorrupt.html, 2.2). A write within one tick of the file system's
// clock (about 4 ms) after the agent's own is not seen.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace siaga {

class Traces {
 public:
  // Of the database file; its "-wal" and "-shm" are beside it. Knows nothing until note().
  explicit Traces(std::string path);

  enum class Change : std::uint8_t {
    none,
    removed,      // the file is not there
    replaced,     // another file has its name
    written,      // its content or its WAL's is not as it was left
    wal_removed,  // or replaced
    shm_removed,  // or replaced
    shm_cut,      // shorter than what is mapped of it: reading there would be SIGBUS
  };
  struct Finding {
    Change change = Change::none;
    std::string text;  // "journal.db-wal was removed"
  };

  void note();  // as the files are now, the agent has left them
  void forget() { left_.reset(); }
  bool is_noted() const { return left_.has_value(); }
  bool is_own_wal() const;  // the file named "-wal" is the one that was left there
  // The worst first. Nothing, when nothing was noted or the file is not of the file system.
  Finding look() const;
  // Makes "-shm" as long again as it was, with zeros: SQLite then makes its content anew from the
  // WAL. False: that failed.
  bool lengthen_shm() const;

 private:
  struct Facts {
    std::uint64_t device = 0, inode = 0;  // 0, 0: no such file
    std::int64_t size = 0, changed_s = 0, changed_ns = 0;

    bool is_same_file(const Facts& other) const {
      return device == other.device && inode == other.inode;
    }
    bool operator==(const Facts&) const = default;
  };
  enum Part : std::uint8_t { main, wal, shm };
  static constexpr std::size_t part_count = 3;

  std::string path_of(Part part) const;
  static Facts facts_of(const std::string& path);
  Finding found(Change change, Part part, const char* what) const;

  std::string path_;
  std::optional<std::array<Facts, part_count>> left_;
};

}  // namespace siaga
