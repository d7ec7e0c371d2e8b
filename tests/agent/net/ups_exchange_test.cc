// Conversations with UPS servers, against scripted ones on loopback.
#include "agent/net/ups_exchange.h"

#include <gmock/gmock.h>

#include <atomic>

#include "agent/core/limits.h"
#include "tests/support/certificates.h"
#include "tests/support/descriptors.h"
#include "tests/support/manual_clock.h"
#include "tests/support/tcp_peer.h"
#include "tests/support/test_loop.h"
#include "tests/support/tls_peer.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using namespace tests;
using testing::HasSubstr;

std::string list(std::string_view ups, std::string_view status = "OL") {
  return "BEGIN LIST VAR " + std::string(ups) + "\nVAR " + std::string(ups) + " ups.status \"" +
         std::string(status) + "\"\nEND LIST VAR " + std::string(ups) + "\n";
}
// The UPS that a request is about.
std::string ups_of(std::string_view line) {
  const std::string_view words = line.substr(0, line.find_first_of("\r\n"));
  return std::string(words.substr(words.rfind(' ') + 1));
}
void answer_one(Conversation& talk) { talk.send(list(ups_of(talk.receive_line()))); }
void serve(Conversation& talk) {
  for (;;) answer_one(talk);
}

class UpsExchangeTest : public testing::Test {
 protected:
  static UpsServer server(const Endpoint& at) {
    UpsServer made;
    made.endpoint = at;
    made.host = "127.0.0.1";
    return made;
  }
  UpsAnswer ask(const UpsServer& of, std::string_view ups = "office") {
    std::optional<UpsAnswer> answer;
    const auto question = exchange->ask(of, ups, [&](UpsAnswer told) { answer = std::move(told); });
    EXPECT_FALSE(answer) << "answered from inside ask()";
    test.run_until([&] { return answer.has_value(); });
    return std::move(*answer);
  }
  // A question that must not be answered before `ready`.
  UpsAnswer so_far_when(const UpsServer& of, const std::function<bool()>& ready) {
    const auto question =
        exchange->ask(of, "office", [](const UpsAnswer&) { ADD_FAILURE() << "answered"; });
    test.run_until(ready);
    test.run_for(20ms);
    return question->so_far();
  }

  ManualClock clock;
  SystemClock real_clock;  // for the dates of certificates
  TestLoop test;
  std::unique_ptr<TlsContexts> tls = TlsContexts::create(test.loop(), real_clock);
  std::unique_ptr<UpsExchange> exchange = UpsExchange::create(test.loop(), *tls, clock);
};

TEST_F(UpsExchangeTest, BringsTheWholeAnswerAndKeepsTheConnection) {
  for (const Family family : {Family::ip4, Family::ip6}) {
    const TcpPeer peer(serve, family);

    EXPECT_EQ(ask(server(peer.endpoint())).text, list("office"));
    EXPECT_EQ(ask(server(peer.endpoint())).text, list("office"));

    EXPECT_EQ(peer.connections(), 1U);
    EXPECT_EQ(peer.received(), "LIST VAR office\nLIST VAR office\n");
    EXPECT_GE(exchange->counters().open, 1U);
  }
  EXPECT_EQ(exchange->counters().connections, 2U);
  EXPECT_EQ(exchange->counters().questions, 4U);
  test.run_until([&] { return exchange->counters().open == 0; });
}

TEST_F(UpsExchangeTest, UpsesOfOneServerShareAConnectionAndAreAnsweredInOrder) {
  const TcpPeer peer(serve);
  std::vector<std::string> answers;
  std::vector<std::unique_ptr<UpsQuestion>> questions;
  for (const std::string_view ups : {"one"sv, "two"sv, "three"sv})
    questions.push_back(exchange->ask(server(peer.endpoint()), ups, [&](const UpsAnswer& answer) {
      answers.push_back(answer.text);
    }));

  test.run_until([&] { return answers.size() == 3; });

  EXPECT_EQ(answers, (std::vector{list("one"), list("two"), list("three")}));
  EXPECT_EQ(peer.connections(), 1U);
}

