// `siaga init`: the questions as a conversation of texts, the file it makes through the real
// loader, and the real program where files are put in place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "agent/cli/init_file.h"
#include "agent/cli/init_questions.h"
#include "agent/config/load.h"
#include "agent/core/utf8.h"
#include "probes/registry.h"
#include "tests/agent/cli/journal_command.h"

namespace siaga::tests {
namespace {

std::expected<Config, Complaints> load(const OfficeDraft& draft, Language language) {
  return parse_config(toml_of(draft, language), "siaga.toml", {.kinds = kind_schemas()});
}
std::string complaint(const OfficeDraft& draft) {
  const auto config = load(draft, Language::english);
  return config ? "" : config.error().front().message;
}
std::string complaints_of(const std::expected<Config, Complaints>& config) {
  return config ? "" : format(config.error(), Language::english, false);
}

const TargetConfig* target(const Config& config, std::string_view name) {
  const auto found = std::ranges::find(config.targets, name, &TargetConfig::name);
  return found == config.targets.end() ? nullptr : &*found;
}

OfficeDraft found() {
  return {.id = "pc-1",
          .name = {},
          .timezone = "Asia/Makassar",
          .websites = {},
          .upses = {"nut://127.0.0.1/apc"},
          .gateways = {"192.168.1.1 (eth0)"},
          .resolvers = {"192.168.1.1"}};
}

struct Told {
  std::expected<OfficeDraft, InterviewEnd> answer;
  std::string shown;
};
Told told(const std::string& typed, const GivenAnswers& given = {},
          Language language = Language::english) {
  std::istringstream in(typed);
  std::ostringstream out;
  auto answer = interview({.in = in, .out = out, .language = language, .complaint = complaint},
                          found(), given);
  return {std::move(answer), out.str()};
}

TEST(InitQuestions, AnEmptyAnswerTakesWhatWasFound) {
  const Told all = told("\n\n\n\n\n");

  ASSERT_TRUE(all.answer);
  EXPECT_EQ(*all.answer, found());
  EXPECT_THAT(all.shown, HasSubstr("1/5 Office id, the label of all metrics [pc-1]: "));
  EXPECT_THAT(all.shown, HasSubstr("[nut://127.0.0.1/apc]"));
}

TEST(InitQuestions, AnswersAreTakenAsPeopleTypeThem) {
  const Told all = told(
      "diskominfo\n Dinas \"Kominfo\" \\ Kaltim \nwit\nexample.go.id, http://10.0.0.5/x\n"
      "apc@10.0.0.9 apcupsd://127.0.0.1\n");

  ASSERT_TRUE(all.answer) << all.shown;
  EXPECT_EQ(all.answer->id, "diskominfo");
  EXPECT_EQ(all.answer->name, "Dinas \"Kominfo\" \\ Kaltim");
  EXPECT_EQ(all.answer->timezone, "Asia/Jayapura");
  EXPECT_THAT(all.answer->websites,
              testing::ElementsAre("https://example.go.id", "http://10.0.0.5/x"));
  EXPECT_THAT(all.answer->upses, testing::ElementsAre("nut://10.0.0.9/apc", "apcupsd://127.0.0.1"));
}

TEST(InitQuestions, AWrongAnswerGetsWhatWouldBeRightAndIsAskedAgain) {
  const Told all = told("spaces in it\ndiskominfo\n\nMars/Olympus\nWITA\nnone\nnone\n");

  ASSERT_TRUE(all.answer) << all.shown;
  EXPECT_EQ(all.answer->id, "diskominfo");
  EXPECT_EQ(all.answer->timezone, "Asia/Makassar");
  EXPECT_TRUE(all.answer->upses.empty());
  EXPECT_THAT(all.shown, HasSubstr("Mars/Olympus"));
}

TEST(InitQuestions, EndOfInputAndEndlessMistakesEndIt) {
  std::string wrong;
  for (int count = 0; count < 10; ++count) wrong += "not an id\n";

  EXPECT_EQ(told("").answer.error(), InterviewEnd::end_of_input);
  EXPECT_EQ(told("diskominfo\n").answer.error(), InterviewEnd::end_of_input);
  EXPECT_EQ(told(wrong).answer.error(), InterviewEnd::too_many_tries);
  EXPECT_EQ(told(std::string(1'000'000, 'x')).answer.error(), InterviewEnd::end_of_input);
}

TEST(InitQuestions, AreAskedInIndonesianAndOnlyWhereNoFlagSpoke) {
  const Told all =
      told("\n", {"kantor", "Dinas", "WIB", "none", std::nullopt}, Language::indonesian);

  EXPECT_TRUE(all.answer);
  EXPECT_THAT(all.shown, HasSubstr("5/5 UPS, sebagai SERVER/NAMA"));
  EXPECT_THAT(all.shown, Not(HasSubstr("1/5")));
}

TEST(InitQuestions, AFlagThatIsNotRightIsNamed) {
  const auto wrong = with_answers(found(), {std::nullopt, std::nullopt, "Mars", {}, {}}, complaint);

  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().flag, "--timezone");
  EXPECT_THAT(wrong.error().complaint, HasSubstr("Mars"));
}

TEST(InitDraft, BecomesAConfigurationThatLoadsInBothLanguages) {
  OfficeDraft draft = found();
  draft.name = "Dinas Kominfo";
  draft.websites = {"https://www.example.go.id/", "https://example.go.id/x", "http://10.0.0.5/",
                    "http://wan/"};
  draft.upses.emplace_back("apcupsd://127.0.0.1");
  draft.upses.emplace_back("nut://10.0.0.9/apc");

  for (const Language language : {Language::english, Language::indonesian}) {
    const auto config = load(draft, language);

    ASSERT_TRUE(config) << complaints_of(config) << toml_of(draft, language);
    EXPECT_EQ(config->office.id, "pc-1");
    EXPECT_EQ(config->office.name, "Dinas Kominfo");
    EXPECT_EQ(config->targets.size(), 10U);
    EXPECT_EQ(target(*config, "example.go.id")->via, std::vector<std::string>{"wan"});
    EXPECT_TRUE(target(*config, "10.0.0.5")->via.empty());
    EXPECT_NE(target(*config, "example.go.id-2"), nullptr);
    EXPECT_NE(target(*config, "wan-2"), nullptr);
    EXPECT_NE(target(*config, "apc-2"), nullptr);
  }
}

TEST(InitDraft, WithNothingFoundLoadsToo) {
  EXPECT_TRUE(load({}, Language::english)) << complaints_of(load({}, Language::english));
  EXPECT_TRUE(load({}, Language::indonesian));
}

TEST(InitDraft, HostileTextsSurviveTheLoaderOrAreRefusedByIt) {
  const std::vector<std::string> hostile{"quote \" and \\ and \\u0041",
                                         "line\nbreak = 1\n[web]",
                                         "\t\r\x01\x1b[31m\x7f",
                                         "\"\"\"",
                                         "'''",
                                         "# no comment",
                                         "]]",
                                         "\xff\xfe\xc3",
                                         "\xe2\x80\xae reversed",
                                         std::string(10'000, 'x'),
                                         std::string("a\0b", 3)};

  for (const std::string& text : hostile) {
    OfficeDraft draft = found();
    draft.name = text;
    const auto config = load(draft, Language::english);
    if (config) {
      EXPECT_EQ(config->office.name, valid_utf8(text));
    } else {
      for (const Complaint& fault : config.error())
        EXPECT_THAT(fault.source_line, testing::StartsWith("name")) << complaints_of(config);
    }

    draft = {.id = text, .name = {}, .timezone = text, .websites = {text}, .upses = {text}};
    draft.gateways = draft.resolvers = {text};
    const auto worse = load(draft, Language::english);
    ASSERT_FALSE(worse);
    for (const Complaint& fault : worse.error())
      EXPECT_THAT(fault.message, Not(HasSubstr("listen"))) << complaints_of(worse);
  }
}

TEST(InitDraft, PlainNamesOfAnyAlphabetComeBackAsTheyWere) {
  for (const std::string text : {"Dinas \"Kominfo\"", "C:\\kantor\\x", "Kantor Gubernur – Ruang 3",
                                 "県庁", "a'b", "# 1", "[office]"}) {
    OfficeDraft draft = found();
    draft.name = text;
    const auto config = load(draft, Language::indonesian);

    ASSERT_TRUE(config) << complaints_of(config);
    EXPECT_EQ(config->office.name, text);
  }
}

TEST(InitDraft, AnIdIsMadeOfAnyHostName) {
  EXPECT_EQ(office_id_of("pc-1"), "pc-1");
  EXPECT_EQ(office_id_of("kantor ku!"), "kantor-ku-");
  EXPECT_EQ(office_id_of(""), "office");
}

class InitFile : public testing::Test {
 protected:
  std::expected<Placed, PlacingTrouble> place(std::string_view text, bool may_replace = false,
                                              bool is_good = true) {
    return place_file({.path = path,
                       .text = text,
                       .may_replace = may_replace,
                       .now = november,
                       .is_good = [is_good](const std::string&) { return is_good; }});
  }
  std::size_t files() const {
    const std::filesystem::directory_iterator entries(folder.path());
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
  }

  TempFolder folder;
  std::string path = folder / "siaga.toml";
};

TEST_F(InitFile, IsMadeReadableWhateverTheUmask) {
  const mode_t before = umask(0077);
  const auto placed = place("one");
  umask(before);
  struct stat facts{};
  stat(path.c_str(), &facts);

  EXPECT_TRUE(placed);
  EXPECT_EQ(read_file(path), "one");
  EXPECT_EQ(facts.st_mode & 07777U, 0644U);
  EXPECT_EQ(files(), 1U);
}

TEST_F(InitFile, ReplacesThePackagedDefaultWithoutAWord) {
  write_file(path, std::string(default_config_text()));

  EXPECT_TRUE(place("one"));
  EXPECT_EQ(read_file(path), "one");
  EXPECT_EQ(files(), 1U);
}

TEST_F(InitFile, NeverOverwritesWhatSomebodyWrote) {
  write_file(path, std::string(default_config_text()) + "# mine\n");
  const std::string mine = read_file(path);

  const auto refused = place("one");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().refusal, Refusal::is_changed);
  EXPECT_EQ(read_file(path), mine);
  EXPECT_EQ(files(), 1U);
}

TEST_F(InitFile, KeepsABackupOfEveryFileThatItReplaces) {
  write_file(path, "mine");
  const auto first = place("one", true);
  const auto second = place("two", true);

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->backup, path + ".before-2026-11-01T00-00-00Z");
  EXPECT_EQ(read_file(first->backup), "mine");
  EXPECT_EQ(read_file(second->backup), "one");
  EXPECT_EQ(read_file(path), "two");
}

