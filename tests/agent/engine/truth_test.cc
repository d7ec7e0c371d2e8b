// Random lives of a target that needs a mains and is looked at through a link, held against what
// was true: faults are drawn first, evidence is what somebody could have seen of them, and
// everything that the engine books must be what was true, but for the moments around a change that
// no evidence can tell apart. An outage's bounds must hold a true change each, and be no wider than
// the runs are apart.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <sstream>

#include "tests/agent/engine/engine_world.h"

namespace siaga::tests {
namespace {

using namespace std::chrono_literals;

#ifdef SIAGA_SANITIZED
constexpr unsigned lives = 300;
#else
constexpr unsigned lives = 3'000;
#endif
constexpr Millis life_length = 20min;
constexpr Millis settle = 60s;

struct Span {
  Millis from{}, to{};
};
using Faults = std::vector<Span>;

bool is_in(const Faults& faults, Millis at) {
  return std::ranges::any_of(faults,
                             [at](const Span& fault) { return fault.from <= at && at < fault.to; });
}

// What is true, and how closely it is looked at.
struct Truth {
  Faults mains, link, own;
  Millis interval{}, run{}, reading{}, age{}, late{};

  Share at(Millis time) const {
    if (is_in(mains, time)) return Share::down(Cause::power);
    if (is_in(link, time)) return Share::unknown(Blind::via_down);
    if (is_in(own, time)) return Share::down(Cause::service);
    return Share::up();
  }
  // So far from a true change, everybody has seen it: a run, the one that confirms it, a reading.
  Millis grain() const { return interval + 2 * run + 2s + reading + age; }
  std::vector<Millis> changes() const {
    std::vector<Millis> all;
    for (const Faults* faults : {&mains, &link, &own})
      for (const Span& fault : *faults) all.insert(all.end(), {fault.from, fault.to});
    std::ranges::sort(all);
    return all;
  }
};

class Life {
 public:
  explicit Life(unsigned seed) : random_(seed) {
    truth_.interval = between(1s, 30s);
    truth_.run = between(0ms, 5s);
    truth_.reading = between(1s, 10s);
    truth_.age = between(0ms, 3s);
    truth_.late = between(0ms, 10s);
    for (Faults* faults : {&truth_.mains, &truth_.link, &truth_.own}) {
      Millis at = 3min;
      for (int count = choose(3); count > 0; --count) {
        at += between(1s, 4min);
        const Millis until = at + (choose(2) == 0 ? between(1s, 40s) : between(1s, 4min));
        faults->push_back({at, until});
        at = until + 30s;
      }
    }
  }

  void play() {
    EngineRules rules;
    rules.settle = settle;
    engine_.emplace(rules, Engine::Beginning{});
    mains_ = add("pln", NodeRole::mains);
    link_ = add("wan", NodeRole::link);
    target_ = add("portal", NodeRole::target);
    engine_->relate(target_, {mains_}, {link_}, at({}));
    std::vector<Event> events;
    judge(events, truth_.mains, false);
    judge(events, truth_.link, true);
    std::ranges::sort(events, {},
                      [](const Event& event) { return std::pair(event.told, event.since); });
    auto next = events.begin();
    Millis run_at{}, tick_at{};
    while (tick_at < life_length) {
      const Millis told = next == events.end() ? life_length : next->told;
      const Millis now = std::min({told, tick_at, under_way_ ? ends_ : run_at});
      if (next != events.end() && told == now) say(*next++);
      else if (under_way_ && ends_ == now) run_at = end_run();
      else if (!under_way_ && run_at == now) begin_run(now);
      else {
        engine_->tick(at(now));
        tick_at += 1s;
      }
      wrong_ += fold_.take(engine_->take_records());
    }
  }

  std::string wrong() const {
    if (!wrong_.empty()) return wrong_;
    std::string found = wrong_time();
    for (const auto& [id, outage] : fold_.outages)
      if (found.empty() && outage.node == engine_->node(target_).number)
        found = wrong_bounds(outage);
    return found.empty() ? found : found + "\n" + text();
  }
  std::size_t outages() const { return fold_.outages.size(); }

