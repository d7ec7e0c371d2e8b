// A queue behind a mutex, and an uv_async to wake the loop.
#include "agent/loop/post.h"

#include <mutex>
#include <utility>
#include <vector>

#include "agent/core/check.h"
#include "agent/loop/turns.h"

namespace siaga {

using Tasks = std::vector<std::move_only_function<void()>>;

struct Post::Sender::Shared {
  std::mutex mutex;
  uv_async_t* wake_up = nullptr;  // null once the Post is gone
  Tasks tasks;
};

struct Post::Block final : HandleBlock {
  // Tells Loop::run() that tasks wait, although the handle may be unreferenced.
  struct Queue final : Inbox {
    explicit Queue(Sender::Shared& its_shared) : shared(its_shared) {}
    bool has_tasks() const override {
      const std::lock_guard lock(shared.mutex);
      return !shared.tasks.empty();
    }
    Sender::Shared& shared;
  };

  explicit Block(std::shared_ptr<Sender::Shared> its_shared)
      : shared(std::move(its_shared)), queue(*shared) {}

  void run_tasks();

  uv_async_t async{};
  std::shared_ptr<Sender::Shared> shared;
  Queue queue;
};

void Post::Block::run_tasks() {
  Tasks tasks;
  {
    const std::lock_guard lock(shared->mutex);
    tasks.swap(shared->tasks);
  }
  for (auto& task : tasks) {
    auto moved_out = std::exchange(task, nullptr);
    moved_out();
    if (!is_attached) return;
  }
}

bool Post::Sender::send(std::move_only_function<void()> task) const {
  const std::lock_guard lock(shared_->mutex);
  if (shared_->wake_up == nullptr) return false;
  shared_->tasks.push_back(std::move(task));
  // Under the lock: the handle cannot be closed meanwhile.
  if (shared_->tasks.size() == 1) uv_async_send(shared_->wake_up);
  return true;
}

Post::Post(Loop& loop, bool keeps_loop_alive) {
  sender_.shared_ = std::make_shared<Sender::Shared>();
  block_ = new Block(sender_.shared_);
  constexpr auto woken = [](uv_async_t* async) noexcept { block_of<Block>(async).run_tasks(); };
  CHECK(uv_async_init(loop.raw(), &block_->async, woken) == 0);
  lend(*block_, block_->async);
  if (!keeps_loop_alive) uv_unref(base_of(block_->async));
  turns_of(loop.raw()).inboxes.append(block_->queue);
  const std::lock_guard lock(sender_.shared_->mutex);
  sender_.shared_->wake_up = &block_->async;
}

Post::~Post() {
  Tasks dropped;  // destroyed outside of the lock
  {
    const std::lock_guard lock(sender_.shared_->mutex);
    sender_.shared_->wake_up = nullptr;
    dropped.swap(sender_.shared_->tasks);
  }
  block_->is_attached = false;
  block_->queue.unlink();
  close_handle(base_of(block_->async));
}

}  // namespace siaga
