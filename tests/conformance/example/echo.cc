#include "probes/echo.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "agent/loop/datagram.h"
#include "probes/reach.h"

namespace siaga {
namespace {

constexpr std::array own_echo_options{
    Option{.key = "host",
           .type = OptionType::host_port,
           .is_required = true,
           .help = "The echo service.",
           .help_id = "Layanan gema.",
           .example = "\"10.0.0.7:7\""},
    Option{.key = "text",
           .type = OptionType::text,
           .fallback = "\"siaga\"",
           .help = "What is sent and must come back.",
           .help_id = "Yang dikirim dan harus kembali."},
};
constexpr auto echo_options = with_reach_options(own_echo_options);

struct EchoSettings {
  HostPort host;
  std::string text;
  Reach reach;
};

// One run: the name to an address, one datagram there, one back. It has no timer: the flight that
// owns it has the deadline, and asks give_up() how far it came.
class EchoAttempt final : public Attempt {
 public:
  EchoAttempt(const EchoSettings& settings, Network& network, Probe::Done done)
      : settings_(settings), network_(network), done_(std::move(done)) {}

  void begin() {
    const bool is_known = step_.start(network_, settings_.host.host, settings_.reach,
                                      [this](const Resolution& found) { resolved(found); });
    // Never settle from inside the start: a completion comes on a later turn of the loop.
    if (is_known) soon_.emplace(network_.loop, [this] { resolved(step_.result()); });
  }

  Outcome give_up() override {
    return socket_ ? outcome(Reason::reply_timeout, "sent, but nothing came back")
                   : outcome(Reason::dns_timeout, "the name was not resolved in time");
  }

 private:
  void resolved(const Resolution& found) {
    if (found.reason != Reason::none) return settle(found.reason, found.detail);
    address_ = found.addresses.front();
    const DatagramOptions to{.to = {.address = *address_, .port = settings_.host.port},
                             .source = settings_.reach.source,
                             .interface = settings_.reach.interface};
    auto socket = Datagram::open(network_.loop, to, [this](auto reply) { received(reply); });
    if (!socket) return fail(socket.error());
    socket_ = std::move(*socket);
    if (const auto sent = socket_->send(std::as_bytes(std::span(settings_.text))); !sent)
      fail(sent.error());
  }

  void received(Result<std::span<const std::byte>> reply) {
    if (!reply) return fail(reply.error());
    const bool is_same = std::ranges::equal(*reply, std::as_bytes(std::span(settings_.text)));
    settle(is_same ? Reason::none : Reason::expect_mismatch, is_same ? "" : "other text came back");
  }

  void fail(const Error& error) { settle(reason_of_connect_errno(error.code), describe(error)); }

  // The last thing an attempt does: whoever is told may destroy it.
  void settle(Reason reason, std::string detail) {
    Outcome result = outcome(reason, std::move(detail));
    auto done = std::exchange(done_, {});
    done(std::move(result));
  }

  Outcome outcome(Reason reason, std::string detail) {
    Outcome result = judged(reason, std::move(detail));
    write_address(step_, address_ ? &*address_ : nullptr, result.readings);
    return result;
  }

  const EchoSettings& settings_;
  Network& network_;
  Probe::Done done_;
  AddressStep step_;
  std::optional<Address> address_;
  std::optional<Soon> soon_;
  std::unique_ptr<Datagram> socket_;
};

class EchoProbe final : public Probe {
 public:
  explicit EchoProbe(EchoSettings settings) : settings_(std::move(settings)) {}

  std::unique_ptr<Attempt> start(const Start& start, Done done) const override {
    auto attempt = std::make_unique<EchoAttempt>(settings_, start.network, std::move(done));
    attempt->begin();
    return attempt;
  }
  std::string instance() const override { return to_string(settings_.host); }
  std::string host() const override { return settings_.host.host; }
  ReasonGroups reason_groups() const override {
    return ReasonGroups{}
        .with(ReasonGroup::resolve)
        .with(ReasonGroup::connect)
        .with(ReasonGroup::exchange)
        .with(ReasonGroup::dialogue);
  }

 private:
  EchoSettings settings_;
};

std::unique_ptr<const Probe> parse_echo(Section& section) {
  if (section.get<std::string>("text").empty()) section.complain("text", "nothing to send");
  if (section.has_complaints()) return nullptr;
  return std::make_unique<EchoProbe>(EchoSettings{.host = section.get<HostPort>("host"),
                                                  .text = section.get<std::string>("text"),
                                                  .reach = parse_reach(section)});
}

}  // namespace

const Kind echo_kind{.name = "echo",
                     .help = "Sends a text to a UDP echo service, which must send it back.",
                     .help_id = "Mengirim teks ke layanan gema UDP, yang harus mengembalikannya.",
                     .options = echo_options,
                     .readings = address_readings,
                     .parse = parse_echo};

}  // namespace siaga
