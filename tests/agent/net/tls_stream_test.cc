// TLS over real loopback sockets: each failure is its own reason, and facts are kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/tls1.h>

#include <fstream>
#include <optional>
#include <random>

#include "agent/core/limits.h"
#include "agent/loop/tcp_stream.h"
#include "agent/net/tls.h"
#include "tests/support/descriptors.h"
#include "tests/support/made_certificates.h"
#include "tests/support/manual_clock.h"
#include "tests/support/test_loop.h"
#include "tests/support/tls_peer.h"

namespace siaga::tests {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

const CertificateAuthority& authority() {
  static const CertificateAuthority made;
  return made;
}

// One client connection with its handshake.
struct Client {
  Client(TestLoop& test_loop, TlsContexts& tls_contexts, Endpoint to)
      : test(test_loop), contexts(tls_contexts), endpoint(to) {}

  void start(siaga::TlsOptions options, std::string host = "localhost") {
    auto made = contexts.context(options);
    ASSERT_TRUE(made) << describe(made.error());
    context = *made;
    stream =
        TcpStream::connect(test.loop(), {.to = endpoint}, [this, host](Result<void> connected) {
          ASSERT_TRUE(connected);
          tls = contexts.start(context, *stream, host,
                               [this](Result<void> result) { ready = result; });
        });
  }
  void shake(const siaga::TlsOptions& options, const std::string& host = "localhost") {
    start(options, host);
    test.run_until([this] { return ready.has_value(); });
  }
  void read_all() {
    tls->read([this](Result<std::span<const std::byte>> chunk) {
      if (!chunk) error = chunk.error();
      else if (chunk->empty()) has_ended = true;
      else text.append(reinterpret_cast<const char*>(chunk->data()), chunk->size());
    });
  }
  const TlsFacts& facts() const { return tls->facts(); }

  TestLoop& test;
  TlsContexts& contexts;
  Endpoint endpoint;
  std::shared_ptr<TlsContext> context;
  std::unique_ptr<TcpStream> stream;
  std::unique_ptr<TlsStream> tls;
  std::optional<Result<void>> ready;
  std::string text;
  bool has_ended = false;
  std::optional<Error> error;
};

class TlsStreamTest : public testing::Test {
 protected:
  siaga::TlsOptions trusting() const { return {.ca_file = root.path()}; }
  // The facts of one handshake with a peer of this identity.
  TlsFacts facts_of(const CertificateOptions& certificate, const siaga::TlsOptions& options,
                    const std::string& host = "localhost") {
    TlsPeer peer({.identity = authority().issue(certificate)},
                 [](Conversation& talk) { talk.stay_silent(); });
    Client client(test, *contexts, peer.endpoint());
    client.shake(options, host);
    return client.facts();
  }

