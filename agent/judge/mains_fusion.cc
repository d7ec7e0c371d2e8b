#include "agent/judge/mains_fusion.h"

#include <fmt/format.h>

#include <algorithm>

namespace siaga {
namespace {

using Voices = std::vector<const PowerVoice*>;

// A first word is no change: nobody knows since when it holds.
std::optional<BootTime> changed(const PowerVoice& voice) {
  if (!voice.opinion.before) return std::nullopt;
  return voice.opinion.since;
}

bool is_outdated(const PowerVoice& voice, const Voices& others) {
  return std::ranges::any_of(others, [&](const PowerVoice* other) {
    const std::optional<BootTime> change = changed(*other);
    return change && *change > voice.counts_at;
  });
}

BootTime earliest(const Voices& voices) {
  BootTime since = voices.front()->opinion.since;
  for (const PowerVoice* voice : voices) since = std::min(since, voice->opinion.since);
  return since;
}

// One moment's scales.
class Scales {
 public:
  Scales(const std::vector<PowerVoice>& voices, const Canaries& canaries, Millis fresh_wait,
         BootTime now)
      : voices_(voices), canaries_(canaries), fresh_wait_(fresh_wait), now_(now) {
    split();
  }

  PowerFinding finding() const {
    PowerFinding found = found_by_voices();
    found.evidence = evidence(found);
    return found;
  }

 private:
  void split();
  PowerFinding found_by_voices() const;
  PowerFinding when_off() const;
  PowerFinding when_on() const;
  PowerFinding when_silent() const;
  PowerFinding off(const Voices& by) const;
  PowerFinding on(const Voices& by) const;
  PowerFinding answered(const Canaries::Answering& answering) const;
  PowerFinding unknown(BootTime since, bool is_contradiction) const;
  PowerFinding undecided() const { return {.is_undecided = true, .after = {}, .evidence = {}}; }
  bool is_waiting() const { return now_ < canaries_.loss()->noticed + fresh_wait_; }
  bool is_loss_over() const;
  std::string evidence(const PowerFinding& found) const;
  std::string canary_words() const;

  const std::vector<PowerVoice>& voices_;
  const Canaries& canaries_;
  Millis fresh_wait_;
  BootTime now_;
  Voices off_, on_, outdated_;
};

void Scales::split() {
  Voices off, on;
  for (const PowerVoice& voice : voices_) {
    if (voice.opinion.word == PowerWord::off) off.push_back(&voice);
    if (voice.opinion.word == PowerWord::on) on.push_back(&voice);
  }
  const auto sift = [this](const Voices& side, const Voices& others, Voices& counts) {
    for (const PowerVoice* voice : side)
      (is_outdated(*voice, others) ? outdated_ : counts).push_back(voice);
  };
  sift(off, on, off_);
  sift(on, off, on_);
  if (!off_.empty() || !on_.empty()) return;
  // Each changed after the other was heard: nobody is right.
  off_ = off;
  on_ = on;
  outdated_.clear();
}

PowerFinding Scales::found_by_voices() const {
  if (!off_.empty() && !on_.empty()) return unknown(std::max(earliest(off_), earliest(on_)), true);
  if (!off_.empty()) return when_off();
  if (!on_.empty()) return when_on();
  return when_silent();
}

PowerFinding Scales::when_off() const {
  const auto answering = canaries_.answering(now_);
  const BootTime since = earliest(off_);
  if (!answering || !canaries_.deny_cut(since, now_ >= since + fresh_wait_, now_)) return off(off_);
  // A UPS that fell silent on battery does not speak against canaries that came back since.
  const bool is_old = std::ranges::all_of(off_, [&](const PowerVoice* voice) {
    return answering->before && voice->counts_at < answering->since;
  });
  return is_old ? answered(*answering) : unknown(std::max(since, answering->since), true);
}

// Devices need a while to start: when a UPS saw the cut and its end, canaries that are still lost
// prove nothing.
bool Scales::is_loss_over() const {
  const auto& loss = canaries_.loss();
  return std::ranges::any_of(on_, [&](const PowerVoice* voice) {
    return voice->opinion.before && voice->opinion.since > loss->complete &&
           *voice->opinion.before + fresh_wait_ >= loss->since;
  });
}

PowerFinding Scales::when_on() const {
  const auto& loss = canaries_.loss();
  if (!loss || canaries_.unasked_since(now_) || is_loss_over()) return on(on_);
  const bool is_denied = std::ranges::any_of(
      on_, [&](const PowerVoice* voice) { return voice->counts_at > loss->complete; });
  if (is_denied) return unknown(std::max(loss->since, earliest(on_)), true);
  if (is_waiting()) return undecided();
  return loss->is_witnessed ? off({}) : unknown(loss->since, false);
}

PowerFinding Scales::when_silent() const {
  if (const auto& loss = canaries_.loss(); loss && !canaries_.unasked_since(now_)) {
    if (loss->is_witnessed) return off({});
    if (is_waiting() && canaries_.has_witnesses()) return undecided();
    return unknown(loss->since, false);
  }
  if (const auto answering = canaries_.answering(now_)) return answered(*answering);
  BootTime since = canaries_.quiet_since(now_);
  for (const PowerVoice& voice : voices_) since = std::max(since, voice.opinion.since);
  return unknown(since, false);
}

// The first evidence of a state is the first that comes after the last evidence of the other.
struct Bounds {
  std::optional<BootTime> last_other;
  std::vector<BootTime> begins;

