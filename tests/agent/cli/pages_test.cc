// What the package ships besides the program: manual pages and completions, made of the real tree
// of commands and option tables, and read by the programs that will read them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>

#include "agent/cli/command_tree.h"
#include "agent/cli/completion.h"
#include "agent/cli/man_page.h"
#include "agent/cli/troff.h"
#include "agent/config/load.h"
#include "agent/loop/process.h"
#include "probes/registry.h"
#include "tests/support/test_loop.h"

namespace siaga::tests {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using namespace std::chrono_literals;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string path_of(const std::string& program) {
  for (const std::string folder : {"/usr/bin/", "/bin/"})
    if (std::filesystem::exists(folder + program)) return folder + program;
  return {};
}

class PagesTest : public testing::Test {
 protected:
  ProcessResult run(std::vector<std::string> words, std::vector<std::string> environment = {}) {
    environment.emplace_back("LC_ALL=C.UTF-8");
    environment.emplace_back("PATH=/usr/bin:/bin");
    std::optional<Result<ProcessResult>> ended;
    const auto process =
        Process::start(test.loop(),
                       {.arguments = std::move(words),
                        .environment = std::move(environment),
                        .output_limit_bytes = 1U << 20U},
                       [&](Result<ProcessResult> result) { ended = std::move(result); });
    test.run_until([&] { return ended.has_value(); });
    EXPECT_TRUE(*ended) << (*ended ? "" : describe(ended->error()));
    return *ended ? **ended : ProcessResult{};
  }
  std::string siaga(std::vector<std::string> words) {
    words.insert(
        words.begin(),
        (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "siaga").string());
    const ProcessResult done = run(std::move(words), {"SOURCE_DATE_EPOCH=1740787200"});
    EXPECT_EQ(done.exit_status, 0) << done.errors;
    return done.output;
  }
  // Named as installed: mandoc holds the ending against the page.
  std::string saved(const std::string& text, const std::string& ending) {
    std::string path = testing::TempDir() + "siaga_pages_test" + std::to_string(getpid()) + ending;
    std::ofstream(path) << text;
    return path;
  }
  // What bash offers for the last of the words.
  std::vector<std::string> completed(const std::vector<std::string>& words) {
    std::string script = siaga({"completion", "bash"}) + "\nCOMP_WORDS=(siaga";
    for (const std::string& word : words) script += " " + shell_quoted(word);
    script += ")\nCOMP_CWORD=" + std::to_string(words.size()) +
              "\n_siaga\n[ ${#COMPREPLY[@]} = 0 ] || printf '%s\\n' \"${COMPREPLY[@]}\"\n";
    const ProcessResult done = run({"/bin/bash", "-u", "-c", script});
    EXPECT_EQ(done.errors, "");
    return lines_of(done.output);
  }

