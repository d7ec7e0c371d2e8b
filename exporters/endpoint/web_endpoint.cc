#include "exporters/endpoint/web_endpoint.h"

#include <microhttpd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <list>
#include <optional>

#include "agent/core/check.h"
#include "agent/loop/poller.h"
#include "agent/loop/timer.h"
#include "exporters/endpoint/listener.h"

namespace siaga {
namespace {

struct FreeResponse {
  void operator()(MHD_Response* response) const { MHD_destroy_response(response); }
};
using Response = std::unique_ptr<MHD_Response, FreeResponse>;

// libmicrohttpd takes half of a connection's memory for one piece of a streamed answer. Untouched
// pages of it are not resident.
constexpr std::size_t connection_bytes = 160U << 10U;
// Streams under way share this much text in one turn of the loop.
constexpr std::size_t turn_bytes = 128U << 10U;
constexpr std::size_t piece_bytes_min = 4U << 10U;
constexpr std::size_t piece_bytes_max = 64U << 10U;

constexpr Duration sweep_interval = std::chrono::seconds(1);

std::string_view header(MHD_Connection* connection, const char* name) {
  const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value != nullptr ? std::string_view(value) : std::string_view();
}

// The decoded query; the daemon's limit on memory per connection bounds it.
Query query_of(MHD_Connection* connection) {
  Query query;
  const auto take = [](void* into, MHD_ValueKind, const char* key, const char* value) noexcept {
    static_cast<Query*>(into)->emplace_back(key, value == nullptr ? "" : value);
    return MHD_YES;
  };
  MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take, &query);
  return query;
}

}  // namespace

// One listening address: a daemon of libmicrohttpd, driven through its epoll descriptor.
class WebEndpoint::Door {
 public:
  Door(Loop& loop, Site& site, const WebLimits& limits, std::unique_ptr<Listener> listener)
      : loop_(loop),
        site_(site),
        limits_(limits),
        listener_(std::move(listener)),
        due_(loop, [this] { turn(); }),
        sweep_(loop, [this] { sweep(); }) {}

  Result<void> open();
  const std::string& address() const { return listener_->address(); }
  std::size_t connections() const { return peers_.size(); }

 private:
  struct Request;
  // From accept to close.
  struct Peer {
    int descriptor;
    Instant deadline;
    bool is_overdue = false;
  };
  struct StopDaemon {
    void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
  };

  void turn();
  // Until libmicrohttpd has something to do by itself; nothing: never.
  std::optional<Duration> wait() const;
  void plan_next_turn();
  void sweep();
  MHD_Result begin(MHD_Connection* connection, void** slot);
  MHD_Result finish(MHD_Connection* connection, const char* url, const char* method,
                    Request& request);
  MHD_Result send(MHD_Connection* connection, Request& request, Answer answer);
  Peer& peer(MHD_Connection* connection) const;

  static MHD_Result on_request(void* door, MHD_Connection* connection, const char* url,
                               const char* method, const char* version, const char* upload,
                               std::size_t* upload_size, void** slot) noexcept;
  static void on_completed(void* door, MHD_Connection* connection, void** slot,
                           MHD_RequestTerminationCode how) noexcept;
  static void on_connection(void* door, MHD_Connection* connection, void** slot,
                            MHD_ConnectionNotificationCode what) noexcept;
  static ssize_t on_room(void* request, std::uint64_t position, char* room,
                         std::size_t size) noexcept;

  Loop& loop_;
  Site& site_;
  const WebLimits limits_;
  std::unique_ptr<Listener> listener_;  // its socket is the daemon's; it removes the file
  std::list<Peer> peers_;
  std::size_t streams_ = 0;
  bool has_any_ended_ = false;  // a connection, in this run of libmicrohttpd
  std::unique_ptr<MHD_Daemon, StopDaemon> daemon_;
  std::unique_ptr<Poller> poller_;  // goes before the daemon, whose descriptor it watches
  Timer due_, sweep_;
  std::optional<Soon> soon_;
};

// One request, from its header to the last byte of its answer.
struct WebEndpoint::Door::Request {
  explicit Request(Door& of) : door(of) {}

  Door& door;
  std::size_t body_bytes = 0;
  std::unique_ptr<TextStream> stream;
  bool is_scrape = false;
  bool has_ended = false;  // the stream
  Duration spent{};
};

