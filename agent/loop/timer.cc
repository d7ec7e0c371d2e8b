// Timers on libuv's heap. Instants are absolute and libuv's milliseconds count from the same zero,
// so that neither the cached time of the loop nor rounding can make one fire early.
#include "agent/loop/timer.h"

#include <algorithm>

#include "agent/core/check.h"
#include "agent/loop/turns.h"

namespace siaga {

struct Timer::Block final : HandleBlock {
  // A timer that is due already: libuv 1.44 would run it in the same pass over the timers, and a
  // timer that keeps arming itself for now would hold the loop for ever.
  struct Due final : Waiting {
    explicit Due(Block& its_block) : block(its_block) {}
    void run() override { block.fire(); }
    Block& block;
  };

  void fire() { call(*this, callback); }

  uv_timer_t timer{};
  Due due{*this};
  std::move_only_function<void()> callback;
};

namespace {

// Timers beyond this are as good as never.
constexpr Instant never{std::chrono::hours(24 * 365 * 100)};

std::uint64_t milliseconds_rounded_up(Instant when) {
  const auto since_zero = std::min(when, never).time_since_epoch();
  if (since_zero <= Duration::zero()) return 0;
  return static_cast<std::uint64_t>(
      std::chrono::ceil<std::chrono::milliseconds>(since_zero).count());
}

}  // namespace

Timer::Timer(Loop& loop, std::move_only_function<void()> callback) : block_(new Block) {
  block_->callback = std::move(callback);
  CHECK(uv_timer_init(loop.raw(), &block_->timer) == 0);
  lend(*block_, block_->timer);
}

Timer::~Timer() {
  stop();
  block_->is_attached = false;
  block_->callback = nullptr;
  close_handle(base_of(block_->timer));
}

void Timer::start_at(Instant when) {
  stop();
  const auto due_ms = milliseconds_rounded_up(when);
  const auto now_ms = uv_now(block_->timer.loop);
  if (due_ms <= now_ms) return turns_of(block_->timer.loop).add(block_->due);
  constexpr auto fired = [](uv_timer_t* timer) noexcept { block_of<Block>(timer).fire(); };
  CHECK(uv_timer_start(&block_->timer, fired, due_ms - now_ms, 0) == 0);
}

void Timer::start_after(Duration delay) {
  const Instant now{std::chrono::nanoseconds(uv_hrtime())};
  start_at(delay >= never - now ? never : now + delay);
}

void Timer::stop() {
  block_->due.unlink();
  uv_timer_stop(&block_->timer);
}

bool Timer::is_armed() const {
  return !block_->due.is_alone() || uv_is_active(base_of(block_->timer)) != 0;
}

void Timer::unreference() { uv_unref(base_of(block_->timer)); }

}  // namespace siaga
