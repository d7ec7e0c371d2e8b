// The only door to <ares.h>: channels of c-ares on the loop. c-ares calls back from inside its own
// functions; answers are therefore filed there and handed on later, so that nobody can destroy or
// re-enter a channel while it runs.
#include "agent/net/resolver.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <unordered_map>
#include <utility>

#include "agent/core/limits.h"
#include "agent/loop/poller.h"
#include "agent/loop/socket.h"
#include "agent/loop/timer.h"
#include "agent/net/resolver_hosts.h"
#include "agent/net/resolver_names.h"
#include "agent/net/resolver_source.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

constexpr Duration timer_grain = 10ms;
// A deadline of c-ares seen this late means that the agent stood still: what the servers said
// meanwhile lies unread in the sockets, and a timeout judged now would be ours. The loop gets a
// moment to read; what runs out of time all the same is asked once more.
constexpr Duration stall = 20ms;
constexpr Duration catching_up = 5ms;

struct Filed {
  AddressSource::Answered answered;
  SourceAnswer answer;
};
using File = std::function<void(Filed)>;

struct StatusRow {
  int status;
  Reason reason;
  std::string_view words;  // before " from SERVER"
};
constexpr std::array status_rows{
    StatusRow{ARES_ENODATA, Reason::dns_no_address, "no {family} address, says the answer"},
    StatusRow{ARES_ENOTFOUND, Reason::dns_nxdomain, "NXDOMAIN"},
    StatusRow{ARES_EFORMERR, Reason::dns_servfail, "FORMERR"},
    StatusRow{ARES_ESERVFAIL, Reason::dns_servfail, "SERVFAIL"},
    StatusRow{ARES_ENOTIMP, Reason::dns_servfail, "NOTIMP"},
    StatusRow{ARES_EREFUSED, Reason::dns_servfail, "REFUSED"},
    // c-ares 1.18 says so for SERVFAIL, NOTIMP and REFUSED of all servers too.
    StatusRow{ARES_ECONNREFUSED, Reason::dns_servfail, "a failure, a refusal or nothing"},
    StatusRow{ARES_EBADRESP, Reason::dns_malformed, "an answer that makes no sense"},
    StatusRow{ARES_ETIMEOUT, Reason::dns_timeout, "no answer"},
    StatusRow{ARES_EBADNAME, Reason::dns_nxdomain, "not a possible DNS name: nothing asked"},
    StatusRow{ARES_ENOMEM, Reason::agent_memory, "out of memory: nothing"},
};

// One ares_channel: the servers of one moment.
class Channel {
 public:
  Channel(Loop& loop, const ResolverOptions& options, File file);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  void ask(const std::string& host, Family family, AddressSource::Answered answered);
  bool is_idle() const { return under_way_ == 0; }
  std::vector<Endpoint> servers() const;

 private:
  struct Question {
    Channel* channel;
    std::string host;
    Family family;
    AddressSource::Answered answered;
    bool was_robbed = false;  // of its time by a stall of ours, and asked again
  };
  // What this host itself had against a server at the last attempt.
  struct Refusal {
    Endpoint server;
    Error error;
  };
  // Callbacks of c-ares.
  static void on_answer(void* question, int status, int timeouts, unsigned char* message,
                        int size) noexcept;
  static void on_socket_state(void* channel, ares_socket_t socket, int readable,
                              int writable) noexcept;
  static ares_socket_t on_socket(int family, int type, int protocol, void* channel) noexcept;
  static int on_connect(ares_socket_t socket, const sockaddr* to, ares_socklen_t size,
                        void* channel) noexcept;
  static ares_ssize_t on_send(ares_socket_t socket, const iovec* parts, int count,
                              void* channel) noexcept;

  void put(std::unique_ptr<Question> question);
  void run(ares_socket_t readable, ares_socket_t writable);
  void note(const sockaddr* server, int code);
  void note_sent(ares_socket_t socket, int code);
  std::optional<Error> own_trouble() const;
  void init(const ResolverOptions& options);
  void process(ares_socket_t readable, ares_socket_t writable);
  void expire();
  void keep_time();
  SourceAnswer answer_of(Family family, int status, std::span<const unsigned char> message) const;
  SourceAnswer failure(Family family, int status) const;
  std::string server_names() const;

