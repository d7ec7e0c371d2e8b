// A scripted server on a Unix socket, one connection after the other on a thread of its own. See
// conversation.h for what a script can do.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "tests/support/conversation.h"

namespace siaga::tests {

class UnixPeer {
 public:
  // Every connection runs the script. The socket's file is removed at the end.
  UnixPeer(std::string path, Script script);
  ~UnixPeer();
  UnixPeer(const UnixPeer&) = delete;
  UnixPeer& operator=(const UnixPeer&) = delete;

 private:
  void serve_all();

  std::string path_;
  Script script_;
  int listening_fd_;
  std::atomic<bool> is_over_ = false;
  std::mutex mutex_;
  std::shared_ptr<Conversation> talk_;
  std::thread thread_;
};

// A Unix socket's file that nobody listens at any more: what a killed server leaves.
void leave_stale_socket(const std::string& path);

}  // namespace siaga::tests