TEST_F(UpsExchangeTest, AnotherUserIsAnotherConnection) {
  const TcpPeer peer([](Conversation& talk) {
    std::string line = talk.receive_line();
    for (; !line.starts_with("LIST"); line = talk.receive_line()) talk.send("OK\n");
    talk.send(list("office"));
    serve(talk);
  });
  UpsServer known = server(peer.endpoint());
  known.user = "mon \"a\"";
  known.password = "back\\slash";

  EXPECT_EQ(ask(server(peer.endpoint())).reason, Reason::none);
  EXPECT_EQ(ask(known).reason, Reason::none);
  EXPECT_EQ(ask(known).reason, Reason::none);

  EXPECT_EQ(peer.connections(), 2U);
  EXPECT_EQ(peer.received(1),
            "USERNAME \"mon \\\"a\\\"\"\nPASSWORD \"back\\\\slash\"\n"
            "LIST VAR office\nLIST VAR office\n");
}

TEST_F(UpsExchangeTest, ARefusedUserIsTheAnswerOfAllThatWait) {
  const TcpPeer peer([](Conversation& talk) {
    talk.receive_line();
    talk.send("ERR ACCESS-DENIED\r\n");
    talk.stay_silent();
  });
  UpsServer known = server(peer.endpoint());
  known.user = "mon";
  std::vector<std::string> answers;
  const auto note = [&](const UpsAnswer& answer) { answers.push_back(answer.text); };
  const auto one = exchange->ask(known, "one", note);
  const auto two = exchange->ask(known, "two", note);

  test.run_until([&] { return answers.size() == 2; });

  EXPECT_THAT(answers, testing::Each("ERR ACCESS-DENIED\n"));
}

TEST_F(UpsExchangeTest, PutsAnAnswerTogetherThatComesInPieces) {
  const std::string answer =
      "BEGIN LIST VAR Office\r\nVAR Office ups.status \"OL\"\r\nEND LIST VAR Office\r\n";
  const TcpPeer peer([&](Conversation& talk) {
    talk.receive_line();
    talk.send_slowly(answer, 100us);
    talk.stay_silent();
  });

  EXPECT_EQ(ask(server(peer.endpoint())).text, answer);
}

TEST_F(UpsExchangeTest, FindsTheEndBehindALineThatLostItsLineFeed) {
  const std::string answer = "BEGIN LIST VAR office\nVAR office ups.alarm \"" +
                             std::string(490, 'x') + "END LIST VAR office\n";
  const TcpPeer peer([&](Conversation& talk) {
    talk.receive_line();
    talk.send(answer);
    talk.stay_silent();
  });

  EXPECT_EQ(ask(server(peer.endpoint())).text, answer);
}

TEST_F(UpsExchangeTest, AnErrorLineIsAnAnswer) {
  const TcpPeer peer([](Conversation& talk) {
    talk.receive_line();
    talk.send("ERR DATA-STALE\n");
    serve(talk);
  });

  EXPECT_EQ(ask(server(peer.endpoint())).text, "ERR DATA-STALE\n");
  EXPECT_EQ(ask(server(peer.endpoint())).text, list("office"));
  EXPECT_EQ(peer.connections(), 1U);
}

TEST_F(UpsExchangeTest, SpeaksApcupsdToo) {
  const TcpPeer peer([](Conversation& talk) {
    for (;;) {
      talk.receive(8);
      talk.send_slowly("\0\x13STATUS   : ONLINE \n\0\x0eNUMXFERS : 421\0\0"sv, 100us);
    }
  });
  UpsServer apcupsd = server(peer.endpoint());
  apcupsd.scheme = UpsScheme::apcupsd;

  EXPECT_EQ(ask(apcupsd, "").text, "STATUS   : ONLINE \nNUMXFERS : 421\n");
  EXPECT_EQ(ask(apcupsd, "").reason, Reason::none);
  EXPECT_EQ(peer.received(), "\0\6status\0\6status"sv);
}

