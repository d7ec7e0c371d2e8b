#include "tests/support/test_loop.h"

#include <signal.h>

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "agent/loop/timer.h"

namespace siaga::tests {
namespace {

constexpr Duration look_interval = std::chrono::milliseconds(2);

}  // namespace

class TestLoop::Watchdog {
 public:
  // Signals are for the thread that turns the loop: this one, waiting, would sit on them.
  explicit Watchdog(Duration patience) : patience_(patience) {
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread_ = std::thread([this] { watch(); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }
  ~Watchdog() {
    change([this] { is_over_ = true; });
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void begin(const char* what) {
    change([this, what] {
      what_ = what;
      deadline_ = std::chrono::steady_clock::now() + patience_;
    });
  }
  void end() {
    change([this] { what_ = nullptr; });
  }

 private:
  template <typename Change>
  void change(Change apply) {
    const std::lock_guard lock(mutex_);
    apply();
    changed_.notify_one();
  }

  void watch() {
    std::unique_lock lock(mutex_);
    while (!is_over_) {
      if (what_ == nullptr) changed_.wait(lock);
      else if (changed_.wait_until(lock, deadline_) == std::cv_status::timeout &&
               what_ != nullptr && std::chrono::steady_clock::now() >= deadline_)
        bark();
    }
  }

  [[noreturn]] void bark() const {
    std::fprintf(stderr, "TestLoop: %s did not end within %.1f s\n", what_, seconds(patience_));
    std::abort();
  }

  const Duration patience_;
  std::mutex mutex_;
  std::condition_variable changed_;
  const char* what_ = nullptr;
  std::chrono::steady_clock::time_point deadline_;
  bool is_over_ = false;
  std::thread thread_;
};

TestLoop::TestLoop(Duration patience)
    : watchdog_(std::make_unique<Watchdog>(patience)), loop_(std::make_unique<Loop>()) {
  // A thread's first blocking call makes what GCC 12's TSan keeps of its signals, and a signal that
  // comes during that is lost for good (a SIGCHLD: the test hangs). So it is made before any child.
  loop_->run_ready();
}

TestLoop::~TestLoop() {
  watchdog_->begin("closing the loop");
  loop_.reset();
  watchdog_->end();
}

void TestLoop::run_until(std::function<bool()> predicate) {
  if (predicate()) return;
  watchdog_->begin("run_until()");
  Timer look(*loop_, [&look] { look.start_after(look_interval); });
  look.start_after(look_interval);
  EachTurn each_turn(*loop_, [&] {
    if (predicate()) loop_->stop();
  });
  loop_->run();
  watchdog_->end();
}

void TestLoop::run_until_idle() {
  watchdog_->begin("run_until_idle()");
  loop_->run();
  watchdog_->end();
}

void TestLoop::run_ready(int turns) {
  watchdog_->begin("run_ready()");
  for (int turn = 0; turn < turns; ++turn) loop_->run_ready();
  watchdog_->end();
}

void TestLoop::run_for(Duration duration) {
  watchdog_->begin("run_for()");
  Timer over(*loop_, [this] { loop_->stop(); });
  over.start_after(duration);
  loop_->run();
  watchdog_->end();
}

}  // namespace siaga::tests
