// The `tls` kind against scripted peers.
#include "probes/tls.h"

#include <gmock/gmock.h>

#include "tests/probes/tcp_run.h"

namespace siaga::tests {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

void never_answer(Conversation& talk) { talk.stay_silent(); }

class TlsTest : public RunTest {
 protected:
  Values trusting() const { return {{"tls.ca_file", root.path()}}; }

  CertificateAuthority authority;
  TemporaryFile root{authority.root_pem()};
};

TEST_F(TlsTest, AGoodChainIsOkAndLeavesItsReadings) {
  TlsPeer peer({.identity = authority.issue()}, never_answer);

  const Outcome& done =
      run(tls_kind, {{"tls.ca_file", root.path()}}, peer.endpoint(), {.explain = true});

  EXPECT_EQ(done.verdict, Verdict::ok) << done.detail;
  EXPECT_EQ(done.readings.get(reading_tls_earliest_expiry),
            done.readings.get(reading_tls_chain_expiry));
  EXPECT_THAT(info(done, reading_tls_chain_info), HasSubstr("subject=\"CN=localhost\""));
  EXPECT_THAT(info(done, reading_tls_chain_info), HasSubstr("subjectalternative=\"localhost\""));
  ASSERT_NE(done.explanation, nullptr);
  EXPECT_GE(done.explanation->lines.size(), 4U);
}

TEST_F(TlsTest, AnExpiredCertificateFailsWithItsFacts) {
  TlsPeer peer({.identity = authority.issue({.starts_in_days = -9, .ends_in_days = -2})},
               never_answer);

  const Outcome& done = run(tls_kind, {{"tls.ca_file", root.path()}}, peer.endpoint());

  EXPECT_EQ(done.reason, Reason::tls_expired);
  EXPECT_GT(done.readings.get(reading_tls_earliest_expiry), 0);
  EXPECT_TRUE(std::isnan(done.readings.get(reading_tls_chain_expiry)));
}

TEST_F(TlsTest, AStallInTheHandshakeIsATlsTimeout) {
  TlsPeer peer({.identity = authority.issue(), .stalls_after_bytes = 60}, never_answer);

  EXPECT_EQ(run(tls_kind, trusting(), peer.endpoint(), {.timeout = 200ms}).reason,
            Reason::tls_timeout);
}

TEST_F(TlsTest, AHandshakeThatComesByteByByteDoesNotOutliveTheDeadline) {
  TcpPeer peer([](Conversation& talk) {
    const std::string record("\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03", 11);
    talk.send_slowly(record + std::string(16U << 10U, '\0'), 10ms);
  });

  const Outcome& done = run(tls_kind, trusting(), peer.endpoint(), {.timeout = 300ms});

  EXPECT_EQ(done.reason, Reason::tls_timeout);
  EXPECT_LT(done.duration, 3s);
}

TEST_F(TlsTest, WorksOverIpv6) {
  TlsPeer peer({.identity = authority.issue()}, never_answer, Family::ip6);

  const Outcome& done = run(tls_kind, trusting(), peer.endpoint());

  EXPECT_EQ(done.verdict, Verdict::ok) << done.detail;
  EXPECT_EQ(done.address, "::1");
  EXPECT_EQ(done.readings.get(reading_ip_protocol), 6);
}

TEST_F(TlsTest, ARunDroppedInTheHandshakeLeavesNothingBehind) {
  TlsPeer peer({.identity = authority.issue(), .stalls_after_bytes = 60}, never_answer);
  start(tls_kind, trusting(), peer.endpoint(), {});
  test.run_until([&] { return !peer.received().empty(); });

  flight.reset();

  test.run_until([&] { return peer.record(0).was_reset || peer.record(0).was_closed; });
  EXPECT_FALSE(outcome);
}

TEST_F(TlsTest, ARunMayBeDroppedInsideItsOwnEnd) {
  TlsPeer peer({.identity = authority.issue()}, never_answer);

  EXPECT_EQ(run(tls_kind, trusting(), peer.endpoint(), {.drops_in_done = true}).verdict,
            Verdict::ok);
  EXPECT_FALSE(flight);
}

TEST_F(TlsTest, APeerThatTalksOnAfterTheHandshakeIsNotHeard) {
  const std::vector<Script> scripts{
      [](Conversation& talk) { talk.reset(); },
      [](Conversation& talk) { talk.close(); },
      [](Conversation& talk) {
        for (int record = 0; record < 50; ++record) talk.send("and another thing\r\n");
        talk.close();
      },
      [](Conversation& talk) { talk.send(std::string(200U << 10U, 'x')); },
  };
  for (const Script& script : scripts) {
    SCOPED_TRACE(&script - scripts.data());
    TlsPeer peer({.identity = authority.issue()}, script);

    expect_one_good_end(tls_kind, trusting(), peer.endpoint());
  }
}

// Its verdict on our certificate is awaited by reading: what comes behind it is not.
TEST_F(TlsTest, APeerThatAsksForACertificateAndTalksOnIsHeardOnce) {
  const std::vector<Script> scripts{
      [](Conversation& talk) { talk.close(); },
      [](Conversation& talk) {
        for (int record = 0; record < 50; ++record) talk.send("and another thing\r\n");
        talk.close();
      },
      [](Conversation& talk) { talk.send(std::string(200U << 10U, 'x')); },
  };
  for (const Script& script : scripts) {
    SCOPED_TRACE(&script - scripts.data());
    TlsPeer peer({.identity = authority.issue(), .client_authority_pem = authority.root_pem()},
                 script);

    expect_one_good_end(tls_kind, trusting(), peer.endpoint());
  }
}

TEST_F(TlsTest, ADemandedClientCertificateIsNamed) {
  TlsPeer peer({.identity = authority.issue(),
                .client_authority_pem = authority.root_pem(),
                .requires_client_certificate = true},
               never_answer);

  EXPECT_EQ(run(tls_kind, {{"tls.ca_file", root.path()}}, peer.endpoint()).reason,
            Reason::tls_client_certificate);
}

TEST_F(TlsTest, AnIssuerOrNameThatIsNotExpectedFails) {
  TlsPeer peer({.identity = authority.issue()}, never_answer);
  const Values issuer{{"tls.ca_file", root.path()},
                      {"expect.issuer", *Pattern::compile("Encrypt")}};
  const Values names{{"tls.ca_file", root.path()},
                     {"expect.names", std::vector{*Pattern::compile("^portal")}}};

  EXPECT_EQ(run(tls_kind, issuer, peer.endpoint()).reason, Reason::tls_untrusted);
  EXPECT_EQ(run(tls_kind, names, peer.endpoint()).reason, Reason::tls_untrusted);
}

TEST_F(TlsTest, AFileThatIsNotThereIsTheAgentsTrouble) {
  TlsPeer peer({.identity = authority.issue()}, never_answer);

  const Outcome& done =
      run(tls_kind, {{"tls.ca_file", std::string("/nonexistent.pem")}}, peer.endpoint());

  EXPECT_EQ(done.verdict, Verdict::unknown);
  EXPECT_EQ(done.reason, Reason::agent_error);
}

}  // namespace
}  // namespace siaga::tests
