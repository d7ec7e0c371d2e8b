#include "probes/dns_attempt.h"

#include <fmt/format.h>

#include <utility>

#include "agent/core/limits.h"
#include "agent/core/utf8.h"
#include "agent/loop/timer.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

// A timer this late means that the agent stood still: what the server said meanwhile has not been
// read yet, for timers run before sockets are read. Then the loop gets a moment to read it.
constexpr Duration stall = 20ms;
constexpr Duration catching_up = 5ms;

std::string_view name_of(DnsTransport transport) {
  switch (transport) {
    case DnsTransport::udp: return "UDP";
    case DnsTransport::tcp: return "TCP";
    case DnsTransport::tls: return "TLS";
  }
  return "";
}

class DnsAttempt final : public Attempt {
 public:
  DnsAttempt(const DnsTarget& target, const Start& start, Probe::Done done)
      : target_(target),
        network_(start.network),
        deadline_(start.deadline),
        explains_(start.explain),
        transport_(target.transport),
        done_(std::move(done)) {}

  void begin() {
    if (target_.server) {
      if (step_.start(network_, target_.server->host, target_.reach,
                      [this](const Resolution&) { resolved(); }))
        resolved();
      return;
    }
    take_system_servers();
    ask_next();
  }

  Outcome give_up() override {
    if (soon_) return std::move(ended_);
    if (!query_) {
      const std::string host = target_.server ? target_.server->host : std::string();
      return outcome(Reason::dns_timeout, fmt::format("looking up {} took too long", host));
    }
    const DnsReply reply = query_->so_far();
    add(reply);
    return outcome(reply.reason, timeout_detail(reply.reason));
  }

 private:
  void resolved() {
    const Resolution& found = step_.result();
    if (found.reason != Reason::none) return end_soon(found.reason, found.detail);
    servers_.push_back({.address = found.addresses.front(), .port = target_.server->port});
    ask_next();
  }

  void take_system_servers() {
    for (Endpoint server : network_.resolver->servers()) {
      if (target_.reach.source && target_.reach.source->family != server.address.family) continue;
      if (transport_ == DnsTransport::tls) server.port = 853;
      servers_.push_back(server);
    }
  }

  void ask_next() {
    if (next_ == servers_.size())
      return end_soon(Reason::agent_error, "the system has no DNS server that could be asked");
    server_ = servers_[next_++];
    transport_ = target_.transport;
    const std::size_t left = servers_.size() - next_;
    if (left > 0) {
      if (!patience_)
        patience_ = std::make_unique<Timer>(network_.loop, [this] { lose_patience(); });
      const Duration rest = deadline_ - network_.clock.now();
      share_end_ = network_.loop.now() + rest / static_cast<std::int64_t>(left + 1);
      patience_->start_at(share_end_);
    } else if (patience_) {
      patience_->stop();
    }
    ask();
  }

  void ask() {
    DnsRequest request{.server = *server_,
                       .transport = transport_,
                       .message = target_.message,
                       .source = target_.reach.source,
                       .interface = target_.reach.interface};
    if (transport_ == DnsTransport::tls) {
      auto context = network_.tls->context(target_.tls);
      if (!context) return end_soon(Reason::agent_error, describe(context.error()));
      request.tls = std::move(*context);
      request.server_name = target_.server ? target_.server->host : to_string(server_->address);
    }
    query_ = network_.dns->start(std::move(request),
                                 [this](DnsReply reply) { replied(std::move(reply)); });
  }

  // Another server of the system's is left: this one had its share of the time.
  void lose_patience() {
    const Instant now = network_.loop.now();
    if (now - share_end_ > stall) {
      share_end_ = now + catching_up;
      return patience_->start_at(share_end_);
    }
    add(query_->so_far());
    note("silent", to_string(*server_));
    query_.reset();
    ask_next();
  }

  void replied(DnsReply reply) {
    add(reply);
    if (reply.reason != Reason::none) return fail(reply.reason, reply.detail);
    const bool reads = explains_ || target_.rules.reads_records();
    auto message = parse_dns_message(reply.message, reads ? DnsRecords::read : DnsRecords::counted);
    if (message && message->has_alias && !reads)
      message = parse_dns_message(reply.message, DnsRecords::read);
    if (!message) return fail(Reason::protocol_error, message.error().text);
    if (message->is_truncated && transport_ == DnsTransport::udp && target_.follows_truncated) {
      note("answer", "truncated, asked again over TCP");
      transport_ = DnsTransport::tcp;
      return ask();
    }
    message_ = std::move(*message);
    DnsJudgement judgement = judge(*message_, target_.rules);
    end(outcome(judgement.reason, judgement.detail));
  }

  // The next of the system's servers is asked when this one cannot be, as libc does.
  void fail(Reason reason, const std::string& detail) {
    if (is_agent_trouble(reason) || next_ == servers_.size()) return end(outcome(reason, detail));
    note("failed", detail);
    ask_next();
  }

