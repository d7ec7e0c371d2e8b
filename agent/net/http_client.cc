// libcurl's multi interface on the loop: sockets through HttpSockets, libcurl's timer through one
// Timer. Nothing of ours that libcurl calls runs anybody else's code, so an exchange is never
// dropped inside libcurl; finished exchanges are told after libcurl has returned.
#include "agent/net/http_client.h"

#include <curl/curl.h>
#include <netinet/in.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "agent/core/check.h"
#include "agent/core/limits.h"
#include "agent/loop/timer.h"
#include "agent/net/http_handle.h"
#include "agent/net/http_headers.h"
#include "agent/net/http_reason.h"
#include "agent/net/http_sockets.h"

namespace siaga {
namespace {

class Transfer;

// A handle on loan to an exchange, or waiting for the next.
struct Slot {
  explicit Slot(const HttpCallbacks& callbacks) : handle(callbacks, this) {}
  HttpHandle handle;
  Transfer* transfer = nullptr;
};

struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

// libcurl counts these.
class Library {
 public:
  Library() { CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); }
  ~Library() { curl_global_cleanup(); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

class Client final : public HttpClient {
 public:
  Client(Loop& loop, TlsContexts& tls);
  ~Client() override;

  std::unique_ptr<HttpExchange> start(HttpRequest request, Done done) override;

  // Puts the exchange under way; its handle.
  std::unique_ptr<Slot> attach(Transfer& transfer, const HttpRequest& request);
  void detach(std::unique_ptr<Slot> slot);
  TlsContexts& tls() { return tls_; }
  Instant now() const { return loop_.now(); }

 private:
  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* client,
                       void* is_known) noexcept;
  static int on_wish(CURLM* multi, long delay_ms, void* client) noexcept;
  int drive(int fd, int events);
  void set_timer();
  void tell_finished();

  Library library_;
  Loop& loop_;
  TlsContexts& tls_;
  HttpSockets sockets_;
  Timer timer_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  std::vector<std::unique_ptr<Slot>> idle_;
  std::size_t attached_ = 0;
  std::optional<Instant> wish_;  // when libcurl wants to be called
  bool is_wish_new_ = false;
  bool has_untold_ = false;  // an exchange ended inside start()
};

class Transfer final : public HttpExchange {
 public:
  Transfer(Client& client, HttpRequest request, HttpClient::Done done)
      : client_(client), request_(std::move(request)), done_(std::move(done)) {}
  ~Transfer() override {
    if (slot_) client_.detach(std::move(slot_));
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  void begin();
  HttpResponse so_far() override;
  // The last thing that is done with an exchange: the receiver may destroy it.
  void finish(CURLcode code);

  // libcurl's callbacks, led here by the slot.
  bool take_body(std::string_view chunk);
  bool take_header(std::string_view line) { return headers_.take(line, response_); }
  int open_socket(sockaddr* address);
  int open_unix_socket();
  void begin_tls(void* ssl_ctx);

 private:
  void measure(Duration total);
  void judge(CURLcode code);
  HttpFailure failure_of(CURLcode code) const;
  void judge_tls();
  void judge_route();
  Duration time_of(CURLINFO which) const;
  long number_of(CURLINFO which) const;
  Departure departure() const {
    return {.source = request_.source, .interface = request_.interface};
  }

  Client& client_;
  HttpRequest request_;
  HttpClient::Done done_;
  std::unique_ptr<Slot> slot_;
  HttpResponse response_;
  HttpHeaders headers_;
  Instant began_{}, tls_began_{};
  int socket_errno_ = 0;
  std::string socket_step_;  // what failed before connect()
};

std::size_t on_body(char* data, std::size_t, std::size_t count, void* slot) noexcept {
  return static_cast<Slot*>(slot)->transfer->take_body({data, count}) ? count : 0;
}

std::size_t on_header(char* data, std::size_t, std::size_t count, void* slot) noexcept {
  return static_cast<Slot*>(slot)->transfer->take_header({data, count}) ? count : 0;
}

curl_socket_t on_open_socket(void* slot, curlsocktype, curl_sockaddr* address) noexcept {
  return static_cast<Slot*>(slot)->transfer->open_socket(&address->addr);
}

CURLcode on_tls_context(CURL*, void* ssl_ctx, void* slot) noexcept {
  static_cast<Slot*>(slot)->transfer->begin_tls(ssl_ctx);
  return CURLE_OK;
}

constexpr HttpCallbacks curl_callbacks{.body = on_body,
                                       .header = on_header,
                                       .open_socket = on_open_socket,
                                       .tls_context = on_tls_context};

std::string_view breach_of(const HttpHeaders& headers) {
  if (headers.has_switched()) return "101 Switching Protocols, which nobody asked for";
  return headers.begins_folded() ? "white space before the first header" : "";
}

// Of the configured headers: libcurl itself never asks for it here.
bool asks_to_switch(const HttpRequest& request) {
  return std::ranges::any_of(request.headers, [](const auto& header) {
    return curl_strequal(header.first.c_str(), "upgrade") != 0;
  });
}

void Transfer::begin() {
  began_ = client_.now();
  slot_ = client_.attach(*this, request_);
}

bool Transfer::take_body(std::string_view chunk) {
  const std::size_t room = request_.body_limit_bytes - response_.body.size();
  response_.body.append(chunk.substr(0, room));
  response_.body_cut = chunk.size() > room;
  return !response_.body_cut;
}

int Transfer::open_socket(sockaddr* address) {
  if (!request_.unix_socket.empty()) return open_unix_socket();
  auto opened = open_http_socket(request_.address.family, departure());
  if (!opened) {
    socket_errno_ = opened.error().code;
    socket_step_ = opened.error().tried;
    return CURL_SOCKET_BAD;
  }
  if (address->sa_family == AF_INET6 && request_.address.scope != 0)
    reinterpret_cast<sockaddr_in6*>(address)->sin6_scope_id = request_.address.scope;
  return opened->release();
}

int Transfer::open_unix_socket() {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0) return fd;
  socket_errno_ = errno;
  socket_step_ = "socket";
  return CURL_SOCKET_BAD;
}

void Transfer::begin_tls(void* ssl_ctx) {
  tls_began_ = client_.now();
  const auto url = parse_url(request_.url);
  client_.tls().adopt(ssl_ctx, request_.tls, url ? url->host : std::string(), response_.tls_facts);
}

Duration Transfer::time_of(CURLINFO which) const {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(slot_->handle.easy(), which, &microseconds);
  return std::chrono::microseconds(microseconds);
}

long Transfer::number_of(CURLINFO which) const {
  long number = 0;
  curl_easy_getinfo(slot_->handle.easy(), which, &number);
  return number;
}

// libcurl's clocks all count from the start of the transfer; 0 is "not reached". The phases here
// follow each other without gaps, so that their sum is the whole.
void Transfer::measure(Duration total) {
  const Duration connected =
      tls_began_ != Instant{} ? tls_began_ - began_ : time_of(CURLINFO_CONNECT_TIME_T);
  const Duration secured = time_of(CURLINFO_APPCONNECT_TIME_T);
  const Duration first_byte = time_of(CURLINFO_STARTTRANSFER_TIME_T);
  const bool is_in_tls = tls_began_ != Instant{} && secured == Duration::zero();
  const auto reach = [&](HttpPhase phase, Duration HttpResponse::* time, Duration from,
                         Duration until) {
    response_.reached = phase;
    response_.*time = std::max(Duration::zero(), until - from);
  };
  const bool is_connected = connected != Duration::zero();
  reach(HttpPhase::connect, &HttpResponse::connect, {}, is_connected ? connected : total);
  if (!is_connected) return;
  if (tls_began_ != Instant{})
    reach(HttpPhase::tls, &HttpResponse::tls, connected, is_in_tls ? total : secured);
  if (is_in_tls) return;
  const Duration ready = std::max(connected, secured);
  const bool has_begun = first_byte != Duration::zero();
  reach(HttpPhase::processing, &HttpResponse::processing, ready, has_begun ? first_byte : total);
  if (has_begun) reach(HttpPhase::transfer, &HttpResponse::transfer, first_byte, total);
}

HttpResponse Transfer::so_far() {
  if (slot_) measure(client_.now() - began_);
  return response_;
}

HttpFailure Transfer::failure_of(CURLcode code) const {
  return {.code = code,
          .system_error = socket_errno_ != 0 ? socket_errno_ : slot_->handle.system_error(),
          .proxy_status = static_cast<int>(number_of(CURLINFO_HTTP_CONNECTCODE)),
          .text = slot_->handle.error_text(),
          .reached = response_.reached,
          .has_status = response_.status != 0,
          .is_header_whole = headers_.is_whole(),
          .is_header_too_large = headers_.is_too_large(),
          .breach = breach_of(headers_),
          .has_proxy = !request_.proxy.empty(),
          .socket_step = socket_step_};
}

// What OpenSSL saw says more than libcurl's words for it: why verification aborted the handshake,
// or the peer's alert. In TLS 1.3 the peer judges our certificate after our side of the handshake
// has ended (RFC 8446, 4.4.2.4): its refusal comes where the answer should. Behind a status the
// exchange itself has failed.
void Transfer::judge_tls() {
  const TlsFacts& facts = response_.tls_facts;
  const bool is_in_tls = response_.reached == HttpPhase::tls;
  const bool is_refused = response_.status == 0 && facts.reason != Reason::tls_expires_soon;
  if (facts.reason != Reason::none && (is_in_tls || is_refused)) {
    response_.reason = facts.reason;
    response_.detail = facts.detail;
  } else if (is_in_tls && group(response_.reason) == ReasonGroup::exchange) {
    response_.reason = Reason::tls_reset;
  }
}

// The kernel gives ENETUNREACH for a missing route of ours and for a router's ICMP message.
void Transfer::judge_route() {
  switch (response_.reason) {
    case Reason::network_unreachable:
    case Reason::host_unreachable:
    case Reason::prohibited:
    case Reason::connect_failed: break;
    default: return;
  }
  if (!request_.unix_socket.empty()) return;
  if (has_route(request_.address, departure())) return;
  response_.reason = Reason::agent_no_route;
}

void Transfer::judge(CURLcode code) {
  const bool is_whole = response_.body_cut || (headers_.has_switched() && asks_to_switch(request_));
  if (code == CURLE_WRITE_ERROR && is_whole) return;
  if (code == CURLE_OK) {
    // libcurl takes an end of stream inside the headers for the end of the answer.
    if (headers_.is_whole()) return;
    response_.reason = Reason::closed;
    response_.detail = "the peer closed the connection inside the headers";
    return;
  }
  auto judgement = judge_failure(failure_of(code));
  response_.reason = judgement.reason;
  response_.detail = std::move(judgement.detail);
  judge_tls();
  judge_route();
}

void Transfer::finish(CURLcode code) {
  measure(time_of(CURLINFO_TOTAL_TIME_T));
  judge(code);
  client_.detach(std::move(slot_));
  auto deliver = std::exchange(done_, {});
  HttpResponse response = std::move(response_);
  deliver(std::move(response));
}

Client::Client(Loop& loop, TlsContexts& tls)
    : loop_(loop),
      tls_(tls),
      sockets_(loop,
               [this](int fd, PollEvents events) {
                 drive(fd, (events.readable ? CURL_CSELECT_IN : 0) |
                               (events.writable ? CURL_CSELECT_OUT : 0));
                 tell_finished();
               }),
      timer_(loop,
             [this] {
               drive(CURL_SOCKET_TIMEOUT, 0);
               tell_finished();
             }),
      multi_(curl_multi_init()) {
  CHECK(multi_ != nullptr);
  CURLM* multi = multi_.get();
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &Client::on_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &Client::on_wish);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
  curl_multi_setopt(multi, CURLMOPT_PIPELINING, static_cast<long>(CURLPIPE_NOTHING));
}

Client::~Client() {
  CHECK(attached_ == 0);
  idle_.clear();
}

int Client::on_socket(CURL*, curl_socket_t fd, int what, void* client, void* is_known) noexcept {
  auto& self = *static_cast<Client*>(client);
  if (what == CURL_POLL_REMOVE) {
    self.sockets_.forget(fd);
    return 0;
  }
  self.sockets_.watch(
      fd, {.readable = (what & CURL_POLL_IN) != 0, .writable = (what & CURL_POLL_OUT) != 0},
      is_known == nullptr);
  if (is_known == nullptr) curl_multi_assign(self.multi_.get(), fd, &self);
  return 0;
}

int Client::on_wish(CURLM*, long delay_ms, void* client) noexcept {
  auto& self = *static_cast<Client*>(client);
  self.wish_.reset();
  if (delay_ms >= 0) self.wish_ = self.now() + std::chrono::milliseconds(delay_ms);
  self.is_wish_new_ = true;
  return 0;
}

// An exchange under way keeps the loop alive by this timer: the sockets' descriptor does not.
void Client::set_timer() {
  constexpr Duration idle = std::chrono::hours(1);
  if (attached_ == 0) return timer_.stop();
  if (has_untold_) return timer_.start_at(Instant{});
  if (!is_wish_new_ && timer_.is_armed()) return;
  is_wish_new_ = false;
  timer_.start_at(wish_ ? *wish_ : now() + idle);
}

int Client::drive(int fd, int events) {
  int running = 0;
  curl_multi_socket_action(multi_.get(), fd, events, &running);
  return running;
}

void Client::tell_finished() {
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    Slot* slot = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &slot);
    slot->transfer->finish(message->data.result);
  }
  has_untold_ = false;
  set_timer();
}