 private:
  // A judge's word about link or mains, and when it comes.
  struct Event {
    Millis told{}, since{}, after{}, by{};
    bool is_link = false, is_down = false, is_first = false;
  };

  static BootTime at(Millis time) { return BootTime(time + 1h); }
  int choose(int below) { return static_cast<int>(random_() >> 4U) % below; }
  Millis between(Millis least, Millis most) {
    return least + Millis(static_cast<long>(random_() >> 4U) % ((most - least).count() + 1));
  }
  TargetId add(const std::string& name, NodeRole role) {
    auto info = std::make_shared<TargetInfo>();
    info->name = name;
    info->kind = "tcp";
    info->role = role;
    info->reasons = {Reason::connect_refused, Reason::connect_timeout};
    info->confirm = 2;
    info->recover = 1;
    info->interval = truth_.interval;
    info->timeout = truth_.run;
    return engine_->add(info, at({}));
  }

  // Readings of what was true up to `age` before; each word bounded by the readings around it.
  void judge(std::vector<Event>& events, const Faults& faults, bool is_link) {
    std::optional<bool> said;
    Millis last{};
    for (Millis time = 0ms; time < life_length; time += truth_.reading) {
      const bool is_down = is_in(faults, time - between(0ms, truth_.age));
      if (said != is_down)
        events.push_back({.told = time + between(0ms, truth_.late),
                          .since = time,
                          .after = last - truth_.age,
                          .by = time,
                          .is_link = is_link,
                          .is_down = is_down,
                          .is_first = !said});
      // Words come in their order.
      if (events.size() > 1 && events.back().is_link == is_link &&
          events[events.size() - 2].is_link == is_link)
        events.back().told = std::max(events.back().told, events[events.size() - 2].told);
      said = is_down;
      last = time;
    }
  }

  void say(const Event& event) {
    const Reason down = event.is_link ? Reason::link_down : Reason::mains_off;
    engine_->judge(event.is_link ? link_ : mains_,
                   {.state = event.is_down ? State::down : State::up,
                    .since = at(event.since),
                    .after = event.is_first ? std::nullopt : std::optional(at(event.after)),
                    .by = at(event.by),
                    .reason = event.is_down ? down : Reason::none,
                    .evidence = {}},
                   at(event.told));
  }

  void begin_run(Millis now) {
    under_way_ = true;
    began_ = now;
    ends_ = now + between(0ms, truth_.run);
    saw_ = truth_.at(between(began_, ends_));
  }
  // When the next one begins.
  Millis end_run() {
    under_way_ = false;
    const Reason reason = saw_.is(TimeClass::up)                ? Reason::none
                          : saw_ == Share::down(Cause::service) ? Reason::connect_refused
                                                                : Reason::connect_timeout;
    const bool again =
        engine_->apply(target_, judged(reason, "seen"),
                       {.boot = at(began_), .wall = {}, .ended = at(ends_)}, at(ends_));
    return again ? ends_ + 1s : std::max(ends_, began_ + truth_.interval);
  }

  // Failures that come before anybody has said that the link is back are no evidence.
  bool is_near_a_change(Millis time) const {
    return std::ranges::any_of(truth_.changes(), [&](Millis change) {
      const bool is_return = std::ranges::find(truth_.link, change, &Span::to) != truth_.link.end();
      const Millis after = truth_.grain() + (is_return ? truth_.late : 0ms);
      return change - truth_.grain() <= time && time <= change + after;
    });
  }
  // What went down with a cut may be the cut's until it is back, for as long as evidence may be
  // late.
  bool is_aftermath(Millis time) const {
    return std::ranges::any_of(truth_.mains, [&](const Span& cut) {
      return cut.to <= time && time <= cut.to + settle + truth_.grain() &&
             std::ranges::any_of(truth_.own, [&](const Span& fault) {
               return fault.from >= cut.from - truth_.grain() && fault.from <= cut.to;
             });
    });
  }