  Loop& loop_;
  Duration timeout_;
  std::uint16_t system_port_;
  File file_;
  ares_channel channel_ = nullptr;
  int init_status_ = ARES_SUCCESS;
  int socket_errno_ = 0;  // of the last attempt to get a socket
  std::size_t under_way_ = 0;
  Instant due_{};
  bool is_catching_up_ = false;
  bool is_late_ = false;  // while c-ares runs after a stall
  std::vector<std::unique_ptr<Question>> robbed_;
  std::vector<Refusal> refusals_;
  Timer timer_;
  std::unordered_map<ares_socket_t, std::unique_ptr<Poller>> pollers_;
};

Channel::Channel(Loop& loop, const ResolverOptions& options, File file)
    : loop_(loop),
      timeout_(options.timeout),
      system_port_(options.system_port),
      file_(std::move(file)),
      timer_(loop, [this] { expire(); }) {
  init(options);
}

Channel::~Channel() {
  // Calls every question back with ARES_EDESTRUCTION and closes every socket.
  if (channel_ != nullptr) ares_destroy(channel_);
}

void Channel::init(const ResolverOptions& options) {
  std::string path = options.servers.empty() ? options.resolv_conf : std::string("/dev/null");
  std::string lookups = "b";  // the hosts file is ours
  ares_options wanted{};
  wanted.flags = ARES_FLAG_NOALIASES | (options.servers.empty() ? 0 : ARES_FLAG_NOSEARCH);
  wanted.timeout = static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(timeout_).count());
  wanted.tries = options.tries;
  wanted.lookups = lookups.data();
  // In host order: c-ares turns them itself.
  wanted.udp_port = options.system_port;
  wanted.tcp_port = options.system_port;
  wanted.resolvconf_path = path.data();
  wanted.sock_state_cb = &Channel::on_socket_state;
  wanted.sock_state_cb_data = this;
  constexpr int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
                       ARES_OPT_RESOLVCONF | ARES_OPT_SOCK_STATE_CB | ARES_OPT_UDP_PORT |
                       ARES_OPT_TCP_PORT;
  init_status_ = ares_init_options(&channel_, &wanted, mask);
  if (init_status_ != ARES_SUCCESS) {
    channel_ = nullptr;
    return;
  }
  static constexpr ares_socket_functions functions{
      .asocket = &Channel::on_socket,
      .aclose = [](ares_socket_t socket, void*) { return ::close(socket); },
      .aconnect = &Channel::on_connect,
      .arecvfrom = [](ares_socket_t socket, void* data, std::size_t size, int flags, sockaddr* from,
                      ares_socklen_t* from_size,
                      void*) { return ::recvfrom(socket, data, size, flags, from, from_size); },
      .asendv = &Channel::on_send};
  ares_set_socket_functions(channel_, &functions, this);
  if (options.servers.empty()) return;
  std::string list;
  for (const Endpoint& server : options.servers)
    list += (list.empty() ? "" : ",") + to_string(server);
  init_status_ = ares_set_servers_ports_csv(channel_, list.c_str());
}

void Channel::ask(const std::string& host, Family family, AddressSource::Answered answered) {
  if (init_status_ != ARES_SUCCESS) {
    file_({.answered = std::move(answered), .answer = failure(family, init_status_)});
    return;
  }
  ++under_way_;
  put(std::unique_ptr<Question>(new Question{
      .channel = this, .host = host, .family = family, .answered = std::move(answered)}));
  keep_time();
}

void Channel::put(std::unique_ptr<Question> question) {
  const int type = question->family == Family::ip4 ? ns_t_a : ns_t_aaaa;
  const std::string host = question->host;  // c-ares may answer, and free the question, at once
  ares_search(channel_, host.c_str(), ns_c_in, type, &Channel::on_answer, question.release());
}