std::unique_ptr<Slot> Client::attach(Transfer& transfer, const HttpRequest& request) {
  std::unique_ptr<Slot> slot;
  if (idle_.empty()) {
    slot = std::make_unique<Slot>(curl_callbacks);
  } else {
    slot = std::move(idle_.back());
    idle_.pop_back();
  }
  slot->transfer = &transfer;
  slot->handle.prepare(request);
  CHECK(curl_multi_add_handle(multi_.get(), slot->handle.easy()) == CURLM_OK);
  ++attached_;
  return slot;
}

// A handle that met an errno is not used again: libcurl 7.88 would say that errno beside whatever
// fails next, as neither a new transfer nor curl_easy_reset() forgets it.
void Client::detach(std::unique_ptr<Slot> slot) {
  CHECK(curl_multi_remove_handle(multi_.get(), slot->handle.easy()) == CURLM_OK);
  --attached_;
  slot->transfer = nullptr;
  if (attached_ == 0) set_timer();
  if (idle_.size() >= limits::http_idle_handles || slot->handle.system_error() != 0) return;
  slot->handle.clear();
  idle_.push_back(std::move(slot));
}

std::unique_ptr<HttpExchange> Client::start(HttpRequest request, Done done) {
  auto transfer = std::make_unique<Transfer>(*this, std::move(request), std::move(done));
  transfer->begin();
  const int running = drive(CURL_SOCKET_TIMEOUT, 0);
  has_untold_ = static_cast<std::size_t>(running) < attached_;
  set_timer();
  return transfer;
}

}  // namespace

std::unique_ptr<HttpClient> HttpClient::create(Loop& loop, TlsContexts& tls) {
  return std::make_unique<Client>(loop, tls);
}

}  // namespace siaga
