// The manual pages as man(7): siaga(1) from the tree of commands, siaga.toml(5) from the option
// tables. Pure; only what no table has - files, signals, variables - is written here.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "agent/cli/command_tree.h"
#include "agent/config/section.h"
#include "agent/core/language.h"

namespace siaga {

// `date`: of the page, "2026-11-30".
std::string command_manual(const Command& siaga, Language language, std::string_view date);
std::string configuration_manual(std::span<const KindSchema> kinds, Language language,
                                 std::string_view date);

// siaga.toml(5)'s example.
std::string_view configuration_example();

// What both pages begin and end with.
std::string manual_title(std::string_view name, int section, Text group, Language language,
                         std::string_view date);
inline constexpr Text manual_group{"Siaga", "Siaga"};
inline constexpr Text manual_choices{"One of {}.", "Salah satu dari {}."};
// A term, troff already, and its description.
struct ManualItem {
  std::string_view term;
  Text what;
};
std::string manual_items(std::span<const ManualItem> items, Language language);

}  // namespace siaga
