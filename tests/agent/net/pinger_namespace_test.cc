// The pinger in network namespaces of its own: liars, silence, routers that refuse, missing
// permissions. Needs root.
#include <gtest/gtest.h>

#include "agent/net/pinger.h"
#include "tests/agent/net/pinger_peer.h"
#include "tests/support/test_loop.h"

namespace siaga::tests {
namespace {

using namespace std::chrono_literals;
using Request = EchoPeer::Request;

class PingerNamespaceTest : public testing::Test {
 protected:
  PingResult ping(const PingRequest& request) {
    std::optional<PingResult> result;
    const auto run = pinger_->start(request, [&](PingResult found) { result = std::move(found); });
    test_.run_until([&] { return result.has_value(); });
    return *result;
  }
  static PingRequest request(std::string_view to, int packets = 1) {
    return {.to = *parse_address(to), .packets = packets, .spacing = 20ms, .wait = 150ms};
  }
  // One ping of an IPv4 host that answers like this.
  PingResult ping_of(EchoPeer::Answer answer, int packets = 1) {
    OwnNetwork::silence();
    const EchoPeer peer(test_.loop(), std::move(answer));
    return ping(request("127.0.0.9", packets));
  }

  OwnNetwork network_;
  TestLoop test_;
  std::unique_ptr<Pinger> pinger_ = Pinger::create(test_.loop());
};

TEST_F(PingerNamespaceTest, SilentHostLosesEveryPacketAfterItsWait) {
  const PingResult result = ping_of([](EchoPeer&, const Request&) {}, 3);

  EXPECT_EQ(result.sent, 3);
  EXPECT_TRUE(result.replies.empty());
  EXPECT_EQ(result.reason, Reason::none);
}

TEST_F(PingerNamespaceTest, HonestReplyIsTaken) {
  const PingResult result = ping_of([](EchoPeer& peer, const Request& request) {
    peer.send(request.to, request.from, EchoPeer::reply_to(request));
  });

  EXPECT_EQ(result.replies.size(), 1U);
}

TEST_F(PingerNamespaceTest, RepliesOfOneRunDoNotRepeatTheirIdentity) {
  std::vector<EchoPeer::Bytes> seen;
  ping_of([&](EchoPeer& peer, const Request& request) {
    seen.push_back(request.message);
    peer.send(request.to, request.from, EchoPeer::reply_to(request));
  });
  ping_of([&](EchoPeer& peer, const Request& request) {
    seen.push_back(request.message);
    peer.send(request.to, request.from, EchoPeer::reply_to(request));
  });

  ASSERT_EQ(seen.size(), 2U);
  EXPECT_FALSE(std::equal(seen[0].begin() + 16, seen[0].begin() + 24, seen[1].begin() + 16));
}

TEST_F(PingerNamespaceTest, DuplicatesAreCountedOnce) {
  const PingResult result = ping_of(
      [](EchoPeer& peer, const Request& request) {
        for (int copies = 0; copies < 3; ++copies)
          peer.send(request.to, request.from, EchoPeer::reply_to(request));
      },
      2);

  EXPECT_EQ(result.sent, 2);
  EXPECT_EQ(result.replies.size(), 2U);
  // The first packet's; the second packet's first reply ends the run.
  EXPECT_GE(result.duplicates, 2);
}

// Every one of these replies is wrong in one place only.
TEST_F(PingerNamespaceTest, ForgedRepliesAreNotTaken) {
  const PingResult result = ping_of(
      [](EchoPeer& peer, const Request& request) {
        const auto with = [&](std::size_t at) {
          EchoPeer::Bytes forged = EchoPeer::reply_to(request);
          forged.at(at) ^= std::byte{1};
          EchoPeer::seal(forged);
          peer.send(request.to, request.from, forged);
        };
        with(1);   // code
        with(5);   // identifier
        with(7);   // sequence
        with(8);   // cookie, first byte
        with(15);  // cookie, last byte
        with(16);  // nonce
        with(23);  // nonce, last byte
        with(27);  // slot
        with(31);  // packet
        with(32);  // pattern
        with(63);  // pattern, last byte
        EchoPeer::Bytes forged = EchoPeer::reply_to(request);
        forged[2] ^= std::byte{1};  // checksum
        peer.send(request.to, request.from, forged);
        forged = EchoPeer::reply_to(request);
        forged.pop_back();  // too short
        EchoPeer::seal(forged);
        peer.send(request.to, request.from, forged);
        forged = EchoPeer::reply_to(request);
        forged.push_back(std::byte{56});  // too long, the pattern going on
        EchoPeer::seal(forged);
        peer.send(request.to, request.from, forged);
        peer.send(*parse_address("127.0.0.10"), request.from, EchoPeer::reply_to(request));
      },
      2);

  EXPECT_EQ(result.sent, 2);
  EXPECT_TRUE(result.replies.empty());
  EXPECT_EQ(result.duplicates, 0);
}

TEST_F(PingerNamespaceTest, ReplyBehindAForgedOneIsTaken) {
  const PingResult result = ping_of([](EchoPeer& peer, const Request& request) {
    EchoPeer::Bytes forged = EchoPeer::reply_to(request);
    forged[20] ^= std::byte{1};
    EchoPeer::seal(forged);
    peer.send(request.to, request.from, forged);
    peer.send(request.to, request.from, EchoPeer::reply_to(request));
  });

  EXPECT_EQ(result.replies.size(), 1U);
  EXPECT_EQ(result.duplicates, 0);
}

// An ICMP error that quotes `quoted` as a packet to `to`.
EchoPeer::Bytes error_about(const Address& to, std::span<const std::byte> quoted) {
  EchoPeer::Bytes error(8 + 20);
  error[0] = std::byte{3};
  error[1] = std::byte{1};
  error[8] = std::byte{0x45};
  error[17] = std::byte{1};  // ICMP
  error[20] = std::byte{127};
  error[23] = std::byte{1};
  std::memcpy(error.data() + 24, to.bytes.data(), 4);
  error.insert(error.end(), quoted.begin(), quoted.end());
  EchoPeer::seal(error);
  return error;
}

TEST_F(PingerNamespaceTest, ErrorIsTakenWithItsOffenderHoweverLittleItQuotes) {
  for (const std::size_t quoted_bytes : {64U, 32U, 8U}) {
    const PingResult result = ping_of([&](EchoPeer& peer, const Request& request) {
      peer.send(*parse_address("127.0.0.77"), request.from,
                error_about(request.to, std::span(request.message).first(quoted_bytes)));
    });

    EXPECT_EQ(result.reason, Reason::host_unreachable) << quoted_bytes;
    EXPECT_EQ(result.detail, "host unreachable, says 127.0.0.77");
    EXPECT_EQ(result.sent, 1);
  }
}

TEST_F(PingerNamespaceTest, ErrorsAboutOthersPacketsAreNotTaken) {
  const PingResult result = ping_of([&](EchoPeer& peer, const Request& request) {
    const auto about = [&](const Address& to, std::size_t changed, std::size_t quoted_bytes) {
      EchoPeer::Bytes quoted(request.message.begin(),
                             request.message.begin() + static_cast<std::ptrdiff_t>(quoted_bytes));
      if (changed < quoted.size()) quoted[changed] ^= std::byte{1};
      peer.send(*parse_address("127.0.0.77"), request.from, error_about(to, quoted));
    };
    about(*parse_address("127.0.0.10"), 99, 64);  // another target
    about(*parse_address("127.0.0.10"), 99, 8);
    about(request.to, 0, 8);    // no echo request
    about(request.to, 4, 8);    // another identifier
    about(request.to, 6, 8);    // another sequence
    about(request.to, 10, 64);  // another cookie
    about(request.to, 20, 64);  // another nonce
  });

  EXPECT_EQ(result.reason, Reason::none) << result.detail;
  EXPECT_EQ(result.sent, 1);
}

TEST_F(PingerNamespaceTest, OthersErrorsDoNotFailOurSendings) {
  OwnNetwork::silence();
  std::optional<EchoPeer::Bytes> seen;
  const EchoPeer peer(test_.loop(), [&](EchoPeer& host, const Request& request) {
    // An error about somebody else's ping hangs on our socket when the next packet is sent.
    EchoPeer::Bytes foreign = request.message;
    foreign[20] ^= std::byte{1};
    for (int copies = 0; copies < 20; ++copies)
      host.send(*parse_address("127.0.0.77"), request.from, error_about(request.to, foreign));
    host.send(request.to, request.from, EchoPeer::reply_to(request));
  });

  const PingResult result = ping(request("127.0.0.9", 5));

  EXPECT_EQ(result.replies.size(), 5U) << result.detail;
  EXPECT_EQ(result.reason, Reason::none) << result.detail;
}

TEST_F(PingerNamespaceTest, WithoutThePermissionTheDetailNamesWhatIsMissing) {
  const WithoutNetRaw without;

  for (const std::string_view to : {"127.0.0.1", "::1"}) {
    const PingResult result = ping(request(to));

    EXPECT_EQ(result.reason, Reason::agent_permission);
    EXPECT_NE(result.detail.find("CAP_NET_RAW"), std::string::npos) << result.detail;
    EXPECT_NE(result.detail.find("net.ipv4.ping_group_range"), std::string::npos);
    EXPECT_EQ(result.sent, 0);
  }
}

TEST_F(PingerNamespaceTest, PingSocketsServeWhereRawOnesAreNotAllowed) {
  OwnNetwork::write("/proc/sys/net/ipv4/ping_group_range", "0 65535");
  const WithoutNetRaw without;

  for (const std::string_view to : {"127.0.0.1", "::1"}) {
    const PingResult result = ping(request(to, 3));

    EXPECT_EQ(result.replies.size(), 3U) << result.detail;
    EXPECT_EQ(result.replies.at(0).hop_limit, 64);
  }
}

TEST_F(PingerNamespaceTest, OwnRoutesAndFiltersAreTheAgentsTrouble) {
  OwnNetwork::run(
      "ip route add unreachable 10.88.1.0/24 && ip route add prohibit 10.88.2.0/24 && "
      "ip route add blackhole 10.88.3.0/24 && ip route add 10.88.4.0/24 dev lo");
  OwnNetwork::run(
      "nft 'add table ip t; add chain ip t o { type filter hook output priority 0; }; "
      "add rule ip t o ip daddr 10.88.4.1 drop'");

  EXPECT_EQ(ping(request("10.88.1.1")).reason, Reason::agent_no_route);
  EXPECT_EQ(ping(request("10.88.2.1")).reason, Reason::agent_no_route);
  EXPECT_EQ(ping(request("10.88.3.1")).reason, Reason::agent_no_route);
  EXPECT_EQ(ping(request("10.88.4.1")).reason, Reason::agent_permission);
  EXPECT_EQ(ping(request("10.99.0.1")).reason, Reason::agent_no_route);
  EXPECT_EQ(ping(request("fd99::1")).reason, Reason::agent_no_route);
}

// An office behind a router, each in a namespace.
class PingerRouterTest : public PingerNamespaceTest {
 protected:
  PingerRouterTest() {
    OwnNetwork::run("ip netns add " + router_);
    OwnNetwork::run("ip link add o0 type veth peer name r0 netns " + router_);
    in_router(
        "sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.r0.accept_dad=0 "
        "net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 net.ipv4.icmp_ratelimit=0 "
        "net.ipv6.icmp.ratelimit=0");
    OwnNetwork::run("sysctl -qw net.ipv6.conf.o0.accept_dad=0");
    in_router("ip link set lo up");
    in_router("ip addr add 10.77.0.1/24 dev r0");
    in_router("ip addr add fd77::1/64 dev r0 nodad");
    in_router("ip link set r0 up");
    OwnNetwork::run(
        "ip addr add 10.77.0.2/24 dev o0 && ip addr add fd77::2/64 dev o0 nodad && "
        "ip link set o0 up && ip route add default via 10.77.0.1 && "
        "ip -6 route add default via fd77::1");
  }
  ~PingerRouterTest() override { OwnNetwork::run("ip netns del " + router_); }

