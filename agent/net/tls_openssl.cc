#include "agent/net/tls_openssl.h"

#include <openssl/err.h>

namespace siaga {

std::string take_openssl_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  if (code == 0) return {};
  const char* words = ERR_reason_error_string(code);
  return words != nullptr ? words : "OpenSSL error " + std::to_string(code);
}

}  // namespace siaga
