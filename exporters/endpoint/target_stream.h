// A stream that is an opening, one text per target, and a close.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/engine/snapshot.h"
#include "exporters/line_writer.h"
#include "exporters/text_stream.h"

namespace siaga {

class TargetStream final : public TextStream {
 public:
  using OneTarget = std::function<std::string(const TargetStatus&, const Dating&, bool is_first)>;

  TargetStream(std::shared_ptr<const Snapshot> snapshot, std::string opening, OneTarget one_target,
               std::string closing)
      : snapshot_(std::move(snapshot)),
        opening_(std::move(opening)),
        one_target_(std::move(one_target)),
        closing_(std::move(closing)) {}

  std::size_t produce(std::span<char> out) override {
    lines_.start(out);
    while (!lines_.is_full() && next_ < snapshot_->targets.size() + 2) lines_.raw(piece(next_++));
    return lines_.written();
  }

 private:
  std::string piece(std::size_t index) const {
    if (index == 0) return opening_;
    if (index == snapshot_->targets.size() + 1) return closing_;
    return one_target_(*snapshot_->targets[index - 1], snapshot_->dating, index == 1);
  }

  const std::shared_ptr<const Snapshot> snapshot_;
  const std::string opening_;
  const OneTarget one_target_;
  const std::string closing_;
  LineWriter lines_;
  std::size_t next_ = 0;
};

}  // namespace siaga
