#include "agent/judge/last_word.h"

#include <gtest/gtest.h>

#include "tests/agent/engine/small_office.h"

namespace siaga {
namespace {

class LastWordTest : public tests::SmallOffice {
 protected:
  News say(State state, Reason reason = Reason::none, std::string evidence = {}) {
    return word_.say(engine_, id_,
                     {.state = state,
                      .since = now_,
                      .after = {},
                      .reason = reason,
                      .evidence = std::move(evidence)},
                     now_);
  }
  State engines() { return engine_.status(id_).state; }

  const TargetId id_ = add("wan", NodeRole::link);
  LastWord word_;
};

TEST_F(LastWordTest, NoEvidenceIsNoWord) {
  EXPECT_EQ(say(State::pending), News::nothing);
  EXPECT_EQ(engines(), State::pending);
  EXPECT_EQ(word_.state(), State::pending);
}

TEST_F(LastWordTest, TheFirstWordIsNoReturn) {
  EXPECT_EQ(say(State::up), News::other);
  EXPECT_EQ(engines(), State::up);
}

TEST_F(LastWordTest, TheSameIsNotSaidTwiceAlsoWithOtherEvidence) {
  say(State::down, Reason::link_down, "3 of 3 anchors");

  EXPECT_EQ(say(State::down, Reason::link_down, "2 of 3 anchors"), News::nothing);
  EXPECT_EQ(engine_.status(id_).state_detail.find("2 of 3"), std::string::npos);
}

TEST_F(LastWordTest, LossAndReturnAreTold) {
  EXPECT_EQ(say(State::down, Reason::link_down), News::lost);
  pass(std::chrono::seconds(1));
  EXPECT_EQ(say(State::up), News::returned);
  EXPECT_EQ(engines(), State::up);
  pass(std::chrono::seconds(1));
  EXPECT_EQ(say(State::unknown, Reason::agent_no_route), News::other);
  pass(std::chrono::seconds(1));
  EXPECT_EQ(say(State::up), News::returned) << "unknown is away, too";
}

TEST_F(LastWordTest, AnotherReasonIsNews) {
  say(State::down, Reason::link_down);

  EXPECT_EQ(say(State::down, Reason::link_no_carrier), News::other) << "but no second loss";
}

}  // namespace
}  // namespace siaga
