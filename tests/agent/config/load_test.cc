// The loader on good and bad text: values, frames, secrets, references, files.
#include "agent/config/load.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "agent/config/document.h"
#include "agent/config/show.h"
#include "tests/agent/config/fake_kinds.h"
#include "tests/support/temp_folder.h"

namespace siaga {
namespace {

std::string complaints_of(std::string_view text, Language language = Language::english) {
  const auto config = parse_config(text, "siaga.toml", fake::options(language));
  return config ? "" : format(config.error(), language, false);
}

Config config_of(std::string_view text) {
  auto config = parse_config(text, "siaga.toml", fake::options());
  EXPECT_TRUE(config) << format(config.error(), Language::english, false);
  return config ? *config : Config{};
}

std::string target(std::string_view keys) { return "[[all]]\nname = \"x\"\n" + std::string(keys); }

TEST(Frames, AreDrawnAsTheDesignSays) {
  const std::string text =
      "[[http]]\nname = \"portal\"\nurl = \"https://a/\"\nintervall = \"10s\"\n";

  EXPECT_EQ(complaints_of(text),
            "siaga.toml:4:1: error: unknown key 'intervall' in [[http]] \"portal\"\n"
            "    4 | intervall = \"10s\"\n"
            "      | ^~~~~~~~~ did you mean 'interval'?\n");
  EXPECT_EQ(complaints_of(text, Language::indonesian),
            "siaga.toml:4:1: kesalahan: kunci 'intervall' tidak dikenal di [[http]] \"portal\"\n"
            "    4 | intervall = \"10s\"\n"
            "      | ^~~~~~~~~ maksud Anda 'interval'?\n");
}

TEST(Frames, ComeAllAtOnceInTheFilesOrder) {
  const auto config = parse_config(
      "[office]\nid = 3\n[defaults]\ntimeout = \"30\"\n[[http]]\nname = \"\"\nx = 1\n"
      "[[link]]\nname = \"wan\"\n",
      "f", fake::options());

  ASSERT_FALSE(config);
  std::vector<std::uint32_t> lines;
  for (const Complaint& complaint : config.error()) lines.push_back(complaint.line);
  EXPECT_EQ(lines, (std::vector<std::uint32_t>{2, 4, 5, 6, 7, 8}));
}

struct Bad {
  std::string text, says;
};
class BadText : public testing::TestWithParam<Bad> {};
TEST_P(BadText, SaysWhatWouldBeRight) {
  const std::string said = complaints_of(GetParam().text);
  EXPECT_NE(said.find(GetParam().says), std::string::npos) << said;
}
INSTANTIATE_TEST_SUITE_P(
    Values, BadText,
    testing::Values(
        Bad{"[defaults]\ntimeout = \"30\"\n", "write \"30s\""},
        Bad{"[defaults]\ntimeout = 30\n", "write \"30s\""},
        Bad{"[defaults]\ntimeout = \"30 detik\"\n", "write \"30s\""},
        Bad{"[defaults]\ntimeout = \"1.5s\"\n", "write \"1s500ms\""},
        Bad{"[defaults]\ntimeout = \"99999999999h\"\n", "a whole number and a unit"},
        Bad{"[defaults]\ninterval = \"100ms\"\n", "out of range: from 1s to 24h"},
        Bad{"[defaults]\nconfirm = \"2\"\n", "write 2, without quotation marks"},
        Bad{"[agent]\nlog_level = \"warn\"\n", "log_level"},
        Bad{"[agent]\nresolvers = [\"ns.example\"]\n", "not the address of a DNS server"},
        Bad{"[web]\nlisten = \":9790\"\n", "127.0.0.1:9790"},
        Bad{"[office]\ntimezone = \"WITA\"\n", "Asia/Makassar"},
        Bad{"[office]\nlocation = [91, 0]\n", "[latitude, longitude]"},
        Bad{"[ofice]\nid = \"x\"\n", "did you mean 'office'?"},
        Bad{"[[web]]\nlisten = []\n", "write [web]"},
        Bad{"[http]\nname = \"x\"\n", "write [[http]]"},
        Bad{"[[ups]]\nname = \"x\"\n", "the kinds of this version are: all, http"},
        Bad{"interval = \"5s\"\n", "stands in no table"},
        Bad{target("integer = 11\n"), "from 1 to 10"}, Bad{target("number = nan\n"), "a number"},
        Bad{target("choices = [\"purple\"]\n"), "one of: red, green, blue"},
        Bad{target("choices = [\"gren\"]\n"), "did you mean 'green'?"},
        Bad{target("pattern = \"(\"\n"), "missing ): ("},
        Bad{target("host = \"http://a\"\n"), "no scheme"},
        Bad{target("host_port = \"a:99999\"\n"), "host:port"},
        Bad{target("address = \"localhost\"\n"), "no name"},
        Bad{target("networks = \"10.0.0.0/33\"\n"), "10.0.0.0/8"},
        Bad{target("dialogue = [{ say = \"x\" }]\n"), "send, expect, starttls"},
        Bad{target("labels = { kind = \"x\" }\n"), "set by the agent itself"},
        Bad{target("labels = { \"a-b\" = \"x\" }\n"), "not a name for a label"},
        Bad{target("interval = \"5s\"\ntimeout = \"6s\"\n"), "longer than interval 5s"},
        Bad{target("needs = [\"y\"]\n"), "names no target: 'y'"},
        Bad{target("via = \"x\"\n"), "names the target itself"},
        Bad{target("[[all]]\nname = \"x\"\n"), "already taken by the [[all]] at siaga.toml:2"},
        Bad{target("needs = \"y\"\n[[all]]\nname = \"y\"\nvia = \"x\"\n"), "x -> y -> x"},
        Bad{"[[http]]\nname = \"x\"\n", "the key 'url' is missing"},
        Bad{"[[http]]\nname = \"x\"\nurl = \"a.b/c\"\n", "write \"https://a.b/c\""},
        Bad{"[[http]]\nname = \"x\"\nurl = \"ftp://a/\"\n", "https://host/path"},
        Bad{"[[http]]\nname = \"x\"\nurl = \"http://a/\"\nstatus = 200\n",
            "did you mean 'expect.status'?"},
        Bad{"[[http]]\nname = \"x\"\nurl = \"http://a/\"\nexpect.status = 99\n", "\"200-299\""},
        Bad{"[[http]]\nname = \"x\"\nurl = \"http://a/\"\nexpect = 1\n",
            "keys here: age, body, header, status"},
        Bad{"[[http]]\nname = \"x\"\nurl = \"http://a/\"\nbody_max = \"2M\"\n", "write \"2MiB\""}));
INSTANTIATE_TEST_SUITE_P(Syntax, BadText,
                         testing::Values(Bad{"[web]\nlisten = \"abc\n", "is not closed"},
                                         Bad{"[web]\nlisten = \n", "the value is missing"},
                                         Bad{"[web]\nlisten \"x\"\n", "'=' is missing"},
                                         Bad{"[web\nlisten = \"x\"\n", "']' is missing"},
                                         Bad{"[web]\n[web]\n", "the table 'web' is opened twice"},
                                         Bad{"[web]\nlisten = []\nlisten = []\n", "set twice"},
                                         Bad{"[defaults]\ntimeout = 5s\n", "are texts"},
                                         Bad{"[web]\nlisten = abc\n", "quotation marks"},
                                         Bad{"[web]\nlisten = [\"a\" \"b\"]\n", "needs a comma"},
                                         Bad{"[web]\nlisten = \"\\d\"\n", "unknown escape"},
                                         Bad{"[web]\nlisten = \"\xff\"\n", "not valid UTF-8"},
                                         Bad{std::string("\xff\xfe\0a", 4), "UTF-16"},
                                         Bad{"a = " + std::string(5000, '['), "nested too deeply"},
                                         Bad{"a" +
                                                 [] {
                                                   std::string dots;
                                                   for (int i = 0; i < 5000; ++i) dots += ".a";
                                                   return dots;
                                                 }() +
                                                 " = 1\n",
                                             "nested too deeply"},
                                         Bad{std::string((8U << 20U) + 1, ' '),
                                             "larger than 8MiB"}));

TEST(Syntax, SeveralBrokenLinesComeInOneGoAndWithTheOtherFaults) {
  const std::string said = complaints_of(
      "[defaults]\ntimeout = 5s\nconfirm = \ninterval = \"30\"\n[office]\nid = \"a\n");

  EXPECT_NE(said.find("siaga.toml:2:"), std::string::npos) << said;
  EXPECT_NE(said.find("siaga.toml:3:"), std::string::npos) << said;
  EXPECT_NE(said.find("siaga.toml:4:"), std::string::npos) << said;
  EXPECT_NE(said.find("siaga.toml:6:"), std::string::npos) << said;
}

class Leak : public testing::TestWithParam<std::string> {};
TEST_P(Leak, NoSecretIsEverEchoed) {
  for (const Language language : {Language::english, Language::indonesian}) {
    const auto config = parse_config("[[http]]\nname = \"x\"\nurl = \"http://a/\"\n" + GetParam(),
                                     "f", fake::options(language));
    ASSERT_FALSE(config);
    EXPECT_EQ(format(config.error(), language, true).find("hunter"), std::string::npos)
        << format(config.error(), language, false);
    EXPECT_EQ(to_json(config.error()).find("hunter"), std::string::npos);
  }
}
INSTANTIATE_TEST_SUITE_P(
    Secrets, Leak,
    testing::Values("auth.pasword = \"hunter2\"\n", "auth.password = \"hunter2\n",
                    "auth.password = hunter2\n", "auth.password \"hunter2\"\n",
                    "auth.password: \"hunter2\"\n", "auth = { pass = \"hunter2\", password = 1 }\n",
                    "auth = { password = \"hunter2\", zzz = 1 }\n",
                    "auth.password = [\"hunter2\"]\n", "auth.password = { text = \"hunter2\" }\n",
                    "header = { Authorization = \"hunter2\" }\n", "headers.X = [\"hunter2\"]\n",
                    "auth.password = \"\"\"\nhunter2\\q\nhunter3\"\"\"\n",
                    "api_token = \"hunter2\"\n", "auth.password = \"hunter2\"\nmethod = \"red\"\n",
                    "[http.auth]\npasswort = \"hunter2\"\n", "zzz = 1 # password hunter2\n",
                    "list = [1, 2\nauth.password = \"hunter2\"\n",
                    "zzz = \"https://me:hunter2@a/\"\n",
                    "[[http]]\nname = \"y\"\nurl = \"ftp://me:hunter2@a/\"\n",
                    "[[http]]\nname = \"y\"\nurl = \"me:hunter2@a\"\n",
                    "[[http]]\nname = \"y\"\nurl = \"http://me:hunter2@a/\"\nmethod = \"blue\"\n"));

TEST(Secrets, AreReadFromFileCredentialAndEnvironment) {
  const auto folder =
      std::filesystem::path(testing::TempDir()) / (std::to_string(::getpid()) + "-siaga_secrets");
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "token") << "from a file\n";
  setenv("SIAGA_TEST_SECRET", "from the environment", 1);
  LoadOptions options = fake::options();
  options.credentials_directory = folder;