  std::string wrong_time() const {
    const auto found = fold_.stretches.find(engine_->node(target_).number);
    if (found == fold_.stretches.end()) return "nothing was booked";
    for (const Stretch& stretch : found->second) {
      const Millis from = stretch.from.at - at({}), to = stretch.to.at - at({});
      for (Millis time = from; time < to; time += 100ms) {
        if (time < 2min || is_near_a_change(time)) continue;
        const Share wanted = truth_.at(time);
        if (stretch.share == wanted) continue;
        if (stretch.share == Share::down(Cause::power) && is_aftermath(time)) continue;
        return "at " + seconds_of(time) + " it was " + name_of(wanted) + ", booked is " +
               name_of(stretch.share);
      }
    }
    return "";
  }

  bool has_change(Millis from, Millis to) const {
    return std::ranges::any_of(truth_.changes(),
                               [&](Millis change) { return from <= change && change <= to; });
  }
  // Nobody could see for a part of it.
  bool was_blind(Millis from, Millis to) const {
    return std::ranges::any_of(truth_.link, [&](const Span& cut) {
      return cut.from - truth_.grain() <= to && from <= cut.to + truth_.grain();
    });
  }
  std::string wrong_bound(const std::string& what, Stamp earliest, Stamp latest) const {
    const Millis from = earliest.at - at({}), to = latest.at - at({});
    const std::string bounds =
        what + " of an outage between " + seconds_of(from) + " and " + seconds_of(to);
    if (!has_change(from, to)) return bounds + ": nothing changed then";
    if (to - from > truth_.grain() && !was_blind(from, to)) return bounds + ": that is too wide";
    return "";
  }
  std::string wrong_bounds(const Outage& outage) const {
    std::string found = wrong_bound("beginning", outage.last_good, outage.first_bad);
    if (found.empty() && !outage.is_open())
      found = wrong_bound("end", outage.last_bad, outage.ended);
    return found;
  }

  static std::string seconds_of(Millis time) {
    std::ostringstream text;
    text << static_cast<double>(time.count()) / 1000 << " s";
    return text.str();
  }
  static std::string name_of(Share share) {
    return std::string(name(share.time_class)) + " " + std::string(name(share.cause));
  }
  std::string text() const {
    std::ostringstream all;
    all << "every " << seconds_of(truth_.interval) << ", runs of " << seconds_of(truth_.run)
        << ", readings every " << seconds_of(truth_.reading) << " up to " << seconds_of(truth_.age)
        << " old\n";
    const std::array<std::pair<const char*, const Faults*>, 3> kinds{
        {{"mains", &truth_.mains}, {"link", &truth_.link}, {"own", &truth_.own}}};
    for (const auto& [what, faults] : kinds)
      for (const Span& fault : *faults)
        all << what << " " << seconds_of(fault.from) << " to " << seconds_of(fault.to) << "\n";
    const auto found = fold_.stretches.find(engine_->node(target_).number);
    if (found == fold_.stretches.end()) return all.str();
    for (const Stretch& stretch : found->second)
      all << "booked " << name_of(stretch.share) << " " << seconds_of(stretch.from.at - at({}))
          << " to " << seconds_of(stretch.to.at - at({})) << "\n";
    return all.str();
  }

  std::minstd_rand random_;
  Truth truth_;
  std::optional<Engine> engine_;
  Fold fold_;
  TargetId mains_{}, link_{}, target_{};
  bool under_way_ = false;
  Millis began_{}, ends_{};
  Share saw_;
  std::string wrong_;
};

class TruthfulLives : public testing::TestWithParam<unsigned> {};

TEST_P(TruthfulLives, BookWhatWasTrueAndBoundIt) {
  constexpr unsigned count = lives / 10;
  std::size_t outages = 0;
  for (unsigned number = 0; number < count; ++number) {
    const unsigned seed = GetParam() * count + number + 1;
    Life life(seed);
    life.play();
    ASSERT_EQ(life.wrong(), "") << "seed " << seed;
    outages += life.outages();
  }
  EXPECT_GT(outages, count) << "the lives are eventful enough to mean something";
}

INSTANTIATE_TEST_SUITE_P(Random, TruthfulLives, testing::Range(0U, 10U));

}  // namespace
}  // namespace siaga::tests
