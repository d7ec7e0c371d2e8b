// A reading is a measured number with a name, a unit and labels. Each kind of probe has one table
// of reading definitions (an array: a row's index is its ReadingId); a run fills in the values it
// knows; exporters read definitions and values and know nothing of kinds.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/time.h"

namespace siaga {

enum class ReadingType : std::uint8_t {
  gauge,      // the last run's value; absent when that run did not know it
  counter,    // a run reports an increment; the target's sum is exported, from 0 on
  histogram,  // a run reports observations (seconds); cumulative buckets are exported
  info,       // value 1, its labels are the reading: Readings::set_info
};

// Which labels the series carries besides office, target and kind.
enum class ReadingDialect : std::uint8_t {
  siaga,      // none
  blackbox,   // instance = what is probed
  smokeping,  // host, ip, source, tos
  nut,        // ups = the target's name
};

using ReadingId = std::uint16_t;

struct ReadingDefinition {
  std::string_view metric;  // full metric name, unit included: "probe_http_duration_seconds"
  ReadingType type = ReadingType::gauge;
  ReadingDialect dialect = ReadingDialect::blackbox;
  std::string_view label;     // one fixed label, rendered: `phase="resolve"`; empty for none
  std::string_view help;      // one sentence; the same for every row of a metric
  std::string_view labels{};  // of an info: the names it carries, by spaces; the documentation's
};

// Blocks that kinds have in common stand first in their tables, in this order:
// every kind that reaches an address begins with the address block, and kinds that may speak TLS
// go on with the TLS block. So the ids below hold for all of them.
extern const std::span<const ReadingDefinition> address_readings;
extern const std::span<const ReadingDefinition> tls_readings;
enum AddressReading : ReadingId {
  reading_dns_lookup_seconds,  // probe_dns_lookup_time_seconds
  reading_ip_protocol,         // probe_ip_protocol: 4, 6; 0 = not resolved
  reading_ip_addr_hash,        // probe_ip_addr_hash: FNV-1a 32 of the address bytes
  address_readings_end,
};
enum TlsReading : ReadingId {
  reading_tls_earliest_expiry = address_readings_end,  // probe_ssl_earliest_cert_expiry, unix s
  reading_tls_chain_expiry,  // probe_ssl_last_chain_expiry_timestamp_seconds; absent when
                             // unverified
  reading_tls_chain_info,  // probe_ssl_last_chain_info{fingerprint_sha256,subject,issuer,subjectalternative,serialnumber}
  reading_tls_version_info,  // probe_tls_version_info{version}
  reading_tls_cipher_info,   // probe_tls_cipher_info{cipher}
  tls_readings_end,
};

// What one run measured. Values are indexed by ReadingId; NaN is "not known".
class Readings {
 public:
  void set(ReadingId id, double value) {
    if (id >= values_.size()) values_.resize(id + 1U, std::nan(""));
    values_[id] = value;
  }
  void add(ReadingId id, double value) { set(id, std::isnan(get(id)) ? value : get(id) + value); }
  // `labels` is rendered label text, values escaped with escape_label_value: `version="TLS 1.3"`.
  void set_info(ReadingId id, std::string labels) {
    infos_.push_back({id, std::make_shared<const std::string>(std::move(labels))});
  }
  void observe(ReadingId id, Duration duration) { observations_.push_back({id, duration}); }

  double get(ReadingId id) const { return id < values_.size() ? values_[id] : std::nan(""); }

  struct Info {
    ReadingId id;
    std::shared_ptr<const std::string> labels;
  };
  struct Observation {
    ReadingId id;
    Duration duration;
  };
  const std::vector<double>& values() const { return values_; }
  const std::vector<Info>& infos() const { return infos_; }
  const std::vector<Observation>& observations() const { return observations_; }
  void reserve(std::size_t count) { values_.assign(count, std::nan("")); }

 private:
  std::vector<double> values_;
  std::vector<Info> infos_;
  std::vector<Observation> observations_;
};

// Escapes backslash, double quote and newline as the exposition formats want; invalid UTF-8 bytes
// become U+FFFD, so that no peer can break a scrape.
std::string escape_label_value(std::string_view text);

}  // namespace siaga
