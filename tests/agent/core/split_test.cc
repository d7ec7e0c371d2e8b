#include "agent/core/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "agent/core/plural.h"

namespace siaga {
namespace {

using ::testing::ElementsAre;

std::vector<std::string_view> parts(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> found;
  while (!text.empty()) found.push_back(take_until(text, separator));
  return found;
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> found;
  for (auto word = take_word(text); !word.empty(); word = take_word(text)) found.push_back(word);
  return found;
}

TEST(TakeUntil, GivesWhatStandsBetweenSeparatorsAndTheRest) {
  EXPECT_THAT(parts("a\n\nb\nc", "\n"), ElementsAre("a", "", "b", "c"));
  EXPECT_THAT(parts("one\nx\n\ntwo", "\n\n"), ElementsAre("one\nx", "two"));
  EXPECT_THAT(parts("no end", "\n"), ElementsAre("no end"));
  EXPECT_THAT(parts("end\n", "\n"), ElementsAre("end"));
  EXPECT_THAT(parts("", "\n"), ElementsAre());
}

TEST(TakeWord, LeavesOutWhatIsBetweenWords) {
  EXPECT_THAT(words(" \t one  two\r"), ElementsAre("one", "two"));
  EXPECT_THAT(words(" \t "), ElementsAre());
  EXPECT_THAT(words(""), ElementsAre());
}

TEST(TakeWord, TakesOtherThingsBetweenWords) {
  std::string_view text = ", a,b";

  EXPECT_EQ(take_word(text, " ,"), "a");
  EXPECT_EQ(take_word(text, " ,"), "b");
  EXPECT_EQ(take_word(text, " ,"), "");
}

TEST(PluralS, StandsWithAllNumbersButOne) {
  EXPECT_EQ(plural_s(0), "s");
  EXPECT_EQ(plural_s(1U), "");
  EXPECT_EQ(plural_s(2L), "s");
}

}  // namespace
}  // namespace siaga