TEST_F(UpsExchangeTest, NamesHowAServerFailed) {
  const RefusingPort nobody;
  EXPECT_EQ(ask(server(nobody.endpoint())).reason, Reason::connect_refused);

  const TcpPeer closing([](Conversation& talk) { talk.receive_line(); });
  EXPECT_EQ(ask(server(closing.endpoint())).reason, Reason::closed);

  const TcpPeer resetting([](Conversation& talk) {
    talk.receive_line();
    talk.send("BEGIN LIST");
    talk.pause(20ms);
    talk.reset();
  });
  EXPECT_EQ(ask(server(resetting.endpoint())).reason, Reason::reset);
}

TEST_F(UpsExchangeTest, WhatCannotBeAnAnswerIsAProtocolError) {
  for (const std::string_view nonsense :
       {"HTTP/1.1 400 Bad Request\r\n"sv, "SSH-2.0-x"sv, "\0\1\2"sv,
        "BEGIN LIST VAR other\nVAR other a \"b\"\nEND LIST VAR other\n"sv,
        "VAR office ups.status \"OL\"\n"sv, "\n"sv}) {
    const TcpPeer peer([&](Conversation& talk) {
      talk.send(nonsense);
      talk.stay_silent();
    });
    const UpsAnswer answer = ask(server(peer.endpoint()));
    EXPECT_EQ(answer.reason, Reason::protocol_error) << nonsense;
    EXPECT_THAT(answer.detail, HasSubstr(to_string(peer.endpoint())));
  }
  const TcpPeer web([](Conversation& talk) {
    talk.send("HTTP/1.1 400 Bad Request\r\n");
    talk.stay_silent();
  });
  UpsServer apcupsd = server(web.endpoint());
  apcupsd.scheme = UpsScheme::apcupsd;
  EXPECT_EQ(ask(apcupsd, "").reason, Reason::protocol_error);
}

TEST_F(UpsExchangeTest, AnEndlessAnswerEndsAtTheLimitAndTheNextUpsIsAskedAnew) {
  std::vector<Script> scripts;
  scripts.emplace_back([](Conversation& talk) {
    talk.receive_line();
    talk.send("BEGIN LIST VAR endless\n");
    talk.send_forever("VAR endless ups.load \"3\"\n");
  });
  scripts.emplace_back(serve);
  const TcpPeer peer(std::move(scripts));
  std::optional<UpsAnswer> first, second;
  const auto one = exchange->ask(server(peer.endpoint()), "endless",
                                 [&](UpsAnswer told) { first = std::move(told); });
  const auto two = exchange->ask(server(peer.endpoint()), "office",
                                 [&](UpsAnswer told) { second = std::move(told); });

  test.run_until([&] { return first && second; });

  EXPECT_EQ(first->reason, Reason::protocol_error);
  EXPECT_THAT(first->detail, HasSubstr(std::to_string(limits::ups_answer_bytes)));
  EXPECT_EQ(second->text, list("office"));
}

TEST_F(UpsExchangeTest, NamesTheStepThatRanOutOfTime) {
  const UnansweringPort deaf;
  EXPECT_EQ(so_far_when(server(deaf.endpoint()), [] { return true; }).reason,
            Reason::connect_timeout);

  const TcpPeer silent([](Conversation& talk) { talk.stay_silent(); });
  EXPECT_EQ(
      so_far_when(server(silent.endpoint()), [&] { return !silent.received().empty(); }).reason,
      Reason::reply_timeout);
}

TEST_F(UpsExchangeTest, AfterAFailureItPausesLongerAndLongerAndSaysTheFailureAgain) {
  const RefusingPort nobody;
  const UpsServer wanted = server(nobody.endpoint());
  Duration pause = limits::ups_pause_first;
  for (std::uint64_t tries = 1; tries <= 7; ++tries) {
    EXPECT_EQ(ask(wanted).reason, Reason::connect_refused);
    clock.advance(pause - 1ms);
    EXPECT_EQ(ask(wanted).reason, Reason::connect_refused);
    EXPECT_EQ(exchange->counters().connections, tries);
    clock.advance(1ms);
    pause = std::min(pause * 2, limits::ups_pause_max);
  }
}

