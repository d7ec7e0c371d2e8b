// A network of the test's own: an empty network namespace (and a /sys that shows it) for as long as
// this lives. Works as root, and without root where unprivileged user namespaces are allowed;
// else says why not. `ip` and others run inside by run().
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "agent/loop/descriptor.h"

namespace siaga::tests {

class OwnNetwork {
 public:
  OwnNetwork() : before_(open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)) {
    if (!enter()) {
      why_not_ = std::strerror(errno);
      return;
    }
    mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    has_sysfs_ = mount("sysfs", "/sys", "sysfs", 0, nullptr) == 0;
  }
  ~OwnNetwork() {
    if (has_sysfs_) umount2("/sys", MNT_DETACH);
    // Not possible from a user namespace; the next test makes a network of its own anyway.
    if (why_not_.empty()) static_cast<void>(setns(before_.get(), CLONE_NEWNET));
  }
  OwnNetwork(const OwnNetwork&) = delete;
  OwnNetwork& operator=(const OwnNetwork&) = delete;

  const std::string& why_not() const { return why_not_; }  // empty: it is there
  bool has_sysfs() const { return has_sysfs_; }
  // True when the shell's command succeeded.
  static bool run(const std::string& command) {
    // NOLINTNEXTLINE(cert-env33-c,concurrency-mt-unsafe): the test's own words, one thread.
    const int status = std::system(command.c_str());
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  static bool enter() {
    constexpr int kinds = CLONE_NEWNET | CLONE_NEWNS;
    if (unshare(kinds) == 0) return true;
    const uid_t user = getuid();
    if (unshare(CLONE_NEWUSER | kinds) != 0) return false;
    // Root inside: another user would lose the capabilities when it starts `ip`.
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << "0 " << user << " 1";
    return getuid() == 0;
  }

  Descriptor before_;
  std::string why_not_;
  bool has_sysfs_ = false;
};

}  // namespace siaga::tests
