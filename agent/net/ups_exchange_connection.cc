#include "agent/net/ups_exchange_connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

#include "agent/core/check.h"
#include "agent/core/limits.h"
#include "agent/core/utf8.h"
#include "agent/loop/socket.h"

namespace siaga {
namespace {

// A word of a request: upsd takes it in quotes, with backslashes before quotes and backslashes.
std::string nut_quoted(std::string_view word) {
  std::string text = "\"";
  for (const char letter : word) {
    if (letter == '"' || letter == '\\') text += '\\';
    text += letter;
  }
  return text + '"';
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

UpsAsked::UpsAsked(Loop& loop, UpsConnection& connection, std::string_view ups, Instant asked,
                   UpsExchange::Done done)
    : loop_(loop), connection_(&connection), ups_(ups), asked_(asked), done_(std::move(done)) {}

UpsAsked::~UpsAsked() {
  if (connection_ != nullptr) connection_->drop(*this);
}

UpsAnswer UpsAsked::so_far() {
  is_given_up_ = true;
  return connection_ == nullptr ? told_ : connection_->so_far(*this);
}

Duration UpsAsked::waited() const {
  if (waited_) return *waited_;
  return connection_ == nullptr ? Duration{} : connection_->waited(*this);
}

// It may be sent once more, on another connection: that is not its turn's wait any more.
void UpsAsked::sent(Duration waited) {
  if (!waited_) waited_ = waited;
}

void UpsAsked::settle(UpsAnswer answer) {
  waited_ = waited();
  connection_ = nullptr;
  told_ = std::move(answer);
  soon_.emplace(loop_, [this] {
    auto done = std::move(done_);
    done(std::move(told_));
  });
}

UpsConnection::UpsConnection(const Means& means, const UpsServer& server)
    : means_(means),
      server_(server),
      peer_(to_string(server.endpoint)),
      late_(means.loop,
            [this] {
              close();
              go_on();
            }),
      used_(means.clock.now()) {}

UpsConnection::~UpsConnection() {
  for (UpsAsked* question : queue_) question->abandon();
}

void UpsConnection::ask(UpsAsked& question) {
  used_ = means_.clock.now();
  if (is_paused()) return question.settle(failure_);
  queue_.push_back(&question);
  if (queue_.size() == 1 && !is_abandoned_) go_on();
}

bool UpsConnection::is_under_way(const UpsAsked& question) const {
  return !is_abandoned_ && !queue_.empty() && queue_.front() == &question;
}

// While the connection is made nobody has a turn; and a server that lets one question wait too long
// lets all of them wait.
Duration UpsConnection::waited(const UpsAsked& question) const {
  if (step_ != Step::ready) return {};
  const Instant until = silent_since_.value_or(means_.clock.now());
  return std::max(until - std::max(question.asked(), ready_at_), Duration{});
}

void UpsConnection::drop(UpsAsked& question) {
  const auto place = std::ranges::find(queue_, &question);
  CHECK(place != queue_.end());
  const bool was_under_way = is_under_way(question);
  queue_.erase(place);
  if (!was_under_way) return;
  if (step_ == Step::ready) return abandon(question);
  close();
  // On a later turn: when all are dropped one after the other, nobody connects in between.
  if (!queue_.empty()) again_.emplace(means_.loop, [this] { go_on(); });
}

UpsAnswer UpsConnection::so_far(const UpsAsked& question) const {
  if (step_ == Step::connect)
    return answer_of(Reason::connect_timeout, fmt::format("no answer from {} in time", peer_));
  if (step_ == Step::tls)
    return answer_of(Reason::tls_timeout,
                     fmt::format("the TLS handshake with {} took too long", peer_));
  const auto before = std::ranges::find(queue_, &question) - queue_.begin() + is_abandoned_;
  if (before == 0)
    return answer_of(Reason::reply_timeout, fmt::format("{} did not answer in time", peer_));
  if (step_ == Step::ready && !silent_since_)
    return answer_of(
        Reason::agent_error,
        fmt::format("waited too long for its turn at {}; questions before this one: {}", peer_,
                    before));
  return answer_of(
      Reason::reply_timeout,
      fmt::format("{} did not answer in time; questions before this one: {}", peer_, before));
}

// Its answer would be taken for the next one's. Closing instead would cost the others their turns,
// and a server that is merely slow would answer nobody at all.
void UpsConnection::abandon(const UpsAsked& question) {
  is_abandoned_ = true;
  if (question.is_given_up() && !silent_since_) silent_since_ = means_.clock.now();
  late_.start_after(limits::ups_late_answer);
}

// Whether the bytes belonged to an answer that nobody waits for.
bool UpsConnection::take_abandoned(UpsFrame::State state) {
  if (!is_abandoned_) return false;
  if (state == UpsFrame::State::more) return true;
  const bool is_in_step = state == UpsFrame::State::whole && !frame_.has_more_than_it();
  is_abandoned_ = false;
  late_.stop();
  silent_since_.reset();
  if (is_in_step) ++answers_;
  else close();
  go_on();
  return true;
}

bool UpsConnection::is_unused() const {
  return queue_.empty() && means_.clock.now() - used_ > limits::ups_idle;
}

bool UpsConnection::is_paused() const {
  return pause_ > Duration{} && means_.clock.now() < retry_at_;
}

// Certificates are looked at when a connection is made, so it must not live for ever.
bool UpsConnection::is_old() const {
  return session_ != nullptr && means_.clock.now() - opened_ > limits::ups_tls_age;
}

// The first question waits, and nothing is under way.
void UpsConnection::go_on() {
  if (queue_.empty()) return;
  if (is_old()) close();
  if (step_ == Step::closed) open();
  else send_question();
}

void UpsConnection::open() {
  ++means_.counters.connections;
  step_ = Step::connect;
  opened_ = means_.clock.now();
  stream_ = TcpStream::connect(
      means_.loop,
      {.to = server_.endpoint, .source = server_.source, .interface = server_.interface},
      [this](const Result<void>& result) { connected(result); });
}

void UpsConnection::connected(const Result<void>& result) {
  if (!result)
    return fail_all(answer_of(reason_of_connect_error(result.error()), describe(result.error())));
  listen();
  enter(Step::starttls);
}

// Goes to the step, or past it where there is nothing to do for it.
void UpsConnection::enter(Step step) {
  step_ = step;
  reply_.clear();
  switch (step) {
    case Step::closed:
    case Step::connect:
    case Step::starttls:
      if (server_.starttls == StartTls::required) return write("STARTTLS\n");
      [[fallthrough]];
    case Step::user:
      step_ = Step::user;
      if (!server_.user.empty()) return write("USERNAME " + nut_quoted(server_.user) + '\n');
      [[fallthrough]];
    case Step::password:
      step_ = Step::password;
      if (!server_.password.empty())
        return write("PASSWORD " + nut_quoted(server_.password) + '\n');
      [[fallthrough]];
    case Step::ready:
      step_ = Step::ready;
      ready_at_ = means_.clock.now();
      return go_on();
    case Step::tls: return start_tls();
  }
}

void UpsConnection::write(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  if (session_) session_->write(bytes);
  else stream_->write(bytes);
}

void UpsConnection::listen() {
  const auto received = [this](const Chunk& chunk) { take(chunk); };
  if (session_) session_->read(received);
  else stream_->read(received);
}

void UpsConnection::take(const Chunk& chunk) {
  if (!chunk) {
    const bool is_tls = session_ && session_->facts().reason != Reason::none;
    if (is_tls) return broke_off(session_->facts().reason, session_->facts().detail);
    const int code = chunk.error().code;
    return broke_off(code == EPROTO ? Reason::protocol_error : reason_of_exchange_errno(code),
                     describe(chunk.error()));
  }
  if (chunk->empty()) return broke_off(Reason::closed, peer_ + " closed the connection");
  if (step_ == Step::ready) return take_answer(text_of(*chunk));
  take_set_up(text_of(*chunk));
}

// Each line of ours is answered by one of theirs. What comes in the same breath behind the answer
// to STARTTLS would not be protected by TLS, so it is refused: the handshake begins at once.
void UpsConnection::take_set_up(std::string_view bytes) {
  reply_ += bytes;
  const std::size_t end = reply_.find('\n');
  if (end == std::string::npos && reply_.size() <= limits::ups_reply_bytes) return;
  if (end == std::string::npos || end + 1 < reply_.size())
    return fail_all(answer_of(Reason::protocol_error,
                              fmt::format("{} said more than it was asked: \"{}\"", peer_,
                                          printable(reply_, limits::ups_reply_bytes))));
  std::string line = std::exchange(reply_, {});
  line.resize(line.find_last_not_of("\r\n") + 1);
  judge_set_up(line);
}

void UpsConnection::judge_set_up(std::string_view line) {
  const bool is_ok = line == "OK" || line.starts_with("OK ");
  if (is_ok) return enter(static_cast<Step>(static_cast<int>(step_) + 1));
  const std::string shown = printable(line, limits::ups_reply_bytes);
  if (!line.starts_with("ERR"))
    return fail_all(answer_of(Reason::protocol_error,
                              fmt::format("{} answered neither OK nor ERR: \"{}\"", peer_, shown)));
  if (step_ == Step::starttls)
    return fail_all(answer_of(Reason::starttls_refused,
                              fmt::format("{} answered STARTTLS with \"{}\"", peer_, shown)));
  UpsAnswer refusal = answer_of(Reason::none, {});
  refusal.text = shown + '\n';
  fail_all(std::move(refusal));
}

void UpsConnection::start_tls() {
  auto context = means_.tls.context(server_.tls);
  if (!context)
    return fail_all(
        answer_of(context.error().code == EACCES ? Reason::agent_permission : Reason::agent_error,
                  describe(context.error())));
  session_ = means_.tls.start(*std::move(context), *stream_, server_.host,
                              [this](const Result<void>& result) { secured(result); });
}

void UpsConnection::secured(const Result<void>& result) {
  if (!result) return fail_all(answer_of(session_->facts().reason, session_->facts().detail));
  listen();
  enter(Step::user);
}

void UpsConnection::send_question() {
  UpsAsked& first = *queue_.front();
  first.sent(waited(first));
  frame_ = UpsFrame(server_.scheme, first.ups());
  ++means_.counters.questions;
  write(frame_.question());
}

void UpsConnection::take_answer(std::string_view bytes) {
  // Nobody asked: whatever it is, it must not be taken for the next question's answer.
  if (queue_.empty() && !is_abandoned_) return close();
  const UpsFrame::State state = frame_.take(bytes);
  if (take_abandoned(state)) return;
  switch (state) {
    case UpsFrame::State::more: return;
    case UpsFrame::State::broken: {
      UpsAnswer answer = answer_of(Reason::protocol_error, peer_ + ": " + frame_.fault());
      close();
      return settle_first(std::move(answer));
    }
    case UpsFrame::State::whole: break;
  }
  ++answers_;
  pause_ = {};
  silent_since_.reset();
  UpsAnswer answer = answer_of(Reason::none, {});
  answer.text = frame_.take_text();
  if (frame_.has_more_than_it()) close();
  settle_first(std::move(answer));
}

// The connection ended by the peer's will, or by the network's.
void UpsConnection::broke_off(Reason reason, std::string detail) {
  // upsd closes what was idle for 60 s: no fault of anybody, and when a question has just been sent
  // into such a connection, it deserves another one.
  if (queue_.empty()) return close();
  const bool was_never_used = step_ != Step::ready || answers_ == 0;
  const bool was_of_nobody = is_abandoned_ && !(was_never_used && frame_.is_untouched());
  if (was_of_nobody || (!was_never_used && frame_.is_untouched())) {
    close();
    return open();
  }
  UpsAnswer answer = answer_of(reason, std::move(detail));
  // A server that takes connections and ends them before it has said a word must not be stormed.
  if (was_never_used && frame_.is_untouched()) return fail_all(std::move(answer));
  close();
  settle_first(std::move(answer));
}

// What is wrong with one UPS's answer says nothing of those that wait behind it.
void UpsConnection::settle_first(UpsAnswer answer) {
  UpsAsked* question = queue_.front();
  queue_.pop_front();
  question->settle(std::move(answer));
  go_on();
}

void UpsConnection::fail_all(UpsAnswer failure) {
  close();
  failure_ = std::move(failure);
  pause_ = std::clamp(pause_ * 2, limits::ups_pause_first, limits::ups_pause_max);
  retry_at_ = means_.clock.now() + pause_;
  for (UpsAsked* question : std::exchange(queue_, {})) question->settle(failure_);
}

void UpsConnection::close() {
  session_.reset();
  stream_.reset();
  again_.reset();
  late_.stop();
  is_abandoned_ = false;
  step_ = Step::closed;
  answers_ = 0;
  reply_.clear();
  frame_ = {};
}

UpsAnswer UpsConnection::answer_of(Reason reason, std::string detail) const {
  UpsAnswer answer{.reason = reason, .detail = std::move(detail), .text = {}, .tls_facts = {}};
  if (session_) answer.tls_facts = session_->facts();
  return answer;
}

}  // namespace siaga
