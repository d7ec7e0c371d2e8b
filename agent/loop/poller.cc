// uv_poll_t, with one rule of its own: an error on the descriptor does not end the watching.
#include "agent/loop/poller.h"

#include "agent/core/check.h"
#include "agent/loop/handle.h"

namespace siaga {

struct Poller::Block final : HandleBlock {
  void watch(PollEvents events);
  void ready(int status, int events);

  uv_poll_t poll{};
  PollEvents watched;
  std::function<void(PollEvents)> callback;
};

void Poller::Block::watch(PollEvents events) {
  watched = events;
  const int flags = (events.readable ? UV_READABLE : 0) | (events.writable ? UV_WRITABLE : 0);
  if (flags == 0) {
    uv_poll_stop(&poll);
    return;
  }
  constexpr auto polled = [](uv_poll_t* handle, int status, int ready_events) noexcept {
    block_of<Block>(handle).ready(status, ready_events);
  };
  CHECK(uv_poll_start(&poll, flags, polled) == 0);
}

void Poller::Block::ready(int status, int events) {
  if (status < 0) {
    watch(watched);  // libuv stops at POLLERR
    return call(*this, callback, PollEvents{.readable = true, .writable = true});
  }
  call(
      *this, callback,
      PollEvents{.readable = (events & UV_READABLE) != 0, .writable = (events & UV_WRITABLE) != 0});
}

Result<std::unique_ptr<Poller>> Poller::open(Loop& loop, int fd,
                                             std::function<void(PollEvents)> callback) {
  auto block = std::make_unique<Block>();
  const int status = uv_poll_init(loop.raw(), &block->poll, fd);
  if (status != 0)
    return std::unexpected(
        Error{.tried = "watch", .on = "descriptor", .code = -status, .text = {}});
  block->callback = std::move(callback);
  lend(*block, block->poll);
  return std::unique_ptr<Poller>(new Poller(block.release()));
}

Poller::~Poller() {
  block_->is_attached = false;
  block_->callback = nullptr;
  close_handle(base_of(block_->poll));
}

void Poller::watch(PollEvents events) {
  // Starting again would cost two system calls.
  if (events != block_->watched) block_->watch(events);
}

void Poller::unreference() { uv_unref(base_of(block_->poll)); }

}  // namespace siaga
