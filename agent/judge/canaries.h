// What the devices without a UPS say together: several lost at about one time is the mains going,
// if somebody who has a UPS still answers; one alone is nothing. Pure; the rules stand in
// docs/power.md.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "agent/core/outcome.h"
#include "agent/core/time.h"
#include "agent/judge/answers.h"

namespace siaga {

struct CanaryRules {
  std::size_t min = 2;
  double share = 0.6;
  Millis window{}, memory{};
  std::int64_t confirm = 2;
  Millis interval = std::chrono::seconds(30);  // how often the slowest is asked
};

class Canaries {
 public:
  Canaries(CanaryRules rules, std::size_t count, std::size_t carriers, std::size_t witnesses);

  void set_rules(const CanaryRules& rules) { rules_ = rules; }
  // The agent did nothing from then on; carriers, too, are told anew.
  void stood_still(BootTime since);

  // True when this deserves a look at the others: the first failure of one that was up.
  bool hear_canary(std::size_t place, Verdict verdict, BootTime began);
  bool hear_carrier(std::size_t place, bool has_carrier, BootTime at);
  bool hear_witness(std::size_t place, Verdict verdict, BootTime began);

  // Weighs what was heard.
  void judge(BootTime now);

  // Many were lost together and have not returned.
  struct Loss {
    BootTime since{};                // the first failure of the first that was lost
    BootTime complete{};             // ... of the one that made them enough
    std::optional<BootTime> before;  // the last answer of any before that
    BootTime noticed{};              // when it was found
    std::size_t lost = 0, were_up = 0;
    bool is_witnessed = false;  // somebody with a UPS answered since
  };
  const std::optional<Loss>& loss() const { return loss_; }
  // What they say stands for three intervals without a run of any: since when it does not.
  std::optional<BootTime> unasked_since(BootTime now) const;

  // The mains came back, as others saw, whether these do or not.
  void dismiss_loss(BootTime now);

  // Some answer, and they are not lost together.
  struct Answering {
    BootTime since{};
    std::optional<BootTime> before;  // the last failure before they came back
    BootTime seen{};
    std::size_t up = 0;
  };
  std::optional<Answering> answering(BootTime now) const;
  // Do they speak against a cut that began then: enough of those that were asked since answer.
  // `is_final`: do not wait for the others.
  bool deny_cut(BootTime began, bool is_final, BootTime now) const;
  // While they say nothing: since when.
  BootTime quiet_since(BootTime now) const;
  // Of one canary, carriers behind the others.
  bool is_lost(std::size_t place) const;
  bool is_up(std::size_t place, BootTime now) const;
  std::size_t up(BootTime now) const;
  std::size_t lost() const;
  std::size_t size() const { return canaries_.size() + carriers_.size(); }
  bool has_witnesses() const { return !witnesses_.empty(); }

 private:
  struct Member {
    std::size_t place = 0;
    BootTime lost_at{};
  };
  struct Blindness {  // runs in a row in which the agent could not see
    std::int64_t runs = 0;
    BootTime since{};
  };
  bool is_unseen(std::size_t place) const;
  static BootTime last_seen(const Answers& canary, BootTime blind);
  void look_again(BootTime at);
  const Answers& answers(std::size_t place) const;
  bool is_carrier(std::size_t place) const { return place >= canaries_.size(); }
  std::size_t enough_of(std::size_t count) const;
  void find_loss(BootTime now);
  void start_loss(std::vector<Member> members, std::size_t were_up, BootTime now);
  void add_late_members();
  void look_for_witness();
  void look_for_return();

  CanaryRules rules_;
  std::vector<Answers> canaries_;
  std::vector<Blindness> blindness_;
  // The kernel tells of every change, so a carrier that is there was there until it is lost.
  std::vector<Answers> carriers_;
  std::vector<Answers> witnesses_;
  std::optional<Loss> loss_;
  std::vector<Member> members_;       // of the loss
  std::optional<BootTime> returned_;  // from the last loss; first answer of those that came back
  std::optional<BootTime> before_return_;
  std::optional<BootTime> settled_;  // losses up to here are over
  std::optional<BootTime> first_good_;
  std::optional<BootTime> last_run_;     // of any canary; none in which the agent could not see
  std::optional<BootTime> last_heard_;   // of any canary or carrier
  std::optional<BootTime> still_since_;  // nothing was heard since the agent stood still
};

}  // namespace siaga
