#include "exporters/endpoint/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "agent/core/check.h"

namespace siaga {
namespace {

constexpr int level = 1;
constexpr int gzip_window_bits = 15 + 16;  // zlib.h, deflateInit2: 16 asks for a gzip header
constexpr int memory_level = 8;

// Text compressed in one piece at most: about 0.3 ms of CPU.
constexpr std::size_t piece_bytes = 64U << 10U;

class Gzip final : public TextStream {
 public:
  explicit Gzip(std::unique_ptr<TextStream> plain) : plain_(std::move(plain)) {}
  ~Gzip() override { deflateEnd(&state_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  bool begin() {
    return deflateInit2(&state_, level, Z_DEFLATED, gzip_window_bits, memory_level,
                        Z_DEFAULT_STRATEGY) == Z_OK;
  }

  std::size_t produce(std::span<char> out) override {
    if (has_ended_) return 0;
    state_.next_out = reinterpret_cast<Bytef*>(out.data());
    state_.avail_out = static_cast<uInt>(out.size());
    do step();
    while (state_.avail_out == out.size() && !has_ended_);
    return out.size() - state_.avail_out;
  }

 private:
  void step() {
    if (state_.avail_in == 0 && flush_ == Z_NO_FLUSH) refill();
    const int result = deflate(&state_, flush_);
    CHECK(result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR);
    has_ended_ = result == Z_STREAM_END;
    // zlib.h, deflate: a flush is complete when it leaves room in the output.
    if (flush_ == Z_SYNC_FLUSH && state_.avail_out != 0) flush_ = Z_NO_FLUSH;
  }

  // A flush after each piece: zlib would else swallow up to half a megabyte before it gives
  // anything, and the loop would wait for it. Costs about one part in a hundred of the size.
  void refill() {
    const std::size_t count = plain_->produce(piece_);
    state_.next_in = reinterpret_cast<Bytef*>(piece_.data());
    state_.avail_in = static_cast<uInt>(count);
    flush_ = count == 0 ? Z_FINISH : Z_SYNC_FLUSH;
  }

  const std::unique_ptr<TextStream> plain_;
  std::array<char, piece_bytes> piece_{};
  z_stream state_{};
  int flush_ = Z_NO_FLUSH;
  bool has_ended_ = false;
};

}  // namespace

std::unique_ptr<TextStream> gzipped(std::unique_ptr<TextStream> plain) {
  auto stream = std::make_unique<Gzip>(std::move(plain));
  if (!stream->begin()) return nullptr;
  return stream;
}

}  // namespace siaga
