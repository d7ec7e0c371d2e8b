#include "agent/doctor/upsd_list.h"

#include <algorithm>
#include <utility>

#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr std::string_view begin_line = "BEGIN LIST UPS";
constexpr std::string_view end_line = "END LIST UPS";

// UPS name "description", with \" and \\ in it.
std::optional<ListedUps> parse_row(std::string_view line) {
  constexpr std::string_view opening = "UPS ";
  if (!line.starts_with(opening)) return {};
  line.remove_prefix(opening.size());
  const auto space = std::min(line.find(' '), line.size());
  ListedUps row{.name = printable(line.substr(0, space), limits::ups_word_bytes),
                .description = {}};
  std::string text;
  const std::string_view quoted = line.substr(std::min(space + 1, line.size()));
  for (std::size_t at = 1; at < quoted.size() && quoted[at] != '"'; ++at) {
    if (quoted[at] == '\\' && at + 1 < quoted.size()) ++at;
    text += quoted[at];
  }
  row.description = printable(text, limits::ups_word_bytes);
  return row;
}

}  // namespace

std::optional<UpsdList> parse_upsd_list(std::string_view answer) {
  UpsdList list;
  while (true) {
    const auto end = answer.find('\n');
    if (end == answer.npos) return {};
    const std::string_view line = answer.substr(0, end);
    answer.remove_prefix(end + 1);
    if (line == begin_line) list.is_upsd = true;
    else if (line.starts_with("ERR ")) return UpsdList{.is_upsd = true, .upses = {}};
    else if (!list.is_upsd || line == end_line) return list;
    else if (auto row = parse_row(line); row && list.upses.size() < limits::upsd_list_upses)
      list.upses.push_back(std::move(*row));
  }
}

UpsdListing::UpsdListing(Loop& loop, const Endpoint& server, Done done)
    : done_(std::move(done)),
      stream_(TcpStream::connect(loop, {.to = server, .source = {}, .interface = {}},
                                 [this](Result<void> result) { connected(result); })) {}

void UpsdListing::connected(const Result<void>& result) {
  if (!result) return end({});
  constexpr std::string_view question = "LIST UPS\n";
  stream_->write(std::as_bytes(std::span(question)));
  stream_->read([this](const Result<std::span<const std::byte>>& chunk) { take(chunk); });
}

void UpsdListing::take(const Result<std::span<const std::byte>>& chunk) {
  if (!chunk || chunk->empty()) return end({});
  answer_.append(reinterpret_cast<const char*>(chunk->data()), chunk->size());
  if (auto list = parse_upsd_list(answer_)) return end(std::move(*list));
  if (answer_.size() > limits::upsd_list_bytes) end({});
}

void UpsdListing::end(UpsdList list) {
  stream_.reset();
  Done done = std::move(done_);
  done(std::move(list));
}

}  // namespace siaga
