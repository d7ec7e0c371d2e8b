#include "agent/core/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace siaga {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0 || port > 65535)
    return {};
  return static_cast<std::uint16_t>(port);
}

std::optional<Address> parse_ip6(std::string_view text) {
  std::string host(text.substr(0, text.find('%')));
  Address address{.family = Family::ip6};
  if (inet_pton(AF_INET6, host.c_str(), address.bytes.data()) != 1) return {};
  if (host.size() == text.size()) return address;
  const std::string interface(text.substr(host.size() + 1));
  address.scope = if_nametoindex(interface.c_str());
  if (address.scope == 0) return {};
  return address;
}

Address unmapped(const Address& address) {
  static constexpr std::array<std::uint8_t, 12> prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (address.family == Family::ip4 ||
      !std::ranges::equal(std::span(address.bytes).first(12), prefix))
    return address;
  Address inner{.family = Family::ip4};
  std::copy_n(address.bytes.begin() + 12, 4, inner.bytes.begin());
  return inner;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  if (text.size() > INET6_ADDRSTRLEN + IF_NAMESIZE) return {};
  if (text.contains(':')) return parse_ip6(text);
  Address address;
  if (inet_pton(AF_INET, std::string(text).c_str(), address.bytes.data()) != 1) return {};
  return address;
}

std::string to_string(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.family == Family::ip4 ? AF_INET : AF_INET6, address.bytes.data(), text.data(),
            text.size());
  std::string shown(text.data());
  std::array<char, IF_NAMESIZE> interface{};
  if (address.scope != 0 && if_indextoname(address.scope, interface.data()) != nullptr) {
    shown += '%';
    shown += interface.data();
  }
  return shown;
}

std::uint32_t address_hash(const Address& address) {
  std::uint32_t hash = 2166136261U;
  for (const std::uint8_t octet : address.octets()) hash = (hash ^ octet) * 16777619U;
  return hash;
}

std::string to_string(const Endpoint& endpoint) {
  const std::string host = to_string(endpoint.address);
  return (endpoint.address.family == Family::ip6 ? "[" + host + "]" : host) + ":" +
         std::to_string(endpoint.port);
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const auto split = parse_host_port(text);
  if (!split) return {};
  const auto address = parse_address(split->host);
  if (!address) return {};
  return Endpoint{*address, split->port};
}

unsigned to_sockaddr(const Endpoint& endpoint, sockaddr_storage& storage) {
  std::memset(&storage, 0, sizeof storage);
  if (endpoint.address.family == Family::ip4) {
    sockaddr_in ip4{};
    ip4.sin_family = AF_INET;
    ip4.sin_port = htons(endpoint.port);
    std::memcpy(&ip4.sin_addr, endpoint.address.bytes.data(), 4);
    std::memcpy(&storage, &ip4, sizeof ip4);
    return sizeof ip4;
  }
  sockaddr_in6 ip6{};
  ip6.sin6_family = AF_INET6;
  ip6.sin6_port = htons(endpoint.port);
  ip6.sin6_scope_id = endpoint.address.scope;
  std::memcpy(&ip6.sin6_addr, endpoint.address.bytes.data(), 16);
  std::memcpy(&storage, &ip6, sizeof ip6);
  return sizeof ip6;
}

std::optional<Endpoint> from_sockaddr(const sockaddr* address) {
  Endpoint endpoint;
  if (address->sa_family == AF_INET) {
    sockaddr_in ip4{};
    std::memcpy(&ip4, address, sizeof ip4);
    std::memcpy(endpoint.address.bytes.data(), &ip4.sin_addr, 4);
    endpoint.port = ntohs(ip4.sin_port);
    return endpoint;
  }
  if (address->sa_family != AF_INET6) return {};
  sockaddr_in6 ip6{};
  std::memcpy(&ip6, address, sizeof ip6);
  endpoint.address.family = Family::ip6;
  endpoint.address.scope = ip6.sin6_scope_id;
  std::memcpy(endpoint.address.bytes.data(), &ip6.sin6_addr, 16);
  endpoint.port = ntohs(ip6.sin6_port);
  return endpoint;
}

std::optional<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port) {
  std::string_view host = text;
  std::string_view port;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return {};
    host = text.substr(1, close - 1);
    if (!parse_ip6(host)) return {};
    const auto rest = text.substr(close + 1);
    if (!rest.empty() && !rest.starts_with(':')) return {};
    if (!rest.empty()) port = rest.substr(1);
    if (rest == ":") return {};
  } else if (std::ranges::count(text, ':') == 1) {
    host = text.substr(0, text.find(':'));
    port = text.substr(host.size() + 1);
    if (port.empty()) return {};
  }
  if (!parse_address(host) && !is_host_name(host)) return {};
  if (port.empty()) {
    if (default_port == 0) return {};
    return HostPort{std::string(host), default_port};
  }
  const auto number = parse_port(port);
  if (!number) return {};
  return HostPort{std::string(host), *number};
}

std::string to_string(const HostPort& host_port) {
  const bool is_ip6 = host_port.host.contains(':');
  return (is_ip6 ? "[" + host_port.host + "]" : host_port.host) + ":" +
         std::to_string(host_port.port);
}

bool IpNetwork::contains(const Address& address) const {
  const Address inner = unmapped(address);
  if (inner.family != base.family) return false;
  for (unsigned bit = 0; bit < prefix; bit += 8) {
    const unsigned kept = std::min(8U, prefix - bit);
    const auto mask = static_cast<std::uint8_t>(0xFFU << (8U - kept));
    if (((inner.bytes[bit / 8] ^ base.bytes[bit / 8]) & mask) != 0) return false;
  }
  return true;
}

std::optional<IpNetwork> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto base = parse_address(text.substr(0, slash));
  if (!base) return {};
  const unsigned longest = base->family == Family::ip4 ? 32 : 128;
  unsigned prefix = longest;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (error != std::errc{} || end != digits.data() + digits.size() || prefix > longest) return {};
  }
  return IpNetwork{*base, static_cast<std::uint8_t>(prefix)};
}

bool is_host_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > 253) return false;
  std::size_t label = 0;
  bool is_all_digits = true;
  for (std::size_t index = 0; index < text.size(); ++index) {
    const char letter = text[index];
    if (letter == '.') {
      if (label == 0 || text[index - 1] == '-') return false;
      label = 0;
      continue;
    }
    const bool is_digit = letter >= '0' && letter <= '9';
    const bool is_letter =
        (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || letter == '_';
    if (!is_digit && !is_letter && (letter != '-' || label == 0)) return false;
    if (!is_digit) is_all_digits = false;
    if (++label > 63) return false;
  }
  // "1.2.3" and "300.1.1.1" are mistyped addresses, not names.
  return label != 0 && text.back() != '-' && !is_all_digits;
}

}  // namespace siaga
