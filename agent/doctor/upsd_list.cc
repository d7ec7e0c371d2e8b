#include "agent/doctor/upsd_list.h"

#include <utility>

#include "agent/core/limits.h"

namespace siaga {

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
