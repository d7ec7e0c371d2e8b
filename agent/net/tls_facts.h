// Certificates as facts: what a certificate says of itself, as bounded, printable text. Judges
// nothing. Certificates come from strangers: no length, encoding or time in them is believed.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/core/time.h"
#include "agent/net/tls.h"

struct x509_st;
struct asn1_string_st;

namespace siaga {

// The certificate may be nonsense; what cannot be read stays empty.
CertificateFacts read_certificate(const x509_st& certificate);
// From DER; nothing when it is not a certificate.
std::optional<CertificateFacts> parse_certificate(std::span<const std::byte> der);

// The names of subjectAltName with their types: "DNS name "portal.test"", "IP address "10.0.0.1"".
std::vector<std::string> typed_names_of(const x509_st& certificate);
// RFC 2253, printable, at most limits::certificate_text_bytes.
std::string subject_of(const x509_st& certificate);
std::string issuer_of(const x509_st& certificate);
WallTime not_before_of(const x509_st& certificate);
WallTime not_after_of(const x509_st& certificate);
std::string key_of(const x509_st& certificate);        // "RSA 2048", "EC P-256"
std::string signature_of(const x509_st& certificate);  // "ecdsa-with-SHA256"

}  // namespace siaga
