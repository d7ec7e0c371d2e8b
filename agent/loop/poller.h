// Watches a descriptor that belongs to somebody else (c-ares, libcurl, libmicrohttpd, raw sockets).
#pragma once

#include <functional>
#include <memory>

#include "agent/core/result.h"
#include "agent/loop/loop.h"

namespace siaga {

struct PollEvents {
  bool readable = false;
  bool writable = false;
  bool operator==(const PollEvents&) const = default;
};

class Poller {
 public:
  // `fd` must be a pollable descriptor and stay open until the Poller is destroyed; it may be
  // closed right after. The descriptor is made non-blocking. `callback` may destroy the Poller. An
  // error condition on the descriptor is reported as readable and writable, so that the owner's own
  // read or write meets the errno. Nothing is watched before watch(). Error: EPERM for regular
  // files, ENOMEM, EEXIST when another Poller watches it.
  static Result<std::unique_ptr<Poller>> open(Loop& loop, int fd,
                                              std::function<void(PollEvents)> callback);
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // What to wait for from now on; {} waits for nothing.
  void watch(PollEvents events);
  void unreference();

 private:
  struct Block;
  explicit Poller(Block* block) : block_(block) {}
  Block* block_;
};

}  // namespace siaga
