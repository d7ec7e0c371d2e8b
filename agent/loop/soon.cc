// Results that are known at once and delivered on a coming turn. No libuv handle each.
#include "agent/loop/loop.h"
#include "agent/loop/turns.h"

namespace siaga {

struct Soon::Block final : Waiting {
  explicit Block(std::move_only_function<void()> its_callback)
      : callback(std::move(its_callback)) {}

  void run() override {
    auto moved_out = std::exchange(callback, nullptr);
    moved_out();  // may delete this
  }

  std::move_only_function<void()> callback;
};

Soon::Soon(Loop& loop, std::move_only_function<void()> callback)
    : block_(new Block(std::move(callback))) {
  turns_of(loop.raw()).add(*block_);
}

Soon::~Soon() { delete block_; }

}  // namespace siaga
