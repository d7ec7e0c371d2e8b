// What the kernel says over rtnetlink (rtnetlink(7)) as values: links, addresses, default routes of
// the main table; and the questions to it as bytes. Pure: no sockets. No length is trusted; a
// message that makes no sense, or is about something else, has no content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "agent/core/address.h"

namespace siaga {

// Of one interface, all since it was made.
struct InterfaceCounters {
  std::uint64_t received_bytes = 0, sent_bytes = 0;
  std::uint64_t received_packets = 0, sent_packets = 0;
  std::uint64_t received_errors = 0, sent_errors = 0;
  std::uint64_t received_dropped = 0, sent_dropped = 0;
  bool operator==(const InterfaceCounters&) const = default;
};

}  // namespace siaga

namespace siaga::rtnetlink {

// Some messages (of wireless drivers) tell only a part: what they leave out is as before.
struct Link {
  unsigned index = 0;
  bool is_loopback = false;
  bool is_up = false;
  bool has_carrier = false;
  std::optional<std::string> name;
  std::optional<std::string> kind;  // "veth", "bridge"; hardware has none
  std::optional<std::uint32_t> mtu;
  std::optional<std::uint64_t> carrier_changes;
  std::optional<InterfaceCounters> counters;
  bool operator==(const Link&) const = default;
};

struct InterfaceAddress {
  unsigned interface = 0;  // index
  IpNetwork network;       // the address itself as the base; with a peer, a network of one
  std::optional<Address> peer;
  bool is_usable = true;  // false: IPv6 still asks whether it is taken, or it is
  bool operator==(const InterfaceAddress&) const = default;
};

struct Hop {
  unsigned interface = 0;  // index
  std::optional<Address> gateway;
  bool is_dead = false;  // the kernel sends nothing this way at present
  bool operator==(const Hop&) const = default;
};

struct DefaultHops {
  Family family = Family::ip4;
  std::uint32_t metric = 0;
  std::vector<Hop> hops;  // none: a route that refuses or swallows packets ("blackhole default")
  bool operator==(const DefaultHops&) const = default;
};

// The end of an answer; an errno when it is a refusal.
struct End {
  int error = 0;
  bool operator==(const End&) const = default;
};

struct Message {
  std::uint32_t sequence = 0;   // of the question that this answers
  bool is_gone = false;         // what it is about is there no more
  bool is_part = false;         // of a list, that ends with an End
  bool is_interrupted = false;  // a list that changed while it was read: ask again
  std::variant<std::monostate, Link, InterfaceAddress, DefaultHops, End> content;
};

// The messages of one datagram, one after the other.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> datagram) : rest_(datagram) {}
  std::optional<Message> next();

 private:
  std::span<const std::byte> rest_;
};

enum class List : std::uint8_t { links, addresses, routes };
std::vector<std::byte> list_request(List list, std::uint32_t sequence);
// One interface with its counters.
std::vector<std::byte> link_request(unsigned index, std::uint32_t sequence);

}  // namespace siaga::rtnetlink
