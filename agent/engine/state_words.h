// A state in the words that users read; keys and metrics have name(State).
#pragma once

#include <optional>
#include <string_view>

#include "agent/core/language.h"
#include "agent/engine/snapshot.h"

namespace siaga {

// A mains is on or off where everything else is up or down.
Text word(State state, bool is_mains = false);
// By name(State); nothing for another word.
std::optional<State> state_named(std::string_view word);

}  // namespace siaga
