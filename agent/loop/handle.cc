// The only place that closes libuv handles.
#include "agent/loop/handle.h"

namespace siaga {
namespace {

void handle_closed(uv_handle_t* handle) noexcept {
  end_use(static_cast<HandleBlock*>(handle->data));
}

}  // namespace

void end_use(HandleBlock* block) noexcept {
  if (--block->uses == 0) delete block;
}

void close_handle(uv_handle_t* handle) noexcept {
  if (uv_is_closing(handle) == 0) uv_close(handle, handle_closed);
}

void reset_handle(uv_tcp_t* handle) noexcept {
  if (uv_is_closing(base_of(*handle)) != 0) return;
  // Refused when the stream is shutting down or has no socket: then there is nothing to reset.
  if (uv_tcp_close_reset(handle, handle_closed) != 0) uv_close(base_of(*handle), handle_closed);
}

}  // namespace siaga
