// Bytes from strangers -> the dialogue's step machine: no crash, bounded memory, always an end.
// The first byte of each piece is its length; a length of 0 is the peer's end.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "agent/core/limits.h"
#include "probes/dialogue.h"

namespace {

using siaga::Dialogue;

Dialogue::Need settle(Dialogue& dialogue, Dialogue::Need need) {
  while (need == Dialogue::Need::send || need == Dialogue::Need::start_tls) need = dialogue.next();
  return need;
}

const std::vector<siaga::DialogueStep>& steps() {
  static const std::vector<siaga::DialogueStep> made{
      {.expect = {*siaga::Pattern::compile("^220[ -](?P<banner>[^\\r\\n]*)")}},
      {.send = "EHLO ${banner} ${0} ${9} $${1} ${\r\n"},
      {.expect = {*siaga::Pattern::compile("(?m)^250 STARTTLS")}},
      {.send = "STARTTLS\r\n"},
      {.expect = {*siaga::Pattern::compile("^220 ")}},
      {.starttls = true},
      {.expect = {*siaga::Pattern::compile("(a|b)*c")}},
      {.send = "${1}"}};
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  Dialogue dialogue(steps());
  auto need = settle(dialogue, dialogue.next());
  while (need == Dialogue::Need::bytes && !input.empty()) {
    const auto length = static_cast<std::uint8_t>(input.front());
    input.remove_prefix(1);
    const auto piece = input.substr(0, length);
    input.remove_prefix(piece.size());
    need = settle(dialogue, length == 0 ? dialogue.end() : dialogue.receive(piece));
    if (dialogue.heard().size() > siaga::limits::dialogue_bytes + 256) std::abort();
  }
  if (need == Dialogue::Need::bytes) dialogue.time_out();
  return 0;
}
