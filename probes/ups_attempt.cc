#include "probes/ups_attempt.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/core/utf8.h"
#include "probes/ups_readings.h"
#include "probes/wire/apcupsd.h"
#include "probes/wire/nut.h"

namespace siaga {
namespace {

constexpr std::size_t variables_explained = 100;
// A mains voltage, Japan's of 100 V less 10 %, and more load than a meter shows of nothing.
constexpr double fed_volts_min = 90, fed_load_percent_min = 5;

// OFF says that the outlets are dead, whatever the input has (upsmon takes it for "unplugged load";
// a UPS in standby says "OL OFF"). Only a bypass feeds the load all the same.
bool feeds_nothing(const UpsFacts& facts) {
  return facts.has(UpsFlag::off) && !facts.has(UpsFlag::bypass);
}

// An MGE Pulsar says "OL CHRG OFF" with 231 V at its outlets and a load of 67 %.
bool feeds_a_load(const UpsFacts& facts) {
  return facts.output_volts.value_or(0) >= fed_volts_min &&
         facts.load_percent.value_or(0) >= fed_load_percent_min;
}

Outcome judged_of(const UpsFacts& facts) {
  if (!feeds_nothing(facts)) return judged(Reason::none);
  if (!feeds_a_load(facts)) return judged(Reason::ups_off, "its status is " + facts.words);
  return unseen(Reason::ups_off,
                fmt::format("its status is {}, but its output has {:.0f} V and a load of {:.0f} %",
                            facts.words, *facts.output_volts, *facts.load_percent));
}

class UpsAttempt final : public Attempt {
 public:
  UpsAttempt(const UpsTarget& target, const Start& start, Probe::Done done)
      : target_(target),
        network_(start.network),
        explains_(start.explain),
        done_(std::move(done)) {}

  void begin() {
    const auto resolved = [this](const Resolution& found) { go_on(found); };
    if (!step_.start(network_, target_.to.host, target_.reach, resolved)) return;
    if (step_.result().reason == Reason::none) return go_on(step_.result());
    // Known to fail: still not from inside the start.
    soon_.emplace(network_.loop, [this] { go_on(step_.result()); });
  }

  Outcome give_up() override {
    if (question_) return outcome_of(question_->so_far());
    const Resolution& known = step_.result();
    if (!step_.is_under_way() && known.reason != Reason::none)
      return without_answer(known.reason, known.detail);
    return without_answer(Reason::dns_timeout, "no address of " + target_.to.host + " in time");
  }

  Duration waited() const override { return question_ ? question_->waited() : Duration{}; }

 private:
  void go_on(const Resolution& found) {
    if (found.reason != Reason::none) return settle(without_answer(found.reason, found.detail));
    UpsServer server = target_.server;
    server.endpoint = {found.addresses.front(), target_.to.port};
    question_ = network_.ups->ask(server, target_.ups,
                                  [this](const UpsAnswer& answer) { settle(outcome_of(answer)); });
  }

  void settle(Outcome outcome) {
    auto done = std::move(done_);
    done(std::move(outcome));
  }

  Outcome without_answer(Reason reason, std::string detail) const {
    UpsAnswer answer;
    answer.reason = reason;
    answer.detail = std::move(detail);
    return outcome_of(answer);
  }

  Outcome outcome_of(const UpsAnswer& answer) const {
    const UpsTelling telling = telling_of(answer);
    Outcome outcome = judge(telling);
    fill_address(outcome);
    if (answer.tls_facts) write_readings(*answer.tls_facts, outcome.readings);
    if (outcome.ups) write_ups_readings(telling, outcome.readings);
    if (explains_) outcome.explanation = explanation(answer, telling, outcome);
    return outcome;
  }

  UpsTelling telling_of(const UpsAnswer& answer) const {
    if (answer.reason == Reason::none)
      return target_.server.scheme == UpsScheme::nut
                 ? parse_nut_answer(answer.text, target_.nominal_volts)
                 : parse_apcupsd_answer(answer.text, target_.nominal_volts);
    UpsTelling telling;
    telling.reason = answer.reason;
    telling.detail = answer.detail;
    return telling;
  }

  // What keeps us from the UPS's words says nothing of the UPS, and neither does OFF beside a load.
  Outcome judge(const UpsTelling& telling) const {
    if (telling.reason != Reason::none)
      return unseen(telling.reason, printable(telling.detail, limits::detail_bytes));
    auto facts = std::make_shared<UpsFacts>(telling.facts);
    facts->no_numbers = no_numbers(telling);
    Outcome outcome = judged_of(*facts);
    outcome.ups = std::move(facts);
    return outcome;
  }

  void fill_address(Outcome& outcome) const {
    const auto& addresses = step_.result().addresses;
    const Address* chosen = addresses.empty() ? nullptr : &addresses.front();
    outcome.readings.reserve(ups_readings.size());
    write_address(step_, chosen, outcome.readings);
    if (chosen != nullptr) outcome.address = to_string(*chosen);
  }

  std::unique_ptr<const Explanation> explanation(const UpsAnswer& answer, const UpsTelling& telling,
                                                 const Outcome& outcome) const {
    auto explanation = std::make_unique<Explanation>();
    auto& lines = explanation->lines;
    if (!outcome.address.empty()) lines.emplace_back("address", outcome.address);
    if (answer.tls_facts) explain(*answer.tls_facts, *explanation);
    if (!telling.facts.words.empty()) lines.emplace_back("status", telling.facts.words);
    for (const UpsVariable& variable : telling.variables) {
      if (lines.size() >= variables_explained) break;
      lines.emplace_back("answer", printable(fmt::format("{} = {}", variable.name, variable.value),
                                             limits::detail_bytes));
    }
    for (const UpsNoNumber& one : no_numbers(telling))
      lines.emplace_back("rule", fmt::format("{} is no number: \"{}\"", one.variable, one.value));
    if (const UpsFacts& facts = telling.facts; facts.nominal_volts)
      lines.emplace_back("rule", fmt::format("the input's nominal voltage is {:.0f} V, by {}",
                                             *facts.nominal_volts, facts.nominal_source));
    if (!outcome.detail.empty()) lines.emplace_back("rule", outcome.detail);
    return explanation;
  }

  const UpsTarget& target_;
  Network& network_;
  const bool explains_;
  Probe::Done done_;
  AddressStep step_;
  std::unique_ptr<UpsQuestion> question_;
  std::optional<Soon> soon_;
};

}  // namespace

std::string to_string(const UpsTarget& target) {
  if (target.server.scheme == UpsScheme::apcupsd) return "apcupsd://" + to_string(target.to);
  return "nut://" + to_string(target.to) + '/' + target.ups;
}

std::unique_ptr<Attempt> start_ups(const UpsTarget& target, const Start& start, Probe::Done done) {
  auto attempt = std::make_unique<UpsAttempt>(target, start, std::move(done));
  attempt->begin();
  return attempt;
}

}  // namespace siaga
