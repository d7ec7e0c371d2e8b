#include "agent/service/sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

namespace siaga {
namespace {

constexpr int first_given = 3;  // SD_LISTEN_FDS_START

// Puts `socket` where a service manager does. 3 is somebody else's in a test: kept and put back.
class Given {
 public:
  explicit Given(int socket) : kept_(fcntl(first_given, F_DUPFD_CLOEXEC, 100)) {
    if (socket != first_given) {
      dup2(socket, first_given);
      close(socket);
    }
    setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
    setenv("LISTEN_FDS", "1", 1);
  }
  ~Given() {
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    if (kept_ < 0) return;
    dup2(kept_, first_given);
    close(kept_);
  }
  Given(const Given&) = delete;
  Given& operator=(const Given&) = delete;

 private:
  const int kept_;
};

int listening_socket() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(listen(fd, 1), 0);
  return fd;
}

TEST(ListeningSockets, AreNoneWithoutAManager) {
  const auto sockets = take_listening_sockets();

  ASSERT_TRUE(sockets);
  EXPECT_TRUE(sockets->empty());
}

TEST(ListeningSockets, AreTakenOnceAndDoNotBlock) {
  const Given given(listening_socket());

  const auto sockets = take_listening_sockets();
  const auto again = take_listening_sockets();

  ASSERT_TRUE(sockets) << describe(sockets.error());
  ASSERT_EQ(sockets->size(), 1U);
  const int fd = sockets->front().get();
  EXPECT_EQ(fd, first_given);
  EXPECT_NE(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0) << "no child gets it";
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->empty());
}

TEST(ListeningSockets, AnythingElseIsRefusedWithWhatWouldBeRight) {
  const Given given(socket(AF_INET, SOCK_DGRAM, 0));

  const auto sockets = take_listening_sockets();

  ASSERT_FALSE(sockets);
  EXPECT_NE(describe(sockets.error()).find("ListenStream="), std::string::npos);
}

}  // namespace
}  // namespace siaga
