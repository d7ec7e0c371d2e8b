// A socket that waits for connections, from a line of the configuration: "127.0.0.1:9790",
// "[::1]:9790" or "unix:/path". It resolves no names.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "agent/core/result.h"
#include "agent/loop/descriptor.h"

namespace siaga {

class Listener {
 public:
  // A socket file that nobody answers on is replaced; one that is in use, or a file that is not a
  // socket, is left alone and an Error. The new file has mode 0660.
  static Result<std::unique_ptr<Listener>> open(std::string_view where);
  // One that is bound and listens already; a socket file stays whoever's made it.
  static std::unique_ptr<Listener> adopt(Descriptor socket);
  // Closes what was not released and removes the socket file if it is still ours.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // The caller closes it from now on.
  int release();
  // As bound: the port is known even when 0 was asked for.
  const std::string& address() const { return address_; }

 private:
  Listener(int descriptor, std::string address)
      : descriptor_(descriptor), address_(std::move(address)) {}
  static Result<std::unique_ptr<Listener>> open_unix(const std::string& path);

  int descriptor_;
  std::string address_;
  std::string path_;  // of a socket file; empty: none
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace siaga
