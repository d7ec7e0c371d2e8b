#include "probes/wire/upsd_list.h"

#include <utility>

#include "agent/core/limits.h"
#include "agent/core/split.h"
#include "agent/core/utf8.h"
#include "probes/wire/ups_words.h"

namespace siaga {
namespace {

// UPS name "description".
std::optional<ListedUps> parse_row(std::string_view line) {
  constexpr std::string_view opening = "UPS ";
  if (!line.starts_with(opening)) return std::nullopt;
  line.remove_prefix(opening.size());
  ListedUps row{.name = printable(take_until(line, " "), limits::ups_word_bytes),
                .description = {}};
  const std::size_t begin = line.find('"'), end = line.rfind('"');
  if (begin == end) return row;
  const std::string_view quoted = line.substr(begin + 1, end - begin - 1);
  row.description = printable(nut_unescaped(quoted), limits::ups_word_bytes);
  return row;
}

}  // namespace

std::optional<UpsdList> parse_upsd_list(std::string_view answer) {
  UpsdList list;
  while (answer.contains('\n')) {
    const std::string_view line = take_until(answer, "\n");
    if (line == "BEGIN LIST UPS") list.is_upsd = true;
    else if (line.starts_with("ERR ")) return UpsdList{.is_upsd = true, .upses = {}};
    else if (!list.is_upsd || line == "END LIST UPS") return list;
    else if (auto row = parse_row(line); row && list.upses.size() < limits::upsd_list_upses)
      list.upses.push_back(std::move(*row));
  }
  return std::nullopt;
}

}  // namespace siaga
