// What targets say about each other: needs and via.
#include <algorithm>
#include <unordered_map>

#include "agent/config/nearest.h"
#include "agent/config/targets.h"
#include "agent/config/words.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr std::size_t shown_names = 8;

using Numbers = std::unordered_map<std::string_view, std::size_t>;

struct Reference {
  std::size_t to;
  Place place;
};

class References {
 public:
  References(const std::vector<TargetDraft>& drafts, Findings& findings)
      : drafts_(drafts), findings_(findings), edges_(drafts.size()) {
    for (std::size_t number = 0; number < drafts.size(); ++number)
      numbers_.try_emplace(drafts[number].target.name, number);
  }

  void read(bool is_whole) {
    for (std::size_t number = 0; number < drafts_.size(); ++number) {
      read_list(number, drafts_[number].needs, is_whole);
      read_list(number, drafts_[number].via, is_whole);
    }
  }

  void read_mentions() {
    for (const TargetDraft& draft : drafts_)
      for (const TargetDraft::Mention& mention : draft.mentions)
        for_each_text(*mention.entry, [&](const TomlNode& node) { read_mention(mention, node); });
  }

  void read_windows(const std::vector<MaintenanceDraft>& windows) {
    for (const MaintenanceDraft& window : windows) {
      if (window.targets == nullptr) continue;
      for_each_text(*window.targets, [&](const TomlNode& node) {
        if (!numbers_.contains(node.text)) complain_unknown(*window.targets, node);
      });
    }
  }

  // Depth first with its own stack: a chain may be as long as there are targets.
  void find_circles() {
    std::vector<Mark> marks(edges_.size(), Mark::fresh);
    for (std::size_t start = 0; start < edges_.size(); ++start) {
      if (marks[start] != Mark::fresh) continue;
      path_.assign(1, {start, 0});
      marks[start] = Mark::open;
      while (!path_.empty()) step(marks);
    }
  }

 private:
  enum class Mark : std::uint8_t { fresh, open, done };
  struct Visit {
    std::size_t number, next;
  };

  void step(std::vector<Mark>& marks) {
    Visit& top = path_.back();
    if (top.next == edges_[top.number].size()) {
      marks[top.number] = Mark::done;
      path_.pop_back();
      return;
    }
    const Reference& reference = edges_[top.number][top.next++];
    if (marks[reference.to] == Mark::open) complain_circle(reference);
    if (marks[reference.to] != Mark::fresh) return;
    marks[reference.to] = Mark::open;
    path_.push_back({reference.to, 0});
  }

  template <typename Take>
  static void for_each_text(const Entry& entry, const Take& take) {
    const auto take_text = [&](const TomlNode& node) {
      if (node.is(TomlNode::Type::text)) take(node);
    };
    if (entry.value.is(TomlNode::Type::array)) std::ranges::for_each(entry.value.items, take_text);
    else take_text(entry.value);
  }

  void read_list(std::size_t number, const Entry* entry, bool is_whole) {
    if (entry == nullptr) return;
    for_each_text(*entry, [&](const TomlNode& node) { read_one(number, *entry, node, is_whole); });
  }

  void read_one(std::size_t number, const Entry& entry, const TomlNode& node, bool is_whole) {
    const auto found = numbers_.find(node.text);
    if (found == numbers_.end()) {
      // The target may stand in a line that could not be read.
      if (is_whole) complain_unknown(entry, node);
    } else if (found->second == number) {
      findings_.add(node.place, say(findings_.language(), config_words::needs_itself, entry.key));
    } else {
      edges_[number].push_back({found->second, node.place});
    }
  }

  void read_mention(const TargetDraft::Mention& mention, const TomlNode& node) {
    const auto found = numbers_.find(node.text);
    if (found == numbers_.end()) return complain_unknown(*mention.entry, node);
    const std::string& kind = drafts_[found->second].target.kind;
    if (mention.kind != "*" && kind != mention.kind)
      findings_.add(
          node.place,
          say(findings_.language(), config_words::wrong_kind,
              printable(node.text, limits::name_bytes), kind),
          say(findings_.language(), config_words::right_kind, mention.entry->key, mention.kind));
  }

  void complain_unknown(const Entry& entry, const TomlNode& node) {
    std::string hint;
    // Every name against every other would be slow in a large file full of errors.
    if (!findings_.is_full()) {
      std::vector<std::string_view> names;
      for (const auto& [name, number] : numbers_) names.push_back(name);
      std::ranges::sort(names);
      const auto near = nearest(node.text, names);
      if (!near.empty()) hint = say(findings_.language(), config_words::did_you_mean, near);
    }
    findings_.add(node.place,
                  say(findings_.language(), config_words::unknown_target, entry.key,
                      printable(node.text, limits::name_bytes)),
                  hint);
  }

  void complain_circle(const Reference& last) {
    auto at = std::ranges::find(path_, last.to, &Visit::number);
    const std::string first = drafts_[last.to].target.name;
    std::string line = first;
    std::size_t shown = 0;
    for (++at; at != path_.end(); ++at) {
      if (++shown == shown_names) {
        line += " -> ...";
        break;
      }
      line += " -> " + drafts_[at->number].target.name;
    }
    findings_.add(last.place,
                  say(findings_.language(), config_words::circle, line + " -> " + first),
                  say(findings_.language(), config_words::cut_circle));
  }

  const std::vector<TargetDraft>& drafts_;
  Findings& findings_;
  Numbers numbers_;
  std::vector<std::vector<Reference>> edges_;
  std::vector<Visit> path_;
};

}  // namespace

void check_references(const std::vector<TargetDraft>& drafts,
                      const std::vector<MaintenanceDraft>& windows, Findings& findings,
                      bool is_whole) {
  References references(drafts, findings);
  references.read(is_whole);
  // A name that is missing may stand in a line that could not be read.
  if (is_whole) references.read_windows(windows);
  if (is_whole) references.read_mentions();
  references.find_circles();
}

}  // namespace siaga
