// The values of agent/core: units, addresses, UTF-8, patterns, reasons, readings, language, errors.
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <set>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "agent/core/address.h"
#include "agent/core/language.h"
#include "agent/core/outcome.h"
#include "agent/core/pattern.h"
#include "agent/core/reading.h"
#include "agent/core/reason.h"
#include "agent/core/result.h"
#include "agent/core/units.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

TEST(Duration, ReadsEveryUnitAndCompoundForms) {
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("7d"), 168h);
  EXPECT_EQ(parse_duration("2w"), 336h);
  EXPECT_EQ(parse_duration("250ms"), 250ms);
  EXPECT_EQ(parse_duration("5us3ns"), 5003ns);
}

TEST(Duration, RefusesWhatHasNoUnitOrMoreThanOneReading) {
  for (const char* text : {"", "30", "1.5s", "-1s", "s", "30 s", "30S", "1m1h", "1s1s", "1sec",
                           "99999999999999999999s", "9999999999h"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(Duration, IsWrittenAsItIsRead) {
  for (const Duration duration : {Duration(0), Duration(1), Duration(90min), Duration(168h),
                                  Duration(1s + 500ms), Duration::max()})
    EXPECT_EQ(parse_duration(to_string(duration)), duration) << to_string(duration);
  EXPECT_EQ(to_string(Duration(-5s)), "-5s");
}

TEST(Bytes, ReadsBothSortsOfPowers) {
  EXPECT_EQ(parse_bytes("1MiB"), Bytes{1048576});
  EXPECT_EQ(parse_bytes("2kB"), Bytes{2000});
  EXPECT_EQ(parse_bytes("0B"), Bytes{0});
  for (const char* text : {"", "1", "1M", "1mib", "-1B", "1.5GB", "1MiB1B", "99999999999999GiB"})
    EXPECT_FALSE(parse_bytes(text)) << text;
  EXPECT_EQ(to_string(Bytes{8388608}), "8MiB");
  EXPECT_EQ(to_string(Bytes{1500}), "1500B");
}

TEST(Address, ReadsBothFamiliesAndNothingElse) {
  for (const char* text : {"10.0.0.1", "2001:db8::1", "::", "::ffff:10.0.0.1"})
    EXPECT_EQ(to_string(parse_address(text).value()), text);
  for (const char* text : {"", "10.0.0", "0x7f000001", "010.0.0.256", "localhost", "[::1]", "::1%",
                           "fe80::1%no-such-interface", "1::2::3"})
    EXPECT_FALSE(parse_address(text)) << text;
}

TEST(Address, HashIsFnv1a) { EXPECT_EQ(address_hash(*parse_address("127.0.0.1")), 3668918509U); }

TEST(Endpoint, SurvivesTheKernelsForm) {
  for (const char* text : {"10.0.0.1:80", "[::1]:65535"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << text;
    sockaddr_storage storage{};
    EXPECT_GT(to_sockaddr(*endpoint, storage), 0U);
    EXPECT_EQ(from_sockaddr(reinterpret_cast<const sockaddr*>(&storage)), endpoint);
    EXPECT_EQ(to_string(*endpoint), text);
  }
  for (const char* text : {"a:80", "10.0.0.1", "10.0.0.1:0", "10.0.0.1:65536", "::1:80", "[::1]"})
    EXPECT_FALSE(parse_endpoint(text)) << text;
}

TEST(HostPort, TakesTheDefaultOnlyWhereThereIsOne) {
  EXPECT_EQ(parse_host_port("ns.example", 53), (HostPort{"ns.example", 53}));
  EXPECT_EQ(parse_host_port("::1", 53), (HostPort{"::1", 53}));
  EXPECT_EQ(parse_host_port("[::1]:5", 53), (HostPort{"::1", 5}));
  for (const char* text : {"ns.example", "ns.example:", ":53", "[::1", "[::1]x", "a b:1", "a:b"})
    EXPECT_FALSE(parse_host_port(text)) << text;
  EXPECT_EQ(to_string(HostPort{"::1", 5}), "[::1]:5");
}

TEST(IpNetwork, ContainsItsAddressesAlsoMapped) {
  const auto network = parse_network("10.0.0.0/9").value();

  EXPECT_TRUE(network.contains(*parse_address("10.127.255.255")));
  EXPECT_TRUE(network.contains(*parse_address("::ffff:10.0.0.1")));
  EXPECT_FALSE(network.contains(*parse_address("10.128.0.0")));
  EXPECT_FALSE(network.contains(*parse_address("::1")));
  EXPECT_TRUE(parse_network("::/0")->contains(*parse_address("2001:db8::1")));
  for (const char* text : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "a/8", "::/129"})
    EXPECT_FALSE(parse_network(text)) << text;
}

TEST(HostName, FollowsRfc1123WithUnderscores) {
  for (const char* text : {"a", "a.b.", "_dmarc.example.go.id", "xn--a-b", "1a.2b"})
    EXPECT_TRUE(is_host_name(text)) << text;
  for (const std::string& text :
       {std::string(), std::string("."), std::string("a..b"), std::string("-a"), std::string("a-"),
        std::string("1.2.3"), std::string("300.1.1.1"), std::string("a b"), std::string("a/b"),
        std::string(64, 'a'), std::string(254, 'a')})
    EXPECT_FALSE(is_host_name(text)) << text;
}

TEST(Utf8, KnowsValidFromInvalid) {
  EXPECT_TRUE(is_valid_utf8("caf\xC3\xA9 \xF0\x9F\x98\x80"));
  for (const char* text : {"\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC3", "\xE0\x80\x80",
                           "\xFF", "\xF0\x80\x80\x80"})
    EXPECT_FALSE(is_valid_utf8(text));
  EXPECT_EQ(valid_utf8_prefix("ab\xFF"), 2U);
  EXPECT_EQ(valid_utf8("a\xFF"
                       "b"),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(Utf8, PrintableCutsAtACharacterAndShowsNoControls) {
  EXPECT_EQ(printable("a\nb\x7F", 10), "a b ");
  EXPECT_EQ(printable("\xC3\xA9\xC3\xA9", 3), "\xC3\xA9...");
  EXPECT_EQ(printable("abc", 3), "abc");
  EXPECT_EQ(printable("", 0), "");
}

TEST(Pattern, MatchesAnywhereAndNamesItsGroups) {
  const auto pattern = Pattern::compile("(?P<code>[0-9]{3}) (\\w+)").value();

  const auto match = pattern.find("xx 220 ready");

  ASSERT_TRUE(match);
  EXPECT_EQ(match->groups, (std::vector<std::string>{"220 ready", "220", "ready"}));
  EXPECT_EQ(match->named, (std::vector<std::pair<std::string, std::string>>{{"code", "220"}}));
  EXPECT_EQ(match->end, 12U);
  EXPECT_TRUE(pattern.matches("220 a"));
  EXPECT_FALSE(pattern.find("none"));
}

TEST(Pattern, RefusesWhatIsWrongOrTooLarge) {
  EXPECT_EQ(Pattern::compile("a(").error().text, "missing ): a(");
  EXPECT_FALSE(Pattern::compile("((a{100}){100}){100}"));
}

TEST(Reason, EveryNameIsItsOwnAndFindsItsWayBack) {
  std::set<std::string_view> names;
  for (std::size_t index = 1; index < reason_count; ++index) {
    const auto reason = static_cast<Reason>(index);
    EXPECT_TRUE(names.insert(name(reason)).second);
    EXPECT_EQ(reason_named(name(reason)), reason);
    EXPECT_FALSE(meaning(reason).empty());
    const bool is_nobodys = cause(reason) == Cause::none;
    EXPECT_TRUE(is_nobodys || !is_agent_trouble(reason)) << name(reason);
    EXPECT_EQ(judged(reason).verdict, is_nobodys ? Verdict::unknown : Verdict::failed);
  }
  EXPECT_FALSE(reason_named(""));
}

TEST(Reason, TheAgentsOwnTroubleIsUnknownAndTheTargetsIsFailed) {
  EXPECT_EQ(reason_of_connect_errno(EMFILE), Reason::agent_descriptors);
  EXPECT_EQ(reason_of_connect_errno(ECONNREFUSED), Reason::connect_refused);
  EXPECT_EQ(reason_of_connect_errno(12345), Reason::connect_failed);
  EXPECT_EQ(reason_of_exchange_errno(ECONNRESET), Reason::reset);
  EXPECT_EQ(judged(Reason::none).verdict, Verdict::ok);
  EXPECT_EQ(judged(Reason::agent_memory).verdict, Verdict::unknown);
  EXPECT_EQ(judged(Reason::http_status).verdict, Verdict::failed);
}

TEST(ReasonGroups, AlwaysHoldTheAgentsOwn) {
  const ReasonGroups groups = ReasonGroups{}.with(ReasonGroup::ping);

  EXPECT_TRUE(groups.has(ReasonGroup::agent));
  EXPECT_TRUE(groups.has(ReasonGroup::ping));
  EXPECT_FALSE(groups.has(ReasonGroup::tls));
}

TEST(Readings, WhatIsNotSetIsNotKnown) {
  Readings readings;
  readings.set(3, 1.5);
  readings.add(3, 1);
  readings.add(5, 2);

  EXPECT_TRUE(std::isnan(readings.get(0)));
  EXPECT_TRUE(std::isnan(readings.get(99)));
  EXPECT_DOUBLE_EQ(readings.get(3), 2.5);
  EXPECT_DOUBLE_EQ(readings.get(5), 2);
  EXPECT_EQ(escape_label_value("a\"\\\n\xFF"), "a\\\"\\\\\\n\xEF\xBF\xBD");
}

TEST(Language, IsReadFromLocaleNames) {
  EXPECT_EQ(parse_language("id_ID.UTF-8"), Language::indonesian);
  EXPECT_EQ(parse_language("en"), Language::english);
  EXPECT_FALSE(parse_language("fr_FR"));
  unsetenv("LC_MESSAGES");
  setenv("LANG", "en_US.UTF-8", 1);
  setenv("LC_ALL", "id_ID", 1);
  EXPECT_EQ(language_of_environment(), Language::indonesian);
  unsetenv("LC_ALL");
  EXPECT_EQ(language_of_environment(), Language::english);
}

TEST(Error, IsDescribedInOneLine) {
  EXPECT_EQ(describe({.tried = "bind", .on = "127.0.0.1:9790", .code = EADDRINUSE}),
            "bind 127.0.0.1:9790: Address already in use (EADDRINUSE)");
  EXPECT_EQ(describe({.tried = "read", .text = "it ended"}), "read: it ended");
}

}  // namespace
}  // namespace siaga
