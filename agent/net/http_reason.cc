#include "agent/net/http_reason.h"

#include <curl/curl.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "agent/core/limits.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

struct CodeRow {
  CURLcode code;
  Reason reason;
};
// Codes that mean one thing whatever happened before.
constexpr std::array code_rows{
    CodeRow{CURLE_UNSUPPORTED_PROTOCOL, Reason::protocol_error},  // HTTP/0.9, garbage
    CodeRow{CURLE_WEIRD_SERVER_REPLY, Reason::protocol_error},
    CodeRow{CURLE_HTTP2, Reason::protocol_error},
    CodeRow{CURLE_HTTP2_STREAM, Reason::protocol_error},
    CodeRow{CURLE_GOT_NOTHING, Reason::closed},
    CodeRow{CURLE_PARTIAL_FILE, Reason::closed},
    CodeRow{CURLE_BAD_CONTENT_ENCODING, Reason::body_encoding},
    CodeRow{CURLE_COULDNT_RESOLVE_PROXY, Reason::http_proxy},
    CodeRow{CURLE_PROXY, Reason::http_proxy},
    CodeRow{CURLE_PEER_FAILED_VERIFICATION, Reason::tls_untrusted},
    CodeRow{CURLE_SSL_CERTPROBLEM, Reason::tls_client_certificate},
    CodeRow{CURLE_SSL_CIPHER, Reason::tls_version},
};

struct TlsRow {
  std::string_view words;
  Reason reason;
};
// OpenSSL's words for alerts (RFC 8446, 6.2) and for what it finds itself.
constexpr std::array tls_rows{
    TlsRow{"protocol version", Reason::tls_version},
    TlsRow{"unsupported protocol", Reason::tls_version},
    TlsRow{"no protocols available", Reason::tls_version},
    TlsRow{"unsupported version", Reason::tls_version},
    TlsRow{"no shared cipher", Reason::tls_version},
    TlsRow{"insufficient security", Reason::tls_version},
    TlsRow{"certificate required", Reason::tls_client_certificate},
    TlsRow{"alert bad certificate", Reason::tls_client_certificate},
    TlsRow{"alert certificate", Reason::tls_client_certificate},
    TlsRow{"alert unknown ca", Reason::tls_client_certificate},
    TlsRow{"unexpected eof", Reason::tls_reset},
    TlsRow{"SSL_ERROR_SYSCALL", Reason::tls_reset},
    TlsRow{"SSL_ERROR_ZERO_RETURN", Reason::tls_reset},
    TlsRow{"error:00000000", Reason::tls_reset},  // libcurl 8: OpenSSL knows of no error
};

std::string words(const HttpFailure& failure) {
  if (!failure.text.empty()) return printable(failure.text, limits::detail_bytes);
  return curl_easy_strerror(static_cast<CURLcode>(failure.code));
}

Reason tls_reason(const HttpFailure& failure) {
  if (failure.system_error == ECONNRESET || failure.system_error == EPIPE) return Reason::tls_reset;
  for (const TlsRow& row : tls_rows) {
    if (failure.text.find(row.words) != std::string_view::npos) return row.reason;
  }
  return Reason::tls_handshake;
}

Reason exchange_reason(const HttpFailure& failure) {
  if (failure.system_error != 0) return reason_of_exchange_errno(failure.system_error);
  // TLS ends without close_notify, or a read that met the end of the stream.
  if (failure.text.find("eof") != std::string_view::npos ||
      failure.text.find("onnection closed") != std::string_view::npos)
    return Reason::closed;
  return Reason::protocol_error;
}

bool has_answer_begun(const HttpFailure& failure) {
  return failure.has_status || failure.reached == HttpPhase::transfer;
}

