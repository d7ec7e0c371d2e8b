#include "agent/core/rtnetlink.h"

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include "agent/core/limits.h"

namespace siaga::rtnetlink {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t aligned(std::size_t bytes) {
  return (bytes + NLMSG_ALIGNTO - 1) / NLMSG_ALIGNTO * NLMSG_ALIGNTO;
}

// What is missing of the value is 0.
template <typename Value>
Value value_of(Bytes bytes) {
  Value value{};
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  return value;
}

template <typename Value>
std::optional<Value> whole_value(Bytes bytes) {
  if (bytes.size() < sizeof(Value)) return {};
  return value_of<Value>(bytes);
}

Bytes behind(Bytes bytes, std::size_t count) {
  return bytes.subspan(std::min(aligned(count), bytes.size()));
}

// Calls `each(type, content)` for the attributes up to the first that claims more than is there.
template <typename Each>
void each_attribute(Bytes bytes, Each each) {
  while (bytes.size() >= sizeof(rtattr)) {
    const auto head = value_of<rtattr>(bytes);
    if (head.rta_len < sizeof head || head.rta_len > bytes.size()) return;
    // NLA_F_NESTED and NLA_F_NET_BYTEORDER share the field with the type.
    each(head.rta_type & NLA_TYPE_MASK, bytes.first(head.rta_len).subspan(sizeof head));
    bytes = behind(bytes, head.rta_len);
  }
}

std::optional<Family> family_of(int family) {
  if (family == AF_INET) return Family::ip4;
  if (family == AF_INET6) return Family::ip6;
  return {};
}

std::optional<Address> address_of(Family family, Bytes bytes) {
  Address address{.family = family};
  const std::size_t wanted = address.octets().size();
  if (bytes.size() != wanted) return {};
  std::memcpy(address.bytes.data(), bytes.data(), wanted);
  return address;
}

bool is_link_local_6(const Address& address) {
  return address.family == Family::ip6 && address.bytes[0] == 0xFE &&
         (address.bytes[1] & 0xC0U) == 0x80U;
}

std::string text_of(Bytes bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return std::string(text.substr(0, std::min(text.find('\0'), limits::interface_name_bytes)));
}

InterfaceCounters counters_of(Bytes bytes) {
  // Kernels append fields; a shorter one is from an older kernel.
  const auto all = value_of<rtnl_link_stats64>(bytes);
  return {.received_bytes = all.rx_bytes,
          .sent_bytes = all.tx_bytes,
          .received_packets = all.rx_packets,
          .sent_packets = all.tx_packets,
          .received_errors = all.rx_errors,
          .sent_errors = all.tx_errors,
          .received_dropped = all.rx_dropped,
          .sent_dropped = all.tx_dropped};
}

std::optional<std::string> kind_of(Bytes information) {
  std::optional<std::string> kind;
  each_attribute(information, [&](unsigned type, Bytes content) {
    if (type == IFLA_INFO_KIND) kind = text_of(content);
  });
  return kind;
}

std::optional<Link> parse_link(Bytes body) {
  const auto head = whole_value<ifinfomsg>(body);
  // A bridge speaks of its ports in the same group, also of a port that leaves it (AF_BRIDGE).
  if (!head || head->ifi_family != AF_UNSPEC || head->ifi_index <= 0) return {};
  Link link{.index = static_cast<unsigned>(head->ifi_index),
            .is_loopback = (head->ifi_flags & IFF_LOOPBACK) != 0,
            .is_up = (head->ifi_flags & IFF_UP) != 0,
            .has_carrier = (head->ifi_flags & IFF_LOWER_UP) != 0};
  each_attribute(behind(body, sizeof *head), [&](unsigned type, Bytes content) {
    if (type == IFLA_IFNAME) link.name = text_of(content);
    if (type == IFLA_LINKINFO) link.kind = kind_of(content);
    if (type == IFLA_MTU) link.mtu = whole_value<std::uint32_t>(content);
    if (type == IFLA_CARRIER_CHANGES) link.carrier_changes = whole_value<std::uint32_t>(content);
    if (type == IFLA_STATS64) link.counters = counters_of(content);
  });
  return link;
}

std::optional<InterfaceAddress> parse_address(Bytes body) {
  const auto head = whole_value<ifaddrmsg>(body);
  if (!head || head->ifa_index == 0) return {};
  const auto family = family_of(head->ifa_family);
  if (!family) return {};
  std::optional<Address> local, other;
  std::uint32_t flags = head->ifa_flags;
  each_attribute(behind(body, sizeof *head), [&](unsigned type, Bytes content) {
    if (type == IFA_LOCAL) local = address_of(*family, content);
    if (type == IFA_ADDRESS) other = address_of(*family, content);
    if (type == IFA_FLAGS) flags = value_of<std::uint32_t>(content);
  });
  if (!local) std::swap(local, other);  // IPv6 without a peer
  if (!local) return {};
  const unsigned longest = *family == Family::ip4 ? 32 : 128;
  const bool has_peer = other && *other != *local;
  const unsigned prefix = has_peer ? longest : head->ifa_prefixlen;
  if (prefix > longest) return {};
  const bool is_asking = (flags & IFA_F_TENTATIVE) != 0 && (flags & IFA_F_OPTIMISTIC) == 0;
  return InterfaceAddress{.interface = head->ifa_index,
                          .network = {.base = *local, .prefix = static_cast<std::uint8_t>(prefix)},
                          .peer = has_peer ? other : std::nullopt,
                          .is_usable = !is_asking && (flags & IFA_F_DADFAILED) == 0};
}

struct ParsedHop {
  Hop hop;
  void take(unsigned type, Bytes content, Family family) {
    if (type == RTA_GATEWAY) hop.gateway = address_of(family, content);
    if (type == RTA_VIA && content.size() > sizeof(std::uint16_t)) {
      const auto via_family = family_of(value_of<std::uint16_t>(content));
      if (via_family) hop.gateway = address_of(*via_family, content.subspan(sizeof(std::uint16_t)));
    }
  }
  Hop finish() {
    if (hop.gateway && is_link_local_6(*hop.gateway)) hop.gateway->scope = hop.interface;
    return hop;
  }
};

std::vector<Hop> parse_hops(Bytes list, Family family) {
  std::vector<Hop> hops;
  while (list.size() >= sizeof(rtnexthop) && hops.size() < limits::route_hops) {
    const auto head = value_of<rtnexthop>(list);
    if (head.rtnh_len < sizeof head || head.rtnh_len > list.size()) break;
    ParsedHop parsed;
    parsed.hop.interface = static_cast<unsigned>(std::max(head.rtnh_ifindex, 0));
    parsed.hop.is_dead = (head.rtnh_flags & RTNH_F_DEAD) != 0;
    each_attribute(behind(list.first(head.rtnh_len), sizeof head),
                   [&](unsigned type, Bytes content) { parsed.take(type, content, family); });
    if (parsed.hop.interface != 0) hops.push_back(parsed.finish());
    list = behind(list, head.rtnh_len);
  }
  return hops;
}

// A route for everything that nothing else is for: no destination, no source, no kind of service;
// not one of the kernel's own copies (RTM_F_CLONED).
bool is_default(const rtmsg& head) {
  return head.rtm_dst_len == 0 && head.rtm_src_len == 0 && head.rtm_tos == 0 &&
         (head.rtm_flags & RTM_F_CLONED) == 0;
}

bool refuses(const rtmsg& head) {
  return head.rtm_type == RTN_BLACKHOLE || head.rtm_type == RTN_UNREACHABLE ||
         head.rtm_type == RTN_PROHIBIT;
}

std::optional<DefaultHops> parse_route(Bytes body) {
  const auto head = whole_value<rtmsg>(body);
  if (!head || !is_default(*head)) return {};
  const auto family = family_of(head->rtm_family);
  if (!family || (head->rtm_type != RTN_UNICAST && !refuses(*head))) return {};
  DefaultHops route{.family = *family};
  std::uint32_t table = head->rtm_table;
  ParsedHop single;
  single.hop.is_dead = (head->rtm_flags & RTNH_F_DEAD) != 0;
  each_attribute(behind(body, sizeof *head), [&](unsigned type, Bytes content) {
    if (type == RTA_TABLE) table = value_of<std::uint32_t>(content);
    if (type == RTA_PRIORITY) route.metric = value_of<std::uint32_t>(content);
    if (type == RTA_OIF) single.hop.interface = value_of<std::uint32_t>(content);
    if (type == RTA_MULTIPATH) route.hops = parse_hops(content, *family);
    single.take(type, content, *family);
  });
  if (table != RT_TABLE_MAIN) return {};
  if (refuses(*head)) route.hops.clear();
  else if (route.hops.empty() && single.hop.interface != 0) route.hops.push_back(single.finish());
  else if (route.hops.empty()) return {};
  return route;
}

End parse_end(Bytes body) {
  const int code = value_of<int>(body);
  return {.error = code < 0 && code > -4096 ? -code : 0};  // errnos end at 4095 (MAX_ERRNO)
}

template <typename Content>
void put(Message& message, std::optional<Content> content) {
  if (content) message.content = std::move(*content);
}

void put_content(Message& message, unsigned type, Bytes body) {
  switch (type) {
    case NLMSG_DONE:
    case NLMSG_ERROR: message.content = parse_end(body); break;
    case RTM_DELLINK:
    case RTM_NEWLINK: put(message, parse_link(body)); break;
    case RTM_DELADDR:
    case RTM_NEWADDR: put(message, parse_address(body)); break;
    case RTM_DELROUTE:
    case RTM_NEWROUTE: put(message, parse_route(body)); break;
    default: break;
  }
}

template <typename Body>
std::vector<std::byte> request(unsigned type, unsigned flags, std::uint32_t sequence,
                               const Body& body) {
  constexpr std::size_t head_bytes = aligned(sizeof(nlmsghdr));
  std::vector<std::byte> bytes(head_bytes + aligned(sizeof body));
  const nlmsghdr head{.nlmsg_len = static_cast<std::uint32_t>(bytes.size()),
                      .nlmsg_type = static_cast<std::uint16_t>(type),
                      .nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags),
                      .nlmsg_seq = sequence,
                      .nlmsg_pid = 0};
  std::memcpy(bytes.data(), &head, sizeof head);
  std::memcpy(bytes.data() + head_bytes, &body, sizeof body);
  return bytes;
}

