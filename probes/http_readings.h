// The readings of kind `http`: blackbox_exporter's names and meanings.
#pragma once

#include <span>

#include "agent/core/reading.h"
#include "agent/net/http_client.h"

namespace siaga {

enum HttpReading : ReadingId {
  reading_http_resolve_seconds = tls_readings_end,
  reading_http_connect_seconds,
  reading_http_tls_seconds,
  reading_http_processing_seconds,
  reading_http_transfer_seconds,
  reading_http_content_length,
  reading_http_uncompressed_body_length,
  reading_http_redirects,
  reading_http_ssl,
  reading_http_status_code,
  reading_http_version,
  reading_http_failed_due_to_regex,
  reading_http_last_modified,
  http_readings_end,
};

std::span<const ReadingDefinition> http_readings();

// All that is 0 until it is known, as blackbox_exporter has it.
void begin_http_readings(Readings& readings);
// One answer, or what there is of it: phases are added to those of the hops before.
void write_http_response(const HttpResponse& response, bool is_tls, Readings& readings);

}  // namespace siaga
