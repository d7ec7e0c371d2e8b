// The scripted peers of tests/support themselves: that a good one is good and a bad one bad in just
// the way it says. With a plain blocking OpenSSL client.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "agent/core/check.h"
#include "tests/support/certificates.h"
#include "tests/support/sockets.h"
#include "tests/support/test_loop.h"
#include "tests/support/tls_peer.h"

namespace siaga {
namespace {

using namespace tests;  // NOLINT(google-build-using-namespace): the peers' vocabulary

// A blocking client that trusts one authority and checks for "localhost".
class TlsClient {
 public:
  TlsClient(const Endpoint& to, const std::string& trusted_pem, int version_max = 0)
      : fd_(bound_socket(to.address.family, SOCK_STREAM)),
        context_(SSL_CTX_new(TLS_client_method())) {
    const timeval patience{.tv_sec = 0, .tv_usec = 300'000};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_storage storage{};
    const unsigned length = to_sockaddr(to, storage);
    CHECK(connect(fd_, reinterpret_cast<const sockaddr*>(&storage), length) == 0);
    trust(trusted_pem);
    if (version_max != 0) {
      SSL_CTX_set_min_proto_version(context_, 0);
      SSL_CTX_set_max_proto_version(context_, version_max);
      SSL_CTX_set_security_level(context_, 0);
    }
    SSL_CTX_set_verify(context_, SSL_VERIFY_NONE, nullptr);  // finishes, and tells what it thinks
    session_ = SSL_new(context_);
    std::string name = "localhost";
    // SSL_set_tlsext_host_name(), without its old-style cast.
    SSL_ctrl(session_, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name.data());
    SSL_set1_host(session_, "localhost");
    SSL_set_fd(session_, fd_);
  }
  ~TlsClient() {
    SSL_free(session_);
    SSL_CTX_free(context_);
    ::close(fd_);
  }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool shake_hands() { return SSL_connect(session_) == 1; }
  long verdict() const { return SSL_get_verify_result(session_); }
  std::string version() const { return SSL_get_version(session_); }
  void send_plain(std::string_view text) const {
    CHECK(::send(fd_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
  }
  void offer(std::string_view protocols) {
    SSL_set_alpn_protos(session_, reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
  }
  std::string protocol() const {
    const unsigned char* text = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(session_, &text, &length);
    return {reinterpret_cast<const char*>(text), length};
  }
  std::string read() {
    std::array<char, 1000> buffer{};
    const int count = SSL_read(session_, buffer.data(), static_cast<int>(buffer.size()));
    return {buffer.data(), static_cast<std::size_t>(std::max(count, 0))};
  }
  std::string read_plain(std::size_t count) const {
    std::string text(count, '\0');
    CHECK(recv(fd_, text.data(), count, MSG_WAITALL) == static_cast<ssize_t>(count));
    return text;
  }

 private:
  void trust(const std::string& pem) {
    BIO* memory = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    X509* certificate = PEM_read_bio_X509(memory, nullptr, nullptr, nullptr);
    CHECK(certificate != nullptr);
    CHECK(X509_STORE_add_cert(SSL_CTX_get_cert_store(context_), certificate) == 1);
    X509_free(certificate);
    BIO_free(memory);
  }

  int fd_;
  SSL_CTX* context_;
  SSL* session_ = nullptr;
};

const Script greet = [](Conversation& talk) {
  talk.send("hello");
  talk.stay_silent();
};

struct CertificateCase {
  CertificateOptions options;
  long verdict;
};

TEST(PeersTest, EachCertificateIsBadInItsOwnWay) {
  const CertificateAuthority authority;
  const std::vector<CertificateCase> cases{
      {{}, X509_V_OK},
      {{.key = KeyKind::rsa_2048}, X509_V_OK},
      {{.starts_in_days = -30, .ends_in_days = -1}, X509_V_ERR_CERT_HAS_EXPIRED},
      {{.starts_in_days = 1}, X509_V_ERR_CERT_NOT_YET_VALID},
      {{.names = {"elsewhere.test"}}, X509_V_ERR_HOSTNAME_MISMATCH},
      {{.is_self_signed = true}, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT},
      {{.key = KeyKind::rsa_1024}, X509_V_ERR_EE_KEY_TOO_SMALL},
      {{.signed_with_sha1 = true}, X509_V_ERR_CA_MD_TOO_WEAK},
      {{.omits_intermediate = true}, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY},
  };
  for (const auto& [options, verdict] : cases) {
    TlsPeer peer({.identity = authority.issue(options)}, greet);
    TlsClient client(peer.endpoint(), authority.root_pem());

    client.shake_hands();

    EXPECT_EQ(client.verdict(), verdict)
        << X509_verify_cert_error_string(client.verdict()) << " instead of "
        << X509_verify_cert_error_string(verdict);
  }
}

TEST(PeersTest, TlsRunsTheScriptEncrypted) {
  const CertificateAuthority authority;
  TlsPeer peer({.identity = authority.issue(), .protocols = {"two", "one"}}, greet, Family::ip6);
  TlsClient client(peer.endpoint(), authority.root_pem());
  client.offer("\3one\3two");

  ASSERT_TRUE(client.shake_hands());

  EXPECT_EQ(client.read(), "hello");
  EXPECT_EQ(client.version(), "TLSv1.3");
  EXPECT_EQ(client.protocol(), "two");
  EXPECT_EQ(peer.record(0).server_name, "localhost");
}

TEST(PeersTest, TlsVersionsAreKeptTo) {
  const CertificateAuthority authority;
  TlsPeer old({.identity = authority.issue(), .version_max = TLS1_1_VERSION}, greet);
  TlsPeer strict({.identity = authority.issue(), .version_min = TLS1_3_VERSION}, greet);

  TlsClient lenient(old.endpoint(), authority.root_pem(), TLS1_3_VERSION);
  TlsClient outdated(strict.endpoint(), authority.root_pem(), TLS1_2_VERSION);

  ASSERT_TRUE(lenient.shake_hands());
  EXPECT_EQ(lenient.version(), "TLSv1.1");
  EXPECT_FALSE(outdated.shake_hands());
}

TEST(PeersTest, AClientWithoutACertificateIsRefusedWhereOneIsRequired) {
  const CertificateAuthority authority;
  TlsPeer peer({.identity = authority.issue(),
                .client_authority_pem = authority.root_pem(),
                .requires_client_certificate = true},
               greet);
  TlsClient client(peer.endpoint(), authority.root_pem());

  client.shake_hands();  // TLS 1.3 tells the client only with the first read

  EXPECT_EQ(client.read(), "");
  // The alert may reach the client before the peer's thread has written down why it sent it.
  TestLoop().run_until([&] { return peer.record(0).is_over; });
  EXPECT_NE(peer.record(0).tls_error, "");
}

TEST(PeersTest, StartTlsComesInTheMiddleOfAScript) {
  const CertificateAuthority authority;
  const TlsServerOptions options{.identity = authority.issue()};
  TcpPeer peer([&](Conversation& talk) {
    talk.receive_until("STARTTLS\r\n");
    talk.send("220 go ahead\r\n");
    talk.start_tls(options);
    greet(talk);
  });
  TlsClient client(peer.endpoint(), authority.root_pem());
  client.send_plain("STARTTLS\r\n");
  EXPECT_EQ(client.read_plain(14), "220 go ahead\r\n");

  ASSERT_TRUE(client.shake_hands());

  EXPECT_EQ(client.read(), "hello");
}

TEST(PeersTest, AHandshakeMayStallInTheMiddle) {
  const CertificateAuthority authority;
  TlsPeer peer({.identity = authority.issue(), .stalls_after_bytes = 100}, greet);
  TlsClient client(peer.endpoint(), authority.root_pem());

  EXPECT_FALSE(client.shake_hands());  // its receive timeout ends it
}

}  // namespace
}  // namespace siaga
