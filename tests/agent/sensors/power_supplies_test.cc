// Files as sysfs would show them, in a folder of the test's own; and real events of the kernel.
#include "agent/sensors/power_supplies.h"

#include <gtest/gtest.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "agent/core/limits.h"
#include "agent/sensors/uevent.h"
#include "tests/agent/sensors/own_network.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test_loop.h"

namespace siaga::tests {
namespace {

namespace fs = std::filesystem;

using Supplies = std::vector<PowerSupply>;

class PowerSuppliesTest : public testing::Test {
 protected:
  void write(const std::string& supply, const std::string& file, std::string_view text) const {
    fs::create_directories(folder_ / supply);
    std::ofstream(folder_ / supply / file) << text << '\n';
  }
  void add(const std::string& supply, std::string_view type, std::string_view online) const {
    write(supply, "type", type);
    write(supply, "online", online);
  }
  void open() {
    supplies_ = PowerSupplies::open(test_.loop(), folder_, [this] { ++changes_; });
  }

  const tests::TempFolder whole_;
  const fs::path folder_ = whole_.path();
  TestLoop test_;
  int changes_ = 0;
  std::unique_ptr<PowerSupplies> supplies_;
};

TEST_F(PowerSuppliesTest, KnowsAdaptersByNameWhenItIsOpened) {
  add("AC1", "Mains", "0");
  add("AC0", "Mains", "1");

  open();

  EXPECT_EQ(supplies_->all(), (Supplies{{"AC0", true}, {"AC1", false}}));
}

struct LeftOut {
  const char* what;
  const char* type;
  const char* scope;
  const char* online;
};

TEST_F(PowerSuppliesTest, LeavesOutWhatIsNoAdapterOfThisHost) {
  const std::array table{LeftOut{"a battery", "Battery", "", "1"},
                         LeftOut{"a USB port", "USB", "", "1"},
                         LeftOut{"a UPS's battery", "UPS", "", "1"},
                         LeftOut{"a tablet's adapter", "Mains", "Device", "1"},
                         LeftOut{"an adapter that says nothing", "Mains", "", ""},
                         LeftOut{"an adapter that says nonsense", "Mains", "", "yes"}};
  for (const LeftOut& row : table) {
    add("supply", row.type, row.online);
    write("supply", "scope", row.scope);

    open();

    EXPECT_TRUE(supplies_->all().empty()) << row.what;
  }
}

TEST_F(PowerSuppliesTest, TakesAProgrammableVoltageForOnline) {
  add("AC", "Mains", "2");

  open();

  EXPECT_EQ(supplies_->all(), (Supplies{{"AC", true}}));
}

TEST_F(PowerSuppliesTest, TellsOnALaterTurnOfWhatALookFound) {
  add("AC", "Mains", "1");
  open();

  write("AC", "online", "0");
  supplies_->look();
  EXPECT_EQ(supplies_->all(), (Supplies{{"AC", false}}));
  EXPECT_EQ(changes_, 0);

  test_.run_until([&] { return changes_ > 0; });
  supplies_->look();
  test_.run_ready();
  EXPECT_EQ(changes_, 1);
}

TEST_F(PowerSuppliesTest, FollowsASupplyThatAppearsAndVanishes) {
  open();
  EXPECT_TRUE(supplies_->all().empty());

  add("AC", "Mains", "1");
  supplies_->look();
  EXPECT_EQ(supplies_->all(), (Supplies{{"AC", true}}));

  fs::remove_all(folder_ / "AC");
  supplies_->look();
  EXPECT_TRUE(supplies_->all().empty());
  test_.run_until([&] { return changes_ == 1; });
}

TEST_F(PowerSuppliesTest, FindsNoAdaptersWhereThereIsNoFolder) {
  fs::remove_all(folder_);

  open();
  supplies_->look();

  EXPECT_TRUE(supplies_->all().empty());
}

TEST_F(PowerSuppliesTest, LooksAtNoMoreThanItsLimit) {
  for (std::size_t number = 0; number < limits::power_supplies + 10; ++number)
    add("AC" + std::to_string(number), "Mains", "1");

  open();

  EXPECT_EQ(supplies_->all().size(), limits::power_supplies);
}

// No event, and nobody who asks.
TEST_F(PowerSuppliesTest, LooksByItselfInTime) {
  add("AC", "Mains", "1");
  open();
  const auto begun = test_.loop().now();

  write("AC", "online", "0");
  test_.run_until([&] { return changes_ > 0; });

  EXPECT_LE(test_.loop().now() - begun, limits::power_supply_look + std::chrono::seconds(1));
  EXPECT_EQ(supplies_->all(), (Supplies{{"AC", false}}));
}

// The kernel passes on to a namespace's listeners what its owner sends it.
bool send_uevent(std::string_view text) {
  const Descriptor fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT));
  std::vector<char> bytes(NLMSG_SPACE(text.size()));
  nlmsghdr head{};
  head.nlmsg_len = static_cast<std::uint32_t>(NLMSG_LENGTH(text.size()));
  head.nlmsg_type = NLMSG_MIN_TYPE;
  head.nlmsg_flags = NLM_F_REQUEST;
  std::memcpy(bytes.data(), &head, sizeof head);
  std::memcpy(bytes.data() + NLMSG_HDRLEN, text.data(), text.size());
  return send(fd.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
}

using namespace std::string_view_literals;
constexpr auto ac_event = "change@/x/AC\0ACTION=change\0DEVPATH=/x/AC\0SUBSYSTEM=power_supply\0"sv;
constexpr auto net_event = "change@/x/lo\0ACTION=change\0DEVPATH=/x/lo\0SUBSYSTEM=net\0"sv;

TEST_F(PowerSuppliesTest, LooksAtOnceWhenTheKernelSaysSo) {
  const OwnNetwork network;
  if (!network.why_not().empty()) GTEST_SKIP() << "no namespace may be made: " << network.why_not();
  add("AC", "Mains", "1");
  open();
  const auto begun = test_.loop().now();

  write("AC", "online", "0");
  ASSERT_TRUE(send_uevent(net_event));
  test_.run_for(std::chrono::milliseconds(20));
  EXPECT_EQ(changes_, 0);
  ASSERT_TRUE(send_uevent(ac_event));
  test_.run_until([&] { return changes_ > 0; });

  EXPECT_LT(test_.loop().now() - begun, std::chrono::seconds(2));
  EXPECT_EQ(supplies_->all(), (Supplies{{"AC", false}}));
}

TEST_F(PowerSuppliesTest, CanBeDroppedMidway) {
  open();
  add("AC", "Mains", "1");
  supplies_->look();

  supplies_.reset();

  test_.run_ready();
  EXPECT_EQ(changes_, 0);
}

TEST_F(PowerSuppliesTest, CanBeDroppedInsideItsOwnCallback) {
  std::unique_ptr<PowerSupplies> supplies;
  supplies = PowerSupplies::open(test_.loop(), folder_, [&supplies] { supplies.reset(); });
  add("AC", "Mains", "1");

  supplies->look();

  test_.run_until([&] { return supplies == nullptr; });
}

TEST(Uevent, IsOfASubsystemWhenAWholeFieldSaysSo) {
  const auto is_power = [](std::string_view text) {
    return is_of_subsystem(std::as_bytes(std::span(text)), "power_supply");
  };

  EXPECT_TRUE(is_power(ac_event));
  EXPECT_TRUE(is_power("SUBSYSTEM=power_supply"));
  EXPECT_FALSE(is_power(net_event));
  EXPECT_FALSE(is_power("change@/x\0XSUBSYSTEM=power_supply\0"sv));
  EXPECT_FALSE(is_power("change@/x\0SUBSYSTEM=power_supply_x\0"sv));
  EXPECT_FALSE(is_power("\0\0\0"sv));
  EXPECT_FALSE(is_power(""));
}

}  // namespace
}  // namespace siaga::tests