  void in_router(const std::string& command) const {
    OwnNetwork::run("ip netns exec " + router_ + " " + command);
  }

  std::string router_ = "siaga-test-" + std::to_string(getpid());
};

TEST_F(PingerRouterTest, WhatTheRouterSaysIsTheReason) {
  in_router("ip route add unreachable 10.88.1.0/24");
  in_router("ip route add prohibit 10.88.2.0/24");
  in_router("ip -6 route add unreachable fd88:1::/64");
  in_router("ip -6 route add prohibit fd88:2::/64");
  const auto expect = [this](const PingRequest& asked, Reason reason, std::string_view offender) {
    const PingResult result = ping(asked);
    EXPECT_EQ(result.reason, reason) << name(result.reason) << ": " << to_string(asked.to);
    EXPECT_TRUE(result.detail.ends_with(", says " + std::string(offender))) << result.detail;
    EXPECT_EQ(result.sent, asked.packets);
  };

  expect(request("10.88.1.1"), Reason::host_unreachable, "10.77.0.1");
  expect(request("10.88.2.1", 3), Reason::prohibited, "10.77.0.1");
  expect(request("10.99.0.1"), Reason::network_unreachable, "10.77.0.1");
  expect(request("fd88:1::1"), Reason::network_unreachable, "fd77::1");
  expect(request("fd88:2::1"), Reason::prohibited, "fd77::1");
}

TEST_F(PingerRouterTest, HopLimitThatIsTooSmallIsSaid) {
  in_router("ip route add 10.88.5.0/24 via 10.77.0.3");
  in_router("ip -6 route add fd88:5::/64 via fd77::3");
  for (const std::string_view to : {"10.88.5.1", "fd88:5::1"}) {
    PingRequest near = request(to);
    near.hop_limit = 1;

    EXPECT_EQ(ping(near).reason, Reason::ttl_exceeded) << to;
  }
}

TEST_F(PingerRouterTest, PacketThatMayNotBeFragmentedIsTooBig) {
  in_router("ip route add 10.88.6.0/24 via 10.77.0.3 mtu 600");
  PingRequest big = request("10.88.6.1");
  big.payload_bytes = 1000;
  big.dont_fragment = true;

  const PingResult by_router = ping(big);
  const PingResult by_ourselves = ping(big);  // the kernel has learned the path's MTU

  EXPECT_EQ(by_router.reason, Reason::packet_too_big);
  EXPECT_EQ(by_router.detail, "packet too big, says 10.77.0.1");
  EXPECT_EQ(by_ourselves.reason, Reason::packet_too_big);
  EXPECT_EQ(by_ourselves.sent, 1);
}

TEST_F(PingerRouterTest, EverySecondPacketLostIsHalfOfThem) {
  in_router(
      "nft 'add table ip t; add chain ip t i { type filter hook input priority 0; }; "
      "add rule ip t i icmp type echo-request numgen inc mod 2 0 drop'");

  const PingResult result = ping(request("10.77.0.1", 10));

  EXPECT_EQ(result.sent, 10);
  EXPECT_EQ(result.replies.size(), 5U);
  EXPECT_EQ(result.reason, Reason::none);
}

}  // namespace
}  // namespace siaga::tests