struct LinkList {
  ifinfomsg head{.ifi_family = AF_UNSPEC,
                 .__ifi_pad = 0,
                 .ifi_type = 0,
                 .ifi_index = 0,
                 .ifi_flags = 0,
                 .ifi_change = 0};
  rtattr mask_head{.rta_len = sizeof(rtattr) + sizeof(std::uint32_t), .rta_type = IFLA_EXT_MASK};
  std::uint32_t mask = RTEXT_FILTER_SKIP_STATS;  // half of each answer
};

}  // namespace

std::optional<Message> Reader::next() {
  const auto head = whole_value<nlmsghdr>(rest_);
  if (!head || head->nlmsg_len < sizeof *head || head->nlmsg_len > rest_.size()) return {};
  Message message{.sequence = head->nlmsg_seq,
                  .is_gone = head->nlmsg_type == RTM_DELLINK || head->nlmsg_type == RTM_DELADDR ||
                             head->nlmsg_type == RTM_DELROUTE,
                  .is_part = (head->nlmsg_flags & NLM_F_MULTI) != 0,
                  .is_interrupted = (head->nlmsg_flags & NLM_F_DUMP_INTR) != 0,
                  .content = {}};
  put_content(message, head->nlmsg_type, behind(rest_.first(head->nlmsg_len), sizeof *head));
  rest_ = behind(rest_, head->nlmsg_len);
  return message;
}

std::vector<std::byte> list_request(List list, std::uint32_t sequence) {
  switch (list) {
    case List::links: return request(RTM_GETLINK, NLM_F_DUMP, sequence, LinkList{});
    case List::addresses: return request(RTM_GETADDR, NLM_F_DUMP, sequence, ifaddrmsg{});
    case List::routes: break;
  }
  return request(RTM_GETROUTE, NLM_F_DUMP, sequence, rtmsg{});
}

std::vector<std::byte> link_request(unsigned index, std::uint32_t sequence) {
  ifinfomsg body{};
  body.ifi_index = static_cast<int>(index);
  return request(RTM_GETLINK, 0, sequence, body);
}

}  // namespace siaga::rtnetlink
