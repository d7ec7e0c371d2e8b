// The real kernel in a network namespace of the test's own. Skipped where none may be made.
#include "agent/sensors/interfaces.h"

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <fstream>
#include <sstream>

#include "tests/agent/sensors/own_network.h"

#include "tests/support/test_loop.h"

namespace siaga::tests {
namespace {

Address address(std::string_view text) { return parse_address(text).value(); }

class InterfacesTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!network_.why_not().empty())
      GTEST_SKIP() << "no network namespace may be made here: " << network_.why_not();
    ASSERT_TRUE(network_.run(
        "ip link add main0 type veth peer name far0 && ip link add spare0 type veth peer name far1"
        " && ip link set main0 up && ip link set far0 up && ip link set spare0 up && ip link set "
        "far1 up && ip addr add 10.1.0.2/24 dev main0 && ip addr add 10.2.0.2/24 dev spare0"));
  }

  void open() {
    auto opened = Interfaces::open(test_.loop(), [this] { ++changes_; });
    ASSERT_TRUE(opened) << describe(opened.error());
    interfaces_ = std::move(*opened);
  }
  // A command, then the loop until `holds`.
  void after(const std::string& command, const std::function<bool()>& holds) {
    ASSERT_TRUE(network_.run(command)) << command;
    test_.run_until(holds);
  }
  unsigned index(std::string_view name) const {
    const Interface* interface = interfaces_->find(name);
    return interface != nullptr ? interface->index : 0;
  }
  std::string next_hop(Family family = Family::ip4) const {
    return shown(interfaces_->default_route(family));
  }
  std::string next_hop_through(std::string_view name) const {
    return shown(interfaces_->default_route(Family::ip4, index(name)));
  }
  std::string shown(const DefaultRoute* route) const {
    if (route == nullptr) return "none";
    return (route->gateway ? to_string(*route->gateway) : "itself") + " dev " +
           interfaces_->find(route->interface)->name + " metric " + std::to_string(route->metric);
  }

  OwnNetwork network_;
  TestLoop test_;
  int changes_ = 0;
  std::unique_ptr<Interfaces> interfaces_;
};

TEST_F(InterfacesTest, KnowsEverythingWhenItIsOpened) {
  ASSERT_TRUE(network_.run("ip route add default via 10.1.0.1"));

  open();

  const Interface* loopback = interfaces_->find("lo");
  ASSERT_TRUE(loopback);
  EXPECT_TRUE(loopback->is_loopback);
  EXPECT_FALSE(loopback->is_up);
  const Interface* main = interfaces_->find("main0");
  ASSERT_TRUE(main);
  EXPECT_EQ(interfaces_->find(main->index), main);
  EXPECT_TRUE(main->is_up && main->has_carrier && !main->is_loopback);
  EXPECT_EQ(main->mtu, 1500U);
  EXPECT_EQ(main->networks, std::vector{parse_network("10.1.0.2/24").value()});
  EXPECT_EQ(main->speed_bits, std::nullopt);
  EXPECT_EQ(next_hop(), "10.1.0.1 dev main0 metric 0");
  EXPECT_EQ(next_hop_through("spare0"), "none");
  EXPECT_EQ(next_hop(Family::ip6), "none");
  EXPECT_EQ(interfaces_->find("eth9"), nullptr);
}

TEST_F(InterfacesTest, TellsOfALostCarrierAndOfItsReturn) {
  open();
  const auto before = interfaces_->find("main0")->carrier_changes;

  after("ip link set far0 down", [&] { return !interfaces_->find("main0")->has_carrier; });
  EXPECT_TRUE(interfaces_->find("main0")->is_up);
  EXPECT_GE(changes_, 1);

  after("ip link set far0 up", [&] { return interfaces_->find("main0")->has_carrier; });
  EXPECT_EQ(interfaces_->find("main0")->carrier_changes, before + 2);
}