  const auto config = parse_config(
      "[[http]]\nname = \"x\"\nurl = \"http://a/\"\nauth.password = { file = \"token\" }\n"
      "headers = { A = { credential = \"token\" }, B = { env = \"SIAGA_TEST_SECRET\" } }\n",
      (folder / "siaga.toml").string(), options);

  ASSERT_TRUE(config) << format(config.error(), Language::english, false);
  const auto& values = config->targets.at(0).options;
  EXPECT_EQ(std::get<Secret>(values[7]).value, "from a file");
  const auto& headers = std::get<std::map<std::string, Secret>>(values[8]);
  EXPECT_EQ(headers.at("A").value, "from a file");
  EXPECT_EQ(headers.at("B").value, "from the environment");
  const std::string shown = show_config(*config, fake::kinds());
  EXPECT_EQ(shown.find("from the"), std::string::npos) << shown;
  EXPECT_NE(shown.find("env = \"SIAGA_TEST_SECRET\""), std::string::npos) << shown;
}

TEST(Secrets, OfAFolderOfCredentialsAreFoundByTheirFilesNames) {
  const tests::TempFolder credentials;
  tests::write_file(credentials / "siaga_token", "of the folder\n");
  LoadOptions options = fake::options();
  options.credentials_directory = credentials.path();
  const std::string text =
      "[[http]]\nname = \"x\"\nurl = \"http://a/\"\nauth.password = { credential = \"token\" }\n";

  const auto config = parse_config(text, "", options);
  tests::write_file(credentials / "token", "its own");
  const auto own = parse_config(text, "", options);

  ASSERT_TRUE(config) << format(config.error(), Language::english, false);
  EXPECT_EQ(std::get<Secret>(config->targets.at(0).options[7]).value, "of the folder");
  ASSERT_TRUE(own);
  EXPECT_EQ(std::get<Secret>(own->targets.at(0).options[7]).value, "its own");
}

TEST(Secrets, ThatAreMissingAreErrors) {
  for (const std::string way : {"file = \"/no/such\"", "credential = \"x\"", "env = \"NO_SUCH_X\"",
                                "file = \"/dev/zero\"", "credential = \"../x\""}) {
    EXPECT_NE(complaints_of("[[http]]\nname = \"x\"\nurl = \"http://a/\"\nauth.password = { " +
                            way + " }\n"),
              "")
        << way;
  }
}

TEST(Section, ComplaintsStandAtTheKeyOrAtTheTable) {
  const std::string said = complaints_of(
      "[[http]]\nname = \"x\"\nurl = \"http://a/\"\nmethod = \"blue\"\n"
      "[[http]]\nname = \"y\"\nurl = \"http://a/\"\nmethod = \"red\"\nauth.password = \"pw\"\n");

  EXPECT_NE(said.find("siaga.toml:4:1: error: blue"), std::string::npos) << said;
  EXPECT_NE(said.find("siaga.toml:5:1: error: red with ***"), std::string::npos) << said;
}

TEST(Values, EveryTypeIsReadAndComesBackFromShow) {
  const Config config = config_of(target(
      "text = \"a\\\"b\"\nboolean = false\ninteger = 3\nnumber = 0.5\nchoices = \"red\"\n"
      "texts = \"one\"\nintegers = [1, 2]\ntext_map = { \"a b\" = \"c\" }\npattern = 'a\\d'\n"
      "host_port = \"ns.example\"\nhost = \"::1\"\naddress = \"10.0.0.1\"\nnetworks = "
      "[\"10.0.0.0/8\"]\n"
      "file = \"/a/b\"\nlocation = [-0.5022, 117]\ntimezone = \"UTC\"\n"
      "weekly = \"daily 02:00-03:00\"\nlocal_time = 2026-11-30T22:00:00\n"
      "dialogue = [{ expect = \"^220\" }, { send = \"QUIT\\r\\n\" }, { starttls = true }]\n"
      "labels = { owner = \"a\" }\npriority = 5\n"));

  const std::string shown = show_config(config, fake::kinds());
  EXPECT_EQ(config_of(shown), config) << shown;
  EXPECT_EQ(std::get<HostPort>(config.targets[0].options[9]), (HostPort{"ns.example", 53}));
}

TEST(Defaults, HoldForTargetsThatSayNothing) {
  const Config config = config_of(
      "[defaults]\ninterval = \"2s\"\nconfirm = 4\n[[all]]\nname = \"a\"\n[[all]]\nname = \"b\"\n"
      "interval = \"1m\"\nconfirm = 1\n");

  EXPECT_EQ(config.targets[0].interval, std::chrono::seconds(2));
  EXPECT_EQ(config.targets[0].timeout, std::chrono::seconds(2));  // the built-in 5s, cut
  EXPECT_EQ(config.targets[0].confirm, 4);
  EXPECT_EQ(config.targets[1].interval, std::chrono::minutes(1));
  EXPECT_EQ(config.targets[1].confirm, 1);
  EXPECT_EQ(config.web.listen, std::vector<std::string>{"127.0.0.1:9790"});
  EXPECT_FALSE(config.office.id.empty());
}

TEST(Limits, AHundredComplaintsAreShownAndTheRestIsCounted) {
  std::string text = "[web]\n";
  for (int key = 0; key < 150; ++key) text += "zz" + std::to_string(key) + " = 1\n";
  const auto config = parse_config(text, "f", fake::options());

  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().size(), 101U);
  EXPECT_EQ(config.error().back().message, "50 more errors are not shown");
}