  void other(std::optional<BootTime> at) {
    if (at && (!last_other || *at > *last_other)) last_other = at;
  }
  BootTime since() const {
    std::optional<BootTime> first;
    for (const BootTime begin : begins)
      if ((!last_other || begin >= *last_other) && (!first || begin < *first)) first = begin;
    return first.value_or(last_other.value_or(BootTime()));
  }
};

PowerFinding Scales::off(const Voices& by) const {
  Bounds bounds;
  for (const PowerVoice* voice : by) {
    bounds.begins.push_back(voice->opinion.since);
    bounds.other(voice->opinion.before);
  }
  for (const PowerVoice* voice : outdated_)
    if (voice->opinion.word == PowerWord::on) bounds.other(voice->counts_at);
  if (const auto& loss = canaries_.loss()) {
    bounds.begins.push_back(loss->since);
    bounds.other(loss->before);
  }
  return {
      .state = State::down, .since = bounds.since(), .after = bounds.last_other, .evidence = {}};
}

PowerFinding Scales::on(const Voices& by) const {
  Bounds bounds;
  for (const PowerVoice* voice : by) {
    bounds.begins.push_back(voice->opinion.since);
    bounds.other(voice->opinion.before);
  }
  for (const PowerVoice* voice : outdated_)
    if (voice->opinion.word == PowerWord::off) bounds.other(voice->counts_at);
  return {.state = State::up, .since = bounds.since(), .after = bounds.last_other, .evidence = {}};
}

PowerFinding Scales::answered(const Canaries::Answering& answering) const {
  return {.state = State::up, .since = answering.since, .after = answering.before, .evidence = {}};
}

PowerFinding Scales::unknown(BootTime since, bool is_contradiction) const {
  return {.state = State::unknown,
          .is_contradiction = is_contradiction,
          .since = since,
          .after = {},
          .evidence = {}};
}

std::string Scales::canary_words() const {
  if (const auto& loss = canaries_.loss()) {
    const std::string_view witness = loss->is_witnessed ? "a witness answers"
                                     : canaries_.has_witnesses()
                                         ? "nobody who has a UPS answers either"
                                         : "no witness is configured";
    return fmt::format("{} of {} canaries lost together, {}", loss->lost, loss->were_up, witness);
  }
  if (const auto answering = canaries_.answering(now_))
    return fmt::format("{} of {} canaries answer", answering->up, canaries_.size());
  return canaries_.size() == 0 ? "" : "canaries say nothing";
}

std::string Scales::evidence(const PowerFinding& found) const {
  std::string text = found.is_contradiction ? "contradiction: " : "";
  const auto add = [&text](std::string_view more) {
    if (!text.empty() && !text.ends_with(": ")) text += "; ";
    text += more;
  };
  for (const PowerVoice& voice : voices_) {
    add(fmt::format("{}: {}", voice.name, voice.opinion.text));
    if (std::ranges::find(outdated_, &voice) != outdated_.end())
      text += ", before the others changed";
    else if (found.state == State::down && voice.opinion.word == PowerWord::on)
      text += ", before the canaries went";
  }
  if (const std::string words = canary_words(); !words.empty()) add(words);
  return text;
}

}  // namespace

PowerFinding weigh(const std::vector<PowerVoice>& voices, const Canaries& canaries,
                   Millis fresh_wait, BootTime now) {
  return Scales(voices, canaries, fresh_wait, now).finding();
}

}  // namespace siaga
