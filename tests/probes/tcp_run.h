// One run of a kind against a loopback peer, with the deadline struck by hand.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "probes/probe.h"
#include "tests/support/descriptors.h"
#include "tests/support/test_loop.h"
#include "tests/support/tls_peer.h"

namespace siaga::tests {

using Values = std::map<std::string, OptionValue, std::less<>>;

// As the configuration's loader would: every key there, with the simple defaults.
inline std::vector<OptionValue> values_of(const Kind& kind, const Values& set) {
  std::vector<OptionValue> values;
  for (const Option& option : kind.options) {
    const auto given = set.find(option.key);
    if (given != set.end()) values.push_back(given->second);
    else if (option.type == OptionType::boolean && !option.fallback.empty())
      values.emplace_back(option.fallback == "true");
    else if (option.type == OptionType::choice && !option.fallback.empty())
      values.emplace_back(std::string(option.fallback.substr(1, option.fallback.size() - 2)));
    else values.emplace_back();
  }
  return values;
}

inline std::unique_ptr<const Probe> parse_probe(const Kind& kind, const Values& set) {
  const auto values = values_of(kind, set);
  Section section("test", kind.options, values);
  return kind.parse(section);
}

class RunTest : public testing::Test {
 protected:
  void start(const Kind& kind, Values set, const Endpoint& to, bool explain = false) {
    set.try_emplace("host", HostPort{to_string(to.address), to.port});
    probe = parse_probe(kind, set);
    ASSERT_NE(probe, nullptr);
    attempt = probe->start({.network = network, .deadline = {}, .explain = explain},
                           [this](Outcome done) {
                             outcome = std::move(done);
                             attempt.reset();
                           });
  }
  Outcome& run(const Kind& kind, Values set, const Endpoint& to, bool explain = false) {
    start(kind, std::move(set), to, explain);
    test.run_until([this] { return outcome.has_value(); });
    return *outcome;
  }
  // Lets things happen for a while, then strikes the deadline.
  Outcome give_up_after(Duration duration) {
    test.run_for(duration);
    EXPECT_FALSE(outcome);
    return attempt ? attempt->give_up() : Outcome{};
  }
  static std::string info(const Outcome& outcome, ReadingId id) {
    for (const auto& entry : outcome.readings.infos())
      if (entry.id == id) return *entry.labels;
    return {};
  }

  TestLoop test;
  SystemClock clock;
  Network network{test.loop(), clock};
  std::unique_ptr<const Probe> probe;
  std::unique_ptr<Attempt> attempt;
  std::optional<Outcome> outcome;
};

}  // namespace siaga::tests
