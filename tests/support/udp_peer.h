// A scripted UDP server on loopback, port 0, on its own thread.
//
//   UdpPeer peer([](std::string_view question) { return std::vector{answer_to(question)}; });
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "agent/core/address.h"

namespace siaga::tests {

class UdpPeer {
 public:
  // Each datagram gets the replies, in order; none is silence. Runs on the peer's thread.
  using Reply = std::function<std::vector<std::string>(std::string_view)>;

  explicit UdpPeer(Reply reply, Family family = Family::ip4);
  ~UdpPeer();
  UdpPeer(const UdpPeer&) = delete;
  UdpPeer& operator=(const UdpPeer&) = delete;

  Endpoint endpoint() const { return endpoint_; }
  std::uint16_t port() const { return endpoint_.port; }
  // All datagrams so far.
  std::vector<std::string> received() const;

 private:
  void serve();
  void answer();

  Reply reply_;
  int fd_;
  int stop_fd_;
  Endpoint endpoint_;
  mutable std::mutex mutex_;
  std::vector<std::string> received_;
  std::thread thread_;
};

}  // namespace siaga::tests