// What libcurl fails at once the answer has begun is in the answer, by whatever code it says so.
Reason table_reason(const HttpFailure& failure) {
  for (const CodeRow& row : code_rows) {
    if (static_cast<int>(row.code) == failure.code) return row.reason;
  }
  return has_answer_begun(failure) ? Reason::protocol_error : Reason::agent_error;
}

// libcurl's own limits: 100 KiB for one header line, 4 KiB for a trailer. Up to 8.5 it calls them
// memory: inside the headers by code, inside the chunks by words. Memory that is truly gone is met
// at other places too.
bool is_line_too_long(const HttpFailure& failure) {
  constexpr int too_large = 100;  // CURLE_TOO_LARGE, since libcurl 8.6
  if (!has_answer_begun(failure)) return false;
  switch (failure.code) {
    case too_large: return true;
    case CURLE_OUT_OF_MEMORY: return !failure.is_header_whole;
    case CURLE_RECV_ERROR: return failure.text.starts_with("Out of memory in chunked");
    default: return false;
  }
}

Reason plain_reason(const HttpFailure& failure) {
  switch (static_cast<CURLcode>(failure.code)) {
    case CURLE_COULDNT_CONNECT: return reason_of_connect_errno(failure.system_error);
    case CURLE_SSL_CONNECT_ERROR: return tls_reason(failure);
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR: return exchange_reason(failure);
    case CURLE_OPERATION_TIMEDOUT:
      return failure.reached == HttpPhase::connect ? Reason::connect_timeout
                                                   : Reason::transfer_timeout;
    case CURLE_OUT_OF_MEMORY: return Reason::agent_memory;
    default: return table_reason(failure);
  }
}

bool blames_proxy(const HttpFailure& failure, Reason reason) {
  if (!failure.has_proxy || is_agent_trouble(reason)) return false;
  const bool is_refused = failure.proxy_status != 0 && failure.proxy_status / 100 != 2;
  return is_refused || group(reason) == ReasonGroup::connect;
}

// A kernel without an address family has no way to any of its addresses.
Reason socket_reason(const HttpFailure& failure) {
  if (failure.socket_step != "socket") return Reason::agent_address;
  return failure.system_error == EAFNOSUPPORT ? Reason::agent_no_route : Reason::agent_error;
}

std::string system_words(const HttpFailure& failure) {
  std::string text = std::strerror(failure.system_error);
  if (failure.socket_step.empty() || failure.socket_step == "socket") return text;
  return std::string(failure.socket_step) + ": " + text;
}

// What ended the answer by a limit or a rule, of ours or of libcurl's.
HttpJudgement judge_headers(const HttpFailure& failure) {
  if (failure.is_header_too_large)
    return {.reason = Reason::http_header_too_large,
            .detail = "more than " + std::to_string(limits::http_header_bytes >> 10U) + " KiB or " +
                      std::to_string(limits::http_headers) + " lines of headers"};
  if (is_line_too_long(failure))
    return {.reason = Reason::http_header_too_large,
            .detail = failure.is_header_whole
                          ? "a trailer is longer than libcurl takes (4 KiB)"
                          : "a header line is longer than libcurl takes (100 KiB)"};
  if (!failure.breach.empty())
    return {.reason = Reason::protocol_error, .detail = std::string(failure.breach)};
  return {};
}

}  // namespace

HttpJudgement judge_failure(const HttpFailure& failure) {
  if (auto judgement = judge_headers(failure); judgement.reason != Reason::none) return judgement;
  HttpJudgement judgement{.reason = plain_reason(failure), .detail = words(failure)};
  if (failure.system_error != 0 && failure.code != CURLE_SSL_CONNECT_ERROR)
    judgement.detail = system_words(failure);
  if (!failure.socket_step.empty() && !is_agent_trouble(judgement.reason))
    judgement.reason = socket_reason(failure);
  if (blames_proxy(failure, judgement.reason)) {
    judgement.reason = Reason::http_proxy;
    judgement.detail = words(failure);
  }
  return judgement;
}

}  // namespace siaga
