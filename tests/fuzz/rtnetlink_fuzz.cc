// Any bytes as the kernel's word on interfaces: what is read is within its limits, and a table of
// interfaces takes it in any order. The first byte cuts the rest into datagrams.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "agent/core/check.h"
#include "agent/core/limits.h"
#include "agent/core/rtnetlink.h"
#include "agent/sensors/interface_table.h"
#include "agent/sensors/uevent.h"

namespace {

void check(const siaga::rtnetlink::Message& message) {
  using namespace siaga;
  if (const auto* link = std::get_if<rtnetlink::Link>(&message.content)) {
    CHECK(link->index != 0);
    CHECK(!link->name || link->name->size() <= limits::interface_name_bytes);
  }
  if (const auto* address = std::get_if<rtnetlink::InterfaceAddress>(&message.content))
    CHECK(address->network.prefix <= address->network.base.octets().size() * 8);
  if (const auto* route = std::get_if<rtnetlink::DefaultHops>(&message.content))
    CHECK(route->hops.size() <= limits::route_hops);
  if (const auto* end = std::get_if<rtnetlink::End>(&message.content)) CHECK(end->error >= 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace siaga;
  if (size == 0) return 0;
  std::span<const std::byte> rest = std::as_bytes(std::span(data + 1, size - 1));
  static_cast<void>(is_of_subsystem(rest, "power_supply"));
  const std::size_t datagram_bytes = data[0] == 0 ? rest.size() + 1 : std::size_t{data[0]} * 16;
  InterfaceTable table;
  std::vector<rtnetlink::DefaultHops> routes;
  while (!rest.empty()) {
    const std::size_t bytes = std::min(datagram_bytes, rest.size());
    rtnetlink::Reader reader(rest.first(bytes));
    while (const auto message = reader.next()) {
      check(*message);
      table.take(*message);
      if (const auto* route = std::get_if<rtnetlink::DefaultHops>(&message->content))
        routes.push_back(*route);
    }
    rest = rest.subspan(bytes);
  }
  table.put_routes(routes);
  table.show([](const std::string&) { return 1'000'000; });
  CHECK(!table.show([](const std::string&) { return 2'000'000; }));
  for (const Family family : {Family::ip4, Family::ip6}) {
    const DefaultRoute* best = table.default_route(family, {});
    CHECK(best == nullptr || table.default_route(family, best->interface) != nullptr);
  }
  return 0;
}