TEST_F(InitFile, WhatIsNotGoodLeavesNothingBehind) {
  write_file(path, "mine");
  const auto refused = place("one", true, false);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().refusal, Refusal::is_bad);
  EXPECT_EQ(read_file(path), "mine");
  EXPECT_EQ(files(), 1U);
}

TEST_F(InitFile, ALinkStaysALinkAndAFolderIsNoFile) {
  write_file(folder / "real", "mine");
  std::filesystem::create_symlink(folder / "real", path);
  const auto placed = place("one", true);
  EXPECT_TRUE(placed);
  EXPECT_TRUE(std::filesystem::is_symlink(path));
  EXPECT_EQ(read_file(folder / "real"), "one");

  path = folder.path();
  EXPECT_FALSE(place("one", true));
  path = folder / "none/siaga.toml";
  EXPECT_EQ(place("one").error().error.code, ENOENT);
}

using InitCommand = JournalCommand;

TEST_F(InitCommand, WritesRefusesAndReplaces) {
  const std::string file = folder / "new.toml";
  const std::vector<std::string> words{"--lang",        "en",         "init", "--office-id",
                                       "diskominfo",    "--timezone", "WITA", "--website",
                                       "example.go.id", "--ups",      "none", "--yes",
                                       "--output",      file};
  auto forced = words;
  forced.emplace_back("--force");

  const ProcessResult first = siaga(words);
  const std::string text = read_file(file);
  const ProcessResult again = siaga(words);
  const ProcessResult third = siaga(forced);
  const ProcessResult checked = siaga({"check", file});

  EXPECT_EQ(first.exit_status, exit_ok) << first.errors;
  EXPECT_THAT(first.output, HasSubstr("systemctl reload siaga"));
  EXPECT_THAT(text, HasSubstr("\"https://example.go.id\""));
  EXPECT_EQ(again.exit_status, exit_errors);
  EXPECT_THAT(again.errors, HasSubstr("--force"));
  EXPECT_EQ(third.exit_status, exit_ok);
  EXPECT_THAT(third.output, HasSubstr(file + ".before-"));
  EXPECT_EQ(checked.exit_status, exit_ok) << checked.errors;
}