TEST(Limits, TwentyThousandTargetsAndNoMore) {
  std::string text;
  for (int number = 0; number < 20'001; ++number)
    text += "[[all]]\nname = \"t" + std::to_string(number) + "\"\n";

  EXPECT_NE(complaints_of(text).find("more than 20000 targets"), std::string::npos);
}

TEST(Files, ConfDIsMergedInOrderOfName) {
  const auto folder =
      std::filesystem::path(testing::TempDir()) / (std::to_string(::getpid()) + "-siaga_merge");
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder / "conf.d");
  std::ofstream(folder / "siaga.toml") << "[office]\nid = \"a\"\n[[all]]\nname = \"one\"\n";
  std::ofstream(folder / "conf.d/20.toml") << "[[all]]\nname = \"three\"\n";
  std::ofstream(folder / "conf.d/10.toml") << "[office]\ncity = \"S\"\n[[all]]\nname = \"two\"\n";
  const std::string path = (folder / "siaga.toml").string();

  const auto good = load_config(path, fake::options());
  std::ofstream(folder / "conf.d/30.toml") << "[office]\nid = \"b\"\n";
  const auto bad = load_config(path, fake::options());

  ASSERT_TRUE(good) << format(good.error(), Language::english, false);
  ASSERT_EQ(good->targets.size(), 3U);
  EXPECT_EQ(good->targets[1].name, "two");
  EXPECT_EQ(good->office.city, "S");
  ASSERT_FALSE(bad);
  EXPECT_NE(format(bad.error(), Language::english, false).find("already set in siaga.toml:2"),
            std::string::npos);
}

