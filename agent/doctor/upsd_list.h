// Which UPSes an upsd knows: LIST UPS (RFC 9271), one short conversation. Never logs in, never
// sends a command.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/doctor/facts.h"
#include "agent/loop/tcp_stream.h"

namespace siaga {

// The UPSes of a whole answer, at most limits::upsd_list_upses; none: more must come. An answer
// that cannot be upsd's is an empty list with `is_upsd` false.
struct UpsdList {
  bool is_upsd = false;
  std::vector<ListedUps> upses;
};
std::optional<UpsdList> parse_upsd_list(std::string_view answer);

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
