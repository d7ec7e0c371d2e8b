// Bytes of a stranger's apcupsd into what finds the end of its answer and into what reads it. The
// first byte says how the bytes are cut into segments.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/core/check.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"
#include "agent/net/ups_exchange_frame.h"
#include "probes/wire/apcupsd.h"

namespace {

std::string text_of(std::string_view bytes, std::size_t step) {
  siaga::UpsFrame frame(siaga::UpsScheme::apcupsd, "");
  auto state = siaga::UpsFrame::State::more;
  while (!bytes.empty() && state == siaga::UpsFrame::State::more) {
    state = frame.take(bytes.substr(0, step));
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  return frame.take_text();
}

void check(const siaga::UpsTelling& telling) {
  using namespace siaga;
  CHECK(telling.variables.size() <= limits::ups_variables);
  CHECK(is_valid_utf8(telling.facts.words) && is_valid_utf8(telling.detail));
  CHECK((telling.reason == Reason::none) == telling.detail.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > siaga::limits::ups_answer_bytes) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string at_once = text_of(bytes, bytes.size());
  CHECK(at_once == text_of(bytes, data[0] % 16U + 1U));
  CHECK(at_once.size() <= 2 * siaga::limits::ups_answer_bytes);
  check(siaga::parse_apcupsd_answer(at_once));
  check(siaga::parse_apcupsd_answer(bytes));
  return 0;
}
