// What one UPS's readings say of the mains and of its own battery: flags that flicker are held,
// vendors' quirks are judged, and the last good word is kept with its age. Pure; the rules stand in
// docs/power.md.
#pragma once

#include <optional>
#include <string>

#include "agent/core/outcome.h"
#include "agent/core/time.h"
#include "agent/core/ups.h"

namespace siaga {

// What a sensor says of the mains. `none`: it cannot tell.
enum class PowerWord : std::uint8_t { none, on, off };
inline constexpr std::size_t power_word_count = 3;
std::string_view name(PowerWord word);

// One sensor's opinion, with the times that bound it.
struct Opinion {
  PowerWord word = PowerWord::none;
  BootTime since{};  // the first evidence of this word
  // When the other word (on for off, off for on) was true last: less that reading's age. Not set
  // when the word was none before, or none was heard.
  std::optional<BootTime> before;
  BootTime seen{};     // the latest evidence of it: when that run began
  BootTime true_at{};  // the same less the age that the reading may have had then
  std::string text;    // "on battery (OB DISCHRG)", "data stale right after OB"
  bool operator==(const Opinion&) const = default;
};

struct UpsRules {
  Millis interval = std::chrono::seconds(5);             // how often it is asked
  Millis low_hold = std::chrono::seconds(10);            // LB counts once it has been there so long
  Millis replace_hold = std::chrono::minutes(5);         // RB the same
  Millis lost_after_battery = std::chrono::seconds(60);  // silence so soon after OB is still "off"
  double dead_input_share = 0.5;  // OL DISCHRG with less input voltage, of nominal, is off
  double low_input_share = 0.9;   // less input voltage, of nominal, is a brown-out
  // OB beside an input between low_input_share and this, and a battery that is full from this on,
  // contradicts itself.
  double high_input_share = 1.1;
  double full_percent = 99;
  // So long silence after OB stays "off"; then its battery, or its server's, is likely empty and
  // nobody can tell. (upsmon takes a UPS for empty 15 s after it fell silent on battery.)
  Millis silence_max = std::chrono::hours(1);
  bool operator==(const UpsRules&) const = default;
};

struct UpsWord;

class UpsJudge {
 public:
  explicit UpsJudge(UpsRules rules) : rules_(rules) {}

  // A run, in the order in which runs began. What the outcome says of the UPS is in Outcome::ups,
  // null when it said nothing (Outcome::reason says why).
  void hear(const Outcome& outcome, BootTime began);

  // Other rules for the same UPS: what is known stays, and a word stands no shorter than before.
  void set_rules(const UpsRules& rules);

  // A word stands until a run has no reading, and without runs for three intervals.
  // `canaries_gone`: when others saw the mains go; a UPS whose driver fell silent at about that
  // time fell silent because of it.
  Opinion opinion(BootTime now, std::optional<BootTime> canaries_gone = {}) const;

  // What readers see of it besides its readings.
  struct View {
    Reason reason = Reason::none;  // why the last run knew nothing; none when it did
    bool has_run = false;
    std::optional<BootTime> last_good;      // the last reading
    PowerWord last_word = PowerWord::none;  // of the last reading, however old
    bool is_battery_low = false;            // held; also forced shutdown; of the last reading
    bool is_shutting_down = false;          // forced shutdown
    bool needs_battery = false;             // held
    bool is_brown_out = false;              // BOOST, TRIM or low input now
    std::optional<Duration> runtime;        // only while readings come
    bool is_fresh = false;                  // the last run was a reading, not long ago
  };
  View view(BootTime now) const;
  // "input 181 V of 220 V" while the last reading shows a brown-out.
  const std::optional<std::string>& brown_out() const { return brown_out_; }

 private:
  // A flag counts once it was there in all readings for a while.
  struct HeldFlag {
    std::optional<BootTime> since;
    bool is_held = false;
    void take(bool is_there, BootTime at, Millis hold);
  };
  void read(const UpsFacts& facts, BootTime began);
  void fall_silent(Reason reason, BootTime began);
  void puzzle(const UpsWord& said, const Opinion& standing, BootTime began);
  void speak(const UpsWord& said, const Opinion& standing, const UpsFacts& facts, BootTime began);
  bool is_input_remembered(const UpsFacts& facts, const Opinion& standing) const;
  Opinion unasked() const;
  Opinion silence(BootTime now, std::optional<BootTime> canaries_gone) const;
  bool is_right_after_battery(BootTime now) const;
  bool is_gone_with(BootTime canaries_gone) const;

  UpsRules rules_;
  bool has_run_ = false;
  Reason reason_ = Reason::none;                // of the last run
  std::optional<BootTime> last_good_;           // when the run of the last reading began
  std::optional<BootTime> last_on_, last_off_;  // less the reading's age
  BootTime last_run_{}, stands_until_{};        // of runs that were not the agent's own trouble
  Opinion spoken_;                              // the last word that was on or off
  Opinion puzzling_;                            // of readings that say neither
  PowerWord last_word_ = PowerWord::none;
  // Without readings since, and why: the last reason that was not the agent's own trouble.
  std::optional<BootTime> silent_since_;  // no later than the last word stood
  BootTime silence_heard_{};              // when the first of these runs began
  Reason silence_reason_ = Reason::none;
  // Of the row of "off" that is under way: was a reading of it beyond doubt, and else its first
  // input voltage.
  bool is_off_proven_ = false;
  std::optional<double> first_off_volts_;
  HeldFlag low_, replace_;
  bool is_shutting_down_ = false;
  std::optional<double> runtime_seconds_;
  std::optional<std::string> brown_out_;
};

}  // namespace siaga