TEST_F(InterfacesTest, FollowsAddressesButLeavesLinkLocalOnesOut) {
  open();
  using Networks = std::vector<IpNetwork>;
  const Networks both{parse_network("10.1.0.2/24").value(), parse_network("fd01::2/64").value()};

  after("ip addr add 169.254.7.7/16 dev main0 && ip addr add fd01::2/64 dev main0 nodad",
        [&] { return interfaces_->find("main0")->networks == both; });
  after("ip addr del fd01::2/64 dev main0 && ip addr del 10.1.0.2/24 dev main0",
        [&] { return interfaces_->find("main0")->networks.empty(); });
}

// Of an address with a peer the prefix is the peer's.
TEST_F(InterfacesTest, TakesAnAddressWithAPeerForItselfAlone) {
  open();

  after("ip addr add 192.0.2.1 peer 198.51.100.1/24 dev spare0",
        [&] { return interfaces_->find("spare0")->networks.size() == 2; });

  EXPECT_EQ(interfaces_->find("spare0")->networks.at(1), parse_network("192.0.2.1/32").value());
}

TEST_F(InterfacesTest, FollowsTheDefaultRoute) {
  open();

  after("ip route add default via 10.1.0.1 metric 5",
        [&] { return next_hop() == "10.1.0.1 dev main0 metric 5"; });
  after("ip route replace default via 10.1.0.3 metric 5",
        [&] { return next_hop() == "10.1.0.3 dev main0 metric 5"; });
  after("ip route add default via 10.2.0.1 metric 3",
        [&] { return next_hop() == "10.2.0.1 dev spare0 metric 3"; });
  EXPECT_EQ(next_hop_through("main0"), "10.1.0.3 dev main0 metric 5");
  after("ip route del default metric 3",
        [&] { return next_hop() == "10.1.0.3 dev main0 metric 5"; });
  after("ip route del default", [&] { return next_hop() == "none"; });
}

// The kernel tells of no route that goes with its interface.
TEST_F(InterfacesTest, NoticesARouteThatGoesSilently) {
  ASSERT_TRUE(
      network_.run("ip route add default via 10.1.0.1 metric 5 && "
                   "ip route add default via 10.2.0.1 metric 9"));
  open();
  ASSERT_EQ(next_hop(), "10.1.0.1 dev main0 metric 5");

  after("ip link set main0 down", [&] { return next_hop() == "10.2.0.1 dev spare0 metric 9"; });
  after("ip addr flush dev spare0", [&] { return next_hop() == "none"; });
}

// That is where the packets go: into a cable that is out.
TEST_F(InterfacesTest, KeepsARouteWithoutCarrierAsLongAsTheKernelDoes) {
  ASSERT_TRUE(
      network_.run("ip route add default via 10.1.0.1 metric 5 && "
                   "ip route add default via 10.2.0.1 metric 9"));
  open();

  after("ip link set far0 down", [&] { return !interfaces_->find("main0")->has_carrier; });
  EXPECT_EQ(next_hop(), "10.1.0.1 dev main0 metric 5");

  after(
      "ip link set far0 up && echo 1 > /proc/sys/net/ipv4/conf/main0/ignore_routes_with_linkdown"
      " && ip link set far0 down",
      [&] { return next_hop() == "10.2.0.1 dev spare0 metric 9"; });
}

TEST_F(InterfacesTest, KnowsEachHopOfAMultipathRoute) {
  open();

  after("ip route add default nexthop via 10.1.0.1 nexthop via 10.2.0.1",
        [&] { return next_hop() == "10.1.0.1 dev main0 metric 0"; });
  EXPECT_EQ(next_hop_through("spare0"), "10.2.0.1 dev spare0 metric 0");

  after("ip link set far0 down", [&] { return next_hop() == "10.2.0.1 dev spare0 metric 0"; });
}

TEST_F(InterfacesTest, TakesDefaultRoutesOfTheMainTableOnly) {
  open();

  after(
      "ip route add default via 10.2.0.1 table 100 && ip route add 10.9.0.0/16 via 10.2.0.1 && "
      "ip route add default via 10.1.0.1 metric 7",
      [&] { return next_hop() != "none"; });

  EXPECT_EQ(next_hop(), "10.1.0.1 dev main0 metric 7");
}

