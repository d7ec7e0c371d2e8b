#include "agent/net/dns_exchange_stream.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "agent/core/limits.h"
#include "agent/loop/socket.h"
#include "agent/loop/tcp_stream.h"
#include "agent/net/dns_exchange_match.h"

namespace siaga {
namespace {

constexpr std::size_t dns_length_bytes = 2;

class DnsStreamQuery final : public DnsQuery {
 public:
  DnsStreamQuery(Loop& loop, TlsContexts& tls, DnsRequest request, DnsExchange::Done done)
      : loop_(loop),
        tls_(tls),
        request_(std::move(request)),
        question_bytes_(dns_question_bytes(request_.message)),
        done_(std::move(done)),
        started_(loop.now()) {
    const TcpOptions options{
        .to = request_.server, .source = request_.source, .interface = request_.interface};
    stream_ = TcpStream::connect(loop_, options,
                                 [this](Result<void> result) { connected(std::move(result)); });
  }

  DnsReply so_far() override {
    constexpr Reason timeouts[] = {Reason::connect_timeout, Reason::tls_timeout,
                                   Reason::reply_timeout};
    DnsReply reply = measured();
    const bool is_lied_to = step_ == Step::reply && mismatches_ > 0;
    reply.reason = is_lied_to ? Reason::dns_mismatch : timeouts[static_cast<int>(step_)];
    return reply;
  }

 private:
  enum class Step : std::uint8_t { connect, tls, reply };

  void connected(Result<void> result) {
    if (!result)
      return finish(reason_of_connect_error(result.error()), sentence(result.error().code));
    if (request_.transport != DnsTransport::tls) return send();
    step_ = Step::tls;
    session_ = tls_.start(request_.tls, *stream_, request_.server_name,
                          [this](Result<void> ready) { secured(std::move(ready)); });
  }

  void secured(Result<void> result) {
    if (result) return send();
    const TlsFacts& facts = session_->facts();
    if (facts.reason != Reason::none) return finish(facts.reason, facts.detail);
    finish(Reason::tls_reset, sentence(result.error().code));
  }

  void send() {
    step_ = Step::reply;
    sent_ = loop_.now();
    std::vector<std::byte> frame(dns_length_bytes + request_.message.size());
    frame[0] = static_cast<std::byte>(request_.message.size() >> 8U);
    frame[1] = static_cast<std::byte>(request_.message.size() & 0xffU);
    std::memcpy(frame.data() + dns_length_bytes, request_.message.data(), request_.message.size());
    auto received = [this](Result<std::span<const std::byte>> data) { take(data); };
    if (session_) {
      session_->read(std::move(received));
      session_->write(frame);
    } else {
      stream_->read(std::move(received));
      stream_->write(frame);
    }
  }

  void take(const Result<std::span<const std::byte>>& data) {
    if (!data)
      return finish(reason_of_exchange_errno(data.error().code), sentence(data.error().code));
    if (data->empty())
      return finish(Reason::closed, fmt::format("{} closed the connection after {} bytes",
                                                to_string(request_.server), buffer_.size()));
    buffer_.insert(buffer_.end(), data->begin(), data->end());
    take_messages();
  }

  // The first message that answers ends the query; others are thrown away, so that the buffer never
  // holds more than one message and one chunk.
  void take_messages() {
    while (buffer_.size() >= dns_length_bytes) {
      const std::size_t size = (std::to_integer<std::size_t>(buffer_[0]) << 8U) |
                               std::to_integer<std::size_t>(buffer_[1]);
      if (buffer_.size() < dns_length_bytes + size) return;
      const auto message = std::span(buffer_).subspan(dns_length_bytes, size);
      if (size < dns_header_bytes)
        return finish(Reason::protocol_error, fmt::format("a DNS message of {} bytes", size));
      if (is_answer(message)) {
        reply_.assign(message.begin(), message.end());
        return finish(Reason::none, {});
      }
      if (++mismatches_ >= limits::dns_mismatches)
        return finish(Reason::dns_mismatch, "only replies with a wrong id or question");
      buffer_.erase(buffer_.begin(),
                    buffer_.begin() + static_cast<std::ptrdiff_t>(dns_length_bytes + size));
    }
  }

  bool is_answer(std::span<const std::byte> message) const {
    return dns_id(message) == dns_id(request_.message) &&
           answers_question(message, request_.message, question_bytes_);
  }

  DnsReply measured() {
    const Instant now = loop_.now();
    DnsReply reply;
    reply.mismatches = mismatches_;
    reply.connect = (step_ == Step::reply ? sent_ : now) - started_;
    if (step_ == Step::reply) reply.request = now - sent_;
    if (session_) reply.tls_facts = session_->facts();
    return reply;
  }

  void finish(Reason reason, std::string detail) {
    DnsReply reply = measured();
    reply.reason = reason;
    reply.detail = std::move(detail);
    reply.message = std::move(reply_);
    // What the peer goes on saying is nobody's business any more.
    session_.reset();
    stream_.reset();
    auto done = std::move(done_);
    done(std::move(reply));
  }

  std::string sentence(int code) const {
    return fmt::format("{}: {}", to_string(request_.server), std::strerror(code));
  }

  Loop& loop_;
  TlsContexts& tls_;
  DnsRequest request_;
  std::size_t question_bytes_;
  DnsExchange::Done done_;
  Instant started_;
  Instant sent_{};
  Step step_ = Step::connect;
  std::uint32_t mismatches_ = 0;
  std::vector<std::byte> buffer_;
  std::vector<std::byte> reply_;
  std::unique_ptr<TcpStream> stream_;
  std::unique_ptr<TlsStream> session_;  // over stream_, so it goes first
};

}  // namespace

std::unique_ptr<DnsQuery> start_dns_stream(Loop& loop, TlsContexts& tls, DnsRequest request,
                                           std::uint16_t id, DnsExchange::Done done) {
  set_dns_id(request.message, id);
  return std::make_unique<DnsStreamQuery>(loop, tls, std::move(request), std::move(done));
}

}  // namespace siaga
