// DER from strangers -> CertificateFacts, and a chain of it: no crash, bounded facts, and nothing
// is good where nobody is trusted.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "agent/core/limits.h"
#include "agent/net/tls_facts.h"
#include "agent/net/tls_openssl.h"
#include "agent/net/tls_verify.h"

namespace {

// Twice in what is sent, so that it is looked at as an issuer too.
void verify(const std::uint8_t* data, std::size_t size) {
  const siaga::CertificateOwner leaf(d2i_X509(nullptr, &data, static_cast<long>(size)));
  if (leaf == nullptr) return;
  const siaga::CertificateOwner twin(X509_dup(leaf.get()));
  const siaga::StoreOwner store(X509_STORE_new());
  const std::unique_ptr<STACK_OF(X509), siaga::FreeStack> sent(sk_X509_new_null());
  sk_X509_push(sent.get(), leaf.get());
  if (twin != nullptr) sk_X509_push(sent.get(), twin.get());
  const auto verdict = siaga::verify_chain({.store = store.get(),
                                            .leaf = leaf.get(),
                                            .sent = sent.get(),
                                            .name = "portal.test",
                                            .now = siaga::WallTime(std::chrono::years(56))});
  if (verdict.reason == siaga::Reason::none || verdict.detail.empty()) std::abort();
  if (verdict.detail.size() > siaga::limits::detail_bytes + 8) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto facts = siaga::parse_certificate(std::as_bytes(std::span(data, size)));
  if (facts && facts->names.size() > siaga::limits::certificate_names) std::abort();
  verify(data, size);
  siaga::take_openssl_error();
  return 0;
}