  TestLoop test;
  SystemClock clock;
  TemporaryFile root{authority().root_pem()};
  std::unique_ptr<TlsContexts> contexts = TlsContexts::create(test.loop(), clock);
};

TEST_F(TlsStreamTest, CompletesAndCarriesTextBothWays) {
  TlsPeer peer({.identity = authority().issue()}, [](Conversation& talk) {
    talk.send("hello");
    talk.receive_until("bye");
    talk.close();
  });
  Client client(test, *contexts, peer.endpoint());

  client.shake(trusting());
  ASSERT_TRUE(client.ready->has_value()) << client.facts().detail;
  client.read_all();
  test.run_until([&] { return client.text == "hello"; });
  client.tls->write(std::as_bytes(std::span("bye", 3)));
  test.run_until([&] { return client.has_ended; });

  EXPECT_EQ(client.facts().reason, Reason::none);
  EXPECT_EQ(client.facts().version, "TLS 1.3");
  EXPECT_EQ(client.facts().cipher, "TLS_AES_128_GCM_SHA256");
  ASSERT_EQ(client.facts().sent.size(), 2U);
  EXPECT_EQ(client.facts().sent[0].subject, "CN=localhost");
  EXPECT_EQ(client.facts().sent[0].issuer, "CN=Siaga Test Intermediate");
  EXPECT_EQ(client.facts().sent[0].key, "EC P-256");
  EXPECT_EQ(client.facts().sent[0].signature, "ecdsa-with-SHA256");
  EXPECT_THAT(client.facts().sent[0].names, ElementsAre("localhost", "127.0.0.1", "::1"));
  EXPECT_EQ(client.facts().chain_expiry, client.facts().sent[0].not_after);
  EXPECT_EQ(peer.record(0).server_name, "localhost");
}

struct BadCertificate {
  std::string title;
  CertificateOptions certificate;
  Reason reason;
  std::string detail;
  std::string host = "localhost";
};

TEST_F(TlsStreamTest, EachBadCertificateIsItsOwnReasonAndLeavesItsFacts) {
  const std::vector<BadCertificate> cases{
      {"expired", {.starts_in_days = -30, .ends_in_days = -3}, Reason::tls_expired, "3 days ago"},
      {"early", {.starts_in_days = 3}, Reason::tls_not_yet_valid, "begins in 2 days"},
      {"name",
       {.names = {"elsewhere.test"}},
       Reason::tls_wrong_name,
       "is for DNS name \"elsewhere.test\", not for DNS name \"localhost\""},
      {"address", {.names = {"localhost"}}, Reason::tls_wrong_name, "127.0.0.1", "127.0.0.1"},
      {"self", {.is_self_signed = true}, Reason::tls_self_signed, "signed by itself"},
      {"gap", {.omits_intermediate = true}, Reason::tls_incomplete_chain, "neither sent"},
      {"key", {.key = KeyKind::rsa_1024}, Reason::tls_weak_key, "RSA 1024"},
      {"hash", {.signed_with_sha1 = true}, Reason::tls_weak_signature, "ecdsa-with-SHA1"},
  };
  for (const BadCertificate& bad : cases) {
    SCOPED_TRACE(bad.title);

    const TlsFacts facts = facts_of(bad.certificate, trusting(), bad.host);

    EXPECT_EQ(name(facts.reason), name(bad.reason)) << facts.detail;
    EXPECT_THAT(facts.detail, HasSubstr(bad.detail));
    EXPECT_EQ(facts.version, "TLS 1.3");
    EXPECT_FALSE(facts.cipher.empty());
    EXPECT_FALSE(facts.chain_expiry);
    ASSERT_FALSE(facts.sent.empty());
    EXPECT_EQ(facts.sent[0].subject, "CN=localhost");
  }
}

TEST_F(TlsStreamTest, AnAuthorityThatIsNotTrustedIsAnUnknownIssuer) {
  const CertificateAuthority other;
  const TemporaryFile other_root(other.root_pem());

  EXPECT_EQ(facts_of({}, {.ca_file = other_root.path()}).reason, Reason::tls_unknown_issuer);
  EXPECT_EQ(facts_of({}, {}).reason, Reason::tls_unknown_issuer);
}

TEST_F(TlsStreamTest, ALimitOnTheEndOfTheChainIsJudgedLast) {
  auto options = trusting();
  options.expires_in_min = std::chrono::hours(24 * 60);

  EXPECT_EQ(facts_of({}, options).reason, Reason::tls_expires_soon);
  EXPECT_EQ(facts_of({.names = {"x.test"}}, options).reason, Reason::tls_wrong_name);
}

TEST_F(TlsStreamTest, WithoutVerificationFactsAreCollectedAndNothingIsRejected) {
  const TlsFacts facts = facts_of({.ends_in_days = -1, .is_self_signed = true}, {.verify = false});

  EXPECT_EQ(facts.reason, Reason::none);
  EXPECT_FALSE(facts.chain_expiry);
  EXPECT_EQ(facts.sent.size(), 1U);
}

TEST_F(TlsStreamTest, SuspendedDatesAreNotJudged) {
  contexts->suspend_dates(true);

  EXPECT_EQ(facts_of({.starts_in_days = -30, .ends_in_days = -3}, trusting()).reason, Reason::none);

  contexts->suspend_dates(false);
  EXPECT_EQ(facts_of({.starts_in_days = -30, .ends_in_days = -3}, trusting()).reason,
            Reason::tls_expired);
}

TEST_F(TlsStreamTest, ASecondHandshakeWithTheSameCertificatesIsNotVerifiedAgain) {
  TlsPeer peer({.identity = authority().issue()}, [](Conversation& talk) { talk.stay_silent(); });
  Client first(test, *contexts, peer.endpoint());
  Client second(test, *contexts, peer.endpoint());
  Client other_name(test, *contexts, peer.endpoint());

  first.shake(trusting());
  second.shake(trusting());
  other_name.shake(trusting(), "127.0.0.1");

  EXPECT_FALSE(first.facts().is_chain_cached);
  EXPECT_TRUE(second.facts().is_chain_cached);
  EXPECT_EQ(second.facts().sent.size(), 2U);
  EXPECT_EQ(second.facts().chain_expiry, first.facts().chain_expiry);
  EXPECT_FALSE(other_name.facts().is_chain_cached);
  EXPECT_EQ(contexts->counters().chains_cached, 1U);
}

TEST_F(TlsStreamTest, ARememberedChainIsNotTakenForAnotherStore) {
  TlsPeer peer({.identity = authority().issue()}, [](Conversation& talk) { talk.stay_silent(); });
  Client trusted(test, *contexts, peer.endpoint());
  Client untrusted(test, *contexts, peer.endpoint());

  trusted.shake(trusting());
  untrusted.shake({});

  EXPECT_EQ(trusted.facts().reason, Reason::none);
  EXPECT_EQ(untrusted.facts().reason, Reason::tls_unknown_issuer);
}

TEST_F(TlsStreamTest, APeerWithOnlyOldVersionsIsAVersionFailure) {
  TlsPeer peer({.identity = authority().issue(), .version_max = TLS1_2_VERSION},
               [](Conversation& talk) { talk.stay_silent(); });
  Client client(test, *contexts, peer.endpoint());
  auto options = trusting();
  options.min_version = TlsVersion::tls_1_3;

  client.shake(options);

  EXPECT_FALSE(client.ready->has_value());
  EXPECT_EQ(client.facts().reason, Reason::tls_version) << client.facts().detail;
}

TEST_F(TlsStreamTest, TextInsteadOfTlsIsSaidSo) {
  TcpPeer peer([](Conversation& talk) {
    talk.send("220 mail.example ESMTP ready\r\n");
    talk.stay_silent();
  });
  Client client(test, *contexts, peer.endpoint());

  client.shake(trusting());

  EXPECT_EQ(client.facts().reason, Reason::tls_handshake);
  EXPECT_THAT(client.facts().detail, HasSubstr("does not speak TLS"));
}

TEST_F(TlsStreamTest, APeerThatClosesOrResetsInTheHandshakeIsAReset) {
  for (const bool resets : {false, true}) {
    TcpPeer peer([resets](Conversation& talk) {
      talk.receive(5);
      if (resets) talk.reset();
      else talk.close();
    });
    Client client(test, *contexts, peer.endpoint());

    client.shake(trusting());

    EXPECT_FALSE(client.ready->has_value());
    EXPECT_EQ(client.facts().reason, Reason::tls_reset) << client.facts().detail;
  }
}

TEST_F(TlsStreamTest, NeverCompletesWithAPeerThatStallsAndCanBeDropped) {
  TlsPeer peer({.identity = authority().issue(), .stalls_after_bytes = 100},
               [](Conversation& talk) { talk.stay_silent(); });
  Client client(test, *contexts, peer.endpoint());

  client.start(trusting());
  test.run_for(std::chrono::milliseconds(100));

  EXPECT_FALSE(client.ready);
  client.tls.reset();
  client.stream.reset();
  test.run_until_idle();
}

TEST_F(TlsStreamTest, MayBeDroppedInsideItsOwnCallbacks) {
  TlsPeer peer({.identity = authority().issue()}, [](Conversation& talk) {
    talk.send("hello");
    talk.stay_silent();
  });
  Client client(test, *contexts, peer.endpoint());
  client.shake(trusting());

  client.tls->read([&](auto) {
    client.tls.reset();
    client.stream.reset();
  });

  test.run_until([&] { return client.stream == nullptr; });
}

TEST_F(TlsStreamTest, AClientCertificateThatIsDemandedIsNamed) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsPeer peer({.identity = authority().issue(),
                  .version_max = version,
                  .client_authority_pem = authority().root_pem(),
                  .requires_client_certificate = true},
                 [](Conversation& talk) { talk.stay_silent(); });
    Client client(test, *contexts, peer.endpoint());