  void end_soon(Reason reason, std::string_view detail) {
    ended_ = outcome(reason, detail);
    soon_ = std::make_unique<Soon>(network_.loop, [this] { end(std::move(ended_)); });
  }
  void end(Outcome outcome) {
    if (patience_) patience_->stop();
    auto done = std::move(done_);
    done(std::move(outcome));
  }

  void add(const DnsReply& reply) {
    connect_ += reply.connect;
    request_ += reply.request;
    mismatches_ += reply.mismatches;
    if (transport_ == DnsTransport::tls) tls_facts_ = reply.tls_facts;
  }
  void note(std::string_view topic, std::string text) {
    if (explains_) notes_.emplace_back(std::string(topic), std::move(text));
  }

  std::string timeout_detail(Reason reason) const {
    const std::string server = fmt::format("{} over {}", to_string(*server_), name_of(transport_));
    if (reason == Reason::connect_timeout) return server + ": no connection in time";
    if (reason == Reason::tls_timeout) return server + ": no TLS handshake in time";
    if (reason == Reason::dns_mismatch)
      return fmt::format("{}: only wrong replies ({})", server, mismatches_);
    return server + ": no reply in time";
  }

  Outcome outcome(Reason reason, std::string_view detail) const {
    Outcome outcome = judged(reason, printable(detail, limits::detail_bytes));
    if (server_) outcome.address = to_string(server_->address);
    write(outcome.readings);
    if (explains_) outcome.explanation = explanation(outcome);
    return outcome;
  }

  void write(Readings& readings) const {
    readings.reserve(dns_readings_end);
    write_address(step_, server_ ? &server_->address : nullptr, readings);
    readings.set(reading_dns_resolve, seconds(step_.duration()));
    readings.set(reading_dns_connect, seconds(connect_));
    readings.set(reading_dns_request, seconds(request_));
    readings.set(reading_dns_query_succeeded, message_ ? 1 : 0);
    if (target_.transport == DnsTransport::tls) write_readings(tls_facts_, readings);
    if (!message_) return;
    readings.set(reading_dns_answer_rrs, message_->answer_count);
    readings.set(reading_dns_authority_rrs, message_->authority_count);
    readings.set(reading_dns_additional_rrs, message_->additional_count);
    if (target_.asks_for_soa && message_->soa_serial)
      readings.set(reading_dns_serial, *message_->soa_serial);
  }

  std::unique_ptr<const Explanation> explanation(const Outcome& outcome) const {
    auto explanation = std::make_unique<Explanation>();
    auto& lines = explanation->lines;
    if (server_) lines.emplace_back("address", to_string(server_->address));
    if (server_)
      lines.emplace_back("query", fmt::format("{} to {} over {}", target_.question,
                                              to_string(*server_), name_of(transport_)));
    lines.insert(lines.end(), notes_.begin(), notes_.end());
    if (mismatches_ > 0)
      lines.emplace_back(
          "mismatch",
          fmt::format("{} replies with a wrong id or question were not taken", mismatches_));
    if (target_.transport == DnsTransport::tls) explain(tls_facts_, *explanation);
    if (message_) {
      lines.emplace_back("rcode", fmt::format("{} ({})", dns_rcode_name(message_->rcode),
                                              dns_flag_names(*message_)));
      for (const DnsRecord& record : message_->answers) {
        if (lines.size() == limits::dns_answers_explained) break;
        lines.emplace_back("answer", printable(record.text, limits::detail_bytes));
      }
    }
    if (!outcome.detail.empty()) lines.emplace_back("rule", outcome.detail);
    return explanation;
  }

  const DnsTarget& target_;
  Network& network_;
  Instant deadline_;
  bool explains_;
  DnsTransport transport_;  // of the query under way: TCP after a truncated reply
  Probe::Done done_;
  AddressStep step_;
  std::vector<Endpoint> servers_;
  std::size_t next_ = 0;
  std::optional<Endpoint> server_;  // the one asked
  Duration connect_{}, request_{};
  std::uint32_t mismatches_ = 0;
  std::optional<DnsMessage> message_;
  TlsFacts tls_facts_;
  std::vector<std::pair<std::string, std::string>> notes_;
  Outcome ended_;        // until soon_ delivers it
  Instant share_end_{};  // of the server asked, when others are left
  std::unique_ptr<Timer> patience_;
  std::unique_ptr<DnsQuery> query_;
  std::unique_ptr<Soon> soon_;
};

}  // namespace

std::unique_ptr<Attempt> start_dns(const DnsTarget& target, const Start& start, Probe::Done done) {
  auto attempt = std::make_unique<DnsAttempt>(target, start, std::move(done));
  attempt->begin();
  return attempt;
}

}  // namespace siaga
