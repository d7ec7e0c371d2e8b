// Work at the end of every turn.
#include "agent/loop/loop.h"
#include "agent/loop/turns.h"

namespace siaga {

struct EachTurn::Block final : Recurring {
  explicit Block(std::function<void()> its_callback) : callback(std::move(its_callback)) {}

  void run() override { callback(); }

  std::function<void()> callback;
};

EachTurn::EachTurn(Loop& loop, std::function<void()> callback)
    : block_(new Block(std::move(callback))) {
  turns_of(loop.raw()).recurring.append(*block_);
}

EachTurn::~EachTurn() {
  block_->unlink();
  block_->is_dropped = true;
  if (!block_->is_running) delete block_;
}

}  // namespace siaga
