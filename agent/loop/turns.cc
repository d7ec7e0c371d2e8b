// The loop's own two handles and the lists they serve.
#include "agent/loop/turns.h"

#include "agent/core/check.h"
#include "agent/core/limits.h"

namespace siaga {
namespace {

void idle_reached(uv_idle_t* idle) noexcept { block_of<Turns>(idle).run_waiting(); }

void prepare_reached(uv_prepare_t* prepare) noexcept {
  auto& turns = block_of<Turns>(prepare);
  if (turns.ends_turns_itself) turns.finish_turn();
  // libuv computes the time to wait from the time that it cached before the callbacks ran.
  uv_update_time(turns.loop);
}

void do_nothing(uv_timer_t*) noexcept {}

}  // namespace

void Link::unlink() {
  previous->next = next;
  next->previous = previous;
  next = previous = this;
}

void Link::append(Link& element) {
  element.unlink();
  element.previous = previous;
  element.next = this;
  previous->next = &element;
  previous = &element;
}

void Link::take_all(Link& other) {
  if (other.is_alone()) return;
  other.append(*this);  // behind the last element: now one ring
  other.unlink();
}

Turns::Turns(uv_loop_t* its_loop) : loop(its_loop) {
  CHECK(uv_idle_init(loop, &idle) == 0);
  lend(*this, idle);
  CHECK(uv_prepare_init(loop, &prepare) == 0);
  lend(*this, prepare);
  CHECK(uv_prepare_start(&prepare, prepare_reached) == 0);
  uv_unref(base_of(prepare));
}

void Turns::add(Waiting& element) {
  waiting.append(element);
  wake();
}

void Turns::wake() { CHECK(uv_idle_start(&idle, idle_reached) == 0); }

void Turns::run_waiting() {
  Link now;
  now.take_all(waiting);
  uv_idle_stop(&idle);
  while (!now.is_alone()) {
    auto* element = static_cast<Waiting*>(now.next);
    element->unlink();
    element->run();  // may delete this and any other element
  }
}

void Turns::finish_turn() {
  Link now;
  now.take_all(recurring);
  while (!now.is_alone()) {
    auto* element = static_cast<Recurring*>(now.next);
    recurring.append(*element);
    element->is_running = true;
    element->run();
    element->is_running = false;
    if (element->is_dropped) delete element;
  }
}

bool Turns::has_posted_tasks() const {
  for (const Link* link = inboxes.next; link != &inboxes; link = link->next)
    if (static_cast<const Inbox*>(link)->has_tasks()) return true;
  return false;
}

// Waits for killed children for a bounded time: one that hangs in the kernel is left to init.
void Turns::reap_children() {
  if (dying.is_alone()) return;
  struct Patience final : HandleBlock {
    uv_timer_t timer{};
  };
  auto* patience = new Patience;
  CHECK(uv_timer_init(loop, &patience->timer) == 0);
  lend(*patience, patience->timer);
  const auto patience_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(limits::shutdown_max).count();
  uv_update_time(loop);
  uv_timer_start(&patience->timer, do_nothing, static_cast<std::uint64_t>(patience_ms), 0);
  while (!dying.is_alone() && uv_is_active(base_of(patience->timer)) != 0)
    uv_run(loop, UV_RUN_ONCE);
  while (!dying.is_alone()) static_cast<Dying*>(dying.next)->abandon();
  close_handle(base_of(patience->timer));
}

void Turns::close() {
  CHECK(waiting.is_alone());    // no Soon outlives its Loop
  CHECK(recurring.is_alone());  // no EachTurn outlives its Loop
  CHECK(inboxes.is_alone());    // no Post outlives its Loop
  close_handle(base_of(idle));
  close_handle(base_of(prepare));
}

char* Turns::incoming() {
  if (!incoming_) incoming_ = std::make_unique_for_overwrite<char[]>(incoming_bytes);
  return incoming_.get();
}

void allocate_for_stream(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) noexcept {
  *buffer = uv_buf_init(turns_of(handle->loop).incoming(), Turns::stream_read_bytes);
}

}  // namespace siaga
