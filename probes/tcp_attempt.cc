#include "probes/tcp_attempt.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "agent/core/limits.h"
#include "agent/core/utf8.h"
#include "probes/dialogue.h"

namespace siaga {
namespace {

// What may be a label of ours: no series can be made wrong by a group's name.
bool is_label(std::string_view name) {
  constexpr std::array<std::string_view, 5> taken{"office", "target", "kind", "instance", "job"};
  const auto is_word = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_';
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') && !name.starts_with("__") &&
         std::ranges::all_of(name, is_word) && std::ranges::find(taken, name) == taken.end();
}

std::string labels_of(const Dialogue& dialogue) {
  std::string labels;
  for (const auto& [name, value] : dialogue.captures()) {
    if (!is_label(name)) continue;
    if (!labels.empty()) labels += ',';
    labels += name + "=\"" + escape_label_value(value) + "\"";
  }
  return labels;
}

class TcpAttempt final : public Attempt {
 public:
  TcpAttempt(const TcpSettings& settings, const Start& start, Probe::Done done)
      : settings_(settings),
        network_(start.network),
        explains_(start.explain),
        done_(std::move(done)),
        connection_(start.network, settings.route),
        dialogue_(settings.dialogue) {
    connection_.open([this](Failure failure) {
      if (failure.reason != Reason::none) return settle(std::move(failure));
      if (settings_.starts_with_tls) return start_tls();
      begin_dialogue();
    });
  }

  Outcome give_up() override;

 private:
  using Need = Dialogue::Need;

  void start_tls();
  void begin_dialogue();
  void listen();
  void hear(const Result<std::span<const std::byte>>& chunk);
  void act(Need need);
  void fail_dialogue();
  void settle(Failure failure);
  Outcome outcome_of(Failure failure) const;
  void write_own(Readings& readings, Reason reason) const;
  std::unique_ptr<Explanation> explain_run(const Outcome& outcome) const;

  const TcpSettings& settings_;
  Network& network_;
  const bool explains_;
  Probe::Done done_;
  TcpConnection connection_;
  Dialogue dialogue_;
  std::optional<Instant> dialogue_began_;
  std::optional<Soon> handshake_;
};

void TcpAttempt::start_tls() {
  connection_.start_tls(settings_.tls, [this](Failure failure) {
    if (failure.reason != Reason::none) return settle(std::move(failure));
    begin_dialogue();
  });
}

void TcpAttempt::begin_dialogue() {
  if (settings_.dialogue.empty()) return settle({});
  if (!dialogue_began_) dialogue_began_ = network_.clock.now();
  listen();
  act(dialogue_.next());
}

void TcpAttempt::listen() {
  connection_.read([this](const Result<std::span<const std::byte>>& chunk) { hear(chunk); });
}

void TcpAttempt::hear(const Result<std::span<const std::byte>>& chunk) {
  if (!chunk) {
    const TlsFacts* facts = connection_.tls_facts();
    if (facts != nullptr && facts->reason != Reason::none)
      return settle({facts->reason, facts->detail});
    const bool is_broken_tls = chunk.error().code == EPROTO;
    return settle(
        {is_broken_tls ? Reason::protocol_error : reason_of_exchange_errno(chunk.error().code),
         describe(chunk.error())});
  }
  if (chunk->empty()) return act(dialogue_.end());
  const auto* text = reinterpret_cast<const char*>(chunk->data());
  act(dialogue_.receive({text, chunk->size()}));
}

void TcpAttempt::act(Need need) {
  while (need == Need::send) {
    connection_.write(dialogue_.text());
    need = dialogue_.next();
  }
  switch (need) {
    case Need::bytes:
    case Need::send: return;
    case Need::start_tls:
      // Not from inside the reader that the handshake replaces; until then nothing more is taken
      // for the dialogue that came in the clear.
      connection_.pause();
      handshake_.emplace(network_.loop, [this] { start_tls(); });
      return;
    case Need::nothing: return settle({});
    case Need::failure: return fail_dialogue();
  }
}

void TcpAttempt::fail_dialogue() { settle({dialogue_.reason(), dialogue_.detail()}); }

// The peer may go on talking: it is no longer heard, even if our owner keeps us for a while.
void TcpAttempt::settle(Failure failure) {
  auto outcome = outcome_of(std::move(failure));
  connection_.drop();
  auto deliver = std::exchange(done_, {});
  deliver(std::move(outcome));
}

Outcome TcpAttempt::give_up() {
  Failure failure = connection_.time_out();
  if (failure.reason == Reason::none) {
    dialogue_.time_out();
    failure = {dialogue_.reason(), dialogue_.detail()};
  }
  return outcome_of(std::move(failure));
}

Outcome TcpAttempt::outcome_of(Failure failure) const {
  Outcome outcome = judged(failure.reason, std::move(failure.detail));
  outcome.readings.reserve(tcp_readings_end);
  connection_.report(outcome);
  write_own(outcome.readings, outcome.reason);
  outcome.explanation = explain_run(outcome);
  return outcome;
}

void TcpAttempt::write_own(Readings& readings, Reason reason) const {
  readings.set(reading_tcp_resolve, seconds(connection_.resolve_duration()));
  if (const auto length = connection_.connect_duration())
    readings.set(reading_tcp_connect, seconds(*length));
  if (const auto length = connection_.tls_duration())
    readings.set(reading_tcp_tls, seconds(*length));
  // The time of a handshake inside the dialogue is the phase tls, not counted twice.
  if (dialogue_began_) {
    const Duration inside =
        settings_.starts_with_tls ? Duration{} : connection_.tls_duration().value_or(Duration{});
    readings.set(reading_tcp_dialogue, seconds(network_.clock.now() - *dialogue_began_ - inside));
  }
  const bool is_mismatch = reason == Reason::expect_mismatch || reason == Reason::starttls_refused;
  readings.set(reading_tcp_failed_due_to_regex, is_mismatch ? 1 : 0);
  if (auto labels = labels_of(dialogue_); !labels.empty())
    readings.set_info(reading_tcp_expect_info, std::move(labels));
}

// What was sent is not shown: dialogues may hold passwords.
std::unique_ptr<Explanation> TcpAttempt::explain_run(const Outcome& outcome) const {
  const bool keeps_excerpt = outcome.reason != Reason::none && !dialogue_.heard().empty();
  if (!explains_ && !keeps_excerpt) return nullptr;
  auto explanation = std::make_unique<Explanation>();
  constexpr std::size_t room = limits::excerpt_bytes - 3;  // for the "..." of what was cut
  if (keeps_excerpt) explanation->excerpt = printable(dialogue_.heard(), room);
  if (!explains_) return explanation;
  if (!outcome.address.empty()) explanation->lines.emplace_back("address", outcome.address);
  if (const TlsFacts* facts = connection_.tls_facts()) explain(*facts, *explanation);
  for (const auto& [name, value] : dialogue_.captures())
    explanation->lines.emplace_back("capture", name + " = " + value);
  if (dialogue_began_)
    explanation->lines.emplace_back("dialogue", std::to_string(dialogue_.step()) + " of " +
                                                    std::to_string(settings_.dialogue.size()) +
                                                    " steps done");
  return explanation;
}

}  // namespace

std::unique_ptr<Attempt> start_tcp_attempt(const TcpSettings& settings, const Start& start,
                                           Probe::Done done) {
  return std::make_unique<TcpAttempt>(settings, start, std::move(done));
}

}  // namespace siaga
