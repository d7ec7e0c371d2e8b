// The journal stores causes, reasons and the like as small numbers, and once in the file which
// number means which word. So it can be read by a version in whose lists new words stand in the
// middle; words that this program does not know read as the first of their family.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/engine/history.h"

namespace siaga {

class Database;

using WordId = std::int64_t;

// Every share that there is.
std::span<const Share> every_share();

class Words {
 public:
  // Numbered as in a new file.
  Words();

  // Writes those that the file lacks; within a transaction.
  static void add_to(Database& database);
  // As the file numbers them.
  static Words of(Database& database);

  WordId id(Share share) const;
  WordId id(Cause cause) const { return id(Family::cause, cause); }
  WordId id(Reason reason) const { return id(Family::reason, reason); }
  WordId id(State state) const { return id(Family::state, state); }
  WordId id(NodeRole role) const { return id(Family::role, role); }
  WordId id(OutageEnd end) const { return id(Family::end, end); }
  WordId id(DarkClass dark) const { return id(Family::dark, dark); }
  WordId id(NoteKind note) const { return id(Family::note, note); }

  std::optional<Share> known_share(WordId id) const;
  std::optional<Cause> known_cause(WordId id) const;
  Share share(WordId id) const { return known_share(id).value_or(Share{}); }
  Cause cause(WordId id) const { return known_cause(id).value_or(Cause::none); }
  Reason reason(WordId id) const { return value<Reason>(Family::reason, id); }
  State state(WordId id) const { return value<State>(Family::state, id); }
  NodeRole role(WordId id) const { return value<NodeRole>(Family::role, id); }
  OutageEnd end(WordId id) const { return value<OutageEnd>(Family::end, id); }
  DarkClass dark(WordId id) const { return value<DarkClass>(Family::dark, id); }
  NoteKind note(WordId id) const { return value<NoteKind>(Family::note, id); }

  bool is_known(WordId id) const { return meanings_.contains(id); }

 private:
  enum class Family : std::uint8_t { share, cause, reason, state, role, end, dark, note };
  static constexpr std::size_t family_count = 8;
  struct Meaning {
    Family family = Family::share;
    std::size_t index = 0;
  };
  struct Word {
    Meaning meaning;
    std::string text;  // "reason:dns_timeout"
  };

  static std::vector<Word> all();
  void set(WordId id, Meaning meaning);
  std::optional<std::size_t> index(Family family, WordId id) const;
  WordId id_at(Family family, std::size_t index) const;

  template <typename Value>
  WordId id(Family family, Value value) const {
    return id_at(family, static_cast<std::size_t>(value));
  }
  template <typename Value>
  Value value(Family family, WordId id) const {
    return static_cast<Value>(index(family, id).value_or(0));
  }

  std::array<std::vector<WordId>, family_count> ids_;
  std::unordered_map<WordId, Meaning> meanings_;
};

}  // namespace siaga