  TestLoop test{50s};
};

Command sample() {
  const CommandOption format{.names = {"-f", "--format"},
                             .help = "The form.",
                             .value = "FORMAT",
                             .choices = {"text", "json"}};
  const CommandOption file{.names = {"file"}, .help = "Where it's at: [here].", .value = "FILE"};
  const Command save{.name = "save", .help = "Saves.", .options = {format}, .arguments = {file}};
  const Command journal{.name = "journal", .help = "The record.", .parts = {save}};
  return {.name = "siaga",
          .help = "Watches.",
          .footer = "Start:\n  siaga journal save x   saves x\n  another line\n\nThe end.",
          .parts = {journal}};
}

TEST(CommandTree, ReadsValueAndChoicesAsTheParserWritesThem) {
  CommandOption listed, ranged;
  read_type(listed, "FORMAT:{text,json}");
  read_type(ranged, "N:INT in [1 - 1000]");

  EXPECT_EQ(listed.value, "FORMAT");
  EXPECT_THAT(listed.choices, testing::ElementsAre("text", "json"));
  EXPECT_EQ(ranged.value, "N");
  EXPECT_TRUE(ranged.choices.empty());
}

TEST(CommandTree, UsageNamesOptionsAndArguments) {
  EXPECT_EQ(usage_of(sample().parts[0].parts[0]), "[-f FORMAT] [FILE]");
  EXPECT_EQ(usage_of(sample()), "COMMAND ...");
}

TEST(CommandTree, ExamplesAreTheFootersLinesThatShowTheProgram) {
  const auto examples = examples_of(sample());

  ASSERT_THAT(examples, SizeIs(1));
  EXPECT_EQ(examples[0].command, "siaga journal save x");
  EXPECT_EQ(examples[0].what, "saves x");
}

TEST(Troff, EscapesWhatTroffWouldTakeForItsOwn) {
  EXPECT_EQ(troff::literal("--a \\ 'x' ~^`\""), "\\-\\-a \\e \\(aqx\\(aq \\(ti\\(ha\\(ga\\(dq");
  EXPECT_EQ(troff::prose("`a-b` c-d --e"), "\\fBa\\-b\\fR c-d \\-\\-e\n");
  EXPECT_EQ(troff::prose(".TH is no request"), "\\&.TH is no request\n");
  EXPECT_EQ(troff::prose("'br"), "\\&'br\n");
  EXPECT_THAT(lines_of(troff::prose(std::string(100, 'x') + " " + std::string(60, 'y') + " .z " +
                                    std::string(78, 'a') + " .b")),
              testing::ElementsAre(std::string(100, 'x'), std::string(60, 'y') + " .z",
                                   std::string(78, 'a'), "\\&.b"));
}

TEST_F(PagesTest, TheManualNamesEveryCommandAndOptionOfTheHelp) {
  const std::string page = siaga({"man"});

  for (const std::string word :
       {"siaga run", "siaga journal export", "siaga maintenance cancel", "siaga man",
        "\\-\\-explain", "\\-\\-watch", "\\-\\-config", "\\-\\-help", "siaga status \\-\\-watch",
        "CREDENTIALS_DIRECTORY", "NO_COLOR", "SIGHUP", "siaga.toml\\fR(5)"})
    EXPECT_THAT(page, HasSubstr(word)) << word;
  EXPECT_THAT(page, HasSubstr(".TH SIAGA 1 2025-03-01 "));
}

TEST(Manual, OfTheConfigurationHasEveryKeyOfEveryTable) {
  for (const Language language : {Language::english, Language::indonesian}) {
    const std::string page = configuration_manual(kind_schemas(), language, "2026-11-30");
    const auto has = [&](std::string_view table, std::span<const Option> options) {
      for (const Option& option : options)
        EXPECT_THAT(page, HasSubstr(".TP\n" + troff::bold(option.key) + "\n"))
            << table << ' ' << option.key;
    };
    for (const OptionTable& table : option_tables()) has(table.name, table.options);
    for (const KindSchema& kind : kind_schemas()) {
      EXPECT_THAT(page, HasSubstr(".SS [[" + std::string(kind.name) + "]]\n"));
      has(kind.name, kind.options);
    }
  }
}

TEST(Manual, OfTheConfigurationShowsAnExampleThatLoads) {
  LoadOptions options;
  options.kinds = kind_schemas();
  const auto config = parse_config(configuration_example(), "example", options);

  EXPECT_TRUE(config) << format(config.error(), Language::english, false);
}

TEST_F(PagesTest, PagesAreCleanForMandocAndGroff) {
  const std::string mandoc = path_of("mandoc"), groff = path_of("groff");
  if (mandoc.empty() || groff.empty())
    GTEST_SKIP() << "SKIPPED: mandoc or groff is missing (apt-get install mandoc groff-base)";
  for (const std::string page : {"siaga", "siaga.toml"}) {
    for (const std::string language : {"en", "id"}) {
      const std::string file =
          saved(siaga({"man", page, "--lang", language}), page == "siaga" ? ".1" : ".5");

      EXPECT_EQ(run({mandoc, "-Tlint", file}).output, "") << page << ' ' << language;
      EXPECT_EQ(run({groff, "-man", "-ww", "-K", "utf8", "-Tutf8", "-z", file}).errors, "");
      std::filesystem::remove(file);
    }
  }
}

TEST_F(PagesTest, BashCompletesCommandsAndTheirParts) {
  EXPECT_THAT(completed({""}), IsSupersetOf({"run", "check", "journal", "man", "--config"}));
  EXPECT_THAT(completed({"ver"}), UnorderedElementsAre("version"));
  EXPECT_THAT(completed({"journal", ""}), IsSupersetOf({"export", "check", "--lang"}));
  EXPECT_THAT(completed({"--lang", "id", "journal", "ex"}), UnorderedElementsAre("export"));
  EXPECT_THAT(completed({"--config", "run", "che"}), UnorderedElementsAre("check"));
}

TEST_F(PagesTest, BashCompletesOptionsOfTheCommandItIsIn) {
  EXPECT_THAT(completed({"probe", "--"}),
              AllOf(IsSupersetOf({"--repeat", "--explain", "--lang", "--config", "--help"}),
                    Not(Contains("--watch"))));
  EXPECT_THAT(completed({"journal", "check", "-"}),
              AllOf(Contains("--state-dir"), Not(Contains("--quiet"))));
}

TEST_F(PagesTest, BashCompletesValuesFromTheirLists) {
  EXPECT_THAT(completed({"--lang", ""}), UnorderedElementsAre("en", "id"));
  EXPECT_THAT(completed({"run", "--lang", "="}), UnorderedElementsAre("en", "id"));
  EXPECT_THAT(completed({"run", "--lang", "=", "i"}), UnorderedElementsAre("id"));
  EXPECT_THAT(completed({"report", "-f", "h"}), UnorderedElementsAre("html"));
  EXPECT_THAT(completed({"journal", "export", "--format", ""}),
              UnorderedElementsAre("json", "openmetrics"));
  EXPECT_THAT(completed({"outages", "--cause", "p"}), UnorderedElementsAre("power"));
  EXPECT_THAT(completed({"completion", ""}), UnorderedElementsAre("bash", "zsh", "fish"));
  EXPECT_THAT(completed({"man", "siaga."}), UnorderedElementsAre("siaga.toml"));
  EXPECT_THAT(completed({"report", "--month", ""}), SizeIs(0));
}

TEST_F(PagesTest, BashCompletesFilesAndFolders) {
  const auto folder =
      std::filesystem::path(testing::TempDir()) / ("siaga completion " + std::to_string(getpid()));
  std::filesystem::create_directories(folder / "conf.d");
  std::ofstream(folder / "office.toml") << "x";

  EXPECT_THAT(completed({"--config", (folder / "off").string()}),
              UnorderedElementsAre((folder / "office.toml").string()));
  EXPECT_THAT(completed({"check", (folder / "off").string()}),
              UnorderedElementsAre((folder / "office.toml").string()));
  EXPECT_THAT(completed({"outages", "--state-dir", folder.string() + "/"}),
              UnorderedElementsAre((folder / "conf.d").string()));
  std::filesystem::remove_all(folder);
}

TEST_F(PagesTest, EveryShellCanReadItsCompletions) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const std::string program = path_of(shell);
    if (program.empty()) {
      std::cerr << "SKIPPED: " << shell << " is missing (apt-get install " << shell << ")\n";
      continue;
    }
    const std::string file = saved(siaga({"completion", shell}), "." + shell);
    const ProcessResult done = run({program, "-n", file});
    EXPECT_EQ(done.exit_status, 0) << done.errors;
    EXPECT_EQ(done.errors, "");
    std::filesystem::remove(file);
  }
}