void Channel::on_answer(void* question, int status, int /*timeouts*/, unsigned char* message,
                        int size) noexcept {
  std::unique_ptr<Question> asked(static_cast<Question*>(question));
  if (status == ARES_EDESTRUCTION) return;
  Channel& channel = *asked->channel;
  if (status == ARES_ETIMEOUT && channel.is_late_ && !asked->was_robbed) {
    asked->was_robbed = true;
    channel.robbed_.push_back(std::move(asked));
    return;
  }
  --channel.under_way_;
  const std::span<const unsigned char> bytes(
      message, message == nullptr ? 0U : static_cast<std::size_t>(size));
  channel.file_({.answered = std::move(asked->answered),
                 .answer = channel.answer_of(asked->family, status, bytes)});
}

void Channel::on_socket_state(void* self, ares_socket_t socket, int readable,
                              int writable) noexcept {
  Channel& channel = *static_cast<Channel*>(self);
  if (readable == 0 && writable == 0) {  // it is closed right after
    channel.pollers_.erase(socket);
    return;
  }
  auto& poller = channel.pollers_[socket];
  if (!poller) {
    auto opened = Poller::open(channel.loop_, socket, [self, socket](PollEvents events) {
      static_cast<Channel*>(self)->process(events.readable ? socket : ARES_SOCKET_BAD,
                                           events.writable ? socket : ARES_SOCKET_BAD);
    });
    if (!opened) {  // nothing is heard on it: its questions time out
      channel.pollers_.erase(socket);
      return;
    }
    poller = std::move(*opened);
  }
  poller->watch({.readable = readable != 0, .writable = writable != 0});
}

ares_socket_t Channel::on_socket(int family, int type, int protocol, void* self) noexcept {
  const int made = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  static_cast<Channel*>(self)->socket_errno_ = made < 0 ? errno : 0;
  return made;
}

int Channel::on_connect(ares_socket_t socket, const sockaddr* to, ares_socklen_t size,
                        void* self) noexcept {
  const int status = ::connect(socket, to, size);
  const int code = status == 0 ? 0 : errno;
  static_cast<Channel*>(self)->note(to, code == EINPROGRESS ? 0 : code);
  errno = code;
  return status;
}

// `code` is an errno of connecting or sending at once; 0: it went well.
void Channel::note(const sockaddr* address, int code) {
  const auto server = from_sockaddr(address);
  if (!server) return;
  std::erase_if(refusals_, [&](const Refusal& refusal) { return refusal.server == *server; });
  if (code == 0) return;
  Error error = connect_error(*server, code, true);
  if (is_agent_trouble(reason_of_connect_error(error)))
    refusals_.push_back({.server = *server, .error = std::move(error)});
}

void Channel::note_sent(ares_socket_t socket, int code) {
  sockaddr_storage to{};
  socklen_t length = sizeof to;
  auto* address = reinterpret_cast<sockaddr*>(&to);
  if (getpeername(socket, address, &length) == 0) note(address, code);
}

// When this host itself keeps us from every server: what it said of one of them.
std::optional<Error> Channel::own_trouble() const {
  if (refusals_.empty()) return std::nullopt;
  const auto is_refused = [this](const Endpoint& server) {
    return std::ranges::find(refusals_, server, &Refusal::server) != refusals_.end();
  };
  if (!std::ranges::all_of(servers(), is_refused)) return std::nullopt;
  return refusals_.front().error;
}

ares_ssize_t Channel::on_send(ares_socket_t socket, const iovec* parts, int count,
                              void* self) noexcept {
  Channel& channel = *static_cast<Channel*>(self);
  ares_ssize_t sent = ::writev(socket, parts, count);
  // The first error may be an ICMP message about an earlier datagram; that of a second attempt is
  // this host's own.
  const bool is_tried_twice = sent < 0 && (is_own_routing(errno) || errno == EPERM);
  if (is_tried_twice) sent = ::writev(socket, parts, count);
  const int code = sent < 0 ? errno : 0;
  if (is_tried_twice || (code == 0 && !channel.refusals_.empty())) channel.note_sent(socket, code);
  errno = code;
  if (sent >= 0 || (code != EAGAIN && code != ENOBUFS)) return sent;
  int type = 0;
  socklen_t size = sizeof(type);
  if (getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_DGRAM) {
    errno = EAGAIN;
    return -1;
  }
  // c-ares 1.18 gives up on the server for a full buffer; a lost datagram is just tried again.
  ares_ssize_t pretended = 0;
  for (const iovec& part : std::span(parts, static_cast<std::size_t>(count)))
    pretended += static_cast<ares_ssize_t>(part.iov_len);
  return pretended;
}

