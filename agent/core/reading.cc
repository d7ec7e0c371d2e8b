#include "agent/core/reading.h"

#include <array>

#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr std::array<ReadingDefinition, address_readings_end> address_table{{
    {.metric = "probe_dns_lookup_time_seconds",
     .help = "Time the last run spent on turning the name into an address."},
    {.metric = "probe_ip_protocol",
     .help = "IP version the last run used: 4, 6, or 0 when the name was not resolved."},
    {.metric = "probe_ip_addr_hash",
     .help = "FNV-1a hash of the address the last run used; changes when the address does."},
}};

constexpr std::array<ReadingDefinition,
                     std::size_t{tls_readings_end} - std::size_t{address_readings_end}>
    tls_table{{
        {.metric = "probe_ssl_earliest_cert_expiry",
         .help = "Earliest end of validity of the certificates that the peer sent, as a unix "
                 "timestamp."},
        {.metric = "probe_ssl_last_chain_expiry_timestamp_seconds",
         .help =
             "Earliest end of validity in the verified chain, as a unix timestamp; absent when no "
             "chain was verified."},
        {.metric = "probe_ssl_last_chain_info",
         .type = ReadingType::info,
         .help = "The peer's own certificate.",
         .labels = "fingerprint_sha256 subject issuer subjectalternative serialnumber"},
        {.metric = "probe_tls_version_info",
         .type = ReadingType::info,
         .help = "The TLS version in use.",
         .labels = "version"},
        {.metric = "probe_tls_cipher_info",
         .type = ReadingType::info,
         .help = "The TLS cipher in use.",
         .labels = "cipher"},
    }};

}  // namespace

const std::span<const ReadingDefinition> address_readings{address_table};
const std::span<const ReadingDefinition> tls_readings{tls_table};

std::string escape_label_value(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char letter : valid_utf8(text)) {
    if (letter == '\\') escaped += "\\\\";
    else if (letter == '"') escaped += "\\\"";
    else if (letter == '\n') escaped += "\\n";
    else escaped += letter;
  }
  return escaped;
}

}  // namespace siaga
