// What [[link]] and [[mains]] accept, and what they say of what they do not.
#include <gtest/gtest.h>

#include <algorithm>

#include "agent/config/load.h"
#include "probes/anchor.h"
#include "probes/link_options.h"
#include "probes/mains_options.h"
#include "probes/registry.h"

namespace siaga {
namespace {

std::string complaints_of(const std::string& text) {
  const auto config = parse_config(text, "siaga.toml", {.kinds = kind_schemas()});
  return config ? std::string() : format(config.error(), Language::english, false);
}

std::string link(const std::string& more) {
  return "[[link]]\nname = \"wan\"\nanchors = [\"gateway\", \"192.0.2.1\"]\n" + more;
}
std::string mains(const std::string& more) { return "[[mains]]\nname = \"pln\"\n" + more; }
std::string ping(const std::string& name) {
  return "[[ping]]\nname = \"" + name + "\"\nhost = \"127.0.0.1\"\n";
}

TEST(Anchors, AreWhatTheyAreWrittenAs) {
  using Sort = AnchorText::Sort;

  EXPECT_EQ(parse_anchor("gateway")->sort, Sort::gateway);
  EXPECT_EQ(parse_anchor("resolver")->sort, Sort::resolver);
  EXPECT_EQ(parse_anchor("1.1.1.1")->sort, Sort::ping);
  EXPECT_EQ(parse_anchor("ping:ns.example")->host, "ns.example");
  EXPECT_EQ(parse_anchor("2001:db8::1")->sort, Sort::ping);
  EXPECT_EQ(parse_anchor("tcp:[2001:db8::1]:53")->port, 53);
  EXPECT_EQ(parse_anchor("dns:9.9.9.9")->port, 53);
  EXPECT_EQ(parse_anchor("dns:9.9.9.9:5353")->port, 5353);
  EXPECT_EQ(parse_anchor("dns:2001:db8::1")->host, "2001:db8::1");
  for (const char* wrong :
       {"", "tcp:9.9.9.9", "tcp:a:99999", "http://a/", "udp:a:1", "a b", "dns:"})
    EXPECT_FALSE(parse_anchor(wrong)) << wrong;
}

TEST(Anchors, BecomeProbesOfTheirKind) {
  EXPECT_EQ(ping_anchor("192.0.2.1", {.interface = "eth1", .hop_limit = 2, .size = 1472})->host(),
            "192.0.2.1");
  EXPECT_EQ(tcp_anchor("192.0.2.1", 53, {.interface = {}, .hop_limit = {}, .size = {}})->instance(),
            "192.0.2.1:53");
  EXPECT_NE(dns_anchor("192.0.2.1", 53, {.interface = {}, .hop_limit = {}, .size = {}}), nullptr);
  EXPECT_NE(dns_anchor("", 0, {.interface = {}, .hop_limit = {}, .size = {}}), nullptr);
}

TEST(JudgedOptions, ALinkAndAMainsAreNodesThatOthersName) {
  const std::string text =
      link("needs = [\"pln\"]\nmtu = 1500\ninterface = \"eth1\"\n") +
      "[[link]]\nname = \"all\"\nanchors = \"192.0.2.2\"\nuplinks = [\"wan\"]\n" +
      mains(
          "ups = [\"room\"]\ncanaries = [\"a\", \"b\"]\nwitnesses = \"switch\"\nshed_below = 0\n") +
      "[[ups]]\nname = \"room\"\nserver = \"nut://127.0.0.1/apc\"\n" + ping("a") + ping("b") +
      ping("switch") +
      "[[http]]\nname = \"portal\"\nurl = \"http://127.0.0.1/\"\nneeds = \"wan\"\n";

  const auto config = parse_config(text, "siaga.toml", {.kinds = kind_schemas()});

  ASSERT_TRUE(config) << format(config.error(), Language::english, false);
  EXPECT_EQ(config->targets.size(), 8U);
  EXPECT_EQ(config->targets.at(0).interval, std::chrono::seconds(10)) << "of links";
  EXPECT_EQ(std::ranges::find(config->targets, "room", &TargetConfig::name)->interval,
            std::chrono::seconds(5))
      << "of UPSes";
  Section section("wan", link_schema().options, config->targets.at(0).options);
  const LinkOptions wan = parse_link(section);
  EXPECT_EQ(wan.quorum, 1) << "the gateway does not count";
  EXPECT_EQ(wan.mtu, 1500);
}

struct Bad {
  std::string text, says;
};
class BadJudged : public testing::TestWithParam<Bad> {};
TEST_P(BadJudged, SaysWhatWouldBeRight) {
  const std::string said = complaints_of(GetParam().text);
  EXPECT_NE(said.find(GetParam().says), std::string::npos) << said;
}
INSTANTIATE_TEST_SUITE_P(
    Options, BadJudged,
    testing::Values(
        Bad{"[[link]]\nname = \"wan\"\n", "key 'anchors' is missing"},
        Bad{"[[link]]\nname = \"wan\"\nanchors = []\n", "a link needs an anchor"},
        Bad{"[[link]]\nname = \"wan\"\nanchors = [\"tcp:a\"]\n", "write an address or name, tcp:"},
        Bad{"[[link]]\nname = \"wan\"\nanchors = [\"a\", \"a\"]\n", "there twice"},
        Bad{link("quorum = 2\n"), "at most 1"}, Bad{link("mtu = 100\n"), "from 576"},
        Bad{"[[link]]\nname = \"wan\"\nanchors = \"gateway\"\nmtu = 1500\n", "that is pinged"},
        Bad{link("uplinks = [\"x\"]\n" + ping("x")), "uplinks names [[link]] only"},
        Bad{link("uplinks = [\"wam\"]\n"), "did you mean 'wan'?"},
        Bad{mains(""), "a mains needs a sensor"},
        Bad{mains("canaries = [\"a\"]\n" + ping("a")), "canaries_min is 2"},
        Bad{mains("ups = [\"a\"]\n" + ping("a")), "ups names [[ups]] only"},
        Bad{mains("ups = [\"a\"]\n"), "names no target: 'a'"},
        Bad{mains("power_supply = [\"auto\", \"AC\"]\n"), "stand alone"},
        Bad{mains("canaries = [\"a\", \"b\"]\nwitnesses = [\"a\"]\n" + ping("a") + ping("b")),
            "is a canary, too"},
        Bad{mains("power_supply = \"auto\"\nneeds = [\"wan\"]\n") + link("needs = [\"pln\"]\n"),
            "pln -> wan -> pln"},
        Bad{ping("siaga:interface:eth0"), "the agent's own"}));

}  // namespace
}  // namespace siaga
