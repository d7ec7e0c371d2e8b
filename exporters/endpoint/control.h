// What only this machine's people may ask, over the control socket in the state directory: flush
// the journal, declare maintenance. The socket's permissions are the door; none of this is served
// on [web] listen. The paths and JSON keys are a contract with `siaga outages|report|maintenance`.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "agent/engine/history.h"

namespace siaga {

struct JournalView {
  std::uint64_t ticket = 0, durable_ticket = 0;
  bool is_durable = false;
  std::string trouble, path;
};

struct ControlHandlers {
  std::function<std::uint64_t()> flush;  // the ticket of everything known now
  std::function<JournalView()> journal;
  std::function<std::vector<Window>()> windows;
  struct Declared {
    std::uint64_t id = 0, ticket = 0;
  };
  // Errors are sentences that say what would be right.
  std::function<std::expected<Declared, std::string>(Window)> declare;
  std::function<std::expected<Declared, std::string>(std::uint64_t id)> cancel;
};

// A request's query, decoded, in its order.
using Query = std::vector<std::pair<std::string, std::string>>;

// The window that ?from=UNIX&until=UNIX&target=A&target=B&note=... asks for. Error: what is wrong
// with it.
std::expected<Window, std::string> window_of(const Query& query);
std::expected<std::uint64_t, std::string> window_id_of(const Query& query);

std::string json_of(const JournalView& journal);
std::string json_of(const ControlHandlers::Declared& declared);
std::string json_of(const std::vector<Window>& windows);

}  // namespace siaga
