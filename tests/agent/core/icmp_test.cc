#include "agent/core/icmp.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace siaga::icmp {
namespace {

using Bytes = std::vector<std::byte>;

constexpr Key some_key{
    .cookie = 0x0102030405060708, .nonce = 0x1112131415161718, .slot = 7, .packet = 3};
constexpr EchoName some_name{.identifier = 0xBEEF, .sequence = 0xFFFF};

Bytes request(Family family, std::size_t payload) {
  Bytes message(header_bytes + payload);
  write_request(family, some_name, some_key, message);
  return message;
}

// What an honest host makes of a request: the type, and for IPv4 the checksum anew.
Bytes reply(Family family, std::size_t payload) {
  Bytes message = request(family, payload);
  message[0] = family == Family::ip4 ? std::byte{0} : std::byte{129};
  message[2] = message[3] = std::byte{0};
  if (family == Family::ip4) {
    const auto sum = checksum(message);
    message[2] = std::byte(sum >> 8U);
    message[3] = std::byte(sum & 0xFFU);
  }
  return message;
}

class EitherFamily : public testing::TestWithParam<Family> {};
INSTANTIATE_TEST_SUITE_P(Icmp, EitherFamily, testing::Values(Family::ip4, Family::ip6));

TEST_P(EitherFamily, ReplyCarriesTheRequestsNameAndKeyAtEverySize) {
  for (const std::size_t size : {24U, 25U, 31U, 56U, 255U, 256U, 257U, 1472U, 65000U}) {
    const auto echo = parse_reply(GetParam(), reply(GetParam(), size));

    ASSERT_TRUE(echo) << size;
    EXPECT_EQ(echo->name, some_name);
    EXPECT_EQ(echo->key, some_key);
    EXPECT_EQ(echo->payload_bytes, size);
  }
}

TEST_P(EitherFamily, RequestIsNoReply) {
  EXPECT_FALSE(parse_reply(GetParam(), request(GetParam(), 56)));
}

TEST_P(EitherFamily, ReplyWithAnyByteOfThePatternChangedIsRefused) {
  for (std::size_t at = header_bytes + payload_bytes_min; at < header_bytes + 300; ++at) {
    Bytes message = reply(Family::ip6, 300);
    message[at] ^= std::byte{0x40};

    EXPECT_FALSE(parse_reply(Family::ip6, message)) << at;
  }
}

TEST_P(EitherFamily, ReplyTooShortForAKeyIsRefused) {
  for (std::size_t size = 0; size < payload_bytes_min; ++size) {
    Bytes message(header_bytes + size);
    if (GetParam() == Family::ip6) message[0] = std::byte{129};
    EXPECT_FALSE(parse_reply(GetParam(), message)) << size;
  }
  EXPECT_FALSE(parse_reply(GetParam(), {}));
}

TEST(Icmp, ReplyWithAWrongChecksumIsRefused) {
  Bytes message = reply(Family::ip4, 56);
  message[3] ^= std::byte{1};

  EXPECT_FALSE(parse_reply(Family::ip4, message));
}

TEST(Icmp, ChecksumIsTheOneOfRfc1071) {
  // The example of RFC 1071, 3: 00 01 f2 03 f4 f5 f6 f7 sum up to ddf2.
  const Bytes bytes{std::byte{0x00}, std::byte{0x01}, std::byte{0xf2}, std::byte{0x03},
                    std::byte{0xf4}, std::byte{0xf5}, std::byte{0xf6}, std::byte{0xf7}};

  EXPECT_EQ(checksum(bytes), static_cast<std::uint16_t>(~0xddf2U));
  EXPECT_EQ(checksum(std::span(bytes).first(3)), static_cast<std::uint16_t>(~0xf201U));
}

TEST(Icmp, Ip4HeaderWithOptionsIsStripped) {
  Bytes datagram(28);
  datagram[0] = std::byte{0x46};
  datagram[8] = std::byte{63};
  datagram[24] = std::byte{99};

  const auto content = strip_ip4_header(datagram);

  ASSERT_TRUE(content);
  EXPECT_EQ(content->hop_limit, 63);
  ASSERT_EQ(content->message.size(), 4U);
  EXPECT_EQ(content->message[0], std::byte{99});
}

TEST(Icmp, Ip4HeaderThatLiesAboutItsLengthIsRefused) {
  Bytes datagram(20);
  for (const unsigned first : {0x44U, 0x46U, 0x65U, 0x4FU, 0x00U}) {
    datagram[0] = std::byte(first);
    EXPECT_FALSE(strip_ip4_header(datagram)) << first;
  }
  EXPECT_FALSE(strip_ip4_header({}));
}

TEST_P(EitherFamily, QuotationHasAKeyOnlyWhenItIsLongEnough) {
  const Bytes message = request(GetParam(), 56);

  const auto whole = parse_quoted_request(GetParam(), message);
  const auto cut = parse_quoted_request(GetParam(), std::span(message).first(8));

  ASSERT_TRUE(whole && cut);
  EXPECT_EQ(whole->name, some_name);
  EXPECT_EQ(whole->key, some_key);
  EXPECT_EQ(cut->name, some_name);
  EXPECT_FALSE(cut->key);
}

TEST_P(EitherFamily, QuotationFilledUpWithZerosHasNoKey) {
  Bytes quoted = request(GetParam(), 56);
  std::fill(quoted.begin() + 8, quoted.end(), std::byte{0});

  const auto parsed = parse_quoted_request(GetParam(), quoted);

  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->key);
}

TEST_P(EitherFamily, QuotationOfSomethingElseIsRefused) {
  EXPECT_FALSE(parse_quoted_request(GetParam(), reply(GetParam(), 56)));
  const Bytes cut = request(GetParam(), 56);
  EXPECT_FALSE(parse_quoted_request(GetParam(), std::span(cut).first(7)));
}

TEST(Icmp, ErrorMessagesHaveTheirReasons) {
  struct Row {
    Family family;
    std::uint8_t type, code;
    Reason reason;
  };
  for (const Row& row :
       {Row{Family::ip4, 3, 0, Reason::network_unreachable},
        Row{Family::ip4, 3, 1, Reason::host_unreachable},
        Row{Family::ip4, 3, 4, Reason::packet_too_big}, Row{Family::ip4, 3, 13, Reason::prohibited},
        Row{Family::ip4, 11, 0, Reason::ttl_exceeded},
        Row{Family::ip6, 1, 0, Reason::network_unreachable},
        Row{Family::ip6, 1, 1, Reason::prohibited},
        Row{Family::ip6, 1, 3, Reason::host_unreachable},
        Row{Family::ip6, 2, 0, Reason::packet_too_big},
        Row{Family::ip6, 3, 0, Reason::ttl_exceeded}}) {
    const auto meaning = meaning_of_error(row.family, row.type, row.code);
    ASSERT_TRUE(meaning);
    EXPECT_EQ(meaning->reason, row.reason);
    EXPECT_FALSE(meaning->words.empty());
  }
}

TEST(Icmp, RedirectsAndUnknownCodesMeanNothing) {
  EXPECT_FALSE(meaning_of_error(Family::ip4, 5, 1));
  EXPECT_FALSE(meaning_of_error(Family::ip4, 3, 99));
  EXPECT_FALSE(meaning_of_error(Family::ip6, 137, 0));
}

}  // namespace
}  // namespace siaga::icmp
