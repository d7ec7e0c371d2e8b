// Bytes of a stranger's upsd into what finds the end of its answer and into what reads it, or a
// list. The first byte says how the bytes are cut into segments. What must hold: it ends, it stays
// within its limits, the cuts make no difference, and the status is plain text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/check.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"
#include "agent/net/ups_exchange_frame.h"
#include "probes/wire/nut.h"
#include "probes/wire/upsd_list.h"

namespace {

struct Ending {
  siaga::UpsFrame::State state = siaga::UpsFrame::State::more;
  std::string text;
};

Ending taken(std::string_view bytes, std::size_t step) {
  siaga::UpsFrame frame(siaga::UpsScheme::nut, "office");
  Ending ending;
  while (!bytes.empty() && ending.state == siaga::UpsFrame::State::more) {
    ending.state = frame.take(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  if (ending.state == siaga::UpsFrame::State::whole) ending.text = frame.take_text();
  return ending;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace siaga;
  if (size == 0 || size > limits::ups_answer_bytes) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Ending at_once = taken(bytes, bytes.size());
  const Ending in_pieces = taken(bytes, data[0] % 16U + 1U);
  // An answer that is whole is the same, however it was cut; what broke may break earlier or later.
  if (at_once.state == UpsFrame::State::whole && in_pieces.state == UpsFrame::State::whole)
    CHECK(at_once.text == in_pieces.text);
  CHECK(at_once.text.size() <= limits::ups_answer_bytes);

  const UpsTelling telling = parse_nut_answer(bytes);
  CHECK(telling.variables.size() <= limits::ups_variables);
  CHECK(is_valid_utf8(telling.facts.words) && is_valid_utf8(telling.detail));
  CHECK((telling.reason == Reason::none) == telling.detail.empty());
  CHECK(telling.reason != Reason::none || !telling.facts.words.empty());

  if (const auto list = parse_upsd_list(bytes)) {
    CHECK(list->upses.size() <= limits::upsd_list_upses);
    CHECK(list->is_upsd || list->upses.empty());
    for (const ListedUps& ups : list->upses)
      CHECK(is_valid_utf8(ups.name) && is_valid_utf8(ups.description));
  }
  return 0;
}
