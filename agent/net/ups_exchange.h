// Questions to UPS servers and their answers: upsd (NUT, RFC 9271) and apcupsd (NIS). One
// connection per server and login, shared by all its UPSes, kept open between questions and made
// anew with growing pauses when it fails. Never logs in (LOGIN), never sends a command: it only
// reads. Knows where an answer ends, not what it means: that is probes/wire's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/core/address.h"
#include "agent/core/reason.h"
#include "agent/core/time.h"
#include "agent/loop/loop.h"
#include "agent/net/tls.h"

namespace siaga {

enum class UpsScheme : std::uint8_t { nut, apcupsd };
enum class StartTls : std::uint8_t { off, required };

// Which connection: equal servers share one.
struct UpsServer {
  UpsScheme scheme = UpsScheme::nut;
  Endpoint endpoint;  // the address was found by the caller
  std::string host;   // as configured: for SNI and the certificate's name
  StartTls starttls = StartTls::off;
  TlsOptions tls;
  std::string user, password;  // USERNAME and PASSWORD before the first question; empty: neither
  std::optional<Address> source;
  std::string interface;
  auto operator<=>(const UpsServer&) const = default;
};

struct UpsAnswer {
  // none: `text` is a whole answer. connect_*, host_unreachable, reply_timeout, reset, closed,
  // protocol_error (an answer that cannot be one, or longer than limits), starttls_refused, tls_*,
  // agent_*.
  Reason reason = Reason::none;
  std::string detail;
  std::string text;  // nut: lines from BEGIN to END, or one ERR line; apcupsd: its lines
  std::optional<TlsFacts> tls_facts;
};

class UpsQuestion {
 public:
  virtual ~UpsQuestion() = default;  // cancels
  // For a deadline that struck: the reason of the step under way (connect_timeout, tls_timeout,
  // reply_timeout), or agent_error when it was not this question's turn yet and the server answers
  // the others. A question that was sent leaves its answer behind: it is read and dropped, and the
  // connection is given up only when it does not come soon.
  virtual UpsAnswer so_far() = 0;
  // How long it waited for its turn while the server answered the others; asked on any time.
  virtual Duration waited() const = 0;
};

class UpsExchange {
 public:
  using Done = std::move_only_function<void(UpsAnswer)>;
  // `tls` must outlive it.
  static std::unique_ptr<UpsExchange> create(Loop& loop, TlsContexts& tls, const Clock& clock);
  virtual ~UpsExchange() = default;
  // All variables of one UPS; apcupsd has one only, `ups` is ignored there. `done` comes on a later
  // turn, at most once, and may destroy the question and the exchange. While a server is in its
  // pause after a failure, the answer is that failure again, without a try.
  virtual std::unique_ptr<UpsQuestion> ask(const UpsServer& server, std::string_view ups,
                                           Done done) = 0;
  struct Counters {
    std::uint64_t connections = 0, questions = 0;
    std::size_t open = 0;
  };
  virtual Counters counters() const = 0;
};

}  // namespace siaga