// fish says what it would offer; `complete -C` is its own test for scripts.
TEST_F(PagesTest, FishCompletesCommandsAndValues) {
  const std::string fish = path_of("fish");
  if (fish.empty()) GTEST_SKIP() << "SKIPPED: fish is missing (apt-get install fish)";
  const std::string file = saved(siaga({"completion", "fish"}), ".fish");
  const auto offered = [&](const std::string& line) {
    return run({fish, "--no-config", "-c", "source " + file + "; complete -C '" + line + "'"},
               {"HOME=" + testing::TempDir()})
        .output;
  };

  EXPECT_THAT(offered("siaga "), AllOf(HasSubstr("journal\t"), Not(HasSubstr("export\t"))));
  EXPECT_THAT(offered("siaga journal "), AllOf(HasSubstr("export\t"), Not(HasSubstr("journal\t"))));
  EXPECT_THAT(offered("siaga report --format "), AllOf(HasSubstr("html"), Not(HasSubstr("run\t"))));
  EXPECT_THAT(offered("siaga journal check --"),
              AllOf(HasSubstr("--state-dir"), HasSubstr("--lang"), Not(HasSubstr("--quiet"))));
  std::filesystem::remove(file);
}

TEST(Completion, QuotesWhatTheShellWouldTakeForItsOwn) {
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_THAT(zsh_completion(sample()),
              AllOf(HasSubstr("FILE:_files"), HasSubstr("journal:The record.")));
  EXPECT_THAT(fish_completion(sample()), HasSubstr("-a 'text json'"));
}

}  // namespace
}  // namespace siaga::tests
