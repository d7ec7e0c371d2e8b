#include "agent/config/merge.h"

#include <iterator>

#include "agent/config/words.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

void merge_table(TomlNode& into, TomlNode from, const std::string& path, Findings& findings);

void merge_entry(TomlNode& into, Entry entry, const std::string& path, Findings& findings) {
  const auto same = std::ranges::find(into.entries, entry.key, &Entry::key);
  if (same == into.entries.end()) {
    into.entries.push_back(std::move(entry));
    return;
  }
  const std::string name = path + entry.key;
  if (same->value.is(TomlNode::Type::table) && entry.value.is(TomlNode::Type::table)) {
    merge_table(same->value, std::move(entry.value), name + ".", findings);
  } else if (same->value.is_table_array() && entry.value.is_table_array() && path.empty()) {
    same->value.items.insert(same->value.items.end(),
                             std::make_move_iterator(entry.value.items.begin()),
                             std::make_move_iterator(entry.value.items.end()));
  } else {
    findings.add(
        entry.place,
        say(findings.language(), config_words::set_elsewhere, printable(name, limits::name_bytes),
            findings.file_name(same->place), same->place.line),
        say(findings.language(), config_words::keep_one));
  }
}

void merge_table(TomlNode& into, TomlNode from, const std::string& path, Findings& findings) {
  for (Entry& entry : from.entries) merge_entry(into, std::move(entry), path, findings);
}

}  // namespace

void merge(TomlNode& into, TomlNode from, Findings& findings) {
  merge_table(into, std::move(from), "", findings);
}

}  // namespace siaga
