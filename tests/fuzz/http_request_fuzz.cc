// The headers of a request that the endpoint reads itself. The rest is libmicrohttpd's.
#include <cstddef>
#include <cstdint>

#include "agent/core/check.h"
#include "exporters/endpoint/negotiation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view header(reinterpret_cast<const char*>(data), size);
  const siaga::MetricsType type = siaga::negotiate_metrics(header);
  CHECK(siaga::content_type(type).find('\n') == std::string::npos);
  CHECK(siaga::negotiate_metrics(header) == type);
  siaga::accepts_gzip(header);
  siaga::negotiate_language(header);
  return 0;
}