TEST(Files, AFileOfTenMegabytesIsRefusedUnread) {
  const auto path = std::filesystem::path(testing::TempDir()) /
                    (std::to_string(::getpid()) + "-siaga_large.toml");
  std::ofstream(path) << "[office]\nid = \"a\"\n";
  std::filesystem::resize_file(path, 10'000'000);

  const auto config = load_config(path.string(), fake::options());
  std::filesystem::remove(path);

  ASSERT_FALSE(config);
  ASSERT_EQ(config.error().size(), 1U);
  EXPECT_NE(format(config.error(), Language::english, false).find("larger than 8MiB"),
            std::string::npos);
}

TEST(Files, APathThatIsNotThereIsNamed) {
  const auto config = load_config("/no/such/siaga.toml", fake::options());

  ASSERT_FALSE(config);
  EXPECT_NE(format(config.error(), Language::english, false).find("/no/such/siaga.toml"),
            std::string::npos);
}

TEST(Schema, IsJsonWithEveryKind) {
  const std::string schema = config_schema(fake::kinds());

  EXPECT_NE(schema.find("\"expect\""), std::string::npos);
  EXPECT_NE(option_tables_markdown(fake::kinds(), Language::indonesian).find("Kunci setiap target"),
            std::string::npos);
}

}  // namespace
}  // namespace siaga