Result<void> WebEndpoint::Door::open() {
  const auto idle = std::chrono::ceil<std::chrono::seconds>(limits_.idle).count();
  const int socket = listener_->release();
  daemon_.reset(MHD_start_daemon(
      MHD_USE_EPOLL, 0, nullptr, nullptr, &Door::on_request, this, MHD_OPTION_LISTEN_SOCKET, socket,
      MHD_OPTION_CONNECTION_LIMIT, limits_.connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
      connection_bytes, MHD_OPTION_CONNECTION_TIMEOUT, static_cast<unsigned>(idle),
      MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, &Door::on_completed, this,
      MHD_OPTION_NOTIFY_CONNECTION, &Door::on_connection, this, MHD_OPTION_END));
  if (!daemon_)
    return std::unexpected(Error{.tried = "serve on", .on = address(), .code = errno, .text = {}});
  const MHD_DaemonInfo* info = MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_EPOLL_FD);
  CHECK(info != nullptr);
  auto poller = Poller::open(loop_, info->epoll_fd, [this](PollEvents) { turn(); });
  if (!poller) return std::unexpected(poller.error());
  poller_ = std::move(*poller);
  poller_->watch({.readable = true});
  return {};
}

// libmicrohttpd sends one piece per run. A busy loop's turns are long and few, so a turn goes on
// while a reader takes what it is given, within its share of the loop's time. At its limit of
// connections, or without descriptors, it stops listening; it looks whether it may listen again at
// the beginning of a run only, and so once more after one in which a connection ended.
void WebEndpoint::Door::turn() {
  const Instant end = loop_.now() + limits::web_turn;
  do {
    has_any_ended_ = false;
    MHD_run(daemon_.get());
  } while ((has_any_ended_ || (streams_ > 0 && wait() == Duration{})) && loop_.now() < end);
  plan_next_turn();
}

std::optional<Duration> WebEndpoint::Door::wait() const {
  MHD_UNSIGNED_LONG_LONG milliseconds = 0;
  if (MHD_get_timeout(daemon_.get(), &milliseconds) != MHD_YES) return {};
  return std::chrono::milliseconds(milliseconds);
}

// libmicrohttpd waits edge-triggered: who is still ready shows only in the timeout, as 0.
void WebEndpoint::Door::plan_next_turn() {
  soon_.reset();
  const std::optional<Duration> next = has_any_ended_ ? Duration{} : wait();
  if (!next) due_.stop();
  else if (*next == Duration{}) soon_.emplace(loop_, [this] { turn(); });
  else due_.start_after(*next);
  if (peers_.empty()) sweep_.stop();
  else if (!sweep_.is_armed()) sweep_.start_after(sweep_interval);
}

// libmicrohttpd's own timeout is for silence only; a peer that drips bytes must end too. It notices
// the shutdown as the peer's, and cleans up.
void WebEndpoint::Door::sweep() {
  const Instant now = loop_.now();
  for (Peer& peer : peers_) {
    if (now < peer.deadline || peer.is_overdue) continue;
    peer.is_overdue = true;
    shutdown(peer.descriptor, SHUT_RDWR);
  }
  turn();
}

WebEndpoint::Door::Peer& WebEndpoint::Door::peer(MHD_Connection* connection) const {
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
  CHECK(info != nullptr && info->socket_context != nullptr);
  return *static_cast<Peer*>(info->socket_context);
}

void WebEndpoint::Door::on_connection(void* door, MHD_Connection* connection, void** slot,
                                      MHD_ConnectionNotificationCode what) noexcept {
  Door& self = *static_cast<Door*>(door);
  if (what == MHD_CONNECTION_NOTIFY_STARTED) {
    const MHD_ConnectionInfo* info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    self.peers_.push_back(
        {.descriptor = info->connect_fd, .deadline = self.loop_.now() + self.limits_.request});
    *slot = &self.peers_.back();
  } else {
    const auto* peer = static_cast<const Peer*>(*slot);
    self.peers_.remove_if([peer](const Peer& other) { return &other == peer; });
    self.has_any_ended_ = true;
  }
}

MHD_Result WebEndpoint::Door::on_request(void* door, MHD_Connection* connection, const char* url,
                                         const char* method, const char*, const char*,
                                         std::size_t* upload_size, void** slot) noexcept {
  Door& self = *static_cast<Door*>(door);
  if (*slot == nullptr) return self.begin(connection, slot);
  Request& request = *static_cast<Request*>(*slot);
  if (*upload_size == 0) return self.finish(connection, url, method, request);
  // No page reads a body; a little is thrown away, more ends the connection.
  request.body_bytes += *upload_size;
  *upload_size = 0;
  return request.body_bytes > limits::web_body_bytes ? MHD_NO : MHD_YES;
}

MHD_Result WebEndpoint::Door::begin(MHD_Connection* connection, void** slot) {
  auto request = std::make_unique<Request>(*this);
  *slot = request.get();
  // From here on_completed is certain to come, and frees it.
  Request& kept = *request.release();
  const MHD_ConnectionInfo* info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  if (info != nullptr && info->header_size > limits::web_header_bytes)
    return send(connection, kept, {.status = 431, .body = "The request's header is too large.\n"});
  return MHD_YES;
}