TEST_F(InterfacesTest, KnowsARouteThatRefusesEverything) {
  ASSERT_TRUE(network_.run("ip route add default via 10.1.0.1 metric 5"));
  open();

  after("ip route add blackhole default metric 1", [&] { return next_hop() == "none"; });
  after("ip route del blackhole default", [&] { return next_hop() != "none"; });
  after("ip route add unreachable default metric 90 && ip link set main0 mtu 1400",
        [&] { return interfaces_->find("main0")->mtu == 1400; });

  EXPECT_EQ(next_hop(), "10.1.0.1 dev main0 metric 5");
}

TEST_F(InterfacesTest, KnowsGatewaysOfTheOtherFamilyAndLinkLocalOnes) {
  ASSERT_TRUE(network_.run("ip -6 route add default via fe80::1 dev main0 metric 50"));
  open();

  after("ip -4 route add default via inet6 fe80::9 dev spare0",
        [&] { return next_hop() != "none"; });

  EXPECT_EQ(next_hop(), "fe80::9%spare0 dev spare0 metric 0");
  EXPECT_EQ(next_hop(Family::ip6), "fe80::1%main0 dev main0 metric 50");
  after("ip -6 route add default dev spare0 metric 40",
        [&] { return next_hop(Family::ip6) == "itself dev spare0 metric 40"; });
}

TEST_F(InterfacesTest, ForgetsAnInterfaceThatIsRemovedAndKeepsOneThatLeavesABridge) {
  ASSERT_TRUE(
      network_.run("ip route add default via 10.1.0.1 && ip link add office type bridge && "
                   "ip link set far0 master office"));
  open();

  after("ip link set far0 nomaster && ip link set far0 mtu 1300",
        [&] { return interfaces_->find("far0")->mtu == 1300; });
  after("ip link set spare0 down && ip link set spare0 name other0",
        [&] { return interfaces_->find("other0") != nullptr; });
  EXPECT_EQ(interfaces_->find("spare0"), nullptr);

  after("ip link del main0", [&] { return interfaces_->find("main0") == nullptr; });
  EXPECT_EQ(interfaces_->find("far0"), nullptr);
  EXPECT_EQ(next_hop(), "none");
}

