#include "probes/anchor.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/config/table.h"
#include "agent/core/check.h"
#include "probes/dns.h"
#include "probes/registry.h"
#include "probes/wire/dns_message.h"

namespace siaga {
namespace {

constexpr Duration spacing_max = std::chrono::milliseconds(200);
constexpr Duration wait_max = std::chrono::seconds(1);

// A kind's probe with its defaults and a few values of ours, which must be right.
class Maker {
 public:
  explicit Maker(std::string_view kind) : kind_(*find_kind(kind)) {
    values_.reserve(kind_.options.size());
    for (const Option& option : kind_.options) values_.push_back(fallback_value(option));
  }
  void set(std::string_view key, OptionValue value) {
    const auto option = std::ranges::find(kind_.options, key, &Option::key);
    CHECK(option != kind_.options.end());
    values_[static_cast<std::size_t>(option - kind_.options.begin())] = std::move(value);
  }
  std::unique_ptr<const Probe> make(const AnchorProbing& probing) {
    if (!probing.interface.empty()) set("interface", probing.interface);
    Section section("anchor", kind_.options, values_);
    auto probe = kind_.parse(section);
    CHECK(probe != nullptr);
    return probe;
  }

 private:
  const Kind& kind_;
  std::vector<OptionValue> values_;
};

std::optional<AnchorText> on_port(AnchorText::Sort sort, std::string_view text,
                                  std::uint16_t default_port) {
  const auto place = parse_host_port(text, default_port);
  if (!place || place->port == 0) return std::nullopt;
  return AnchorText{.sort = sort, .host = place->host, .port = place->port};
}

}  // namespace

std::optional<AnchorText> parse_anchor(std::string_view text) {
  using Sort = AnchorText::Sort;
  constexpr std::string_view ping = "ping:", tcp = "tcp:", dns = "dns:";
  if (text == "gateway") return AnchorText{.sort = Sort::gateway, .host = {}};
  if (text == "resolver") return AnchorText{.sort = Sort::resolver, .host = {}};
  if (text.starts_with(tcp)) return on_port(Sort::tcp, text.substr(tcp.size()), 0);
  if (text.starts_with(dns)) {
    const std::string_view server = text.substr(dns.size());
    // An IPv6 address without brackets has no port.
    if (parse_address(server))
      return AnchorText{.sort = Sort::dns, .host = std::string(server), .port = dns_port};
    return on_port(Sort::dns, server, dns_port);
  }
  const std::string_view host = text.starts_with(ping) ? text.substr(ping.size()) : text;
  if (!parse_address(host) && !is_host_name(host)) return std::nullopt;
  return AnchorText{.sort = Sort::ping, .host = std::string(host)};
}

std::unique_ptr<const Probe> ping_anchor(std::string_view host, const AnchorProbing& probing) {
  Maker maker("ping");
  maker.set("host", std::string(host));
  // A packet still waited for at the deadline would not count as lost.
  const Duration spacing = std::min<Duration>(spacing_max, probing.timeout / 8);
  maker.set("packets", std::int64_t{probing.packets});
  maker.set("spacing", spacing);
  maker.set("wait", std::min<Duration>(wait_max, probing.timeout - probing.packets * spacing));
  if (probing.hop_limit) maker.set("hop_limit", std::int64_t{*probing.hop_limit});
  if (probing.size) {
    maker.set("size", std::int64_t{*probing.size});
    maker.set("dont_fragment", true);
  }
  return maker.make(probing);
}

std::unique_ptr<const Probe> tcp_anchor(std::string_view host, std::uint16_t port,
                                        const AnchorProbing& probing) {
  Maker maker("tcp");
  maker.set("host", HostPort{.host = std::string(host), .port = port});
  return maker.make(probing);
}

std::unique_ptr<const Probe> dns_anchor(std::string_view server, std::uint16_t port,
                                        const AnchorProbing& probing) {
  Maker maker("dns");
  maker.set("query", std::string("."));
  maker.set("type", std::string("NS"));
  // A refusal has come the whole way, too.
  maker.set("expect.rcode", std::vector<std::string>(dns_rcodes.begin(), dns_rcodes.end()));
  if (!server.empty()) maker.set("server", HostPort{.host = std::string(server), .port = port});
  return maker.make(probing);
}

}  // namespace siaga
