// The `tcp` kind against scripted peers.
#include "probes/tcp.h"

#include <gmock/gmock.h>

#include "agent/core/limits.h"
#include "probes/tcp_attempt.h"
#include "tests/agent/net/dns_bytes.h"
#include "tests/probes/tcp_run.h"
#include "tests/support/udp_peer.h"

namespace siaga::tests {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

using Steps = std::vector<DialogueStep>;
DialogueStep step_expect(std::string_view pattern) {
  return {.expect = {*Pattern::compile(pattern)}};
}
DialogueStep step_say(std::string text) { return {.send = std::move(text)}; }
const DialogueStep step_starttls{.starttls = true};
void stay_silent(Conversation& talk) { talk.stay_silent(); }

class TcpTest : public RunTest {};

TEST_F(TcpTest, AConnectionIsEnoughWithoutADialogue) {
  TcpPeer peer(stay_silent);

  const Outcome& done = run(tcp_kind, {}, peer.endpoint());

  EXPECT_EQ(done.verdict, Verdict::ok) << done.detail;
  EXPECT_EQ(done.address, "127.0.0.1");
  EXPECT_EQ(done.readings.get(reading_ip_protocol), 4);
  EXPECT_GT(done.readings.get(reading_tcp_connect), 0);
  EXPECT_TRUE(std::isnan(done.readings.get(reading_tcp_tls)));
  test.run_until([&] { return peer.record(0).was_reset; });
}

TEST_F(TcpTest, WorksOverIpv6) {
  TcpPeer peer(stay_silent, Family::ip6);

  const Outcome& done = run(tcp_kind, {}, peer.endpoint());

  EXPECT_EQ(done.verdict, Verdict::ok) << done.detail;
  EXPECT_EQ(done.readings.get(reading_ip_protocol), 6);
}

TEST_F(TcpTest, ARefusalIsSaidSo) {
  const RefusingPort port;

  EXPECT_EQ(run(tcp_kind, {}, port.endpoint()).reason, Reason::connect_refused);
}

TEST_F(TcpTest, NoAnswerToTheConnectionIsAConnectTimeout) {
  const UnansweringPort port;

  EXPECT_EQ(run(tcp_kind, {}, port.endpoint(), {.timeout = 50ms}).reason, Reason::connect_timeout);
}

TEST_F(TcpTest, CapturesAreUsedAndExported) {
  TcpPeer peer([](Conversation& talk) {
    talk.send_slowly("220 mx1 ready\r\n", 1ms);
    talk.receive_until("HELO mx1\r\n");
    talk.send("250 ok\r\n");
    talk.stay_silent();
  });

  const Outcome& done =
      run(tcp_kind,
          {{"dialogue", Steps{step_expect("^220 (?P<peer_name>\\w+) "),
                              step_say("HELO ${peer_name}\r\n"), step_expect("^250")}}},
          peer.endpoint());

  EXPECT_EQ(done.verdict, Verdict::ok) << done.detail;
  EXPECT_EQ(info(done, reading_tcp_expect_info), "peer_name=\"mx1\"");
  EXPECT_EQ(done.readings.get(reading_tcp_failed_due_to_regex), 0);
}

TEST_F(TcpTest, SilenceIsAReplyTimeoutThatNamesTheStep) {
  TcpPeer peer(stay_silent);

  const Outcome& done =
      run(tcp_kind, {{"dialogue", Steps{step_expect("^220")}}}, peer.endpoint(), {.timeout = 50ms});

  EXPECT_EQ(done.reason, Reason::reply_timeout);
  EXPECT_THAT(done.detail, HasSubstr("step 1 of 1"));
}

TEST_F(TcpTest, AnEndlessBannerEndsAtTheLimit) {
  TcpPeer peer([](Conversation& talk) { talk.send_forever("blah blah\r\n"); });

  const Outcome& done = run(tcp_kind, {{"dialogue", Steps{step_expect("never")}}}, peer.endpoint());

  EXPECT_EQ(done.reason, Reason::expect_mismatch);
  EXPECT_EQ(done.readings.get(reading_tcp_failed_due_to_regex), 1);
  ASSERT_NE(done.explanation, nullptr);
  EXPECT_LE(done.explanation->excerpt.size(), limits::excerpt_bytes);
}

TEST_F(TcpTest, PeersThatCloseOrResetInTheMiddleAreToldApart) {
  TcpPeer closing([](Conversation& talk) { talk.close(); });
  TcpPeer resetting([](Conversation& talk) {
    talk.receive(1);
    talk.reset();
  });

  EXPECT_EQ(run(tcp_kind, {{"dialogue", Steps{step_expect("x")}}}, closing.endpoint()).reason,
            Reason::closed);
  EXPECT_EQ(
      run(tcp_kind, {{"dialogue", Steps{step_say("a"), step_expect("x")}}}, resetting.endpoint())
          .reason,
      Reason::reset);
}

TEST_F(TcpTest, StartTlsGoesOnInsideTheEncryptedConnection) {
  const CertificateAuthority authority;
  const TemporaryFile root(authority.root_pem());
  const TlsServerOptions server{.identity = authority.issue()};
  TcpPeer peer([&server](Conversation& talk) {
    talk.send("220 ready\r\n");
    talk.receive_until("STARTTLS\r\n");
    talk.send("220 go ahead\r\n");
    talk.start_tls(server);
    talk.receive_until("EHLO\r\n");
    talk.send("250 inside\r\n");
    talk.stay_silent();
  });

  const Outcome& done =
      run(tcp_kind,
          {{"tls.ca_file", root.path()},
           {"dialogue", Steps{step_expect("^220 "), step_say("STARTTLS\r\n"), step_expect("^220 "),
                              step_starttls, step_say("EHLO\r\n"), step_expect("^250 inside")}}},
          peer.endpoint(), {.explain = true});

  EXPECT_EQ(done.verdict, Verdict::ok) << done.detail;
  EXPECT_GT(done.readings.get(reading_tls_earliest_expiry), 0);
  EXPECT_EQ(info(done, reading_tls_version_info), "version=\"TLS 1.3\"");
}

TEST_F(TcpTest, ARefusedStartTlsHasItsOwnReason) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("STARTTLS\r\n");
    talk.send("454 TLS not available\r\n");
    talk.stay_silent();
  });
  const Values set{
      {"dialogue", Steps{step_say("STARTTLS\r\n"), step_expect("^220 "), step_starttls}}};

  EXPECT_EQ(run(tcp_kind, set, peer.endpoint(), {.timeout = 200ms}).reason,
            Reason::starttls_refused);
}

