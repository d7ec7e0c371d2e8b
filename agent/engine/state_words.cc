#include "agent/engine/state_words.h"

#include <array>

namespace siaga {
namespace {

struct Words {
  Text of_target, of_mains;
};
constexpr std::array<Words, state_count> all_words{{
    {.of_target = {"pending", "menunggu"}, .of_mains = {"pending", "menunggu"}},
    {.of_target = {"up", "hidup"}, .of_mains = {"on", "menyala"}},
    {.of_target = {"down", "mati"}, .of_mains = {"off", "padam"}},
    {.of_target = {"unknown", "tidak diketahui"}, .of_mains = {"unknown", "tidak diketahui"}},
    {.of_target = {"maintenance", "pemeliharaan"}, .of_mains = {"maintenance", "pemeliharaan"}},
}};

}  // namespace

Text word(State state, bool is_mains) {
  const Words& words = all_words.at(static_cast<std::size_t>(state));
  return is_mains ? words.of_mains : words.of_target;
}

std::optional<State> state_named(std::string_view word) {
  for (std::size_t index = 0; index < state_count; ++index) {
    if (name(static_cast<State>(index)) == word) return static_cast<State>(index);
  }
  return std::nullopt;
}

}  // namespace siaga
