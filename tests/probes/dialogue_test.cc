// The dialogue's step machine, without any socket.
#include "probes/dialogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/core/limits.h"

namespace siaga::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using Need = Dialogue::Need;

DialogueStep expect(std::string_view pattern) { return {.expect = {*Pattern::compile(pattern)}}; }
DialogueStep send(std::string text) { return {.send = std::move(text)}; }
DialogueStep starttls() { return {.starttls = true}; }

TEST(DialogueTest, WaitsForATextAndThenAnswersIt) {
  const std::vector steps{expect("^220 (?P<software>\\w+)"),
                          send("HELO ${1} ${software} $${x}\r\n")};
  Dialogue dialogue(steps);

  EXPECT_EQ(dialogue.next(), Need::bytes);
  EXPECT_EQ(dialogue.receive("22"), Need::bytes);
  EXPECT_EQ(dialogue.receive("0 postfix ready\r\n"), Need::send);

  EXPECT_EQ(dialogue.text(), "HELO postfix postfix ${x}\r\n");
  EXPECT_EQ(dialogue.next(), Need::nothing);
  EXPECT_THAT(dialogue.captures(), ElementsAre(Pair("software", "postfix")));
}

TEST(DialogueTest, WhatWasMatchedIsUsedUp) {
  const std::vector steps{expect("ok"), expect("ok")};
  Dialogue dialogue(steps);

  EXPECT_EQ(dialogue.receive("ok"), Need::bytes);
  EXPECT_EQ(dialogue.receive("ok"), Need::nothing);
}

TEST(DialogueTest, AnEndlessBannerEndsAtTheLimit) {
  const std::vector steps{expect("never")};
  Dialogue dialogue(steps);
  const std::string chunk(4096, 'x');

  Need need = Need::bytes;
  std::size_t chunks = 0;
  while (need == Need::bytes && chunks < 1000) {
    need = dialogue.receive(chunk);
    ++chunks;
  }

  EXPECT_EQ(need, Need::failure);
  EXPECT_EQ(dialogue.reason(), Reason::expect_mismatch);
  EXPECT_EQ(chunks * chunk.size(), limits::dialogue_bytes);
}

TEST(DialogueTest, SearchingByteByByteIsBounded) {
  const std::vector steps{expect("never")};
  Dialogue dialogue(steps);

  Need need = Need::bytes;
  std::size_t bytes = 0;
  while (need == Need::bytes) {
    need = dialogue.receive("x");
    ++bytes;
  }

  EXPECT_LT(bytes, 4096U);
  EXPECT_EQ(dialogue.reason(), Reason::expect_mismatch);
}

TEST(DialogueTest, TlsBeginsOnlyAfterTheWholeLineAndForgetsWhatCameInTheClear) {
  const std::vector steps{send("STARTTLS\r\n"), expect("^220 "), starttls(), expect("secret")};
  Dialogue dialogue(steps);
  EXPECT_EQ(dialogue.next(), Need::send);
  EXPECT_EQ(dialogue.next(), Need::bytes);

  EXPECT_EQ(dialogue.receive("220 rea"), Need::bytes);
  EXPECT_EQ(dialogue.receive("dy\r\nsecret\r\n"), Need::start_tls);

  EXPECT_EQ(dialogue.next(), Need::bytes);
  EXPECT_EQ(dialogue.receive("secret"), Need::nothing);
}

TEST(DialogueTest, AnotherAnswerBeforeTlsIsARefusal) {
  const std::vector steps{expect("^220 "), starttls()};
  Dialogue dialogue(steps);
  EXPECT_EQ(dialogue.receive("454 not now\r\n"), Need::bytes);

  dialogue.time_out();

  EXPECT_EQ(dialogue.reason(), Reason::starttls_refused);
  EXPECT_THAT(dialogue.detail(), HasSubstr("step 1 of 2"));
  EXPECT_THAT(dialogue.detail(), HasSubstr("454 not now"));
}

TEST(DialogueTest, SilenceIsATimeoutAndAnEndIsAClose) {
  const std::vector steps{expect("x")};
  Dialogue silent(steps);
  Dialogue closed(steps);
  Dialogue rude(steps);
  rude.receive("go away");

  silent.time_out();
  closed.end();
  rude.end();

  EXPECT_EQ(silent.reason(), Reason::reply_timeout);
  EXPECT_EQ(closed.reason(), Reason::closed);
  EXPECT_EQ(rude.reason(), Reason::expect_mismatch);
}

}  // namespace
}  // namespace siaga::tests