TEST_F(UpsExchangeTest, AnAnswerEndsThePauses) {
  std::vector<Script> scripts;
  const auto refuse = [](Conversation& talk) { talk.close(); };
  scripts.assign(3, refuse);
  scripts.emplace_back([](Conversation& talk) {
    answer_one(talk);
    talk.reset();
  });
  scripts.emplace_back(refuse);
  const TcpPeer peer(std::move(scripts));
  const UpsServer wanted = server(peer.endpoint());
  for (int tries = 0; tries < 3; ++tries) {
    EXPECT_NE(ask(wanted).reason, Reason::none);
    clock.advance(limits::ups_pause_max);
  }
  EXPECT_EQ(ask(wanted).reason, Reason::none);
  test.run_until([&] { return exchange->counters().open == 0; });
  EXPECT_NE(ask(wanted).reason, Reason::none);

  clock.advance(limits::ups_pause_first);
  EXPECT_NE(ask(wanted).reason, Reason::none);

  EXPECT_EQ(exchange->counters().connections, 6U);
}

// upsd drops clients that were idle for 60 s.
TEST_F(UpsExchangeTest, AConnectionThatWasClosedWhileIdleIsNoFault) {
  const TcpPeer peer(answer_one);
  EXPECT_EQ(ask(server(peer.endpoint())).reason, Reason::none);
  test.run_until([&] { return exchange->counters().open == 0; });

  EXPECT_EQ(ask(server(peer.endpoint())).reason, Reason::none);

  EXPECT_EQ(peer.connections(), 2U);
}

TEST_F(UpsExchangeTest, AQuestionIntoAConnectionThatIsJustBeingClosedIsAskedAgain) {
  const TcpPeer peer([](Conversation& talk) {
    answer_one(talk);
    talk.receive_line();
    talk.reset();
  });
  EXPECT_EQ(ask(server(peer.endpoint())).reason, Reason::none);

  EXPECT_EQ(ask(server(peer.endpoint())).reason, Reason::none);

  EXPECT_EQ(peer.connections(), 2U);
}

TEST_F(UpsExchangeTest, WhatNobodyAskedForIsNotTakenForAnAnswer) {
  const TcpPeer peer([](Conversation& talk) {
    talk.send(list(ups_of(talk.receive_line())) + list("office", "OB"));
    talk.stay_silent();
  });

  EXPECT_EQ(ask(server(peer.endpoint())).text, list("office"));
  EXPECT_EQ(ask(server(peer.endpoint())).text, list("office"));

  EXPECT_EQ(peer.connections(), 2U);
}

TEST_F(UpsExchangeTest, ADroppedQuestionThatIsNeverAnsweredTakesItsConnectionSoon) {
  std::vector<Script> scripts;
  scripts.emplace_back([](Conversation& talk) { talk.stay_silent(); });
  scripts.emplace_back(serve);
  const TcpPeer peer(std::move(scripts));
  auto dropped = exchange->ask(server(peer.endpoint()), "slow",
                               [](const UpsAnswer&) { ADD_FAILURE() << "answered"; });
  std::optional<UpsAnswer> answer;
  const auto other = exchange->ask(server(peer.endpoint()), "office",
                                   [&](UpsAnswer told) { answer = std::move(told); });
  test.run_until([&] { return !peer.received().empty(); });
  EXPECT_EQ(other->so_far().reason, Reason::agent_error) << "it had no turn yet";
  EXPECT_EQ(dropped->so_far().reason, Reason::reply_timeout);

  dropped.reset();
  EXPECT_EQ(other->so_far().reason, Reason::reply_timeout) << "the server lets all wait";
  test.run_until([&] { return answer.has_value(); });

  EXPECT_EQ(answer->text, list("office"));
  EXPECT_EQ(peer.received(0), "LIST VAR slow\n");
  EXPECT_EQ(peer.received(1), "LIST VAR office\n");
}

