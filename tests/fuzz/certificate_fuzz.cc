// DER from strangers -> CertificateFacts: no crash, bounded facts.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "agent/core/limits.h"
#include "agent/net/tls_facts.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto facts = siaga::parse_certificate(std::as_bytes(std::span(data, size)));
  if (facts && facts->names.size() > siaga::limits::certificate_names) std::abort();
  return 0;
}
