// The `tls` kind against scripted peers.
#include "probes/tls.h"

#include <gmock/gmock.h>

#include "tests/probes/tcp_run.h"

namespace siaga::tests {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

void silence(Conversation& talk) { talk.stay_silent(); }

class TlsTest : public RunTest {
 protected:
  CertificateAuthority authority;
  TemporaryFile root{authority.root_pem()};
};

TEST_F(TlsTest, AGoodChainIsOkAndLeavesItsReadings) {
  TlsPeer peer({.identity = authority.issue()}, silence);

  const Outcome& done = run(tls_kind, {{"tls.ca_file", root.path()}}, peer.endpoint(), true);

  EXPECT_EQ(done.verdict, Verdict::ok) << done.detail;
  EXPECT_EQ(done.readings.get(reading_tls_earliest_expiry),
            done.readings.get(reading_tls_chain_expiry));
  EXPECT_THAT(info(done, reading_tls_chain_info), HasSubstr("subject=\"CN=localhost\""));
  EXPECT_THAT(info(done, reading_tls_chain_info), HasSubstr("subjectalternative=\"localhost\""));
  ASSERT_NE(done.explanation, nullptr);
  EXPECT_GE(done.explanation->lines.size(), 4U);
}

TEST_F(TlsTest, AnExpiredCertificateFailsWithItsFacts) {
  TlsPeer peer({.identity = authority.issue({.starts_in_days = -9, .ends_in_days = -2})}, silence);

  const Outcome& done = run(tls_kind, {{"tls.ca_file", root.path()}}, peer.endpoint());

  EXPECT_EQ(done.reason, Reason::tls_expired);
  EXPECT_GT(done.readings.get(reading_tls_earliest_expiry), 0);
  EXPECT_TRUE(std::isnan(done.readings.get(reading_tls_chain_expiry)));
}

TEST_F(TlsTest, AStallInTheHandshakeIsATlsTimeout) {
  TlsPeer peer({.identity = authority.issue(), .stalls_after_bytes = 60}, silence);
  start(tls_kind, {{"tls.ca_file", root.path()}}, peer.endpoint());

  EXPECT_EQ(give_up_after(200ms).reason, Reason::tls_timeout);
  attempt.reset();
}

TEST_F(TlsTest, ADemandedClientCertificateIsNamed) {
  TlsPeer peer({.identity = authority.issue(),
                .client_authority_pem = authority.root_pem(),
                .requires_client_certificate = true},
               silence);

  EXPECT_EQ(run(tls_kind, {{"tls.ca_file", root.path()}}, peer.endpoint()).reason,
            Reason::tls_client_certificate);
}

TEST_F(TlsTest, AnIssuerOrNameThatIsNotExpectedFails) {
  TlsPeer peer({.identity = authority.issue()}, silence);
  const Values issuer{{"tls.ca_file", root.path()},
                      {"expect.issuer", *Pattern::compile("Encrypt")}};
  const Values names{{"tls.ca_file", root.path()},
                     {"expect.names", std::vector{*Pattern::compile("^portal")}}};

  EXPECT_EQ(run(tls_kind, issuer, peer.endpoint()).reason, Reason::tls_untrusted);
  outcome.reset();
  EXPECT_EQ(run(tls_kind, names, peer.endpoint()).reason, Reason::tls_untrusted);
}

TEST_F(TlsTest, AFileThatIsNotThereIsTheAgentsTrouble) {
  TlsPeer peer({.identity = authority.issue()}, silence);

  const Outcome& done =
      run(tls_kind, {{"tls.ca_file", std::string("/nonexistent.pem")}}, peer.endpoint());

  EXPECT_EQ(done.verdict, Verdict::unknown);
  EXPECT_EQ(done.reason, Reason::agent_error);
}

}  // namespace
}  // namespace siaga::tests
