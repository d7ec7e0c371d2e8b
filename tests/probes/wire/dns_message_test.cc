#include "probes/wire/dns_message.h"

#include <gtest/gtest.h>

#include "tests/agent/net/dns_bytes.h"

namespace siaga {
namespace {

using namespace tests;

Result<DnsMessage> parse(std::string_view text, DnsRecords records = DnsRecords::read) {
  return parse_dns_message(std::as_bytes(std::span(text)), records);
}
std::string text_of(const std::vector<std::byte>& bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += static_cast<char>(byte);
  return text;
}

TEST(DnsMessage, MakesTheQueryThatWasWrittenByHand) {
  const auto query = make_dns_query({.name = "www.example", .type = "AAAA"});

  ASSERT_TRUE(query);
  EXPECT_EQ(text_of(*query), query_bytes("www.example", type_aaaa));
  EXPECT_EQ(*query, *make_dns_query({.name = "www.example.", .type = "AAAA"}));
}

TEST(DnsMessage, MakesQueriesWithEdnsAndWithoutRecursion) {
  const auto query = make_dns_query(
      {.name = ".", .type = "NS", .is_recursive = false, .edns_bytes = 1232, .wants_dnssec = true});

  ASSERT_TRUE(query);
  EXPECT_EQ(text_of(*query), word(0) + word(0) + word(1) + word(0) + word(0) + word(1) +
                                 std::string(1, '\0') + word(2) + word(1) +      // . NS IN
                                 std::string(1, '\0') + word(41) + word(1232) +  // OPT
                                 word(0) + word(0x8000) + word(0));
}

TEST(DnsMessage, RefusesWhatIsNoQuestion) {
  for (const std::string& name :
       {std::string(), std::string("two words"), std::string("k\xc3\xb6ln.de"),
        std::string(64, 'x') + ".de", std::string("a..b"), std::string(300, 'x')}) {
    const auto query = make_dns_query({.name = name});
    ASSERT_FALSE(query) << name;
    EXPECT_FALSE(query.error().text.empty());
  }
  EXPECT_FALSE(make_dns_query({.name = "a.test", .type = "NONSENSE"}));
}

TEST(DnsMessage, EveryTypeThatUsersMayAskForMakesAQuery) {
  for (const std::string_view type : dns_types)
    EXPECT_TRUE(make_dns_query({.name = "a.test", .type = std::string(type)})) << type;
}

TEST(DnsMessage, TurnsAddressesIntoReverseNames) {
  EXPECT_EQ(reverse_dns_name(*parse_address("10.1.2.3")), "3.2.1.10.in-addr.arpa.");
  EXPECT_EQ(reverse_dns_name(*parse_address("2001:db8::1")),
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.");
}

TEST(DnsMessage, ReadsHeaderAndRecords) {
  const std::string reply = reply_bytes(
      query_bytes("www.example", type_a, 0x1234), noerror,
      {cname_record("www.example", "web.example"), a_record("web.example", "10.0.0.1", 300)},
      0x0420);

  const auto message = parse(reply);

  ASSERT_TRUE(message) << message.error().text;
  EXPECT_EQ(message->id, 0x1234);
  EXPECT_EQ(dns_rcode_name(message->rcode), "NOERROR");
  EXPECT_EQ(dns_flag_names(*message), "aa rd ra ad");
  EXPECT_EQ(message->question, "www.example. IN A");
  EXPECT_EQ(message->answer_count, 2);
  EXPECT_EQ(message->typed_answers, 1);
  EXPECT_TRUE(message->has_alias);
  ASSERT_EQ(message->answers.size(), 2U);
  EXPECT_EQ(message->answers[0].text, "www.example. 60 IN CNAME web.example.");
  EXPECT_EQ(message->answers[1].text, "web.example. 300 IN A 10.0.0.1");
  EXPECT_EQ(message->answers[1].data(), "10.0.0.1");
  EXPECT_EQ(message->answers[1].ttl, 300U);
}

TEST(DnsMessage, CountsWithoutReading) {
  const std::string reply = reply_bytes(query_bytes("www.example", type_a), noerror,
                                        {a_record("www.example", "10.0.0.1")});

  const auto message = parse(reply, DnsRecords::counted);

  ASSERT_TRUE(message);
  EXPECT_EQ(message->answer_count, 1);
  EXPECT_EQ(message->typed_answers, 1);
  EXPECT_TRUE(message->answers.empty());
}

TEST(DnsMessage, FindsTheSerialOfTheZone) {
  const auto message = parse(
      reply_bytes(query_bytes("example", type_soa), noerror, {soa_record("example", 4026112101U)}));

  ASSERT_TRUE(message);
  EXPECT_EQ(message->soa_serial, 4026112101U);
}

TEST(DnsMessage, KnowsTheErrorsByName) {
  const auto message = parse(reply_bytes(query_bytes("no.example", type_a), nxdomain));

  ASSERT_TRUE(message);
  EXPECT_EQ(dns_rcode_name(message->rcode), "NXDOMAIN");
  EXPECT_EQ(dns_rcode_name(3841), "RCODE3841");
}

TEST(DnsMessage, RefusesEveryReplyThatIsCutAnywhere) {
  const std::string whole = reply_bytes(query_bytes("www.example", type_a), noerror,
                                        {a_record("www.example", "10.0.0.1")});
  ASSERT_TRUE(parse(whole));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse(whole.substr(0, size))) << size;
}

TEST(DnsMessage, RefusesNonsense) {
  EXPECT_FALSE(parse(query_bytes("www.example", type_a)));
  EXPECT_FALSE(parse(std::string(600, '\xff')));
  // A name that points to itself (RFC 1035, 4.1.4).
  std::string pointer = word(0) + word(0x8180) + word(0) + word(1) + word(0) + word(0) +
                        word(0xc00c) + word(1) + word(1) + word(0) + word(60) + word(4) + "abcd";
  EXPECT_FALSE(parse(pointer));
}

TEST(DnsMessage, RefusesATextThatGrowsTooLong) {
  // Each of these names costs 2 bytes on the wire and about 1,000 as text.
  std::string name;
  for (int label = 0; label < 3; ++label) name += std::string(1, '\x3f') + std::string(63, '\1');
  name += '\0';
  const std::string question = name + word(type_cname) + word(1);
  std::string records;
  constexpr unsigned count = 2000;
  for (unsigned index = 0; index < count; ++index)
    records +=
        word(0xc00c) + word(type_cname) + word(1) + word(0) + word(60) + word(2) + word(0xc00c);
  const std::string reply =
      word(0) + word(0x8180) + word(1) + word(count) + word(0) + word(0) + question + records;

  EXPECT_TRUE(parse(reply, DnsRecords::counted));
  EXPECT_FALSE(parse(reply));
}

TEST(DnsMessage, FindsCnamesThatRunInACircle) {
  const auto looks = [](std::vector<Record> records) {
    return has_cname_loop(
        parse(reply_bytes(query_bytes("a.test", type_a), noerror, std::move(records)))->answers);
  };

  EXPECT_TRUE(looks({cname_record("a.test", "a.test")}));
  EXPECT_TRUE(looks({cname_record("a.test", "B.test"), cname_record("b.test", "A.test")}));
  EXPECT_TRUE(looks({cname_record("a.test", "b.test"), cname_record("b.test", "c.test"),
                     cname_record("c.test", "b.test")}));
  EXPECT_FALSE(looks({cname_record("a.test", "b.test"), cname_record("b.test", "c.test"),
                      a_record("c.test", "10.0.0.1")}));
  EXPECT_FALSE(looks({cname_record("a.test", "c.test"), cname_record("b.test", "c.test")}));
  EXPECT_FALSE(looks({}));
}

}  // namespace
}  // namespace siaga
