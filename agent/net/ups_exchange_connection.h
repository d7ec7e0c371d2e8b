// One UPS server: its connection and the questions that wait for it. One question is under way at a
// time: upsd would take several at once, but small servers that speak its language read one line
// per segment. Calls nobody back by itself: answers leave through each question's own Soon, so no
// receiver can pull the ground from under it.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "agent/loop/tcp_stream.h"
#include "agent/loop/timer.h"
#include "agent/net/ups_exchange.h"
#include "agent/net/ups_exchange_frame.h"

namespace siaga {

class UpsConnection;

// A question that was asked: waits in its connection's queue until it is settled.
class UpsAsked final : public UpsQuestion {
 public:
  UpsAsked(Loop& loop, UpsConnection& connection, std::string_view ups, Instant asked,
           UpsExchange::Done done);
  ~UpsAsked() override;
  UpsAsked(const UpsAsked&) = delete;
  UpsAsked& operator=(const UpsAsked&) = delete;

  UpsAnswer so_far() override;
  Duration waited() const override;

  const std::string& ups() const { return ups_; }
  Instant asked() const { return asked_; }
  bool is_given_up() const { return is_given_up_; }
  void sent(Duration waited);
  void settle(UpsAnswer answer);
  // The exchange is gone: there will be no answer.
  void abandon() { connection_ = nullptr; }

 private:
  Loop& loop_;
  UpsConnection* connection_;  // null once settled
  std::string ups_;
  Instant asked_;
  std::optional<Duration> waited_;  // once it was sent, or settled
  bool is_given_up_ = false;
  UpsExchange::Done done_;
  UpsAnswer told_;
  std::optional<Soon> soon_;
};

class UpsConnection final {
 public:
  struct Means {
    Loop& loop;
    TlsContexts& tls;
    const Clock& clock;
    UpsExchange::Counters& counters;
  };

  // `server` must outlive it.
  UpsConnection(const Means& means, const UpsServer& server);
  ~UpsConnection();
  UpsConnection(const UpsConnection&) = delete;
  UpsConnection& operator=(const UpsConnection&) = delete;

  void ask(UpsAsked& question);
  // Takes the question out of the queue; when it was sent, its answer is waited for a while longer
  // before the next is sent.
  void drop(UpsAsked& question);
  UpsAnswer so_far(const UpsAsked& question) const;
  Duration waited(const UpsAsked& question) const;  // of one that waits

  bool is_open() const { return stream_ != nullptr; }
  bool is_unused() const;  // for longer than a connection is kept

 private:
  // In the order in which they follow each other.
  enum class Step : std::uint8_t { closed, connect, starttls, tls, user, password, ready };
  using Chunk = Result<std::span<const std::byte>>;

  void go_on();
  void open();
  void connected(const Result<void>& result);
  void enter(Step step);
  void write(std::string_view text);
  void listen();
  void take(const Chunk& chunk);
  void take_set_up(std::string_view bytes);
  void judge_set_up(std::string_view line);
  void start_tls();
  void secured(const Result<void>& result);
  void send_question();
  void take_answer(std::string_view bytes);
  void broke_off(Reason reason, std::string detail);
  void settle_first(UpsAnswer answer);
  void fail_all(UpsAnswer failure);
  void close();
  void abandon(const UpsAsked& question);
  bool take_abandoned(UpsFrame::State state);
  bool is_under_way(const UpsAsked& question) const;
  bool is_paused() const;
  bool is_old() const;
  UpsAnswer answer_of(Reason reason, std::string detail) const;

  Means means_;
  const UpsServer& server_;
  std::string peer_;  // for people
  Step step_ = Step::closed;
  std::deque<UpsAsked*> queue_;  // the first one is under way, unless an answer is abandoned
  bool is_abandoned_ = false;    // nobody waits for the answer that is to come
  std::optional<Instant> silent_since_;  // a question was not answered in time, and none since
  Instant ready_at_{};                   // the connection, for questions
  Timer late_;                           // for the abandoned answer
  UpsFrame frame_;
  std::string reply_;        // while it is set up
  std::size_t answers_ = 0;  // on this connection
  UpsAnswer failure_;        // of the last connection that could not be made
  Duration pause_{};         // after it
  Instant retry_at_{}, opened_{}, used_{};
  std::optional<Soon> again_;
  std::unique_ptr<TcpStream> stream_;
  std::unique_ptr<TlsStream> session_;  // over stream_, so it goes first
};

}  // namespace siaga
