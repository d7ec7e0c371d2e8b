// Real packets over loopback. Needs CAP_NET_RAW, as the agent does.
#include "agent/loop/icmp_socket.h"

#include <gtest/gtest.h>

#include "agent/core/icmp.h"
#include "tests/support/descriptors.h"
#include "tests/support/test_loop.h"

namespace siaga::tests {
namespace {

using Bytes = std::vector<std::byte>;

Bytes request(Family family, std::uint64_t cookie, std::size_t payload = 56) {
  Bytes message(icmp::header_bytes + payload);
  icmp::write_request(family, {.identifier = 1, .sequence = 2}, {.cookie = cookie}, message);
  return message;
}

Address loopback(Family family) {
  return *parse_address(family == Family::ip4 ? "127.0.0.1" : "::1");
}

// Keeps what came; the spans of replies end with the next read.
struct Inbox {
  std::vector<Address> from;
  std::vector<Bytes> messages;
  std::vector<int> hop_limits;
  std::vector<Duration> ages;

  void take(IcmpSocket& icmp) {
    for (const IcmpReply& reply : icmp.read_replies()) {
      from.push_back(reply.from);
      messages.emplace_back(reply.message.begin(), reply.message.end());
      hop_limits.push_back(reply.hop_limit);
      ages.push_back(reply.age);
    }
    icmp.read_errors();
  }
};

class IcmpSocketTest : public testing::TestWithParam<Family> {
 protected:
  std::unique_ptr<IcmpSocket> open(std::uint64_t cookie, Inbox& inbox) {
    auto place = std::make_shared<IcmpSocket*>(nullptr);
    auto icmp = IcmpSocket::open(test_.loop(), {.family = GetParam(), .cookie = cookie},
                                 [place, &inbox](bool) { inbox.take(**place); });
    EXPECT_TRUE(icmp) << "these tests need CAP_NET_RAW";
    if (!icmp) return nullptr;
    *place = icmp->get();
    return std::move(*icmp);
  }

  TestLoop test_;
};
INSTANTIATE_TEST_SUITE_P(Icmp, IcmpSocketTest, testing::Values(Family::ip4, Family::ip6));

TEST_P(IcmpSocketTest, DeliversTheReplyWithSenderHopLimitAndAge) {
  Inbox inbox;
  const auto icmp = open(42, inbox);
  ASSERT_TRUE(icmp);
  EXPECT_TRUE(icmp->is_raw());

  EXPECT_EQ(icmp->send({.to = loopback(GetParam()), .message = request(GetParam(), 42)}), 0);
  test_.run_until([&] { return !inbox.messages.empty(); });

  EXPECT_EQ(inbox.from.at(0), loopback(GetParam()));
  EXPECT_EQ(inbox.hop_limits.at(0), 64);
  EXPECT_GE(inbox.ages.at(0), Duration::zero());
  const auto echo = icmp::parse_reply(GetParam(), inbox.messages.at(0));
  ASSERT_TRUE(echo);
  EXPECT_EQ(echo->key.cookie, 42U);
}

TEST_P(IcmpSocketTest, KernelDropsRepliesWithAnotherCookie) {
  Inbox ours, theirs;
  const auto icmp = open(42, ours);
  const auto other = open(43, theirs);
  ASSERT_TRUE(icmp && other);

  EXPECT_EQ(other->send({.to = loopback(GetParam()), .message = request(GetParam(), 43)}), 0);
  test_.run_until([&] { return !theirs.messages.empty(); });
  test_.run_ready();

  EXPECT_TRUE(ours.messages.empty());
}

TEST_P(IcmpSocketTest, LargeRepliesAreReadWholeOnceTheyAreExpected) {
  Inbox inbox;
  const auto icmp = open(42, inbox);
  ASSERT_TRUE(icmp);
  const Bytes large = request(GetParam(), 42, 20000);

  EXPECT_EQ(icmp->send({.to = loopback(GetParam()), .message = large}), 0);
  EXPECT_EQ(icmp->send({.to = loopback(GetParam()), .message = request(GetParam(), 42)}), 0);
  test_.run_until([&] { return !inbox.messages.empty(); });
  EXPECT_EQ(inbox.messages.size(), 1U);  // the small one: the large one was dropped
  icmp->expect_message_bytes(large.size());
  EXPECT_EQ(icmp->send({.to = loopback(GetParam()), .message = large}), 0);
  test_.run_until([&] { return inbox.messages.size() == 2; });

  EXPECT_EQ(inbox.messages.back().size(), large.size());
}

TEST_P(IcmpSocketTest, SendsWithHopLimitClassSourceAndInterface) {
  Inbox inbox;
  const auto icmp = open(42, inbox);
  ASSERT_TRUE(icmp);

  const int code = icmp->send({.to = loopback(GetParam()),
                               .message = request(GetParam(), 42),
                               .hop_limit = 7,
                               .traffic_class = 8,
                               .source = loopback(GetParam()),
                               .interface_index = 1});
  test_.run_until([&] { return !inbox.messages.empty(); });

  EXPECT_EQ(code, 0);
}

TEST_P(IcmpSocketTest, SourceOfAnotherHostIsAnError) {
  Inbox inbox;
  const auto icmp = open(42, inbox);
  ASSERT_TRUE(icmp);
  const Address foreign = *parse_address(GetParam() == Family::ip4 ? "192.0.2.1" : "2001:db8::1");

  const int code = icmp->send(
      {.to = loopback(GetParam()), .message = request(GetParam(), 42), .source = foreign});

  // By kernel and family.
  EXPECT_TRUE(code == EINVAL || code == ENETUNREACH) << code;
}

TEST_P(IcmpSocketTest, DropsReadableWhenDestroyedInsideIt) {
  std::unique_ptr<IcmpSocket> icmp;
  int calls = 0;
  auto opened = IcmpSocket::open(test_.loop(), {.family = GetParam(), .cookie = 42}, [&](bool) {
    ++calls;
    icmp.reset();
  });
  ASSERT_TRUE(opened);
  icmp = std::move(*opened);

  icmp->send({.to = loopback(GetParam()), .message = request(GetParam(), 42)});
  test_.run_until([&] { return calls > 0; });
  test_.run_ready();

  EXPECT_EQ(calls, 1);
}

TEST_P(IcmpSocketTest, NothingComesAfterItWasDestroyed) {
  Inbox inbox;
  auto icmp = open(42, inbox);
  ASSERT_TRUE(icmp);
  icmp->send({.to = loopback(GetParam()), .message = request(GetParam(), 42)});

  icmp.reset();
  test_.run_ready();

  EXPECT_TRUE(inbox.messages.empty());
}

TEST_P(IcmpSocketTest, AloneItDoesNotKeepTheLoopAlive) {
  Inbox inbox;
  const auto icmp = open(42, inbox);

  test_.run_until_idle();
}

TEST_P(IcmpSocketTest, WithoutDescriptorsSaysSo) {
  const DescriptorFamine famine;

  const auto icmp = IcmpSocket::open(test_.loop(), {.family = GetParam()}, [](bool) {});

  ASSERT_FALSE(icmp);
  EXPECT_EQ(icmp.error().code, EMFILE);
}

}  // namespace
}  // namespace siaga::tests
