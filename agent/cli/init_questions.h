// The five questions of `siaga init`: which answers there are, and the loop that asks for what is
// missing. Pure but for the streams it is given; whether an answer is right is its caller's to say.
#pragma once

#include <array>
#include <expected>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/language.h"
#include "agent/doctor/office_draft.h"

namespace siaga {

struct InitQuestion {
  std::string_view flag;  // "--office-id": the other way to answer
  Text words;
  std::string (*show)(const OfficeDraft& draft);                // the answer that a draft has
  void (*take)(OfficeDraft& draft, const std::string& answer);  // as typed
};
inline constexpr std::size_t init_question_count = 5;
const std::array<InitQuestion, init_question_count>& init_questions();

using GivenAnswers = std::array<std::optional<std::string>, init_question_count>;

struct Interview {
  std::istream& in;
  std::ostream& out;
  Language language = Language::english;
  // What is wrong with the draft, in one or more lines; empty: nothing.
  std::function<std::string(const OfficeDraft&)> complaint;
};

enum class InterviewEnd {
  end_of_input,    // Ctrl-D
  too_many_tries,  // limits::init_tries wrong answers to one question
};
// Asks what `given` leaves open; an empty answer takes what `found` has.
std::expected<OfficeDraft, InterviewEnd> interview(const Interview& with, OfficeDraft found,
                                                   const GivenAnswers& given);

// One given answer that is not right.
struct WrongFlag {
  std::string_view flag;
  std::string complaint;
};
// The given answers over what was found.
std::expected<OfficeDraft, WrongFlag> with_answers(
    OfficeDraft found, const GivenAnswers& given,
    const std::function<std::string(const OfficeDraft&)>& complaint);

}  // namespace siaga