TEST_F(TcpTest, ADroppedRunLeavesNothingBehind) {
  TcpPeer peer(stay_silent);
  start(tcp_kind, {{"dialogue", Steps{step_expect("^220")}}}, peer.endpoint(), {});
  test.run_until([&] { return peer.connections() == 1; });

  flight.reset();

  // A reset, or an end where our side had not yet seen the connection made.
  test.run_until([&] { return peer.record(0).was_reset || peer.record(0).was_closed; });
}

TEST_F(TcpTest, ARunMayBeDroppedInsideItsOwnEnd) {
  TcpPeer peer(stay_silent);

  EXPECT_EQ(run(tcp_kind, {}, peer.endpoint(), {.drops_in_done = true}).verdict, Verdict::ok);
  EXPECT_FALSE(flight);
}

const Steps greeting{step_say("hi\n"), step_expect("^220 ok")};

TEST_F(TcpTest, APeerThatResetsAfterTheMatchIsNotHeard) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_line();
    talk.send("220 ok\r\n");
    talk.reset();
  });

  expect_one_good_end(tcp_kind, {{"dialogue", greeting}}, peer.endpoint());
}

TEST_F(TcpTest, APeerThatTalksOnAfterTheMatchIsNotHeard) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_line();
    talk.send("220 ok\r\n" + std::string(200U << 10U, 'x'));
    talk.close();
  });

  expect_one_good_end(tcp_kind, {{"dialogue", greeting}}, peer.endpoint());
}

TEST_F(TcpTest, APeerThatClosesInTheMatchsChunkIsNotHeard) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_line();
    talk.send("220 ok\r\n");
    talk.close();
  });

  expect_one_good_end(tcp_kind, {{"dialogue", greeting}}, peer.endpoint());
}

// A dialogue inside TLS from the first byte.
class TcpOverTlsTest : public TcpTest {
 protected:
  Values inside(Steps steps) const {
    return {{"tls.enable", true}, {"tls.ca_file", root.path()}, {"dialogue", std::move(steps)}};
  }

  CertificateAuthority authority;
  TemporaryFile root{authority.root_pem()};
};

TEST_F(TcpOverTlsTest, TheDialogueIsHeldInsideTls) {
  TlsPeer peer({.identity = authority.issue()}, [](Conversation& talk) {
    talk.receive_line();
    talk.send("220 ok\r\n");
    talk.stay_silent();
  });

  const Outcome& done = run(tcp_kind, inside(greeting), peer.endpoint());

  EXPECT_EQ(done.verdict, Verdict::ok) << done.detail;
  EXPECT_EQ(peer.received(), "hi\n");
  EXPECT_GT(done.readings.get(reading_tcp_tls), 0);
  EXPECT_EQ(info(done, reading_tls_version_info), "version=\"TLS 1.3\"");
}

