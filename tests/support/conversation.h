// One accepted connection, as a script sees it: blocking calls, one after the other, on a thread of
// its own. Every call ends the script (by an exception that the peer catches) when the client has
// gone or the peer is destroyed, so that scripts need no checks. After the script the connection is
// closed.
//
//   [](Conversation& talk) {
//     talk.send("220 ready\r\n");
//     talk.receive_until("QUIT\r\n");
//     talk.reset();
//   }
#pragma once

#include <openssl/types.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "agent/core/time.h"

namespace siaga::tests {

struct TlsServerOptions;

// What the peer remembers of a connection, for the test to look at.
struct ConversationRecord {
  std::string received;        // all of it, decrypted
  bool is_over = false;        // the script ended and the connection was closed
  bool was_closed = false;     // the client ended its stream
  bool was_reset = false;      // the client reset the connection
  std::string tls_error;       // why a handshake failed, in OpenSSL's words
  std::string server_name;     // SNI
  std::string client_subject;  // of the client's certificate: "CN = ..."
};

class Conversation {
 public:
  explicit Conversation(int fd);
  ~Conversation();
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;

  void send(std::string_view bytes);
  // One byte per interval.
  void send_slowly(std::string_view bytes, Duration interval);
  // The same bytes again and again until the client has enough.
  void send_forever(std::string_view bytes);

  // What arrived up to and including `text`.
  std::string receive_until(std::string_view text);
  std::string receive_line() { return receive_until("\n"); }
  std::string receive(std::size_t count);
  // What arrived until the client ended its stream.
  std::string receive_all();
  // Reads and says nothing until the client goes.
  void stay_silent();
  // Does not even read until the client goes or the peer is destroyed.
  void stall();
  void pause(Duration duration);

  void half_close();  // we have nothing more to say
  void close();
  void reset();

  // The server's side of a TLS handshake; from here on everything is encrypted. For STARTTLS call
  // it in the middle of a script.
  void start_tls(const TlsServerOptions& options);
  // Takes the client's hello, sends the first `bytes` bytes of the answer, and nothing more.
  void stall_in_handshake(const TlsServerOptions& options, std::size_t bytes);

  // From any thread.
  ConversationRecord record() const;
  void interrupt();
  void finish();  // after the script

 private:
  struct FreeSession {
    void operator()(ssl_st* session) const;
  };

  std::size_t read_some(char* buffer, std::size_t size);
  void receive_more();  // appends to unread_
  std::string take(std::size_t count);
  [[noreturn]] void end_by(int code);
  void close_socket();
  std::unique_ptr<ssl_st, FreeSession> new_session(const TlsServerOptions& options);

  mutable std::mutex mutex_;
  int fd_;
  bool is_interrupted_ = false;
  ConversationRecord record_;

  // Only the script's thread.
  std::unique_ptr<ssl_st, FreeSession> session_;
  std::string unread_;
};

using Script = std::function<void(Conversation&)>;

// Thrown inside scripts only.
struct ConversationOver {};

}  // namespace siaga::tests