    client.shake(trusting());
    if (client.ready->has_value()) {
      client.read_all();
      test.run_until([&] { return client.error.has_value(); });
    }

    EXPECT_TRUE(client.facts().is_certificate_requested);
    EXPECT_EQ(client.facts().reason, Reason::tls_client_certificate) << client.facts().detail;
  }
}

TEST_F(TlsStreamTest, AClientCertificateFromFilesIsSent) {
  const Identity mine = authority().issue({.common_name = "siaga"});
  const TemporaryFile certificate(mine.chain_pem);
  const TemporaryFile key(mine.key_pem);
  TlsPeer peer({.identity = authority().issue(),
                .client_authority_pem = authority().root_pem(),
                .requires_client_certificate = true},
               [](Conversation& talk) { talk.send("welcome"); });
  Client client(test, *contexts, peer.endpoint());
  auto options = trusting();
  options.certificate_file = certificate.path();
  options.key_file = key.path();

  client.shake(options);
  client.read_all();
  test.run_until([&] { return client.has_ended; });

  EXPECT_EQ(client.text, "welcome");
  EXPECT_THAT(peer.record(0).client_subject, HasSubstr("siaga"));
}

TEST_F(TlsStreamTest, FilesThatCannotBeUsedAreErrorsOfTheAgent) {
  const TemporaryFile nonsense("not a certificate");

  EXPECT_FALSE(contexts->context({.ca_file = "/nonexistent/ca.pem"}));
  EXPECT_FALSE(contexts->context({.ca_file = nonsense.path()}));
  EXPECT_FALSE(contexts->context({.certificate_file = nonsense.path()}));
}

