#include "agent/cli/init_questions.h"

#include <algorithm>
#include <istream>
#include <ostream>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/core/split.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr Text too_long{"longer than {} bytes", "lebih dari {} bita"};
constexpr Text empty_default{"none", "tidak ada"};
constexpr Text how_to{
    "Enter takes what stands in brackets; Ctrl-D ends without writing anything.\n",
    "Enter memakai yang ada dalam kurung; Ctrl-D berakhir tanpa menulis apa "
    "pun.\n"};

bool is_none(std::string_view word) {
  constexpr std::array<std::string_view, 5> words{"none", "-", "tidak", "tidak ada", "no"};
  return std::ranges::find(words, word) != words.end();
}

// Words apart by spaces or commas.
std::vector<std::string> words_of(std::string_view answer) {
  std::vector<std::string> words;
  if (is_none(answer)) return words;
  while (words.size() <= limits::init_websites) {
    const std::string_view word = take_word(answer, " ,\t");
    if (word.empty()) break;
    words.emplace_back(word);
  }
  return words;
}

template <typename Transform>
std::vector<std::string> each(const std::string& answer, const Transform& transform) {
  std::vector<std::string> values;
  for (const std::string& word : words_of(answer)) values.push_back(transform(word));
  return values;
}

std::string joined(const std::vector<std::string>& values) {
  return fmt::format("{}", fmt::join(values, " "));
}

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blank = " \t\r";
  const auto begin = std::min(text.find_first_not_of(blank), text.size());
  text.remove_prefix(begin);
  return text.substr(0, text.find_last_not_of(blank) + 1);
}

struct Line {
  std::string text;
  bool is_too_long = false;
};

// Bounded, whatever is typed or piped in; none at the end of input.
std::optional<Line> read_line(std::istream& in) {
  Line line;
  bool has_begun = false;
  for (int letter = in.get(); letter != std::istream::traits_type::eof(); letter = in.get()) {
    has_begun = true;
    if (letter == '\n') return line;
    if (line.text.size() < limits::init_answer_bytes) line.text += static_cast<char>(letter);
    else line.is_too_long = true;
  }
  if (!has_begun) return {};
  return line;
}

std::string complaint_of(const Interview& with, const InitQuestion& question, const Line& line,
                         OfficeDraft& draft) {
  if (line.is_too_long)
    return fmt::format(fmt::runtime(too_long.in(with.language)), limits::init_answer_bytes);
  OfficeDraft tried = draft;
  const std::string answer(without_blanks(line.text));
  if (!answer.empty()) question.take(tried, answer);
  std::string complaint = with.complaint(tried);
  if (complaint.empty()) draft = std::move(tried);
  return complaint;
}

std::expected<void, InterviewEnd> ask(const Interview& with, std::size_t number,
                                      OfficeDraft& draft) {
  const InitQuestion& question = init_questions().at(number);
  for (int tries = 0; tries < limits::init_tries; ++tries) {
    std::string shown = printable(question.show(draft), limits::detail_bytes);
    if (shown.empty()) shown = empty_default.in(with.language);
    with.out << fmt::format("{}/{} {} [{}]: ", number + 1, init_question_count,
                            question.words.in(with.language), shown)
             << std::flush;
    const auto line = read_line(with.in);
    if (!line) {
      with.out << '\n';
      return std::unexpected(InterviewEnd::end_of_input);
    }
    const std::string complaint = complaint_of(with, question, *line, draft);
    if (complaint.empty()) return {};
    with.out << "  " << complaint << '\n';
  }
  return std::unexpected(InterviewEnd::too_many_tries);
}

}  // namespace

const std::array<InitQuestion, init_question_count>& init_questions() {
  static constexpr std::array<InitQuestion, init_question_count> table{{
      {"--office-id",
       {"Office id, the label of all metrics", "Id kantor, label semua metrik"},
       [](const OfficeDraft& draft) { return draft.id; },
       [](OfficeDraft& draft, const std::string& answer) { draft.id = answer; }},
      {"--office-name",
       {"Office name, for reports", "Nama kantor, untuk laporan"},
       [](const OfficeDraft& draft) { return draft.name; },
       [](OfficeDraft& draft, const std::string& answer) {
         draft.name = is_none(answer) ? std::string() : answer;
       }},
      {"--timezone",
       {"Time zone: WIB, WITA, WIT, or such as Asia/Makassar",
        "Zona waktu: WIB, WITA, WIT, atau seperti Asia/Makassar"},
       [](const OfficeDraft& draft) { return draft.timezone; },
       [](OfficeDraft& draft, const std::string& answer) {
         draft.timezone = is_none(answer) ? std::string() : timezone_of(answer);
       }},
      {"--website",
       {"Websites to watch, apart by spaces", "Situs web yang dipantau, dipisah spasi"},
       [](const OfficeDraft& draft) { return joined(draft.websites); },
       [](OfficeDraft& draft, const std::string& answer) {
         draft.websites = each(answer, website_of);
       }},
      {"--ups",
       {"UPSes, as SERVER/NAME", "UPS, sebagai SERVER/NAMA"},
       [](const OfficeDraft& draft) { return joined(draft.upses); },
       [](OfficeDraft& draft, const std::string& answer) { draft.upses = each(answer, ups_of); }},
  }};
  return table;
}

std::expected<OfficeDraft, InterviewEnd> interview(const Interview& with, OfficeDraft found,
                                                   const GivenAnswers& given) {
  with.out << how_to.in(with.language);
  for (std::size_t number = 0; number < init_question_count; ++number) {
    if (given.at(number)) continue;
    if (const auto asked = ask(with, number, found); !asked) return std::unexpected(asked.error());
  }
  return found;
}

std::expected<OfficeDraft, WrongFlag> with_answers(
    OfficeDraft found, const GivenAnswers& given,
    const std::function<std::string(const OfficeDraft&)>& complaint) {
  for (std::size_t number = 0; number < init_question_count; ++number) {
    if (!given.at(number)) continue;
    const InitQuestion& question = init_questions().at(number);
    question.take(found, *given.at(number));
    if (std::string wrong = complaint(found); !wrong.empty())
      return std::unexpected(WrongFlag{.flag = question.flag, .complaint = std::move(wrong)});
  }
  return found;
}

}  // namespace siaga