// c-ares judges all deadlines whenever it runs, also those of questions whose answers lie unread in
// other sockets.
void Channel::run(ares_socket_t readable, ares_socket_t writable) {
  is_late_ = is_catching_up_ || loop_.now() - due_ > stall;
  ares_process_fd(channel_, readable, writable);
  is_late_ = false;
  for (auto& question : std::exchange(robbed_, {})) put(std::move(question));
}

void Channel::process(ares_socket_t readable, ares_socket_t writable) {
  run(readable, writable);
  keep_time();
}

void Channel::expire() {
  const Instant now = loop_.now();
  if (!is_catching_up_ && now - due_ > stall) {
    is_catching_up_ = true;
    due_ = now + catching_up;
    return timer_.start_at(due_);
  }
  run(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  is_catching_up_ = false;
  if (is_idle()) return;
  timeval next{};
  ares_timeout(channel_, nullptr, &next);
  const Duration wait = std::chrono::seconds(next.tv_sec) + std::chrono::microseconds(next.tv_usec);
  due_ = loop_.now() + std::max(wait, timer_grain);
  timer_.start_at(due_);
}

// Asking c-ares for its next deadline walks all its questions. No new one is due sooner than one
// timeout from now, so the timer is set by that and only put right when it fires.
void Channel::keep_time() {
  if (is_idle()) {
    is_catching_up_ = false;
    return timer_.stop();
  }
  const Instant latest = loop_.now() + timeout_;
  if (timer_.is_armed() && due_ <= latest) return;
  due_ = latest;
  timer_.start_at(due_);
}

SourceAnswer Channel::answer_of(Family family, int status,
                                std::span<const unsigned char> message) const {
  if (status != ARES_SUCCESS) return failure(family, status);
  SourceAnswer answer{.ttl = limits::resolver_ttl_max};
  const auto add = [&answer, family](const void* bytes, int ttl) {
    Address address{.family = family};
    const auto* first = static_cast<const std::uint8_t*>(bytes);
    std::copy_n(first, address.octets().size(), address.bytes.begin());
    answer.addresses.push_back(address);
    answer.ttl = std::min<Duration>(answer.ttl, std::chrono::seconds(std::max(ttl, 0)));
  };
  constexpr int most = limits::resolver_addresses;
  const int size = static_cast<int>(message.size());
  int count = most;
  int parsed = ARES_SUCCESS;
  if (family == Family::ip4) {
    std::array<ares_addrttl, most> found{};
    parsed = ares_parse_a_reply(message.data(), size, nullptr, found.data(), &count);
    if (parsed != ARES_SUCCESS) return failure(family, parsed);
    for (const auto& one : std::span(found).first(static_cast<std::size_t>(count)))
      add(&one.ipaddr, one.ttl);
  } else {
    std::array<ares_addr6ttl, most> found{};
    parsed = ares_parse_aaaa_reply(message.data(), size, nullptr, found.data(), &count);
    if (parsed != ARES_SUCCESS) return failure(family, parsed);
    for (const auto& one : std::span(found).first(static_cast<std::size_t>(count)))
      add(&one.ip6addr, one.ttl);
  }
  if (answer.addresses.empty()) return failure(family, ARES_ENODATA);
  return answer;
}

SourceAnswer Channel::failure(Family family, int status) const {
  if (status == ARES_ECONNREFUSED && socket_errno_ != 0) {
    const Reason reason = reason_of_connect_errno(socket_errno_);
    if (is_agent_trouble(reason))
      return {.reason = reason, .detail = "no socket for the question to the resolvers"};
  }
  if (status == ARES_ECONNREFUSED || status == ARES_ETIMEOUT) {
    if (const auto trouble = own_trouble())
      return {.reason = reason_of_connect_error(*trouble),
              .detail = "this host reaches no resolver: " + describe(*trouble)};
  }
  const auto row = std::ranges::find(status_rows, status, &StatusRow::status);
  if (row == status_rows.end())
    return {.reason = Reason::agent_error,
            .detail = fmt::format("c-ares: {}", ares_strerror(status))};
  std::string words(row->words);
  constexpr std::string_view family_mark = "{family}";
  if (const auto at = words.find(family_mark); at != std::string::npos)
    words.replace(at, family_mark.size(), family == Family::ip4 ? "IPv4" : "IPv6");
  return {.reason = row->reason, .detail = fmt::format("{} from {}", words, server_names())};
}

std::vector<Endpoint> Channel::servers() const {
  std::vector<Endpoint> found;
  ares_addr_port_node* list = nullptr;
  if (channel_ == nullptr || ares_get_servers_ports(channel_, &list) != ARES_SUCCESS) return found;
  for (const ares_addr_port_node* node = list; node != nullptr; node = node->next) {
    Endpoint server{
        .address = {.family = node->family == AF_INET ? Family::ip4 : Family::ip6},
        .port = static_cast<std::uint16_t>(node->udp_port == 0 ? system_port_ : node->udp_port)};
    const auto* first = reinterpret_cast<const std::uint8_t*>(&node->addr);
    std::copy_n(first, server.address.octets().size(), server.address.bytes.begin());
    found.push_back(server);
  }
  ares_free_data(list);
  return found;
}

std::string Channel::server_names() const {
  std::string names;
  for (const Endpoint& server : servers()) {
    names += names.empty() ? "" : " or ";
    names += server.port == NAMESERVER_PORT ? to_string(server.address) : to_string(server);
  }
  return names.empty() ? "no server" : names;
}

class CaresSource final : public AddressSource {
 public:
  CaresSource(Loop& loop, ResolverOptions options)
      : loop_(loop), options_(std::move(options)), stamp_(version_of_file(options_.resolv_conf)) {
    channel_ = open();
  }

  void ask(const std::string& host, Family family, Answered answered) override {
    channel_->ask(host, family, std::move(answered));
  }

  bool refresh() override {
    std::erase_if(retired_, [](const auto& channel) { return channel->is_idle(); });
    if (!options_.servers.empty()) return false;
    const FileVersion now = version_of_file(options_.resolv_conf);
    if (now == stamp_) return false;
    stamp_ = now;
    auto fresh = open();
    retired_.push_back(std::exchange(channel_, std::move(fresh)));
    return true;
  }

  std::vector<Endpoint> servers() const override { return channel_->servers(); }

 private:
  std::unique_ptr<Channel> open() {
    return std::make_unique<Channel>(loop_, options_,
                                     [this](Filed filed) { file(std::move(filed)); });
  }

  void file(Filed filed) {
    filed_.push_back(std::move(filed));
    if (!soon_) soon_ = std::make_unique<Soon>(loop_, [this] { hand_on(); });
  }

  // Nothing here may destroy this source (AddressSource::ask), so a plain loop will do.
  void hand_on() {
    soon_.reset();
    auto batch = std::exchange(filed_, {});
    for (Filed& filed : batch) filed.answered(std::move(filed.answer));
  }

  Loop& loop_;
  ResolverOptions options_;
  FileVersion stamp_;
  std::vector<Filed> filed_;
  std::unique_ptr<Soon> soon_;
  std::unique_ptr<Channel> channel_;
  std::vector<std::unique_ptr<Channel>> retired_;  // with questions still under way
};

}  // namespace

std::unique_ptr<AddressSource> make_address_source(Loop& loop, const ResolverOptions& options) {
  return std::make_unique<CaresSource>(loop, options);
}

std::unique_ptr<Resolver> Resolver::create(Loop& loop, const Clock& clock,
                                           const ResolverOptions& options) {
  auto source = make_address_source(loop, options);
  return std::make_unique<NameResolver>(loop, clock, std::move(source), options.hosts_file);
}

}  // namespace siaga