TEST_F(TlsStreamTest, EqualOptionsShareOneContext) {
  EXPECT_EQ(*contexts->context(trusting()), *contexts->context(trusting()));
  EXPECT_NE(*contexts->context(trusting()), *contexts->context({}));
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::trunc) << content;
}

// Time moved by hand; the certificates are of the real now.
class TlsTimeTest : public TlsStreamTest {
 protected:
  TlsTimeTest() {
    hand.set_wall(clock.wall_now());
    contexts = TlsContexts::create(test.loop(), hand);
  }

  ManualClock hand;
  TlsPeer peer{{.identity = authority().issue()}, [](Conversation& talk) { talk.stay_silent(); }};
};

TEST_F(TlsTimeTest, AnAuthorityFileThatChangedIsReadAgain) {
  const CertificateAuthority other;
  const TemporaryFile file(other.root_pem());
  const siaga::TlsOptions options{.ca_file = file.path()};
  const auto reason = [&] {
    Client client(test, *contexts, peer.endpoint());
    client.shake(options);
    return client.facts().reason;
  };
  EXPECT_EQ(reason(), Reason::tls_unknown_issuer);

  write_file(file.path(), authority().root_pem() + "\n");
  EXPECT_EQ(reason(), Reason::tls_unknown_issuer) << "not looked at for every handshake";
  hand.advance(limits::tls_files_recheck);
  EXPECT_EQ(reason(), Reason::none);

  write_file(file.path(), other.root_pem());
  hand.advance(limits::tls_files_recheck);
  EXPECT_EQ(reason(), Reason::tls_unknown_issuer) << "what was verified then is not good now";
}

TEST_F(TlsTimeTest, AnAuthorityFileThatBrokeIsAnErrorUntilItIsRepaired) {
  const TemporaryFile file(authority().root_pem());
  const siaga::TlsOptions options{.ca_file = file.path()};
  EXPECT_TRUE(contexts->context(options));

  write_file(file.path(), "half a file");
  hand.advance(limits::tls_files_recheck);
  EXPECT_FALSE(contexts->context(options));

  write_file(file.path(), authority().root_pem());
  EXPECT_TRUE(contexts->context(options));
}

TEST_F(TlsTimeTest, AVerifiedChainIsForgottenByAgeAndWhenTheWallClockGoesBack) {
  const auto is_cached = [&] {
    Client client(test, *contexts, peer.endpoint());
    client.shake(trusting());
    EXPECT_EQ(client.facts().reason, Reason::none) << client.facts().detail;
    return client.facts().is_chain_cached;
  };
  EXPECT_FALSE(is_cached());

  hand.advance(limits::verified_chain_life - std::chrono::seconds(1));
  EXPECT_TRUE(is_cached());
  hand.advance(std::chrono::seconds(1));
  EXPECT_FALSE(is_cached()) << "use does not make it younger";

  hand.set_wall(hand.wall_now() - std::chrono::hours(12));
  EXPECT_FALSE(is_cached());
  EXPECT_EQ(contexts->counters().chains_verified, 3U);
}

TEST_F(TlsTimeTest, AVerifiedChainDoesNotOutliveItsCertificates) {
  Client before(test, *contexts, peer.endpoint());
  Client after(test, *contexts, peer.endpoint());
  before.shake(trusting());

  hand.set_wall(*before.facts().chain_expiry + std::chrono::seconds(1));
  after.shake(trusting());

  EXPECT_EQ(after.facts().reason, Reason::tls_expired) << after.facts().detail;
}

