#include "exporters/endpoint/listener.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "agent/core/address.h"
#include "agent/loop/descriptor.h"

namespace siaga {
namespace {

constexpr int backlog = 128;
constexpr std::string_view unix_prefix = "unix:";

std::unexpected<Error> failure(std::string_view where, int code, std::string text = {}) {
  if (text.empty() && code == EADDRINUSE)
    text = "another program listens there; stop it, or change `listen` under [web]";
  if (text.empty() && code == EACCES)
    text = "not permitted; ports below 1024 need a capability, or change `listen` under [web]";
  if (text.empty() && code == EADDRNOTAVAIL)
    text = "this host has no such address; change `listen` under [web]";
  return std::unexpected(
      Error{.tried = "listen on", .on = std::string(where), .code = code, .text = std::move(text)});
}

int make_socket(int family) {
  return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

std::string bound_address(int descriptor, std::string_view otherwise) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
    return std::string(otherwise);
  const auto endpoint = from_sockaddr(reinterpret_cast<const sockaddr*>(&storage));
  return endpoint ? to_string(*endpoint) : std::string(otherwise);
}

// Port 0, any free one, is refused by parse_endpoint: it makes sense to listen on only.
std::optional<Endpoint> parse_place(std::string_view where) {
  if (!where.ends_with(":0")) return parse_endpoint(where);
  auto endpoint = parse_endpoint(std::string(where.substr(0, where.size() - 1)) + "1");
  if (endpoint) endpoint->port = 0;
  return endpoint;
}

Result<int> open_tcp(std::string_view where) {
  const auto endpoint = parse_place(where);
  if (!endpoint)
    return failure(where, 0, "want ADDRESS:PORT, [IPV6]:PORT or unix:/PATH under [web] `listen`");
  sockaddr_storage storage{};
  const unsigned size = to_sockaddr(*endpoint, storage);
  Descriptor descriptor(make_socket(storage.ss_family));
  if (descriptor.get() < 0) return failure(where, errno);
  const int on = 1;
  setsockopt(descriptor.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  // "[::]:9790" beside "0.0.0.0:9790" must not clash.
  if (storage.ss_family == AF_INET6)
    setsockopt(descriptor.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (bind(descriptor.get(), reinterpret_cast<const sockaddr*>(&storage), size) != 0 ||
      listen(descriptor.get(), backlog) != 0)
    return failure(where, errno);
  return descriptor.release();
}

// Whether somebody answers on a socket file. Non-blocking: EAGAIN is a full backlog, so somebody.
bool is_answered(const sockaddr_un& address) {
  const Descriptor descriptor(make_socket(AF_UNIX));
  if (descriptor.get() < 0) return true;
  return connect(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
             0 ||
         errno != ECONNREFUSED;
}

// Makes way for a new socket file.
Result<void> clear(const std::string& path, const sockaddr_un& address) {
  struct stat file{};
  if (lstat(path.c_str(), &file) != 0) {
    if (errno == ENOENT) return {};
    return failure("unix:" + path, errno);
  }
  if (!S_ISSOCK(file.st_mode))
    return failure("unix:" + path, EEXIST,
                   "there is a file that is not a socket; it is left alone");
  if (is_answered(address)) return failure("unix:" + path, EADDRINUSE);
  if (unlink(path.c_str()) != 0) return failure("unix:" + path, errno);
  return {};
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(std::string_view where) {
  if (where.starts_with(unix_prefix))
    return open_unix(std::string(where.substr(unix_prefix.size())));
  const Result<int> descriptor = open_tcp(where);
  if (!descriptor) return std::unexpected(descriptor.error());
  return std::unique_ptr<Listener>(new Listener(*descriptor, bound_address(*descriptor, where)));
}

std::unique_ptr<Listener> Listener::adopt(Descriptor socket) {
  std::string address = bound_address(socket.get(), "a socket of the service manager");
  return std::unique_ptr<Listener>(new Listener(socket.release(), std::move(address)));
}

Result<std::unique_ptr<Listener>> Listener::open_unix(const std::string& path) {
  const std::string where = "unix:" + path;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.front() != '/' || path.size() >= sizeof address.sun_path)
    return failure(where, 0, "want an absolute path of at most 107 bytes");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  if (auto cleared = clear(path, address); !cleared) return std::unexpected(cleared.error());
  Descriptor descriptor(make_socket(AF_UNIX));
  if (descriptor.get() < 0) return failure(where, errno);
  struct stat file{};
  // Nobody can connect before listen(), so the mode is in force before the first reader.
  if (bind(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      chmod(path.c_str(), 0660) != 0 || lstat(path.c_str(), &file) != 0 ||
      listen(descriptor.get(), backlog) != 0)
    return failure(where, errno);
  std::unique_ptr<Listener> listener(new Listener(descriptor.release(), where));
  listener->path_ = path;
  listener->device_ = file.st_dev;
  listener->inode_ = file.st_ino;
  return listener;
}

Listener::~Listener() {
  if (descriptor_ >= 0) close(descriptor_);
  struct stat file{};
  if (!path_.empty() && lstat(path_.c_str(), &file) == 0 && file.st_dev == device_ &&
      file.st_ino == inode_)
    unlink(path_.c_str());
}

int Listener::release() { return std::exchange(descriptor_, -1); }

}  // namespace siaga
