// The families' words, and their numbers in one file.
#include "agent/journal/words.h"

#include <algorithm>

#include "agent/core/limits.h"
#include "agent/journal/database.h"

namespace siaga {
namespace {

// A share's place here is its index.
std::vector<Share> make_shares() {
  std::vector<Share> shares{Share::up(), Share::maintenance()};
  shares.reserve(2 + cause_count + blind_count);
  for (std::size_t index = 0; index < cause_count; ++index)
    shares.push_back(Share::down(static_cast<Cause>(index)));
  for (std::size_t index = 0; index < blind_count; ++index)
    shares.push_back(Share::unknown(static_cast<Blind>(index)));
  return shares;
}

// "up", "down/power", "unknown/via_down", "maintenance"
std::string word_of(Share share) {
  std::string word(name(share.time_class));
  if (share.is(TimeClass::down)) word += "/" + std::string(name(share.cause));
  if (share.is(TimeClass::unknown)) word += "/" + std::string(name(share.blind));
  return word;
}

template <typename Value>
std::string word_at(std::size_t index) {
  return std::string(name(static_cast<Value>(index)));
}
std::string share_at(std::size_t index) { return word_of(every_share()[index]); }

// Shares first: their numbers are in every packed row, and small numbers are short there.
struct Row {
  std::string_view family;
  std::size_t count;
  std::string (*word)(std::size_t index);
};
constexpr std::array<Row, 8> rows{{
    {"share:", 2 + cause_count + blind_count, share_at},
    {"cause:", cause_count, word_at<Cause>},
    {"reason:", reason_count, word_at<Reason>},
    {"state:", state_count, word_at<State>},
    {"role:", node_role_count, word_at<NodeRole>},
    {"end:", outage_end_count, word_at<OutageEnd>},
    {"dark:", dark_class_count, word_at<DarkClass>},
    {"note:", note_kind_count, word_at<NoteKind>},
}};

}  // namespace

std::span<const Share> every_share() {
  static const std::vector<Share> shares = make_shares();
  return shares;
}

std::vector<Words::Word> Words::all() {
  std::vector<Word> words;
  for (std::size_t family = 0; family < rows.size(); ++family) {
    const Row& row = rows.at(family);
    for (std::size_t index = 0; index < row.count; ++index)
      words.push_back({.meaning = {static_cast<Family>(family), index},
                       .text = std::string(row.family) + row.word(index)});
  }
  return words;
}

Words::Words() {
  for (std::size_t family = 0; family < rows.size(); ++family)
    ids_.at(family).assign(rows.at(family).count, 0);
  WordId next = 1;
  for (const Word& word : all()) set(next++, word.meaning);
}

void Words::set(WordId id, Meaning meaning) {
  ids_.at(static_cast<std::size_t>(meaning.family)).at(meaning.index) = id;
  meanings_[id] = meaning;
}

void Words::add_to(Database& database) {
  Statement& add = database.statement("INSERT OR IGNORE INTO words(word) VALUES (?)");
  for (const Word& word : all()) add.run(word.text);
}

Words Words::of(Database& database) {
  Words words;
  words.meanings_.clear();
  for (auto& ids : words.ids_) std::ranges::fill(ids, 0);
  std::unordered_map<std::string, Meaning> meanings;
  for (const Word& word : all()) meanings.emplace(word.text, word.meaning);
  Statement& row = database.statement("SELECT id, word FROM words LIMIT ?");
  row.with(limits::journal_words);
  while (row.step()) {
    const WordId id = row.integer();
    if (const auto found = meanings.find(row.text()); found != meanings.end())
      words.set(id, found->second);
  }
  return words;
}

std::optional<std::size_t> Words::index(Family family, WordId id) const {
  const auto found = meanings_.find(id);
  if (found == meanings_.end() || found->second.family != family) return std::nullopt;
  return found->second.index;
}

WordId Words::id_at(Family family, std::size_t index) const {
  return ids_.at(static_cast<std::size_t>(family)).at(index);
}

WordId Words::id(Share share) const {
  const auto place = std::ranges::find(every_share(), share);
  const auto index = place == every_share().end() ? 0 : place - every_share().begin();
  return id_at(Family::share, static_cast<std::size_t>(index));
}

std::optional<Share> Words::known_share(WordId id) const {
  const auto found = index(Family::share, id);
  return found ? std::optional(every_share()[*found]) : std::nullopt;
}

std::optional<Cause> Words::known_cause(WordId id) const {
  const auto found = index(Family::cause, id);
  return found ? std::optional(static_cast<Cause>(*found)) : std::nullopt;
}

}  // namespace siaga
