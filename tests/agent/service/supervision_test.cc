#include "agent/service/supervision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"
#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using std::chrono_literals::operator""ms;
using testing::ElementsAre;

// A service manager's end of the protocol: a datagram socket in NOTIFY_SOCKET.
class SupervisionTest : public testing::Test {
 protected:
  SupervisionTest() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    EXPECT_EQ(bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    setenv("NOTIFY_SOCKET", path_.c_str(), 1);
  }
  ~SupervisionTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) unsetenv(name);
    close(socket_);
  }
  std::optional<std::string> next() {
    std::array<char, 4096> room;
    const ssize_t count = recv(socket_, room.data(), room.size(), MSG_DONTWAIT);
    if (count < 0) return std::nullopt;
    return std::string(room.data(), static_cast<std::size_t>(count));
  }
  std::vector<std::string> heard() {
    std::vector<std::string> all;
    while (auto message = next()) all.push_back(std::move(*message));
    return all;
  }

  tests::TempFolder folder_;
  const std::string path_ = folder_ / "notify";
  const int socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  tests::TestLoop test_;
};

TEST_F(SupervisionTest, SaysWhatHappensInTheManagersWords) {
  Supervision supervision(test_.loop());

  EXPECT_TRUE(supervision.is_heard());
  EXPECT_THAT(heard(), ElementsAre()) << "not ready before it is said";
  supervision.ready();
  supervision.say("12 targets: 12 up");
  supervision.say("12 targets: 12 up");
  supervision.say("12 targets: 11 up, 1 down (portal power)");
  supervision.stopping();

  EXPECT_THAT(heard(),
              ElementsAre("READY=1", "STATUS=12 targets: 12 up",
                          "STATUS=12 targets: 11 up, 1 down (portal power)", "STOPPING=1"));
}

TEST_F(SupervisionTest, AReloadCarriesItsTime) {
  Supervision supervision(test_.loop());

  supervision.reloading();
  supervision.ready();

  EXPECT_THAT(heard(),
              ElementsAre(testing::MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[0-9]+"), "READY=1"));
}

TEST_F(SupervisionTest, TheWatchdogIsFedByTheLoopOnceItIsReady) {
  setenv("WATCHDOG_USEC", "30000", 1);
  Supervision supervision(test_.loop());
  test_.run_for(25ms);
  EXPECT_THAT(heard(), ElementsAre()) << "before READY the manager's start time-out holds";

  supervision.ready();
  test_.run_for(100ms);

  const auto words = heard();
  EXPECT_GE(std::ranges::count(words, "WATCHDOG=1"), 3);
  EXPECT_LE(std::ranges::count(words, "WATCHDOG=1"), 12);
}

TEST_F(SupervisionTest, AWatchdogOfAnotherProcessIsNotFed) {
  setenv("WATCHDOG_USEC", "30000", 1);
  setenv("WATCHDOG_PID", std::to_string(getpid() + 1).c_str(), 1);
  Supervision supervision(test_.loop());

  supervision.ready();
  test_.run_for(50ms);

  EXPECT_THAT(heard(), ElementsAre("READY=1"));
}

TEST_F(SupervisionTest, ALoopThatIsGoneFeedsNobody) {
  setenv("WATCHDOG_USEC", "30000", 1);
  {
    Supervision supervision(test_.loop());
    supervision.ready();
  }
  heard();

  test_.run_for(50ms);

  EXPECT_THAT(heard(), ElementsAre());
}

TEST_F(SupervisionTest, WithoutAManagerItIsSilent) {
  unsetenv("NOTIFY_SOCKET");
  Supervision supervision(test_.loop());

  supervision.ready();
  supervision.say("nobody reads this");

  EXPECT_FALSE(supervision.is_heard());
  EXPECT_THAT(heard(), ElementsAre());
}

}  // namespace
}  // namespace siaga
