// Messages as bytes, made by hand: what a real kernel sends is tested in tests/agent/sensors.
#include "agent/core/rtnetlink.h"

#include <gtest/gtest.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>

#include "agent/core/limits.h"

namespace siaga::rtnetlink {
namespace {

using Bytes = std::vector<std::byte>;

template <typename Value>
void append(Bytes& bytes, const Value& value) {
  const auto raw = std::as_bytes(std::span(&value, 1));
  bytes.insert(bytes.end(), raw.begin(), raw.end());
  bytes.resize((bytes.size() + 3) / 4 * 4);
}

Bytes attribute(unsigned type, const Bytes& content) {
  Bytes bytes;
  append(bytes, rtattr{.rta_len = static_cast<unsigned short>(sizeof(rtattr) + content.size()),
                       .rta_type = static_cast<unsigned short>(type)});
  bytes.insert(bytes.end(), content.begin(), content.end());
  bytes.resize((bytes.size() + 3) / 4 * 4);
  return bytes;
}

template <typename Value>
Bytes number(Value value) {
  const auto raw = std::as_bytes(std::span(&value, 1));
  return {raw.begin(), raw.end()};
}

Bytes text(std::string_view words) {
  Bytes bytes(words.size() + 1);
  std::memcpy(bytes.data(), words.data(), words.size());
  return bytes;
}

Bytes octets(std::string_view address) {
  const Address parsed = siaga::parse_address(address).value();
  const auto raw = std::as_bytes(parsed.octets());
  return {raw.begin(), raw.end()};
}

template <typename Body>
Bytes message(unsigned type, const Body& body, const std::vector<Bytes>& attributes,
              unsigned flags = 0) {
  Bytes content;
  append(content, body);
  for (const Bytes& one : attributes) content.insert(content.end(), one.begin(), one.end());
  Bytes bytes;
  append(bytes, nlmsghdr{.nlmsg_len = static_cast<unsigned>(sizeof(nlmsghdr) + content.size()),
                         .nlmsg_type = static_cast<unsigned short>(type),
                         .nlmsg_flags = static_cast<unsigned short>(flags),
                         .nlmsg_seq = 7,
                         .nlmsg_pid = 0});
  bytes.insert(bytes.end(), content.begin(), content.end());
  return bytes;
}

ifinfomsg link_head(unsigned flags, int index = 2) {
  ifinfomsg head{};
  head.ifi_index = index;
  head.ifi_flags = flags;
  return head;
}

rtmsg route_head(unsigned char family = AF_INET) {
  rtmsg head{};
  head.rtm_family = family;
  head.rtm_table = RT_TABLE_MAIN;
  head.rtm_type = RTN_UNICAST;
  return head;
}

// The content of the one message in it; a default value when it is something else.
template <typename Content>
std::optional<Content> only(const Bytes& bytes) {
  Reader reader(bytes);
  const auto first = reader.next();
  EXPECT_TRUE(first && !reader.next());
  if (!first || !std::holds_alternative<Content>(first->content)) return {};
  return std::get<Content>(first->content);
}

TEST(Rtnetlink, ReadsALink) {
  rtnl_link_stats64 stats{};
  stats.rx_bytes = 11;
  stats.tx_packets = 12;
  stats.rx_errors = 13;
  stats.tx_dropped = 14;
  const Bytes bytes = message(
      RTM_NEWLINK, link_head(IFF_UP | IFF_LOWER_UP),
      {attribute(IFLA_IFNAME, text("eth0")), attribute(IFLA_MTU, number(std::uint32_t{1500})),
       attribute(IFLA_CARRIER_CHANGES, number(std::uint32_t{5})),
       attribute(IFLA_LINKINFO | NLA_F_NESTED, attribute(IFLA_INFO_KIND, text("veth"))),
       attribute(IFLA_STATS64, number(stats))});

  const InterfaceCounters counters{
      .received_bytes = 11, .sent_packets = 12, .received_errors = 13, .sent_dropped = 14};
  EXPECT_EQ(only<Link>(bytes), (Link{.index = 2,
                                     .is_up = true,
                                     .has_carrier = true,
                                     .name = "eth0",
                                     .kind = "veth",
                                     .mtu = 1500,
                                     .carrier_changes = 5,
                                     .counters = counters}));
}

TEST(Rtnetlink, ReadsALinkMessageThatTellsAPartOnly) {
  const auto link = only<Link>(message(RTM_NEWLINK, link_head(IFF_UP), {}));

  EXPECT_EQ(link, (Link{.index = 2, .is_up = true}));
}

TEST(Rtnetlink, LeavesOutWhatABridgeSaysOfItsPorts) {
  ifinfomsg head = link_head(IFF_UP);
  head.ifi_family = AF_BRIDGE;

  EXPECT_FALSE(only<Link>(message(RTM_DELLINK, head, {})));
  EXPECT_FALSE(only<Link>(message(RTM_NEWLINK, link_head(IFF_UP, -3), {})));
}

TEST(Rtnetlink, SaysWhatIsGoneAndWhoseAnswerItIs) {
  const Bytes bytes = message(RTM_DELLINK, link_head(0), {}, NLM_F_MULTI | NLM_F_DUMP_INTR);

  const auto gone = Reader(bytes).next();

  ASSERT_TRUE(gone);
  EXPECT_TRUE(gone->is_gone && gone->is_part && gone->is_interrupted);
  EXPECT_EQ(gone->sequence, 7U);
}

struct AddressRow {
  const char* what;
  unsigned char family;
  unsigned char prefix;
  const char* local;
  const char* other;
  std::uint32_t flags;
  std::optional<InterfaceAddress> expected;
};

TEST(Rtnetlink, ReadsAddresses) {
  const auto of = [](std::string_view network, std::string_view peer = {}, bool is_usable = true) {
    return InterfaceAddress{.interface = 2,
                            .network = parse_network(network).value(),
                            .peer = siaga::parse_address(peer),
                            .is_usable = is_usable};
  };
  const std::vector<AddressRow> table = {
      {"IPv4", AF_INET, 24, "10.0.0.2", "10.0.0.2", 0, of("10.0.0.2/24")},
      {"IPv4 with a peer", AF_INET, 24, "10.0.0.2", "10.9.0.1", 0, of("10.0.0.2/32", "10.9.0.1")},
      {"IPv6", AF_INET6, 64, nullptr, "fd00::2", 0, of("fd00::2/64")},
      {"IPv6 with a peer", AF_INET6, 64, "fd00::2", "fd00::1", 0, of("fd00::2/128", "fd00::1")},
      {"tentative", AF_INET6, 64, nullptr, "fd00::2", IFA_F_TENTATIVE, of("fd00::2/64", {}, false)},
      {"optimistic", AF_INET6, 64, nullptr, "fd00::2", IFA_F_TENTATIVE | IFA_F_OPTIMISTIC,
       of("fd00::2/64")},
      {"taken", AF_INET6, 64, nullptr, "fd00::2", IFA_F_DADFAILED, of("fd00::2/64", {}, false)},
      {"an impossible prefix", AF_INET, 33, "10.0.0.2", nullptr, 0, {}},
      {"an address of the other family", AF_INET, 24, "fd00::2", nullptr, 0, {}},
      {"no address", AF_INET, 24, nullptr, nullptr, 0, {}},
      {"another protocol", AF_UNIX, 24, "10.0.0.2", nullptr, 0, {}},
  };
  for (const AddressRow& row : table) {
    ifaddrmsg head{};
    head.ifa_family = row.family;
    head.ifa_prefixlen = row.prefix;
    head.ifa_index = 2;
    std::vector<Bytes> attributes{attribute(IFA_FLAGS, number(row.flags))};
    if (row.local != nullptr) attributes.push_back(attribute(IFA_LOCAL, octets(row.local)));
    if (row.other != nullptr) attributes.push_back(attribute(IFA_ADDRESS, octets(row.other)));

    EXPECT_EQ(only<InterfaceAddress>(message(RTM_NEWADDR, head, attributes)), row.expected)
        << row.what;
  }
}

const Bytes through_2 = attribute(RTA_OIF, number(std::uint32_t{2}));

TEST(Rtnetlink, ReadsADefaultRoute) {
  rtmsg head = route_head();
  head.rtm_flags = RTNH_F_DEAD;

  const auto route =
      only<DefaultHops>(message(RTM_NEWROUTE, head,
                                {through_2, attribute(RTA_GATEWAY, octets("10.0.0.1")),
                                 attribute(RTA_PRIORITY, number(std::uint32_t{100}))}));

  const Hop hop{.interface = 2, .gateway = siaga::parse_address("10.0.0.1"), .is_dead = true};
  EXPECT_EQ(route, (DefaultHops{.family = Family::ip4, .metric = 100, .hops = {hop}}));
}

TEST(Rtnetlink, GivesALinkLocalGatewayItsInterface) {
  Bytes via = number(std::uint16_t{AF_INET6});
  const Bytes far = octets("fe80::1");
  via.insert(via.end(), far.begin(), far.end());

  // The attributes may come in any order.
  const auto route =
      only<DefaultHops>(message(RTM_NEWROUTE, route_head(), {attribute(RTA_VIA, via), through_2}));

  ASSERT_TRUE(route && route->hops.size() == 1 && route->hops[0].gateway);
  EXPECT_EQ(route->hops[0].gateway->family, Family::ip6);
  EXPECT_EQ(route->hops[0].gateway->scope, 2U);
}

Bytes next_hop(int interface, std::string_view gateway, unsigned char flags = 0) {
  const Bytes inner = attribute(RTA_GATEWAY, octets(gateway));
  Bytes bytes;
  append(bytes, rtnexthop{.rtnh_len = static_cast<unsigned short>(sizeof(rtnexthop) + inner.size()),
                          .rtnh_flags = flags,
                          .rtnh_hops = 0,
                          .rtnh_ifindex = interface});
  bytes.insert(bytes.end(), inner.begin(), inner.end());
  return bytes;
}

TEST(Rtnetlink, ReadsEveryHopOfAMultipathRoute) {
  Bytes hops = next_hop(2, "10.0.0.1", RTNH_F_DEAD);
  const Bytes second = next_hop(3, "10.1.0.1");
  hops.insert(hops.end(), second.begin(), second.end());

  const auto route = only<DefaultHops>(
      message(RTM_NEWROUTE, route_head(), {attribute(RTA_MULTIPATH | NLA_F_NESTED, hops)}));

  const std::vector<Hop> expected = {
      {.interface = 2, .gateway = siaga::parse_address("10.0.0.1"), .is_dead = true},
      {.interface = 3, .gateway = siaga::parse_address("10.1.0.1"), .is_dead = false}};
  ASSERT_TRUE(route);
  EXPECT_EQ(route->hops, expected);
}

TEST(Rtnetlink, TakesNoMoreHopsThanItsLimit) {
  Bytes hops;
  for (std::size_t count = 0; count < limits::route_hops + 5; ++count) {
    const Bytes hop = next_hop(2, "10.0.0.1");
    hops.insert(hops.end(), hop.begin(), hop.end());
  }

  const auto route =
      only<DefaultHops>(message(RTM_NEWROUTE, route_head(), {attribute(RTA_MULTIPATH, hops)}));

  ASSERT_TRUE(route);
  EXPECT_EQ(route->hops.size(), limits::route_hops);
}

TEST(Rtnetlink, LeavesOutRoutesThatAreNotEverybodysDefault) {
  const auto is_taken = [](const rtmsg& head, const std::vector<Bytes>& more = {}) {
    std::vector<Bytes> attributes{through_2};
    attributes.insert(attributes.end(), more.begin(), more.end());
    return only<DefaultHops>(message(RTM_NEWROUTE, head, attributes)).has_value();
  };
  ASSERT_TRUE(is_taken(route_head()));

  rtmsg to_one = route_head(), from_one = route_head(), for_some = route_head();
  to_one.rtm_dst_len = 8;
  from_one.rtm_src_len = 64;
  for_some.rtm_tos = 16;
  rtmsg copy = route_head(AF_INET6), local = route_head(), bridge = route_head(AF_BRIDGE);
  copy.rtm_flags = RTM_F_CLONED;
  local.rtm_type = RTN_LOCAL;
  for (const rtmsg& head : {to_one, from_one, for_some, copy, local, bridge})
    EXPECT_FALSE(is_taken(head));
  EXPECT_FALSE(is_taken(route_head(), {attribute(RTA_TABLE, number(std::uint32_t{1000}))}));
  EXPECT_FALSE(only<DefaultHops>(message(RTM_NEWROUTE, route_head(), {}))) << "no way out at all";
}

TEST(Rtnetlink, KnowsRoutesThatRefusePackets) {
  for (const unsigned char type : {RTN_BLACKHOLE, RTN_UNREACHABLE, RTN_PROHIBIT}) {
    rtmsg head = route_head();
    head.rtm_type = type;

    const auto route = only<DefaultHops>(message(RTM_NEWROUTE, head, {through_2}));

    ASSERT_TRUE(route);
    EXPECT_TRUE(route->hops.empty());
  }
}

TEST(Rtnetlink, ReadsTheEndOfAnAnswer) {
  EXPECT_EQ(only<End>(message(NLMSG_DONE, int{0}, {})), End{});
  EXPECT_EQ(only<End>(message(NLMSG_ERROR, int{-19}, {})), End{19});
  EXPECT_EQ(only<End>(message(NLMSG_ERROR, int{-2'000'000'000}, {})), End{});
}

// Every length is cut, and every claim of a length exaggerated.
TEST(Rtnetlink, NeverReadsBehindTheEnd) {
  const Bytes whole = message(RTM_NEWROUTE, route_head(),
                              {attribute(RTA_MULTIPATH, next_hop(2, "10.0.0.1")), through_2});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    // A block of its own, so that the sanitizer sees its end.
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    EXPECT_FALSE(Reader(cut).next()) << length;
  }
  for (std::size_t at = sizeof(nlmsghdr); at < whole.size(); ++at) {
    Bytes changed = whole;
    changed[at] = std::byte{0xFF};
    EXPECT_TRUE(Reader(changed).next());
  }
}

TEST(Rtnetlink, ReadsMessagesOneAfterTheOther) {
  Bytes two = message(RTM_NEWLINK, link_head(0), {attribute(IFLA_IFNAME, text("a"))});
  const Bytes second = message(NLMSG_DONE, int{0}, {});
  two.insert(two.end(), second.begin(), second.end());

  Reader reader(two);

  EXPECT_TRUE(std::holds_alternative<Link>(reader.next().value().content));
  EXPECT_TRUE(std::holds_alternative<End>(reader.next().value().content));
  EXPECT_FALSE(reader.next());
}

TEST(Rtnetlink, CutsANameAtItsLimit) {
  const auto link = only<Link>(
      message(RTM_NEWLINK, link_head(0), {attribute(IFLA_IFNAME, text(std::string(300, 'x')))}));

  ASSERT_TRUE(link && link->name);
  EXPECT_EQ(link->name->size(), limits::interface_name_bytes);
}

}  // namespace
}  // namespace siaga::rtnetlink
