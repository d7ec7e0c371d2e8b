// TlsFacts as readings and as words. Sees no OpenSSL.
#include <algorithm>
#include <chrono>
#include <string>

#include "agent/core/address.h"
#include "agent/net/tls.h"

namespace siaga {
namespace {

std::string label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + escape_label_value(value) + "\"";
}

// blackbox_exporter lists the DNS names only.
std::string dns_names(const CertificateFacts& certificate) {
  std::string joined;
  for (const std::string& name : certificate.names) {
    if (parse_address(name)) continue;
    if (!joined.empty()) joined += ',';
    joined += name;
  }
  return joined;
}

std::string chain_labels(const CertificateFacts& leaf) {
  return label("fingerprint_sha256", leaf.fingerprint_sha256) + "," +
         label("subject", leaf.subject) + "," + label("issuer", leaf.issuer) + "," +
         label("subjectalternative", dns_names(leaf)) + "," + label("serialnumber", leaf.serial);
}

std::string two_digits(unsigned number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string date_of(WallTime time) {
  using namespace std::chrono;
  const year_month_day date{sys_days{floor<days>(time.time_since_epoch())}};
  return std::to_string(static_cast<int>(date.year())) + "-" +
         two_digits(static_cast<unsigned>(date.month())) + "-" +
         two_digits(static_cast<unsigned>(date.day()));
}

std::string words_of(const CertificateFacts& certificate) {
  std::string text = certificate.subject + "; issuer " + certificate.issuer + "; from " +
                     date_of(certificate.not_before) + " to " + date_of(certificate.not_after) +
                     "; " + certificate.key + ", " + certificate.signature + "; serial " +
                     certificate.serial + "; sha256 " + certificate.fingerprint_sha256;
  constexpr std::size_t shown = 8;
  for (std::size_t index = 0; index < std::min(shown, certificate.names.size()); ++index)
    text += (index == 0 ? "; names " : ", ") + certificate.names[index];
  if (certificate.names.size() > shown)
    text += " and " + std::to_string(certificate.names.size() - shown) + " more";
  return text;
}

}  // namespace

void write_readings(const TlsFacts& facts, Readings& readings) {
  if (!facts.sent.empty()) {
    const auto earliest = std::ranges::min_element(facts.sent, {}, &CertificateFacts::not_after);
    readings.set(reading_tls_earliest_expiry, unix_seconds(earliest->not_after));
    readings.set_info(reading_tls_chain_info, chain_labels(facts.sent.front()));
  }
  if (facts.chain_expiry) readings.set(reading_tls_chain_expiry, unix_seconds(*facts.chain_expiry));
  if (!facts.version.empty())
    readings.set_info(reading_tls_version_info, label("version", facts.version));
  if (!facts.cipher.empty())
    readings.set_info(reading_tls_cipher_info, label("cipher", facts.cipher));
}

void explain(const TlsFacts& facts, Explanation& explanation) {
  if (!facts.version.empty()) {
    std::string text = facts.version + ", " + facts.cipher;
    if (!facts.alpn.empty()) text += ", " + facts.alpn;
    if (facts.is_certificate_requested) text += ", asks for a client certificate";
    explanation.lines.emplace_back("tls", std::move(text));
  }
  for (const CertificateFacts& certificate : facts.sent)
    explanation.lines.emplace_back("certificate", words_of(certificate));
  if (facts.chain_expiry)
    explanation.lines.emplace_back("certificate",
                                   "chain verified" +
                                       std::string(facts.is_chain_cached ? " (remembered)" : "") +
                                       ", good to " + date_of(*facts.chain_expiry));
  if (facts.reason != Reason::none)
    explanation.lines.emplace_back("rule", std::string(name(facts.reason)) + ": " + facts.detail);
}

}  // namespace siaga
