// What happens between libuv's steps of one turn: things that wait for a coming turn, things to do
// at the end of each turn, and the memory that incoming bytes are read into. One per Loop, found
// through uv_loop_t::data. Private to agent/loop.
//
// libuv's turn is: timers, pending writes, idle (here the Soons run), prepare (here the turn ends),
// wait for I/O, close callbacks.
#pragma once

#include <cstddef>
#include <memory>

#include "agent/loop/handle.h"

namespace siaga {

// An element of a circular list; a list is an element that nobody calls.
struct Link {
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  virtual ~Link() { unlink(); }

  void unlink();
  void append(Link& element);  // to the list that this stands for
  void take_all(Link& other);  // moves the other list's elements into this empty one
  bool is_alone() const { return next == this; }

  Link* next = this;
  Link* previous = this;
};

// Runs once on a coming turn.
struct Waiting : Link {
  virtual void run() = 0;
};

// Runs at the end of each turn, deleted when `is_dropped` is set while it runs.
struct Recurring : Link {
  virtual void run() = 0;
  bool is_running = false;
  bool is_dropped = false;
};

// A queue that other threads fill.
struct Inbox : Link {
  virtual bool has_tasks() const = 0;
};

// A child process that was killed and is not reaped yet.
struct Dying : Link {
  virtual void abandon() = 0;
};

struct Turns final : HandleBlock {
  static constexpr std::size_t datagram_slot_bytes = std::size_t{64} << 10U;  // libuv's slot size
  static constexpr std::size_t datagram_slots = 16;
  static constexpr std::size_t incoming_bytes = datagram_slots * datagram_slot_bytes;
  static constexpr std::size_t stream_read_bytes = std::size_t{64} << 10U;

  explicit Turns(uv_loop_t* its_loop);

  void add(Waiting& waiting);
  void wake();  // the next wait for I/O does not wait
  void run_waiting();
  void finish_turn();
  bool has_posted_tasks() const;
  void reap_children();
  void close();  // frees this

  // For the bytes of one read; valid until the next read of any stream or socket of this loop.
  // Memory is only touched where bytes arrive.
  char* incoming();

  uv_loop_t* loop;
  uv_idle_t idle{};
  uv_prepare_t prepare{};
  Link waiting, recurring, inboxes, dying;
  bool is_in_uv_run = false;
  bool is_stopped = false;
  bool ends_turns_itself = true;  // false while Loop::run_ready() ends its turn after the I/O

 private:
  std::unique_ptr<char[]> incoming_;
};

inline Turns& turns_of(const uv_loop_t* loop) { return *static_cast<Turns*>(loop->data); }
// libuv's allocation callback of pipes and TCP streams: the loop's own incoming(), for one read.
void allocate_for_stream(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) noexcept;

}  // namespace siaga