TEST_F(UpsExchangeTest, AnAnswerThatNobodyWaitsForIsReadAndDroppedAndTheConnectionStays) {
  std::atomic<bool> is_open = false;
  const TcpPeer peer([&](Conversation& talk) {
    const std::string line = talk.receive_line();
    while (!is_open) talk.pause(1ms);
    talk.send(list(ups_of(line), "OB"));
    serve(talk);
  });
  auto dropped = exchange->ask(server(peer.endpoint()), "slow",
                               [](const UpsAnswer&) { ADD_FAILURE() << "answered"; });
  std::optional<UpsAnswer> answer;
  const auto other = exchange->ask(server(peer.endpoint()), "office",
                                   [&](UpsAnswer told) { answer = std::move(told); });
  test.run_until([&] { return !peer.received().empty(); });

  dropped->so_far();
  dropped.reset();
  is_open = true;
  test.run_until([&] { return answer.has_value(); });

  EXPECT_EQ(answer->text, list("office"));
  EXPECT_EQ(peer.connections(), 1U);
  EXPECT_EQ(peer.received(), "LIST VAR slow\nLIST VAR office\n");
}

TEST_F(UpsExchangeTest, AnAbandonedAnswerIsNotTakenForALaterQuestions) {
  std::atomic<bool> is_open = false;
  const TcpPeer peer([&](Conversation& talk) {
    talk.receive_line();
    while (!is_open) talk.pause(1ms);
    talk.send(list("office", "OB"));
    serve(talk);
  });
  auto dropped = exchange->ask(server(peer.endpoint()), "office", [](const UpsAnswer&) {});
  test.run_until([&] { return !peer.received().empty(); });
  dropped.reset();
  std::optional<UpsAnswer> answer;
  const auto again = exchange->ask(server(peer.endpoint()), "office",
                                   [&](UpsAnswer told) { answer = std::move(told); });
  is_open = true;

  test.run_until([&] { return answer.has_value(); });

  EXPECT_EQ(answer->text, list("office", "OL"));
  EXPECT_EQ(peer.connections(), 1U);
}

TEST_F(UpsExchangeTest, TheWaitForATurnIsToldUntilTheServerLetsOneWaitTooLong) {
  const TcpPeer peer([](Conversation& talk) { talk.stay_silent(); });
  auto first = exchange->ask(server(peer.endpoint()), "one", [](const UpsAnswer&) {});
  const auto second = exchange->ask(server(peer.endpoint()), "two", [](const UpsAnswer&) {});
  test.run_until([&] { return !peer.received().empty(); });

  clock.advance(3s);
  EXPECT_EQ(first->waited(), 0s) << "it was sent at once";
  EXPECT_EQ(second->waited(), 3s);

  first->so_far();
  first.reset();
  clock.advance(4s);
  EXPECT_EQ(second->waited(), 3s);
}

TEST_F(UpsExchangeTest, ADroppedQuestionThatOnlyWaitedDisturbsNobody) {
  std::atomic<bool> is_open = false;
  const TcpPeer peer([&](Conversation& talk) {
    const std::string line = talk.receive_line();
    while (!is_open) talk.pause(1ms);
    talk.send(list(ups_of(line)));
    serve(talk);
  });
  std::optional<UpsAnswer> answer;
  const auto first = exchange->ask(server(peer.endpoint()), "office",
                                   [&](UpsAnswer told) { answer = std::move(told); });
  auto dropped = exchange->ask(server(peer.endpoint()), "other",
                               [](const UpsAnswer&) { ADD_FAILURE() << "answered"; });
  dropped.reset();
  is_open = true;

  test.run_until([&] { return answer.has_value(); });

  EXPECT_EQ(peer.connections(), 1U);
  EXPECT_EQ(peer.received(), "LIST VAR office\n");
}

TEST_F(UpsExchangeTest, QuestionsThatAreDroppedOneAfterTheOtherMakeNoConnections) {
  const TcpPeer peer([](Conversation& talk) { talk.stay_silent(); });
  std::vector<std::unique_ptr<UpsQuestion>> questions;
  questions.reserve(10);
  for (int index = 0; index < 10; ++index)
    questions.push_back(exchange->ask(server(peer.endpoint()), "office", [](const UpsAnswer&) {}));
  test.run_until([&] { return !peer.received().empty(); });

  while (!questions.empty()) questions.erase(questions.begin());
  test.run_ready();

  EXPECT_EQ(exchange->counters().connections, 1U);
}