TEST_F(TcpOverTlsTest, RecordsAfterTheMatchAreNotHeard) {
  TlsPeer peer({.identity = authority.issue()}, [](Conversation& talk) {
    talk.receive_line();
    talk.send("220 ok\r\n");
    for (int record = 0; record < 50; ++record) talk.send("and another thing\r\n");
    talk.close();
  });

  expect_one_good_end(tcp_kind, inside(greeting), peer.endpoint());
}

TEST_F(TcpOverTlsTest, ACloseNotifyInTheMatchsChunkIsNotHeard) {
  TlsPeer peer({.identity = authority.issue()}, [](Conversation& talk) {
    talk.receive_line();
    talk.send("220 ok\r\n" + std::string(200U << 10U, 'x'));
    talk.close();
  });

  expect_one_good_end(tcp_kind, inside(greeting), peer.endpoint());
}

TEST_F(TcpOverTlsTest, ACloseNotifyBeforeTheMatchIsAClose) {
  TlsPeer peer({.identity = authority.issue()}, [](Conversation& talk) { talk.close(); });

  EXPECT_EQ(run(tcp_kind, inside({step_expect("^220")}), peer.endpoint()).reason, Reason::closed);
}

TEST_F(TcpOverTlsTest, AMissingFileIsTheAgentsTroubleAndNamed) {
  TlsPeer peer({.identity = authority.issue()}, stay_silent);
  const Values set{{"tls.enable", true}, {"tls.ca_file", std::string("/nonexistent.pem")}};

  const Outcome& done = run(tcp_kind, set, peer.endpoint());

  EXPECT_EQ(done.verdict, Verdict::unknown);
  EXPECT_EQ(done.reason, Reason::agent_error);
  EXPECT_THAT(done.detail, HasSubstr("nonexistent.pem"));
}

TEST_F(TcpTest, WithoutDescriptorsNothingIsKnownOfTheTarget) {
  TcpPeer peer(stay_silent);
  // First a good run: the loop opens descriptors of its own, and so does UBSan when it meets a
  // class for the first time.
  EXPECT_EQ(run(tcp_kind, {}, peer.endpoint()).verdict, Verdict::ok);
  // Nothing may be closed after the famine has begun: it would be a descriptor again.
  test.run_until([&] { return peer.record(0).is_over; });
  test.run_ready();
  std::optional<DescriptorFamine> famine(std::in_place);

  const Outcome& done = run(tcp_kind, {}, peer.endpoint());
  famine.reset();

  EXPECT_EQ(done.verdict, Verdict::unknown);
  EXPECT_EQ(done.reason, Reason::agent_descriptors) << done.detail;
}

TEST_F(TcpTest, ANameThatIsNotThereOrNotAnsweredIsTheLookUpsReason) {
  UdpPeer server([](std::string_view query) {
    return asked_name(query) == "gone.test" ? std::vector{reply_bytes(query, nxdomain)}
                                            : std::vector<std::string>{};
  });
  network.resolver =
      Resolver::create(test.loop(), clock, {.servers = {server.endpoint()}, .timeout = 5s});
  const auto reason_of = [&](const std::string& host, Duration timeout) {
    return run(tcp_kind, {{"host", HostPort{host, 80}}}, server.endpoint(), {.timeout = timeout})
        .reason;
  };

  EXPECT_EQ(reason_of("gone.test", 9s), Reason::dns_nxdomain);
  EXPECT_EQ(reason_of("gone.test", 9s), Reason::dns_nxdomain) << "remembered";
  EXPECT_EQ(reason_of("dead.test", 50ms), Reason::dns_timeout);
  EXPECT_EQ(outcome->readings.get(reading_ip_protocol), 0);
  flight.reset();
}

TEST_F(TcpTest, OnlyReasonsThatCanHappenAreListed) {
  const Values plain{{"host", HostPort{"10.0.0.1", 5432}}};
  const Values talking{{"host", HostPort{"mail.test", 25}},
                       {"dialogue", Steps{step_expect("^220"), step_starttls}}};

  EXPECT_EQ(parse_probe(tcp_kind, plain)->reason_groups(),
            ReasonGroups{}.with(ReasonGroup::connect));
  EXPECT_TRUE(parse_probe(tcp_kind, talking)->reason_groups().has(ReasonGroup::tls));
  EXPECT_EQ(parse_probe(tcp_kind, talking)->instance(), "mail.test:25");
}

TEST_F(TcpTest, TlsTwiceIsRefused) {
  EXPECT_EQ(parse_probe(tcp_kind, {{"host", HostPort{"mail.test", 465}},
                                   {"tls.enable", true},
                                   {"dialogue", Steps{step_starttls}}}),
            nullptr);
}

}  // namespace
}  // namespace siaga::tests
