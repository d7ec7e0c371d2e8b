// How a probe reaches its target: the options that every kind on a network address shares
// (preferred_ip_protocol, ip_protocol_fallback, source_address, interface), and the first step of
// every run: the host's name to one address.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/config/section.h"
#include "agent/core/address.h"
#include "agent/core/outcome.h"
#include "agent/net/network.h"

namespace siaga {

inline constexpr std::array<std::string_view, 2> ip_protocols{"ip4", "ip6"};
// Rows to put into a kind's option table.
inline constexpr std::array<Option, 4> reach_options{{
    {.key = "preferred_ip_protocol",
     .type = OptionType::choice,
     .fallback = "\"ip4\"",
     .choices = ip_protocols,
     .help = "Which IP version to use when the name has both.",
     .help_id = "Versi IP yang dipakai bila nama memiliki keduanya."},
    {.key = "ip_protocol_fallback",
     .type = OptionType::boolean,
     .fallback = "true",
     .help = "Use the other IP version when the name has no address of the preferred one.",
     .help_id = "Pakai versi IP lain bila nama tidak memiliki alamat versi yang dipilih."},
    {.key = "source_address",
     .type = OptionType::address,
     .help = "Local address to send from.",
     .help_id = "Alamat lokal asal pengiriman.",
     .example = "\"10.20.0.2\""},
    {.key = "interface",
     .type = OptionType::text,
     .help = "Network interface to send through.",
     .help_id = "Antarmuka jaringan yang dipakai.",
     .example = "\"eth1\""},
}};

struct Reach {
  FamilyChoice family;
  std::optional<Address> source;
  std::string interface;
  bool operator==(const Reach&) const = default;
};
Reach parse_reach(Section& section);

// A kind's own rows with `reach_options` behind them.
template <std::size_t count>
constexpr std::array<Option, count + reach_options.size()> with_reach_options(
    const std::array<Option, count>& own) {
  std::array<Option, count + reach_options.size()> all{};
  for (std::size_t index = 0; index < count; ++index) all[index] = own[index];
  for (std::size_t index = 0; index < reach_options.size(); ++index)
    all[count + index] = reach_options[index];
  return all;
}

// A step that turns a host into an address. Either it is known at once (a literal, a cached name):
// then the result is returned; or the look-up is started and `done` comes on a later turn. A
// literal of a family that `source` does not have is dns_no_address.
class AddressStep {
 public:
  using Done = std::move_only_function<void(const Resolution&)>;
  // True: `result()` is there now and `done` will not be called.
  bool start(Network& network, std::string_view host, const Reach& reach, Done done);
  const Resolution& result() const { return result_; }
  // Of the look-up; until now while it runs.
  Duration duration() const { return lookup_ ? network_->clock.now() - started_ : duration_; }
  bool is_under_way() const { return lookup_ != nullptr; }

 private:
  Network* network_ = nullptr;
  Instant started_{};
  Duration duration_{};
  Resolution result_;
  std::unique_ptr<Lookup> lookup_;
};

// Fills the address block; `chosen` is nullptr when no address was found.
void write_address(const AddressStep& step, const Address* chosen, Readings& readings);

}  // namespace siaga