TEST_F(InitCommand, WithoutATerminalNamesTheMissingFlags) {
  const ProcessResult done = siaga({"--lang", "en", "init", "--office-id", "x", "--ups", "none"});
  const ProcessResult wrong =
      siaga({"--lang", "id", "init", "--yes", "--office-id", "a b", "--output", "-"});

  EXPECT_EQ(done.exit_status, exit_usage);
  EXPECT_THAT(done.errors, HasSubstr("--office-name, --timezone, --website"));
  EXPECT_THAT(done.errors, Not(HasSubstr("--ups")));
  EXPECT_EQ(wrong.exit_status, exit_usage);
  EXPECT_THAT(wrong.errors, HasSubstr("--office-id: "));
}

TEST_F(InitCommand, ConfDBesideItIsHeldAgainstIt) {
  std::filesystem::create_directory(folder / "conf.d");
  write_file(folder / "conf.d/office.toml", "[office]\nid = \"other\"\n");
  const std::string file = folder / "new.toml";

  const ProcessResult done = siaga({"--lang", "en", "init", "--yes", "--output", file});

  EXPECT_EQ(done.exit_status, exit_errors);
  EXPECT_THAT(done.errors, HasSubstr("nothing was written"));
  EXPECT_FALSE(std::filesystem::exists(file));
}

}  // namespace
}  // namespace siaga::tests
