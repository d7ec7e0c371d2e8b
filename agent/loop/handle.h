// How agent/loop lends memory to libuv: one heap block per owner, holding its libuv handles and
// requests. The owner detaches from its block and closes the handles; the close callback of the
// last one frees the block. Private to agent/loop, like <uv.h> itself.
#pragma once

#include <uv.h>

#include <utility>

#include "agent/core/time.h"

namespace siaga {

struct HandleBlock {
  HandleBlock() = default;
  HandleBlock(const HandleBlock&) = delete;
  HandleBlock& operator=(const HandleBlock&) = delete;
  virtual ~HandleBlock() = default;

  bool is_attached = true;  // an owner is there and wants to be called
  // Open handles, and the owner where it may outlive all of them.
  int uses = 0;
};

template <typename Handle>
uv_handle_t* base_of(Handle& handle) {
  return reinterpret_cast<uv_handle_t*>(&handle);
}

// Hands a handle of the block to libuv's care; after the handle's init succeeded.
template <typename Handle>
void lend(HandleBlock& block, Handle& handle) {
  handle.data = &block;
  ++block.uses;
}

template <typename Block, typename Handle>
Block& block_of(const Handle* handle) {
  return *static_cast<Block*>(static_cast<HandleBlock*>(handle->data));
}

// Ends one of the block's uses; the last one frees it.
void end_use(HandleBlock* block) noexcept;
// Closes a lent handle; its use ends in the close callback.
void close_handle(uv_handle_t* handle) noexcept;
// The same, with a reset instead of a graceful end of the connection.
void reset_handle(uv_tcp_t* handle) noexcept;

// Calls a function that stays for the next time, unless it destroyed its owner or was replaced
// meanwhile. It runs moved out of the block: destroying the owner inside it is fine.
template <typename Function, typename... Arguments>
void call(const HandleBlock& block, Function& slot, Arguments&&... arguments) {
  if (!slot) return;
  Function callback = std::exchange(slot, nullptr);
  callback(std::forward<Arguments>(arguments)...);
  if (block.is_attached && !slot) slot = std::move(callback);
}

}  // namespace siaga
