// TcpStream on uv_tcp_t: of all ways through libuv the one with the fewest system calls.
#include "agent/loop/tcp_stream.h"

#include <list>
#include <vector>

#include "agent/core/check.h"
#include "agent/loop/socket.h"
#include "agent/loop/turns.h"

namespace siaga {
namespace {

struct Write {
  uv_write_t request{};
  std::vector<std::byte> data;
  TcpStream::Written written;
};

struct Connection final : HandleBlock {
  void finish_connecting(int status);
  void receive(ssize_t count, const char* data);
  void finish_write(int status);
  void start_reading();

  uv_tcp_t tcp{};
  uv_connect_t connecting{};
  Endpoint to;
  bool is_connected = false;
  bool wants_to_read = false;
  bool has_ended = false;  // by the peer or by an error
  TcpStream::Connected connected;
  TcpStream::Received received;
  std::list<Write> writes;  // in the order of libuv's queue
};

uv_stream_t* stream_of(Connection& connection) {
  return reinterpret_cast<uv_stream_t*>(&connection.tcp);
}

void stream_received(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) noexcept {
  // 0 is libuv's EAGAIN.
  if (count != 0) block_of<Connection>(stream).receive(count, buffer->base);
}

void connected(uv_connect_t* request, int status) noexcept {
  block_of<Connection>(request->handle).finish_connecting(status);
}

void written(uv_write_t* request, int status) noexcept {
  block_of<Connection>(request->handle).finish_write(status);
}

void Connection::finish_connecting(int status) {
  if (!is_attached) return;
  auto callback = std::exchange(connected, nullptr);
  if (status < 0) {
    has_ended = true;
    return callback(std::unexpected(connect_error(to, -status, false)));
  }
  is_connected = true;
  start_reading();
  callback({});
}

void Connection::start_reading() {
  if (is_connected && wants_to_read && !has_ended)
    uv_read_start(stream_of(*this), allocate_for_stream, stream_received);
}

void Connection::receive(ssize_t count, const char* data) {
  if (!is_attached) return;
  if (count > 0) {
    const std::span chunk(data, static_cast<std::size_t>(count));
    return call(*this, received, std::as_bytes(chunk));
  }
  has_ended = true;
  uv_read_stop(stream_of(*this));
  auto callback = std::exchange(received, nullptr);
  if (!callback) return;
  if (count == UV_EOF) return callback(std::span<const std::byte>{});
  const int code = static_cast<int>(-count);
  callback(std::unexpected(Error{.tried = "read", .on = to_string(to), .code = code, .text = {}}));
}

void Connection::finish_write(int status) {
  auto callback = std::move(writes.front().written);
  writes.pop_front();
  if (!is_attached || !callback) return;
  if (status == 0) return callback({});
  callback(
      std::unexpected(Error{.tried = "write", .on = to_string(to), .code = -status, .text = {}}));
}

class LibuvStream final : public TcpStream {
 public:
  LibuvStream(Loop& loop, const TcpOptions& options, Connected connected);
  ~LibuvStream() override;
  LibuvStream(const LibuvStream&) = delete;
  LibuvStream& operator=(const LibuvStream&) = delete;

  void read(Received received) override;
  void pause() override;
  void write(std::span<const std::byte> data, Written written) override;
  std::optional<Endpoint> local() const override;

 private:
  Result<void> start(Loop& loop, const TcpOptions& options);
  Result<void> open_socket(Loop& loop, const TcpOptions& options);
  void release();

  Connection* connection_ = nullptr;  // null when the start failed
  std::optional<Soon> failure_;
};

LibuvStream::LibuvStream(Loop& loop, const TcpOptions& options, Connected connected) {
  auto started = start(loop, options);
  if (started) {
    connection_->connected = std::move(connected);
    return;
  }
  release();
  failure_.emplace(loop, [callback = std::move(connected), error = started.error()]() mutable {
    callback(std::unexpected(std::move(error)));
  });
}

LibuvStream::~LibuvStream() { release(); }

Result<void> LibuvStream::open_socket(Loop& loop, const TcpOptions& options) {
  auto connection = std::make_unique<Connection>();
  const unsigned family = options.to.address.family == Family::ip4 ? AF_INET : AF_INET6;
  const int status = uv_tcp_init_ex(loop.raw(), &connection->tcp, family);
  if (status != 0)
    return std::unexpected(
        Error{.tried = "socket", .on = to_string(options.to), .code = -status, .text = {}});
  lend(*connection, connection->tcp);
  connection_ = connection.release();
  connection_->to = options.to;
  return {};
}

Result<void> LibuvStream::start(Loop& loop, const TcpOptions& options) {
  if (auto opened = open_socket(loop, options); !opened) return opened;
  if (options.source || !options.interface.empty()) {
    uv_os_fd_t fd = -1;
    CHECK(uv_fileno(base_of(connection_->tcp), &fd) == 0);
    auto bound = bind_departure(fd, {.source = options.source, .interface = options.interface});
    if (!bound) return bound;
  }
  sockaddr_storage storage{};
  to_sockaddr(options.to, storage);
  const int status = uv_tcp_connect(&connection_->connecting, &connection_->tcp,
                                    reinterpret_cast<const sockaddr*>(&storage), siaga::connected);
  if (status == 0) return {};
  return std::unexpected(connect_error(options.to, -status, true));
}

void LibuvStream::release() {
  auto* connection = std::exchange(connection_, nullptr);
  if (connection == nullptr) return;
  connection->is_attached = false;
  connection->connected = nullptr;
  connection->received = nullptr;
  for (auto& write : connection->writes) write.written = nullptr;
  if (connection->is_connected && !connection->has_ended) reset_handle(&connection->tcp);
  else close_handle(base_of(connection->tcp));
}

void LibuvStream::read(Received received) {
  if (connection_ == nullptr) return;
  connection_->received = std::move(received);
  connection_->wants_to_read = true;
  connection_->start_reading();
}

void LibuvStream::pause() {
  if (connection_ == nullptr) return;
  connection_->wants_to_read = false;
  uv_read_stop(stream_of(*connection_));
}

void LibuvStream::write(std::span<const std::byte> data, Written written) {
  if (connection_ == nullptr) return;
  auto& write = connection_->writes.emplace_back();
  write.data.assign(data.begin(), data.end());
  write.written = std::move(written);
  // libuv only reads from it.
  auto* base = reinterpret_cast<char*>(write.data.data());
  const uv_buf_t buffer = uv_buf_init(base, static_cast<unsigned>(write.data.size()));
  const int status = uv_write(&write.request, stream_of(*connection_), &buffer, 1, siaga::written);
  CHECK(status == 0);
}

std::optional<Endpoint> LibuvStream::local() const {
  if (connection_ == nullptr) return std::nullopt;
  sockaddr_storage storage{};
  int length = sizeof storage;
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  if (uv_tcp_getsockname(&connection_->tcp, address, &length) != 0) return std::nullopt;
  return from_sockaddr(address);
}

}  // namespace

std::unique_ptr<TcpStream> TcpStream::connect(Loop& loop, const TcpOptions& options,
                                              Connected connected) {
  return std::make_unique<LibuvStream>(loop, options, std::move(connected));
}

}  // namespace siaga
