// The only way from another thread to the loop.
#pragma once

#include <functional>
#include <memory>

#include "agent/loop/loop.h"

namespace siaga {

class Post {
 public:
  // Thread-safe; may outlive the Post, then does nothing and returns false.
  class Sender {
   public:
    bool send(std::move_only_function<void()> task) const;

   private:
    friend class Post;
    struct Shared;
    std::shared_ptr<Shared> shared_;
  };

  // Tasks run on the loop's thread in the order sent. A Post with no task waiting does not keep the
  // loop alive unless `keeps_loop_alive`. Tasks that have not run when it is destroyed are dropped.
  explicit Post(Loop& loop, bool keeps_loop_alive = false);
  ~Post();
  Post(const Post&) = delete;
  Post& operator=(const Post&) = delete;

  Sender sender() const { return sender_; }

 private:
  struct Block;
  Block* block_;
  Sender sender_;
};

}  // namespace siaga
