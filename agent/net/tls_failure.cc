#include "agent/net/tls_failure.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace siaga {
namespace {

struct TlsErrorRow {
  int code;  // of ERR_LIB_SSL; a fatal alert from the peer is 1000 + its number (RFC 8446, 6.2)
  Reason reason;
  std::string_view words;
};

constexpr std::string_view not_tls = "the peer does not speak TLS";
constexpr std::string_view no_version = "the peer has no TLS version that is allowed here";

constexpr std::array rows{
    TlsErrorRow{SSL_R_WRONG_VERSION_NUMBER, Reason::tls_handshake, not_tls},
    TlsErrorRow{SSL_R_HTTP_REQUEST, Reason::tls_handshake, not_tls},
    TlsErrorRow{SSL_R_HTTPS_PROXY_REQUEST, Reason::tls_handshake, not_tls},
    TlsErrorRow{SSL_R_UNKNOWN_PROTOCOL, Reason::tls_handshake, not_tls},
    TlsErrorRow{SSL_R_BAD_RECORD_TYPE, Reason::tls_handshake, not_tls},
    TlsErrorRow{SSL_R_UNSUPPORTED_PROTOCOL, Reason::tls_version, no_version},
    TlsErrorRow{SSL_R_WRONG_SSL_VERSION, Reason::tls_version, no_version},
    TlsErrorRow{SSL_R_VERSION_TOO_LOW, Reason::tls_version, no_version},
    TlsErrorRow{SSL_R_VERSION_TOO_HIGH, Reason::tls_version, no_version},
    TlsErrorRow{SSL_R_UNSUPPORTED_SSL_VERSION, Reason::tls_version, no_version},
    TlsErrorRow{SSL_R_NO_PROTOCOLS_AVAILABLE, Reason::tls_version,
                "no TLS version is left to offer"},
    TlsErrorRow{SSL_R_NO_CIPHERS_AVAILABLE, Reason::tls_version, "no cipher is left to offer"},
    TlsErrorRow{SSL_R_WRONG_CIPHER_RETURNED, Reason::tls_version,
                "the peer chose a cipher not offered"},
    TlsErrorRow{SSL_R_UNKNOWN_CIPHER_RETURNED, Reason::tls_version,
                "the peer chose an unknown cipher"},
    TlsErrorRow{SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, Reason::tls_version,
                "the peer refused all TLS versions offered (alert protocol_version)"},
    TlsErrorRow{SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY, Reason::tls_version,
                "the peer wants stronger ciphers (alert insufficient_security)"},
    TlsErrorRow{SSL_R_TLSV1_UNRECOGNIZED_NAME, Reason::tls_handshake,
                "the peer does not know the name (alert unrecognized_name)"},
    TlsErrorRow{SSL_R_TLSV1_ALERT_INTERNAL_ERROR, Reason::tls_handshake,
                "the peer failed inside (alert internal_error)"},
    TlsErrorRow{SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL, Reason::tls_handshake,
                "the peer speaks none of the protocols offered (alert no_application_protocol)"},
    TlsErrorRow{SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, Reason::tls_client_certificate,
                "the peer demands a client certificate (alert certificate_required)"},
    TlsErrorRow{SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, Reason::tls_client_certificate,
                "the peer refused the client certificate (alert bad_certificate)"},
    TlsErrorRow{SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, Reason::tls_client_certificate,
                "the peer refused the client certificate (alert unsupported_certificate)"},
    TlsErrorRow{SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED, Reason::tls_client_certificate,
                "the peer refused the client certificate (alert certificate_revoked)"},
    TlsErrorRow{SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, Reason::tls_client_certificate,
                "the peer refused the client certificate (alert certificate_expired)"},
    TlsErrorRow{SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN, Reason::tls_client_certificate,
                "the peer refused the client certificate (alert certificate_unknown)"},
    TlsErrorRow{SSL_R_TLSV1_ALERT_UNKNOWN_CA, Reason::tls_client_certificate,
                "the peer does not know the client certificate's issuer (alert unknown_ca)"},
    TlsErrorRow{SSL_R_TLSV1_ALERT_ACCESS_DENIED, Reason::tls_client_certificate,
                "the peer denied access (alert access_denied)"},
};

// handshake_failure says only that nothing acceptable was found: of what depends on when.
TlsFailure refused(const TlsFailureContext& context) {
  if (context.was_certificate_requested)
    return {Reason::tls_client_certificate,
            "the peer demands another client certificate (alert handshake_failure)"};
  if (!context.has_version)
    return {Reason::tls_version,
            "the peer accepts no TLS version or cipher offered (alert handshake_failure)"};
  return {Reason::tls_handshake, "the peer broke off (alert handshake_failure)"};
}

}  // namespace

TlsFailure tls_failure(unsigned long code, const TlsFailureContext& context) {
  const int number = ERR_GET_REASON(code);
  if (ERR_GET_LIB(code) == ERR_LIB_SSL) {
    if (number == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE) return refused(context);
    const auto* const row = std::ranges::find(rows, number, &TlsErrorRow::code);
    if (row != rows.end()) return {row->reason, std::string(row->words)};
  }
  const char* words = code == 0 ? nullptr : ERR_reason_error_string(code);
  return {Reason::tls_handshake, words != nullptr ? words : "the handshake failed"};
}

}  // namespace siaga
