#include "agent/doctor/surroundings.h"

#include <unistd.h>

#include <array>
#include <string_view>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/doctor/local_looks.h"
#include "agent/doctor/network_looks.h"
#include "agent/net/resolver.h"
#include "agent/sensors/interfaces.h"

namespace siaga {
namespace {

constexpr std::uint16_t upsd_port = 3493;
constexpr std::uint16_t apcupsd_port = 3551;

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return {};
  const std::string_view whole(name.data());
  return std::string(whole.substr(0, whole.find('.')));
}

std::vector<std::string> gateways_of(Loop& loop) {
  std::vector<std::string> gateways;
  const auto interfaces = Interfaces::open(loop, [] {});
  if (!interfaces) return gateways;
  for (const Family family : {Family::ip4, Family::ip6}) {
    const DefaultRoute* route = (*interfaces)->default_route(family);
    if (route == nullptr || !route->gateway) continue;
    const Interface* out = (*interfaces)->find(route->interface);
    gateways.push_back(
        fmt::format("{} ({})", to_string(*route->gateway), out == nullptr ? "?" : out->name));
  }
  return gateways;
}

std::vector<std::string> resolvers_of(Loop& loop, const Clock& clock) {
  std::vector<std::string> addresses;
  for (const Endpoint& server : Resolver::create(loop, clock)->servers())
    addresses.push_back(to_string(server.address));
  return addresses;
}

LoopbackUpsFacts upses_at(Loop& loop, const Clock& clock, const UpsDoors& doors) {
  NetworkWanted wanted;
  wanted.upsd = doors.upsd;
  wanted.apcupsd = doors.apcupsd;
  NetworkLooks looks(loop, clock, wanted, [&loop] { loop.stop(); });
  loop.run();
  return looks.seen().loopback_ups;
}

std::string authority(const Endpoint& endpoint, std::uint16_t usual) {
  if (endpoint.port != usual) return to_string(endpoint);
  return endpoint.address.family == Family::ip6 ? "[" + to_string(endpoint.address) + "]"
                                                : to_string(endpoint.address);
}

}  // namespace

UpsDoors usual_ups_doors() {
  const Address loopback = *parse_address("127.0.0.1");
  return {.upsd = Endpoint{loopback, upsd_port}, .apcupsd = Endpoint{loopback, apcupsd_port}};
}

std::vector<std::string> ups_urls(const LoopbackUpsFacts& facts, const UpsDoors& doors) {
  std::vector<std::string> urls;
  if (facts.has_upsd && doors.upsd) {
    for (const ListedUps& ups : facts.upses)
      urls.push_back(fmt::format("nut://{}/{}", authority(*doors.upsd, upsd_port), ups.name));
  }
  if (facts.has_apcupsd && doors.apcupsd)
    urls.push_back("apcupsd://" + authority(*doors.apcupsd, apcupsd_port));
  return urls;
}

Surroundings look_around(const UpsDoors& doors) {
  const SystemClock clock;
  Loop loop;
  return {.host = host_name(),
          .timezone = system_zone(),
          .gateways = gateways_of(loop),
          .resolvers = resolvers_of(loop, clock),
          .upses = ups_urls(upses_at(loop, clock, doors), doors)};
}

}  // namespace siaga