TEST_F(UpsExchangeTest, QuestionsAndTheExchangeMayBeDestroyedInsideAnAnswer) {
  const TcpPeer peer(serve);
  bool is_done = false;
  std::unique_ptr<UpsQuestion> question;
  const auto other = exchange->ask(server(peer.endpoint()), "slow", [](const UpsAnswer&) {});
  question = exchange->ask(server(peer.endpoint()), "office",
                           [&, kept = std::string(100, 'x')](const UpsAnswer&) {
                             question.reset();
                             exchange.reset();
                             is_done = kept.size() == 100;
                           });
  const auto waiting =
      exchange->ask(server(peer.endpoint()), "late", [](const UpsAnswer&) { ADD_FAILURE(); });

  test.run_until([&] { return is_done; });
  test.run_for(20ms);
}

TEST_F(UpsExchangeTest, AServerThatNeverAnswersDelaysNobodyElse) {
  const TcpPeer silent([](Conversation& talk) { talk.stay_silent(); });
  const TcpPeer good(serve);
  const auto stuck = exchange->ask(server(silent.endpoint()), "office",
                                   [](const UpsAnswer&) { ADD_FAILURE() << "answered"; });
  test.run_until([&] { return !silent.received().empty(); });

  for (int index = 0; index < 20; ++index)
    EXPECT_EQ(ask(server(good.endpoint())).reason, Reason::none);

  EXPECT_EQ(good.connections(), 1U);
}

TEST_F(UpsExchangeTest, ConnectionsThatNobodyAsksOnAreClosed) {
  const TcpPeer left(serve);
  const TcpPeer used(serve);
  ask(server(left.endpoint()));
  ask(server(used.endpoint()));

  clock.advance(limits::ups_idle / 2);
  ask(server(used.endpoint()));
  clock.advance(limits::ups_idle / 2 + 1s);
  ask(server(used.endpoint()));

  EXPECT_EQ(exchange->counters().open, 1U);
  EXPECT_EQ(used.connections(), 1U);
  test.run_until([&] { return left.record(0).was_reset; });
}

TEST_F(UpsExchangeTest, SaysThatTheAgentHasNoDescriptors) {
  const TcpPeer peer(serve);
  // A first round for UBSan, with a peer that has closed everything before the famine.
  ask(server(TcpPeer(serve).endpoint()));
  exchange = UpsExchange::create(test.loop(), *tls, clock);
  test.run_ready();
  const DescriptorFamine famine;

  EXPECT_EQ(ask(server(peer.endpoint())).reason, Reason::agent_descriptors);
}

TEST_F(UpsExchangeTest, SendsFromTheSourceAddress) {
  const TcpPeer peer(serve);
  UpsServer wanted = server(peer.endpoint());
  wanted.source = parse_address("192.0.2.77");

  EXPECT_EQ(ask(wanted).reason, Reason::agent_address);
}

class UpsOverTls : public UpsExchangeTest {
 protected:
  UpsServer tls_server(const Endpoint& at) const {
    UpsServer made = server(at);
    made.starttls = StartTls::required;
    made.tls.ca_file = trusted.path();
    made.user = "mon";
    made.password = "secret";
    return made;
  }
  static Script starting_tls(Identity identity) {
    return
        [options = tests::TlsServerOptions{.identity = std::move(identity)}](Conversation& talk) {
          talk.receive_until("STARTTLS\n");
          talk.send("OK STARTTLS\n");
          talk.start_tls(options);
          talk.receive_until("USERNAME \"mon\"\n");
          talk.send("OK\n");
          talk.receive_until("PASSWORD \"secret\"\n");
          talk.send("OK\n");
          serve(talk);
        };
  }

  CertificateAuthority authority;
  TemporaryFile trusted{authority.root_pem()};
};

TEST_F(UpsOverTls, SendsThePasswordInsideOnlyAndBringsTheFacts) {
  const TcpPeer peer(starting_tls(authority.issue()));

  const UpsAnswer answer = ask(tls_server(peer.endpoint()));

  EXPECT_EQ(answer.reason, Reason::none) << answer.detail;
  EXPECT_EQ(answer.text, list("office"));
  ASSERT_TRUE(answer.tls_facts);
  EXPECT_FALSE(answer.tls_facts->sent.empty());
  EXPECT_TRUE(answer.tls_facts->chain_expiry);
  EXPECT_EQ(ask(tls_server(peer.endpoint())).reason, Reason::none);
  EXPECT_EQ(peer.connections(), 1U);
}

