// A scripted TCP server on loopback, port 0, with a thread per connection, so that the code under
// test has the loop's thread for itself. See conversation.h for what a script can do.
//
//   TcpPeer peer([](Conversation& talk) { talk.send("hello"); talk.stay_silent(); });
//   ... connect to peer.endpoint() ...
//   test.run_until([&] { return peer.record(0).was_reset; });
#pragma once

#include <atomic>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include "agent/core/address.h"
#include "tests/support/conversation.h"

namespace siaga::tests {

class TcpPeer {
 public:
  // Every connection runs the script.
  explicit TcpPeer(Script script, Family family = Family::ip4);
  // The n-th connection runs the n-th script, all further ones the last.
  explicit TcpPeer(std::vector<Script> scripts, Family family = Family::ip4);
  ~TcpPeer();  // ends all conversations
  TcpPeer(const TcpPeer&) = delete;
  TcpPeer& operator=(const TcpPeer&) = delete;

  Endpoint endpoint() const { return endpoint_; }
  std::uint16_t port() const { return endpoint_.port; }
  std::size_t connections() const;
  // Of the n-th connection; an empty one when it has not come yet.
  ConversationRecord record(std::size_t index) const;
  // What the n-th connection has received.
  std::string received(std::size_t index = 0) const { return record(index).received; }

 private:
  struct Served;
  void accept_all();
  void serve(int fd);

  std::vector<Script> scripts_;
  int listening_fd_;
  Endpoint endpoint_;
  mutable std::mutex mutex_;
  bool is_over_ = false;
  std::list<std::unique_ptr<Served>> served_;
  std::thread acceptor_;
};

// Nobody listens there: connecting is refused. The port stays reserved.
class RefusingPort {
 public:
  explicit RefusingPort(Family family = Family::ip4);
  ~RefusingPort();
  RefusingPort(const RefusingPort&) = delete;
  RefusingPort& operator=(const RefusingPort&) = delete;

  Endpoint endpoint() const { return endpoint_; }

 private:
  int fd_;
  Endpoint endpoint_;
};

// Connecting there never ends: the queue of the listener is full, so that SYNs are dropped.
class UnansweringPort {
 public:
  UnansweringPort();
  ~UnansweringPort();
  UnansweringPort(const UnansweringPort&) = delete;
  UnansweringPort& operator=(const UnansweringPort&) = delete;

  Endpoint endpoint() const { return endpoint_; }

 private:
  int listening_fd_;
  Endpoint endpoint_;
  std::vector<int> callers_;
};

}  // namespace siaga::tests
