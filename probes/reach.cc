#include "probes/reach.h"

namespace siaga {

Reach parse_reach(Section& section) {
  Reach reach;
  reach.family.preferred =
      section.get<std::string>("preferred_ip_protocol") == "ip6" ? Family::ip6 : Family::ip4;
  reach.family.fallback = section.get<bool>("ip_protocol_fallback");
  reach.interface = section.get_or<std::string>("interface", {});
  const auto source = section.get_or<std::string>("source_address", {});
  if (source.empty()) return reach;
  reach.source = parse_address(source);
  // Only one family can be sent from one address.
  if (reach.source) reach.family = {.preferred = reach.source->family, .fallback = false};
  return reach;
}

bool AddressStep::start(Network& network, std::string_view host, const Reach& reach, Done done) {
  network_ = &network;
  if (const Resolution* known = network.resolver->known(host, reach.family)) {
    result_ = *known;
    return true;
  }
  started_ = network.clock.now();
  lookup_ = network.resolver->lookup(
      host, reach.family, [this, done = std::move(done)](const Resolution& found) mutable {
        duration_ = network_->clock.now() - started_;
        result_ = found;
        const auto ended = std::move(lookup_);
        auto deliver = std::move(done);
        deliver(found);
      });
  return false;
}

void write_address(const AddressStep& step, const Address* chosen, Readings& readings) {
  readings.set(reading_dns_lookup_seconds, seconds(step.duration()));
  readings.set(reading_ip_protocol,
               chosen == nullptr ? 0 : (chosen->family == Family::ip4 ? 4 : 6));
  if (chosen != nullptr) readings.set(reading_ip_addr_hash, address_hash(*chosen));
}

}  // namespace siaga
