#include "agent/clock/shutdown.h"

#include <utility>

#include "agent/core/limits.h"

namespace siaga {

ShutdownInquiry::ShutdownInquiry(Loop& loop, Answered answered, std::string systemctl)
    : answered_(std::move(answered)),
      process_(Process::start(
          loop, {.arguments = {std::move(systemctl), "is-system-running"}, .environment = {}},
          [this](const Result<ProcessResult>& result) {
            // Its exit status is 1 for every state but "running".
            answer(result.has_value() && result->output.starts_with("stopping"));
          })),
      deadline_(std::make_unique<Timer>(loop, [this] { answer(false); })) {
  deadline_->start_after(limits::shutdown_inquiry);
}

void ShutdownInquiry::answer(bool is_shutting_down) {
  process_.reset();
  deadline_.reset();
  Answered answered = std::move(answered_);
  answered(is_shutting_down);
}

}  // namespace siaga