MHD_Result WebEndpoint::Door::finish(MHD_Connection* connection, const char* url,
                                     const char* method, Request& request) {
  peer(connection).deadline = loop_.now() + limits_.answer;
  const WebRequest asked{.method = method,
                         .path = url,
                         .accept = header(connection, "Accept"),
                         .accept_encoding = header(connection, "Accept-Encoding"),
                         .accept_language = header(connection, "Accept-Language"),
                         .fetch_site = header(connection, "Sec-Fetch-Site"),
                         .query = query_of(connection)};
  const Instant begun = loop_.now();
  Answer answer = site_.answer(asked);
  request.spent += loop_.now() - begun;
  return send(connection, request, std::move(answer));
}

MHD_Result WebEndpoint::Door::send(MHD_Connection* connection, Request& request, Answer answer) {
  Response response;
  if (answer.stream) {
    request.stream = std::move(answer.stream);
    request.is_scrape = answer.is_scrape;
    ++streams_;
    response.reset(MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, piece_bytes_max,
                                                     &Door::on_room, &request, nullptr));
  } else {
    response.reset(MHD_create_response_from_buffer(answer.body.size(), answer.body.data(),
                                                   MHD_RESPMEM_MUST_COPY));
  }
  if (!response) return MHD_NO;
  for (const auto& [name, value] : answer.headers)
    MHD_add_response_header(response.get(), name.c_str(), value.c_str());
  return MHD_queue_response(connection, answer.status, response.get());
}

ssize_t WebEndpoint::Door::on_room(void* of, std::uint64_t, char* room, std::size_t size) noexcept {
  Request& request = *static_cast<Request*>(of);
  Door& door = request.door;
  const std::size_t share = std::clamp(turn_bytes / std::max<std::size_t>(door.streams_, 1),
                                       piece_bytes_min, piece_bytes_max);
  const Instant begun = door.loop_.now();
  const std::size_t count = request.stream->produce({room, std::min(size, share)});
  request.spent += door.loop_.now() - begun;
  if (count != 0) return static_cast<ssize_t>(count);
  request.has_ended = true;
  return MHD_CONTENT_READER_END_OF_STREAM;
}

void WebEndpoint::Door::on_completed(void* door, MHD_Connection* connection, void** slot,
                                     MHD_RequestTerminationCode how) noexcept {
  Door& self = *static_cast<Door*>(door);
  const std::unique_ptr<Request> request(static_cast<Request*>(std::exchange(*slot, nullptr)));
  if (!request) return;
  Peer& peer = self.peer(connection);
  if (request->stream) --self.streams_;
  if (request->is_scrape) {
    const bool is_idle = how == MHD_REQUEST_TERMINATED_TIMEOUT_REACHED || peer.is_overdue;
    const bool is_complete = request->has_ended && how == MHD_REQUEST_TERMINATED_COMPLETED_OK;
    self.site_.end_scrape(is_complete ? ScrapeEnd::complete
                          : is_idle   ? ScrapeEnd::idle
                                      : ScrapeEnd::broken,
                          request->spent);
  }
  peer.deadline = self.loop_.now() + self.limits_.request;
}

Result<std::unique_ptr<WebEndpoint>> WebEndpoint::open(Loop& loop,
                                                       const std::vector<std::string>& listen,
                                                       Site& site, const WebLimits& limits) {
  std::unique_ptr<WebEndpoint> endpoint(new WebEndpoint);
  for (const std::string& where : listen) {
    auto listener = Listener::open(where);
    if (!listener) return std::unexpected(listener.error());
    auto door = std::make_unique<Door>(loop, site, limits, std::move(*listener));
    if (auto opened = door->open(); !opened) return std::unexpected(opened.error());
    endpoint->doors_.push_back(std::move(door));
  }
  return endpoint;
}

Result<std::unique_ptr<WebEndpoint>> WebEndpoint::adopt(Loop& loop, Descriptor socket, Site& site,
                                                        const WebLimits& limits) {
  std::unique_ptr<WebEndpoint> endpoint(new WebEndpoint);
  endpoint->doors_.push_back(
      std::make_unique<Door>(loop, site, limits, Listener::adopt(std::move(socket))));
  if (auto opened = endpoint->doors_.back()->open(); !opened)
    return std::unexpected(opened.error());
  return endpoint;
}

WebEndpoint::~WebEndpoint() = default;

std::vector<std::string> WebEndpoint::addresses() const {
  std::vector<std::string> all;
  all.reserve(doors_.size());
  for (const auto& door : doors_) all.push_back(door->address());
  return all;
}

std::size_t WebEndpoint::connections() const {
  std::size_t sum = 0;
  for (const auto& door : doors_) sum += door->connections();
  return sum;
}

}  // namespace siaga
