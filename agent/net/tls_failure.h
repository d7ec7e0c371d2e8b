// OpenSSL's error codes of a failed handshake or read as reasons and plain words.
#pragma once

#include <string>

#include "agent/core/reason.h"

namespace siaga {

struct TlsFailure {
  Reason reason = Reason::tls_handshake;
  std::string detail;
};

// `code` as from ERR_peek_error(). `was_certificate_requested`: the peer asked for ours, so that
// its refusals are about that; `has_version`: a version was agreed on before.
struct TlsFailureContext {
  bool was_certificate_requested = false;
  bool has_version = false;
};
TlsFailure tls_failure(unsigned long code, const TlsFailureContext& context);

}  // namespace siaga
