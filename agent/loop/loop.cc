// The libuv loop itself: starting, running and closing it.
#include "agent/loop/loop.h"

#include <csignal>
#include <cstdio>

#include "agent/core/check.h"
#include "agent/loop/turns.h"

namespace siaga {
namespace {

// Handles may close other handles in their close callbacks; more rounds than any chain has.
constexpr int closing_rounds = 16;

}  // namespace

Loop::Loop() : loop_(new uv_loop_t) {
  // libuv writes without MSG_NOSIGNAL: a peer that went away must not end the agent.
  std::signal(SIGPIPE, SIG_IGN);
  CHECK(uv_loop_init(loop_.get()) == 0);
  loop_->data = new Turns(loop_.get());
}

Loop::~Loop() = default;

void Loop::Close::operator()(uv_loop_s* loop) const {
  turns_of(loop).reap_children();
  turns_of(loop).close();
  for (int round = 0; round < closing_rounds && uv_run(loop, UV_RUN_NOWAIT) != 0; ++round) {
  }
  const int status = uv_loop_close(loop);
  if (status != 0) uv_print_all_handles(loop, stderr);
  CHECK(status == 0);
  delete loop;
}

void Loop::run() {
  auto& turns = turns_of(raw());
  turns.is_stopped = false;
  do {
    turns.is_in_uv_run = true;
    uv_run(raw(), UV_RUN_DEFAULT);
    turns.is_in_uv_run = false;
    turns.finish_turn();  // libuv ended after its I/O, without a prepare phase
    if (turns.has_posted_tasks()) turns.wake();
  } while (!turns.is_stopped && uv_loop_alive(raw()) != 0);
}

bool Loop::run_ready() {
  auto& turns = turns_of(raw());
  turns.wake();  // a loop that only has unreferenced handles would not turn at all
  turns.ends_turns_itself = false;
  turns.is_in_uv_run = true;
  uv_run(raw(), UV_RUN_NOWAIT);
  turns.is_in_uv_run = false;
  turns.ends_turns_itself = true;
  turns.finish_turn();
  return uv_loop_alive(raw()) != 0;
}

void Loop::stop() {
  auto& turns = turns_of(raw());
  turns.is_stopped = true;
  // Outside of uv_run() the flag would end the next run instead of this one.
  if (turns.is_in_uv_run) uv_stop(raw());
}

Instant Loop::now() const { return Instant(std::chrono::nanoseconds(uv_hrtime())); }

}  // namespace siaga