TEST_F(InterfacesTest, TellsTheSpeedWhereThereIsOne) {
  if (!network_.has_sysfs()) GTEST_SKIP() << "no sysfs of its own";
  ASSERT_TRUE(network_.run("ip link add office type bridge && ip link set far0 master office"));
  open();
  EXPECT_EQ(interfaces_->find("office")->speed_bits, std::nullopt);

  // A bridge is as fast as its ports, which are veths here.
  after("ip link set office up", [&] { return interfaces_->find("office")->has_carrier; });

  EXPECT_EQ(interfaces_->find("office")->speed_bits, 10'000'000'000U);
}

TEST_F(InterfacesTest, TellsOnceOfABurst) {
  open();

  ASSERT_TRUE(
      network_.run("for mtu in 1400 1401 1402 1403 1404 1405; do ip link set main0 mtu $mtu;"
                   " done; ip addr add 10.3.0.1/24 dev main0"));
  test_.run_until([&] { return changes_ > 0; });
  test_.run_for(std::chrono::milliseconds(20));

  EXPECT_EQ(changes_, 1);
  EXPECT_EQ(interfaces_->find("main0")->mtu, 1405U);
  EXPECT_EQ(interfaces_->find("main0")->networks.size(), 2U);
}

TEST_F(InterfacesTest, SaysNothingWhenNothingThatItShowsIsAnother) {
  open();

  ASSERT_TRUE(network_.run("ip route add 10.9.0.0/16 via 10.1.0.1 && ip link set main0 alias x"));
  test_.run_for(std::chrono::milliseconds(20));

  EXPECT_EQ(changes_, 0);
}

// Datagrams that netlink dropped for sockets of this process.
std::uint64_t drops() {
  std::ifstream table("/proc/thread-self/net/netlink");
  std::uint64_t all = 0;
  for (std::string line; std::getline(table, line);) {
    std::istringstream fields(line);
    std::string word;
    std::uint64_t dropped = 0;
    for (int skipped = 0; skipped < 8; ++skipped) fields >> word;
    if (fields >> dropped) all += dropped;
  }
  return all;
}

TEST_F(InterfacesTest, ReadsEverythingAgainWhenEventsWereLost) {
  open();

  ASSERT_TRUE(
      network_.run("for mtu in $(seq 1200 1450); do echo link set main0 mtu $mtu; echo link"
                   " set spare0 mtu $mtu; done | ip -batch - && ip link set far0 down && "
                   "ip addr add 10.3.0.1/24 dev spare0 && ip route add default via "
                   "10.3.0.9"));
  ASSERT_GT(drops(), 0U) << "the burst was too small to overflow the socket";
  test_.run_until([&] { return changes_ > 0; });

  EXPECT_EQ(changes_, 1);
  EXPECT_FALSE(interfaces_->find("main0")->has_carrier);
  EXPECT_EQ(interfaces_->find("spare0")->mtu, 1450U);
  EXPECT_EQ(next_hop(), "10.3.0.9 dev spare0 metric 0");

  after("ip link set far0 up", [&] { return interfaces_->find("main0")->has_carrier; });
}

TEST_F(InterfacesTest, CanBeDroppedMidway) {
  open();
  ASSERT_TRUE(network_.run("ip link set main0 mtu 1400"));
  test_.run_ready(1);

  interfaces_.reset();

  test_.run_ready();
  EXPECT_LE(changes_, 1);
}

TEST_F(InterfacesTest, CanBeDroppedInsideItsOwnCallback) {
  std::unique_ptr<Interfaces> interfaces;
  auto opened = Interfaces::open(test_.loop(), [&interfaces] { interfaces.reset(); });
  ASSERT_TRUE(opened);
  interfaces = std::move(*opened);

  ASSERT_TRUE(network_.run("ip link set main0 mtu 1400"));

  test_.run_until([&] { return interfaces == nullptr; });
}

TEST_F(InterfacesTest, CountersGrowWithTraffic) {
  ASSERT_TRUE(network_.run("ip link set lo up"));
  open();
  const auto before = interfaces_->counters(index("lo"));
  ASSERT_TRUE(before);

  const Descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_storage to{};
  const unsigned bytes = to_sockaddr({.address = address("127.0.0.1"), .port = 9}, to);
  const std::array<char, 1000> payload{};
  ASSERT_EQ(sendto(socket.get(), payload.data(), payload.size(), 0,
                   reinterpret_cast<const sockaddr*>(&to), bytes),
            1000);

  const auto after = interfaces_->counters(index("lo"));
  ASSERT_TRUE(after);
  EXPECT_GE(after->sent_bytes, before->sent_bytes + 1000);
  EXPECT_GE(after->received_packets, before->received_packets + 1);
  EXPECT_EQ(after->received_errors, 0U);
  EXPECT_EQ(interfaces_->counters(9999), std::nullopt);
  EXPECT_TRUE(interfaces_->counters(index("lo"))) << "a refusal spoils no later answer";
}

TEST_F(InterfacesTest, NeedsNoPrivilege) {
  if (geteuid() != 0) GTEST_SKIP() << "nothing to give away";

  const pid_t child = fork();
  if (child == 0) {
    constexpr uid_t nobody = 65534;
    // In a user namespace there is nobody else; then this child has nothing but its capabilities.
    static_cast<void>(setgroups(0, nullptr));
    static_cast<void>(setresgid(nobody, nobody, nobody));
    if (setresuid(nobody, nobody, nobody) != 0) _exit(2);
    bool is_right = false;
    {
      Loop loop;
      const auto opened = Interfaces::open(loop, [] {});
      is_right = opened && (*opened)->find("main0") != nullptr &&
                 (*opened)->counters((*opened)->find("main0")->index).has_value();
    }
    _exit(is_right ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);

  if (WIFEXITED(status) && WEXITSTATUS(status) == 2) GTEST_SKIP() << "no other user in here";
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace siaga::tests
