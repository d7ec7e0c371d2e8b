// Which UPSes an upsd knows: one short conversation. Never logs in, never
// sends a command.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/loop/tcp_stream.h"
#include "probes/wire/upsd_list.h"

namespace siaga {

class UpsdListing {
 public:
  using Done = std::move_only_function<void(UpsdList)>;

  // `done` comes once on a later turn, also when nobody listens there; it may destroy this. No
  // deadline of its own.
  UpsdListing(Loop& loop, const Endpoint& server, Done done);
  UpsdListing(const UpsdListing&) = delete;
  UpsdListing& operator=(const UpsdListing&) = delete;

 private:
  void connected(const Result<void>& result);
  void take(const Result<std::span<const std::byte>>& chunk);
  void end(UpsdList list);

  Done done_;
  std::string answer_;
  std::unique_ptr<TcpStream> stream_;
};

}  // namespace siaga
