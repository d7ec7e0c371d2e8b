// Unix signals through libuv's self-pipe.
#include "agent/loop/signals.h"

#include "agent/core/check.h"
#include "agent/loop/handle.h"

namespace siaga {

struct Signal::Block final : HandleBlock {
  uv_signal_t signal{};
  std::function<void()> callback;
};

Signal::Signal(Loop& loop, int number, std::function<void()> callback) : block_(new Block) {
  block_->callback = std::move(callback);
  CHECK(uv_signal_init(loop.raw(), &block_->signal) == 0);
  lend(*block_, block_->signal);
  constexpr auto arrived = [](uv_signal_t* signal, int) noexcept {
    auto& block = block_of<Block>(signal);
    call(block, block.callback);
  };
  CHECK(uv_signal_start(&block_->signal, arrived, number) == 0);
  uv_unref(base_of(block_->signal));
}

Signal::~Signal() {
  block_->is_attached = false;
  block_->callback = nullptr;
  close_handle(base_of(block_->signal));
}

}  // namespace siaga
