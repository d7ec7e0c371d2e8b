#include "agent/net/resolver_channel.h"

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
#include "agent/loop/socket.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

constexpr Duration timer_grain = 10ms;
// A deadline of c-ares seen this late means that the agent stood still: what the servers said
// meanwhile lies unread in the sockets, and a timeout judged now would be ours. The loop gets a
// moment to read; what runs out of time all the same is asked once more.
constexpr Duration stall = 20ms;
constexpr Duration catching_up = 5ms;

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

}  // namespace

ResolverChannel::ResolverChannel(Loop& loop, const ResolverOptions& options, FileAnswer file)
    : loop_(loop),
      timeout_(options.timeout),
      system_port_(options.system_port),
      file_(std::move(file)),
      timer_(loop, [this] { expire(); }) {
  init(options);
}

ResolverChannel::~ResolverChannel() {
  // Calls every question back with ARES_EDESTRUCTION and closes every socket.
  if (channel_ != nullptr) ares_destroy(channel_);
}

void ResolverChannel::init(const ResolverOptions& options) {
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
  wanted.sock_state_cb = &ResolverChannel::on_socket_state;
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
      .asocket = &ResolverChannel::on_socket,
      .aclose = [](ares_socket_t socket, void*) { return ::close(socket); },
      .aconnect = &ResolverChannel::on_connect,
      .arecvfrom = [](ares_socket_t socket, void* data, std::size_t size, int flags, sockaddr* from,
                      ares_socklen_t* from_size,
                      void*) { return ::recvfrom(socket, data, size, flags, from, from_size); },
      .asendv = &ResolverChannel::on_send};
  ares_set_socket_functions(channel_, &functions, this);
  if (options.servers.empty()) return;
  std::string list;
  for (const Endpoint& server : options.servers)
    list += (list.empty() ? "" : ",") + to_string(server);
  init_status_ = ares_set_servers_ports_csv(channel_, list.c_str());
}

void ResolverChannel::ask(const std::string& host, Family family,
                          AddressSource::Answered answered) {
  if (init_status_ != ARES_SUCCESS) {
    file_({.answered = std::move(answered), .answer = failure(family, init_status_)});
    return;
  }
  ++under_way_;
  put(std::unique_ptr<Question>(new Question{
      .channel = this, .host = host, .family = family, .answered = std::move(answered)}));
  keep_time();
}

void ResolverChannel::put(std::unique_ptr<Question> question) {
  const int type = question->family == Family::ip4 ? ns_t_a : ns_t_aaaa;
  const std::string host = question->host;  // c-ares may answer, and free the question, at once
  ares_search(channel_, host.c_str(), ns_c_in, type, &ResolverChannel::on_answer,
              question.release());
}

void ResolverChannel::on_answer(void* question, int status, int /*timeouts*/,
                                unsigned char* message, int size) noexcept {
  std::unique_ptr<Question> asked(static_cast<Question*>(question));
  if (status == ARES_EDESTRUCTION) return;
  ResolverChannel& channel = *asked->channel;
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

void ResolverChannel::on_socket_state(void* self, ares_socket_t socket, int readable,
                                      int writable) noexcept {
  ResolverChannel& channel = *static_cast<ResolverChannel*>(self);
  if (readable == 0 && writable == 0) {  // it is closed right after
    channel.pollers_.erase(socket);
    return;
  }
  auto& poller = channel.pollers_[socket];
  if (!poller) {
    auto opened = Poller::open(channel.loop_, socket, [self, socket](PollEvents events) {
      static_cast<ResolverChannel*>(self)->process(events.readable ? socket : ARES_SOCKET_BAD,
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

ares_socket_t ResolverChannel::on_socket(int family, int type, int protocol, void* self) noexcept {
  const int made = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  static_cast<ResolverChannel*>(self)->socket_errno_ = made < 0 ? errno : 0;
  return made;
}

int ResolverChannel::on_connect(ares_socket_t socket, const sockaddr* to, ares_socklen_t size,
                                void* self) noexcept {
  const int status = ::connect(socket, to, size);
  const int code = status == 0 ? 0 : errno;
  static_cast<ResolverChannel*>(self)->note(to, code == EINPROGRESS ? 0 : code);
  errno = code;
  return status;
}

// `code` is an errno of connecting or sending at once; 0: it went well.
void ResolverChannel::note(const sockaddr* address, int code) {
  const auto server = from_sockaddr(address);
  if (!server) return;
  std::erase_if(refusals_, [&](const Refusal& refusal) { return refusal.server == *server; });
  if (code == 0) return;
  Error error = connect_error(*server, code, true);
  if (is_agent_trouble(reason_of_connect_error(error)))
    refusals_.push_back({.server = *server, .error = std::move(error)});
}

void ResolverChannel::note_sent(ares_socket_t socket, int code) {
  sockaddr_storage to{};
  socklen_t length = sizeof to;
  auto* address = reinterpret_cast<sockaddr*>(&to);
  if (getpeername(socket, address, &length) == 0) note(address, code);
}

// When this host itself keeps us from every server: what it said of one of them.
std::optional<Error> ResolverChannel::own_trouble() const {
  if (refusals_.empty()) return std::nullopt;
  const auto is_refused = [this](const Endpoint& server) {
    return std::ranges::find(refusals_, server, &Refusal::server) != refusals_.end();
  };
  if (!std::ranges::all_of(servers(), is_refused)) return std::nullopt;
  return refusals_.front().error;
}

ares_ssize_t ResolverChannel::on_send(ares_socket_t socket, const iovec* parts, int count,
                                      void* self) noexcept {
  ResolverChannel& channel = *static_cast<ResolverChannel*>(self);
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
void ResolverChannel::run(ares_socket_t readable, ares_socket_t writable) {
  is_late_ = is_catching_up_ || loop_.now() - due_ > stall;
  ares_process_fd(channel_, readable, writable);
  is_late_ = false;
  for (auto& question : std::exchange(robbed_, {})) put(std::move(question));
}

void ResolverChannel::process(ares_socket_t readable, ares_socket_t writable) {
  run(readable, writable);
  keep_time();
}

void ResolverChannel::expire() {
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
void ResolverChannel::keep_time() {
  if (is_idle()) {
    is_catching_up_ = false;
    return timer_.stop();
  }
  const Instant latest = loop_.now() + timeout_;
  if (timer_.is_armed() && due_ <= latest) return;
  due_ = latest;
  timer_.start_at(due_);
}

SourceAnswer ResolverChannel::answer_of(Family family, int status,
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

SourceAnswer ResolverChannel::failure(Family family, int status) const {
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

std::vector<Endpoint> ResolverChannel::servers() const {
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

std::string ResolverChannel::server_names() const {
  std::string names;
  for (const Endpoint& server : servers()) {
    names += names.empty() ? "" : " or ";
    names += server.port == NAMESERVER_PORT ? to_string(server.address) : to_string(server);
  }
  return names.empty() ? "no server" : names;
}

}  // namespace siaga
