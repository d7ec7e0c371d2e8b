// OpenSSL's objects behind owners, and its error queue as text. For agent/net/tls*.cc only.
#pragma once

#include <memory>
#include <string>

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace siaga {

template <auto release>
struct OpenSslRelease {
  template <typename Object>
  void operator()(Object* object) const {
    release(object);
  }
};

using SslOwner = std::unique_ptr<SSL, OpenSslRelease<SSL_free>>;
using SslContextOwner = std::unique_ptr<SSL_CTX, OpenSslRelease<SSL_CTX_free>>;
using BioOwner = std::unique_ptr<BIO, OpenSslRelease<BIO_free>>;
using CertificateOwner = std::unique_ptr<X509, OpenSslRelease<X509_free>>;
using StoreOwner = std::unique_ptr<X509_STORE, OpenSslRelease<X509_STORE_free>>;
using StoreContextOwner = std::unique_ptr<X509_STORE_CTX, OpenSslRelease<X509_STORE_CTX_free>>;
using DigestOwner = std::unique_ptr<EVP_MD, OpenSslRelease<EVP_MD_free>>;

// A stack without what is on it.
struct FreeStack {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};

// A stack with its certificates.
struct FreeCertificates {
  void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using StackOwner = std::unique_ptr<STACK_OF(X509), FreeCertificates>;

// The words of the newest error; empties the queue.
std::string take_openssl_error();

}  // namespace siaga
