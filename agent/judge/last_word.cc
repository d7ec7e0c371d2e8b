#include "agent/judge/last_word.h"

#include <utility>

namespace siaga {

News LastWord::say(Engine& engine, TargetId id, const Ruling& ruling, BootTime now) {
  engine.vouch(id, now);
  const bool is_same = ruling.state == said_.state && ruling.reason == said_.reason &&
                       ruling.since == said_.since && ruling.is_degraded == said_.is_degraded;
  if (is_same || ruling.state == State::pending) return News::nothing;
  const State before = std::exchange(said_, ruling).state;
  engine.judge(id, judgement_of(ruling), now);
  if (ruling.state == State::down && before != State::down) return News::lost;
  const bool was_away = before == State::down || before == State::unknown;
  return ruling.state == State::up && was_away ? News::returned : News::other;
}

}  // namespace siaga
