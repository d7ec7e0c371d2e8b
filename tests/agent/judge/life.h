// Lives of sensors in words: "0-90/10 c1 c2 w1 ok; 100 ups1 OB" is what the tables of docs/power.md
// and the tests speak.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "agent/judge/mains_judge.h"
#include "tests/support/document_table.h"

namespace siaga::judge_tests {

using namespace std::chrono_literals;
using tests::Row;
using tests::split;
using tests::table;

inline BootTime at(int second) { return BootTime(std::chrono::seconds(second)); }

// "OL CHRG"
inline UpsFacts status(const std::string& words) {
  constexpr std::array<std::string_view, ups_flag_count> flags{
      "OL",  "OB",   "LB",   "HB",    "RB",  "CHRG", "DISCHRG", "BYPASS", "CAL",
      "OFF", "OVER", "TRIM", "BOOST", "FSD", "SD",   "ALARM",   "HE"};
  UpsFacts facts;
  facts.words = words;
  for (const std::string& word : split(words, ' ')) {
    const auto found = std::ranges::find(flags, word);
    if (found != flags.end()) facts.add(static_cast<UpsFlag>(found - flags.begin()));
  }
  return facts;
}

// A status, or the name of the reason why there is none.
inline Outcome ups_says(const std::string& words) {
  if (const auto reason = reason_named(words)) return unseen(*reason);
  Outcome outcome = judged(Reason::none);
  outcome.ups = std::make_shared<const UpsFacts>(status(words));
  return outcome;
}

// One thing heard.
struct Step {
  int at = 0;
  std::string who, what;
};

// "0-90/10 c1 c2 ok": every ten seconds from 0 to 90, two sensors.
inline void parse_step(const std::string& text, std::vector<Step>& steps) {
  const std::vector<std::string> words = split(text, ' ');
  const std::size_t dash = words.at(0).find('-'), slash = words[0].find('/');
  const int from = std::stoi(words[0]);
  const int until = dash == std::string::npos ? from : std::stoi(words[0].substr(dash + 1));
  const int every = slash == std::string::npos ? 1 : std::stoi(words[0].substr(slash + 1));
  const auto is_name = [](const std::string& word) {
    constexpr std::array<std::string_view, 5> names{"ac", "gw", "hop", "mtu", "way"};
    return std::ranges::find(names, word) != names.end() ||
           (std::islower(word[0]) != 0 && std::isdigit(word.back()) != 0);
  };
  std::vector<std::string> names;
  std::size_t index = 1;
  while (index < words.size() && is_name(words[index])) names.push_back(words[index++]);
  std::string what;
  for (; index < words.size(); ++index) what += (what.empty() ? "" : " ") + words[index];
  ASSERT_FALSE(names.empty() || what.empty()) << text;
  for (int time = from; time <= until; time += every)
    for (const std::string& who : names) steps.push_back({.at = time, .who = who, .what = what});
}

inline std::vector<Step> parse_steps(const std::string& text) {
  std::vector<Step> steps;
  for (const std::string& part : split(text, ';')) parse_step(part, steps);
  std::ranges::stable_sort(steps, {}, &Step::at);
  return steps;
}

// All sensors that are spoken of, as many of a kind as the highest number.
inline MainsSensors sensors_of(const std::vector<Step>& steps) {
  MainsSensors sensors;
  const auto name = [](std::vector<std::string>& names, const std::string& who, std::size_t count) {
    while (names.size() < count)
      names.push_back(who.substr(0, 1) + std::to_string(names.size() + 1));
  };
  for (const auto& [time, who, what] : steps) {
    if (who == "ac") continue;
    const auto count = static_cast<std::size_t>(who.back() - '0');
    if (who.starts_with("ups"))
      while (sensors.upses.size() < count)
        sensors.upses.push_back({.name = "ups" + std::to_string(sensors.upses.size() + 1),
                                 .judge = std::make_shared<UpsJudge>(UpsRules{})});
    if (who.starts_with('c')) name(sensors.canaries, who, count);
    if (who.starts_with('p')) name(sensors.carriers, who, count);
    if (who.starts_with('w')) name(sensors.witnesses, who, count);
  }
  return sensors;
}

inline void hear_ups(MainsJudge& judge, std::size_t place, const Outcome& outcome, BootTime began) {
  judge.sensors().upses.at(place).judge->hear(outcome, began);
  judge.heard_ups(place, began);
}

inline void hear(MainsJudge& judge, const Step& step) {
  const auto place = static_cast<std::size_t>(step.who.back() - '1');
  const Verdict verdict = step.what == "ok"     ? Verdict::ok
                          : step.what == "fail" ? Verdict::failed
                                                : Verdict::unknown;
  const BootTime time = at(step.at);
  if (step.who == "ac" && step.what == "gone") judge.lose_adapter("AC", time);
  else if (step.who == "ac") judge.hear_adapter("AC", step.what == "on", time);
  else if (step.who.starts_with("ups")) hear_ups(judge, place, ups_says(step.what), time);
  else if (step.who.starts_with('c')) judge.hear_canary(place, verdict, time);
  else if (step.who.starts_with('p')) judge.hear_carrier(place, step.what == "on", time);
  else if (step.who.starts_with('w')) judge.hear_witness(place, verdict, time);
  else ADD_FAILURE() << "nobody is called " << step.who;
}

// Judged once a second, as the daemon does.
inline Ruling live(MainsJudge& judge, const std::vector<Step>& steps, int until) {
  auto next = steps.begin();
  for (int second = 0; second <= until; ++second) {
    for (; next != steps.end() && next->at <= second; ++next) hear(judge, *next);
    judge.judge(at(second));
  }
  return judge.judge(at(until));
}

}  // namespace siaga::judge_tests
