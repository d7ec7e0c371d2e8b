#include "agent/status_line.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "agent/core/plural.h"
#include "agent/engine/state_words.h"

namespace siaga {
namespace {

constexpr Text targets_word{"{0} target{1}", "{0} target"};
constexpr Text not_durable{"; the journal is not durable, see /-/ready",
                           "; catatan tidak tersimpan di disk, lihat /-/ready"};
constexpr std::size_t named_most = 3;  // of each state

struct Group {
  std::size_t count = 0;
  std::string names;
};

bool is_named(State state) { return state == State::down || state == State::unknown; }

std::string name_of(const TargetStatus& status) {
  const bool is_explained = status.state == State::down && status.cause != Cause::none;
  return status.info->name +
         (is_explained ? fmt::format(" {}", name(status.cause)) : std::string());
}

void add(Group& group, const TargetStatus& status) {
  ++group.count;
  if (!is_named(status.state) || group.count > named_most + 1) return;
  if (group.count > named_most) group.names += ", ...";
  else group.names += (group.names.empty() ? "" : ", ") + name_of(status);
}

}  // namespace

std::string status_line(const Snapshot& snapshot, bool is_durable, Language language) {
  std::array<Group, state_count> groups;
  for (const auto& target : snapshot.targets)
    add(groups.at(static_cast<std::size_t>(target->state)), *target);
  std::string line = fmt::format(fmt::runtime(targets_word.in(language)), snapshot.targets.size(),
                                 plural_s(snapshot.targets.size()));
  std::string_view separator = ": ";
  for (std::size_t index = 0; index < state_count; ++index) {
    const Group& group = groups.at(index);
    if (group.count == 0) continue;
    line += fmt::format("{}{} {}", std::exchange(separator, ", "), group.count,
                        word(static_cast<State>(index)).in(language));
    if (!group.names.empty()) line += fmt::format(" ({})", group.names);
  }
  for (const auto& root : snapshot.roots) {
    if (!is_named(root->state)) continue;
    const bool is_mains = root->info->role == NodeRole::mains;
    line += fmt::format("; {} {}", root->info->name, word(root->state, is_mains).in(language));
  }
  if (!is_durable) line += not_durable.in(language);
  return line;
}

}  // namespace siaga
