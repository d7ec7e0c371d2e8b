// IP addresses, endpoints and networks as values. No sockets, no look-ups.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sockaddr;
struct sockaddr_storage;

namespace siaga {

enum class Family : std::uint8_t { ip4, ip6 };
inline constexpr std::size_t ip_families = 2;

struct Address {
  Family family = Family::ip4;
  std::array<std::uint8_t, 16> bytes{};  // network order; the first 4 for ip4
  std::uint32_t scope = 0;               // interface index of a link-local ip6 address

  std::span<const std::uint8_t> octets() const {
    return std::span(bytes).first(family == Family::ip4 ? 4 : 16);
  }
  auto operator<=>(const Address&) const = default;
};

// "10.0.0.1", "2001:db8::1", "fe80::1%eth0". No names, no brackets, no hex or octal forms.
std::optional<Address> parse_address(std::string_view text);
std::string to_string(const Address& address);
// FNV-1a, 32 bit, of the octets: blackbox_exporter's probe_ip_addr_hash.
std::uint32_t address_hash(const Address& address);

struct Endpoint {
  Address address;
  std::uint16_t port = 0;

  auto operator<=>(const Endpoint&) const = default;
};

std::string to_string(const Endpoint& endpoint);  // "10.0.0.1:80", "[::1]:80"
std::optional<Endpoint> parse_endpoint(std::string_view text);
// Writes a sockaddr_in or sockaddr_in6 and returns its length.
unsigned to_sockaddr(const Endpoint& endpoint, sockaddr_storage& storage);
std::optional<Endpoint> from_sockaddr(const sockaddr* address);

// "host:port", "[::1]:port", or "host" alone where `default_port` is not 0. Host is a name or
// address.
struct HostPort {
  std::string host;
  std::uint16_t port = 0;

  bool operator==(const HostPort&) const = default;
};
std::optional<HostPort> parse_host_port(std::string_view text, std::uint16_t default_port = 0);
std::string to_string(const HostPort& host_port);

// "10.0.0.0/8", "::1/128"; an address alone is a network of one. IPv4-mapped IPv6 addresses are
// compared as the IPv4 addresses they stand for.
struct IpNetwork {
  Address base;
  std::uint8_t prefix = 0;

  bool contains(const Address& address) const;
  bool operator==(const IpNetwork&) const = default;
};
std::optional<IpNetwork> parse_network(std::string_view text);

// A DNS host name as RFC 1123 wants it (underscores allowed), at most 253 bytes; not an address.
bool is_host_name(std::string_view text);

}  // namespace siaga
