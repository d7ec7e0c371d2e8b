// One channel of c-ares on the loop: the servers of one moment, and the questions that are under
// way to them. Private to the resolver. c-ares calls back from inside its own functions; answers
// are therefore filed and handed on later, so that nobody can destroy or re-enter a channel while
// it runs.
#pragma once

#include <ares.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "agent/core/result.h"
#include "agent/loop/poller.h"
#include "agent/loop/timer.h"
#include "agent/net/resolver.h"
#include "agent/net/resolver_source.h"

namespace siaga {

struct FiledAnswer {
  AddressSource::Answered answered;
  SourceAnswer answer;
};
using FileAnswer = std::function<void(FiledAnswer)>;

class ResolverChannel {
 public:
  ResolverChannel(Loop& loop, const ResolverOptions& options, FileAnswer file);
  ~ResolverChannel();
  ResolverChannel(const ResolverChannel&) = delete;
  ResolverChannel& operator=(const ResolverChannel&) = delete;

  void ask(const std::string& host, Family family, AddressSource::Answered answered);
  bool is_idle() const { return under_way_ == 0; }
  std::vector<Endpoint> servers() const;

 private:
  struct Question {
    ResolverChannel* channel;
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
  FileAnswer file_;
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

}  // namespace siaga
