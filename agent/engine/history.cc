// Names of what the journal keeps.
#include "agent/engine/history.h"

#include <array>

namespace siaga {
namespace {

constexpr std::array<std::string_view, node_role_count> role_names{"target", "link", "mains"};
constexpr std::array<std::string_view, outage_end_count> end_names{"open", "recovered",
                                                                   "maintenance", "removed"};
constexpr std::array<std::string_view, dark_class_count> dark_names{
    "power", "power_suspected", "panic", "reboot", "crash", "stop"};

constexpr std::array<std::string_view, note_kind_count> note_names{
    "brown_out", "brown_out_end", "exhaustion", "cut_end", "switch_over", "path"};

}  // namespace

std::string_view name(NodeRole role) { return role_names.at(static_cast<std::size_t>(role)); }
std::string_view name(OutageEnd end) { return end_names.at(static_cast<std::size_t>(end)); }
std::string_view name(DarkClass dark) { return dark_names.at(static_cast<std::size_t>(dark)); }
std::string_view name(NoteKind kind) { return note_names.at(static_cast<std::size_t>(kind)); }

}  // namespace siaga
