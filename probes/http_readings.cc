#include "probes/http_readings.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "probes/http_rules.h"

namespace siaga {
namespace {

constexpr std::string_view http_phase_help =
    "Duration of the phases of the request, over all redirects.";

constexpr std::array own_http_readings{
    ReadingDefinition{.metric = "probe_http_duration_seconds",
                      .label = "phase=\"resolve\"",
                      .help = http_phase_help},
    ReadingDefinition{.metric = "probe_http_duration_seconds",
                      .label = "phase=\"connect\"",
                      .help = http_phase_help},
    ReadingDefinition{
        .metric = "probe_http_duration_seconds", .label = "phase=\"tls\"", .help = http_phase_help},
    ReadingDefinition{.metric = "probe_http_duration_seconds",
                      .label = "phase=\"processing\"",
                      .help = http_phase_help},
    ReadingDefinition{.metric = "probe_http_duration_seconds",
                      .label = "phase=\"transfer\"",
                      .help = http_phase_help},
    ReadingDefinition{.metric = "probe_http_content_length",
                      .help = "Length of the body as announced; -1 when it was not."},
    ReadingDefinition{.metric = "probe_http_uncompressed_body_length",
                      .help = "Length of the body after decoding."},
    ReadingDefinition{.metric = "probe_http_redirects", .help = "Redirects that were followed."},
    ReadingDefinition{.metric = "probe_http_ssl",
                      .help = "Whether the final answer came over TLS."},
    ReadingDefinition{.metric = "probe_http_status_code",
                      .help = "Status of the final answer; 0 when there was none."},
    ReadingDefinition{.metric = "probe_http_version", .help = "HTTP version of the final answer."},
    ReadingDefinition{.metric = "probe_failed_due_to_regex",
                      .help = "Whether a pattern made the last run fail."},
    ReadingDefinition{.metric = "probe_http_last_modified_timestamp_seconds",
                      .help = "Last-Modified of the final answer; absent when there is none."},
};

double version_number(const std::string& text) {
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

void write_phases(const HttpResponse& response, Readings& readings) {
  readings.add(reading_http_connect_seconds, seconds(response.connect));
  readings.add(reading_http_tls_seconds, seconds(response.tls));
  readings.add(reading_http_processing_seconds, seconds(response.processing));
  readings.add(reading_http_transfer_seconds, seconds(response.transfer));
}

std::vector<ReadingDefinition> joined() {
  std::vector<ReadingDefinition> all(address_readings.begin(), address_readings.end());
  all.insert(all.end(), tls_readings.begin(), tls_readings.end());
  all.insert(all.end(), own_http_readings.begin(), own_http_readings.end());
  return all;
}

}  // namespace

std::span<const ReadingDefinition> http_readings() {
  static const std::vector<ReadingDefinition> all = joined();
  return all;
}

void begin_http_readings(Readings& readings) {
  readings.reserve(http_readings_end);
  for (ReadingId id = reading_http_resolve_seconds; id < reading_http_last_modified; ++id)
    readings.set(id, 0);
}

void write_http_response(const HttpResponse& response, bool is_tls, Readings& readings) {
  write_phases(response, readings);
  readings.set(reading_http_ssl, is_tls && response.status != 0 ? 1 : 0);
  readings.set(reading_http_status_code, response.status);
  if (response.status == 0) return;
  readings.set(reading_http_version, version_number(response.version));
  readings.set(reading_http_content_length, static_cast<double>(response.content_length));
  readings.set(reading_http_uncompressed_body_length, static_cast<double>(response.body.size()));
  if (const auto modified = last_modified(response))
    readings.set(reading_http_last_modified, unix_seconds(*modified));
}

}  // namespace siaga