TEST_F(UpsOverTls, MakesTheConnectionAnewEveryHour) {
  const TcpPeer peer(starting_tls(authority.issue()));
  ask(tls_server(peer.endpoint()));

  for (Duration passed{}; passed <= limits::ups_tls_age; passed += limits::ups_idle) {
    EXPECT_EQ(peer.connections(), 1U);
    clock.advance(limits::ups_idle);
    EXPECT_EQ(ask(tls_server(peer.endpoint())).reason, Reason::none);
  }

  EXPECT_EQ(peer.connections(), 2U);
}

TEST_F(UpsOverTls, NamesWhatIsWrongWithTheCertificate) {
  const TcpPeer expired(starting_tls(authority.issue({.starts_in_days = -30, .ends_in_days = -1})));
  EXPECT_EQ(ask(tls_server(expired.endpoint())).reason, Reason::tls_expired);

  const TcpPeer other(starting_tls(authority.issue({.names = {"elsewhere.test"}})));
  const UpsAnswer answer = ask(tls_server(other.endpoint()));
  EXPECT_EQ(answer.reason, Reason::tls_wrong_name);
  ASSERT_TRUE(answer.tls_facts);
  EXPECT_FALSE(answer.tls_facts->sent.empty());
  EXPECT_EQ(other.received().find("secret"), std::string::npos);
}

TEST_F(UpsOverTls, ARefusedStartTlsIsNoFallbackToTheClear) {
  const TcpPeer peer([](Conversation& talk) {
    talk.receive_line();
    talk.send("ERR FEATURE-NOT-CONFIGURED\n");
    talk.stay_silent();
  });

  const UpsAnswer answer = ask(tls_server(peer.endpoint()));

  EXPECT_EQ(answer.reason, Reason::starttls_refused);
  EXPECT_THAT(answer.detail, HasSubstr("FEATURE-NOT-CONFIGURED"));
  EXPECT_EQ(peer.received(), "STARTTLS\n");
}

TEST_F(UpsOverTls, TextBeforeTheHandshakeIsRefused) {
  const TcpPeer peer([](Conversation& talk) {
    talk.receive_line();
    talk.send("OK STARTTLS\nBEGIN LIST VAR office\n");
    talk.stay_silent();
  });
  EXPECT_EQ(ask(tls_server(peer.endpoint())).reason, Reason::protocol_error);

  const TcpPeer odd([](Conversation& talk) {
    talk.receive_line();
    talk.send("MAYBE\n");
    talk.stay_silent();
  });
  EXPECT_EQ(ask(tls_server(odd.endpoint())).reason, Reason::protocol_error);

  const TcpPeer endless([](Conversation& talk) { talk.send_forever("OK STARTTLS "); });
  EXPECT_EQ(ask(tls_server(endless.endpoint())).reason, Reason::protocol_error);
}

TEST_F(UpsOverTls, AHandshakeThatHangsIsATlsTimeout) {
  const tests::TlsServerOptions options{.identity = authority.issue()};
  std::atomic<bool> is_hanging = false;
  const TcpPeer peer([&](Conversation& talk) {
    talk.receive_line();
    talk.send("OK STARTTLS\n");
    is_hanging = true;
    talk.stall_in_handshake(options, 50);
  });

  EXPECT_EQ(so_far_when(tls_server(peer.endpoint()), [&] { return is_hanging.load(); }).reason,
            Reason::tls_timeout);
}

TEST_F(UpsOverTls, AFileThatCannotBeReadIsTheAgentsTrouble) {
  const TcpPeer peer(starting_tls(authority.issue()));
  UpsServer wanted = tls_server(peer.endpoint());
  wanted.tls.ca_file = "/nonexistent/ca.pem";

  EXPECT_EQ(ask(wanted).reason, Reason::agent_error);
}

}  // namespace
}  // namespace siaga
