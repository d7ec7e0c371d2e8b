// Runs of a kind against loopback peers, each under a real Flight.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/schedule/flight.h"
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

// Runs as the scheduler's are: each under a Flight, which is kept after it has settled, as the
// scheduler keeps it until the turn ends.
class RunTest : public testing::Test {
 protected:
  struct How {
    Duration timeout = std::chrono::seconds(9);  // less than the loop's patience
    bool explain = false;
    bool drops_in_done = false;
  };

  void parse(const Kind& kind, Values set, const Endpoint& to) {
    flight.reset();
    outcome.reset();
    set.try_emplace("host", HostPort{to_string(to.address), to.port});
    probe = parse_probe(kind, set);
    ASSERT_NE(probe, nullptr);
  }
  void start(const Kind& kind, Values set, const Endpoint& to, How how) {
    parse(kind, std::move(set), to);
    flight.emplace(network, *probe, how.timeout, how.explain,
                   [this, drops = how.drops_in_done](Outcome done) {
                     outcome = std::move(done);
                     if (drops) flight.reset();
                   });
  }
  Outcome& run(const Kind& kind, Values set, const Endpoint& to, How how) {
    start(kind, std::move(set), to, how);
    test.run_until([this] { return outcome.has_value(); });
    return *outcome;
  }
  Outcome& run(const Kind& kind, Values set, const Endpoint& to) {
    return run(kind, std::move(set), to, How{});
  }
  // Runs it twice, and lets the peer go on talking for a while after the end: once under a Flight,
  // and once with an owner that keeps the attempt although it has settled.
  void expect_one_good_end(const Kind& kind, const Values& set, const Endpoint& to) {
    EXPECT_EQ(run(kind, set, to).verdict, Verdict::ok) << outcome->detail;
    test.run_for(std::chrono::milliseconds(30));

    parse(kind, set, to);
    int ends = 0;
    const auto kept = probe->start(
        {.network = network, .deadline = clock.now() + std::chrono::seconds(9)}, [&](Outcome done) {
          ++ends;
          EXPECT_EQ(done.verdict, Verdict::ok) << done.detail;
        });
    test.run_until([&] { return ends > 0; });
    test.run_for(std::chrono::milliseconds(30));
    EXPECT_EQ(ends, 1);
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
  std::optional<Outcome> outcome;
  std::optional<Flight> flight;
};

}  // namespace siaga::tests