// Two intermediates of one name and key: one leads to an authority that nobody trusts.
class TlsCrossSignedTest : public TlsTimeTest {
 protected:
  using Sent = std::vector<const Made*>;
  TlsFacts facts_of_sent(const Sent& sent) {
    TlsPeer with_chain({.identity = {.chain_pem = pem_of(sent), .key_pem = made_key_pem("leaf")}},
                       [](Conversation& talk) { talk.stay_silent(); });
    Client client(test, *contexts, with_chain.endpoint());
    client.shake({.ca_file = made_root.path()});
    return client.facts();
  }
  void pass_days(int days) { hand.set_wall(hand.wall_now() + std::chrono::hours(24 * days)); }

  const Made top = made({.subject = "Top", .issuer = "Top"});
  const TemporaryFile made_root{pem_of({&top})};
  const Made leaf = made({.subject = "localhost",
                          .issuer = "Between",
                          .key = "leaf",
                          .is_authority = false,
                          .ends_in_days = 20});
  const Made good = made({.subject = "Between", .issuer = "Top", .ends_in_days = 3});
  const Made longer = made({.subject = "Between", .issuer = "Top", .ends_in_days = 10});
  const Made strange = made({.subject = "Between", .issuer = "Stranger"});
};

TEST_F(TlsCrossSignedTest, TheGoodWayIsFoundOnTheWireAndRemembered) {
  for (const Sent& sent : {Sent{&leaf, &strange, &good}, Sent{&leaf, &good, &strange}}) {
    const TlsFacts first = facts_of_sent(sent);
    const TlsFacts second = facts_of_sent(sent);

    EXPECT_EQ(first.reason, Reason::none) << first.detail;
    EXPECT_EQ(first.sent.size(), 3U);
    EXPECT_FALSE(first.is_chain_cached);
    EXPECT_TRUE(second.is_chain_cached);
    EXPECT_EQ(second.chain_expiry, first.chain_expiry);
  }
}

TEST_F(TlsCrossSignedTest, ARememberedWayEndsWithItsOwnCertificates) {
  EXPECT_EQ(facts_of_sent({&leaf, &strange, &good}).reason, Reason::none);

  pass_days(4);

  const TlsFacts facts = facts_of_sent({&leaf, &strange, &good});
  EXPECT_EQ(name(facts.reason), name(Reason::tls_expired)) << facts.detail;
}

TEST_F(TlsCrossSignedTest, AnotherWayTakesOverWhenOneEnds) {
  const TlsFacts first = facts_of_sent({&leaf, &good, &longer});
  pass_days(4);
  const TlsFacts second = facts_of_sent({&leaf, &good, &longer});
  pass_days(7);
  const TlsFacts third = facts_of_sent({&leaf, &good, &longer});

  EXPECT_EQ(first.chain_expiry, first.sent.at(2).not_after) << "the longest way counts";
  EXPECT_EQ(second.reason, Reason::none) << second.detail;
  EXPECT_EQ(name(third.reason), name(Reason::tls_expired)) << third.detail;
}

TEST_F(TlsCrossSignedTest, ARememberedWayDoesNotSpeakForOtherCertificates) {
  EXPECT_EQ(facts_of_sent({&leaf, &strange, &good}).reason, Reason::none);

  EXPECT_EQ(group(facts_of_sent({&leaf, &strange}).reason), ReasonGroup::tls);
  EXPECT_EQ(group(facts_of_sent({&leaf}).reason), ReasonGroup::tls);
}

// The beginning of a server's hello, as far as its fixed part goes.
const std::string hello_begins("\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03", 11);

TEST_F(TlsStreamTest, AResetAfterTheFirstBytesOfTheAnswerIsAReset) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive(5);
    talk.send(hello_begins);
    talk.pause(std::chrono::milliseconds(20));
    talk.reset();
  });
  Client client(test, *contexts, peer.endpoint());

  client.shake(trusting());

  EXPECT_FALSE(client.ready->has_value());
  EXPECT_EQ(client.facts().reason, Reason::tls_reset) << client.facts().detail;
}

TEST_F(TlsStreamTest, GarbageInTheMiddleOfTheHandshakeIsAFailedHandshake) {
  std::minstd_rand random(7);
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(round);
    std::string garbage = round % 2 == 0 ? hello_begins : std::string();
    while (garbage.size() < 400) garbage += static_cast<char>(random() >> 8U);
    TcpPeer peer([garbage](Conversation& talk) {
      talk.receive(5);
      talk.send(garbage);
      talk.half_close();
      talk.stay_silent();
    });
    Client client(test, *contexts, peer.endpoint());

    client.shake(trusting());

    EXPECT_FALSE(client.ready->has_value());
    EXPECT_NE(client.facts().reason, Reason::none);
    EXPECT_FALSE(client.facts().detail.empty());
  }
}

}  // namespace
}  // namespace siaga::tests
