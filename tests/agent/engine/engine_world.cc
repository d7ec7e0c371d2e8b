#include "tests/agent/engine/engine_world.h"

#include <algorithm>
#include <array>
#include <sstream>

namespace siaga::tests {
namespace {

using namespace std::chrono_literals;

constexpr std::array failures{Reason::connect_timeout, Reason::connect_refused, Reason::tls_expired,
                              Reason::dns_timeout, Reason::body_missing};
constexpr std::size_t history_max = 200'000;

std::string text(Stamp stamp) {
  return std::to_string(stamp.boot) + ":" + std::to_string(stamp.at.time_since_epoch().count());
}

std::string text(const NodeState& state) {
  std::string all = "booked until " + text(state.booked_until);
  for (const OpenPiece& piece : state.pieces)
    all += ", " + std::string(name(piece.share.time_class)) + " " +
           std::string(name(piece.share.cause)) + " " + std::string(name(piece.share.blind)) +
           " from " + text(piece.from);
  return all;
}

// What a restart would book if it came at `at`.
Totals projected(const NodeState& state, Stamp at) {
  Totals totals = state.totals;
  Stamp from = state.booked_until;
  for (std::size_t index = 0; index < state.pieces.size(); ++index) {
    const bool is_last = index + 1 == state.pieces.size();
    const Stamp until = is_last ? at : std::min(at, state.pieces[index + 1].from);
    if (until <= from) continue;
    totals.add(state.pieces[index].share, until.at - from.at);
    from = until;
  }
  return totals;
}

bool has_shrunk(const Totals& before, const Totals& now) {
  bool shrunk = now.up < before.up || now.maintenance < before.maintenance;
  for (std::size_t index = 0; index < cause_count; ++index)
    shrunk = shrunk || now.down[index] < before.down[index];
  for (std::size_t index = 0; index < blind_count; ++index)
    shrunk = shrunk || now.unknown[index] < before.unknown[index];
  return shrunk;
}

std::string wrong_bounds(const Outage& outage) {
  const std::string id = " outage " + std::to_string(outage.id);
  if (outage.pieces.empty()) return "no cause:" + id;
  if (outage.last_good > outage.began() || outage.began() > outage.first_bad)
    return "the beginning is not within its bounds:" + id;
  for (const CausePiece& piece : outage.pieces)
    if (piece.cause == Cause::none) return "piece without cause:" + id;
  if (!std::ranges::is_sorted(outage.pieces, {}, &CausePiece::from)) return "pieces:" + id;
  if (outage.is_open() == outage.ended.is_set()) return "open and ended:" + id;
  if (outage.is_open()) return "";
  if (outage.ended < outage.began() || outage.last_bad > outage.ended ||
      outage.last_bad < outage.last_good)
    return "end:" + id + " began " + text(outage.began()) + " by " + text(outage.first_bad) +
           " last bad " + text(outage.last_bad) + " ended " + text(outage.ended);
  return "";
}

}  // namespace

std::string Fold::take_outage(const Outage& outage) {
  newest = std::max({newest, outage.first_bad, outage.ended});
  if (const std::string wrong = wrong_bounds(outage); !wrong.empty()) return wrong;
  const auto known = outages.find(outage.id);
  if (known != outages.end() && known->second.is_settled &&
      (!outage.is_settled || outage.cause() != known->second.cause() ||
       outage.explained_by() != known->second.explained_by()))
    return "a settled cause was revised: outage " + std::to_string(outage.id);
  outages[outage.id] = outage;
  return "";
}

std::string Fold::take_stretch(const Stretch& stretch) {
  newest = std::max(newest, stretch.to);
  auto& all = stretches[stretch.node];
  const std::string node = " node " + std::to_string(stretch.node) + " at " + text(stretch.from);
  if (stretch.to <= stretch.from) return "empty stretch:" + node;
  if (!all.empty() && all.back().to != stretch.from) return "gap between stretches:" + node;
  if (stretch.share.is(TimeClass::down) && stretch.outage == 0)
    return "down without outage:" + node;
  all.push_back(stretch);
  return "";
}

std::string Fold::take(const std::vector<Record>& records) {
  std::string wrong;
  const auto complain = [&wrong](std::string text) {
    if (wrong.empty()) wrong = std::move(text);
  };
  for (const Record& record : records) {
    if (const auto* node = std::get_if<Node>(&record)) {
      nodes[node->number] = *node;
      newest = std::max({newest, node->added, node->removed});
      if (node->removed.is_set()) states.erase(node->number);
    } else if (const auto* state = std::get_if<NodeState>(&record)) {
      newest = std::max({newest, state->booked_until, state->pieces.back().from});
      if (nodes.at(state->node).removed.is_set()) complain("a removed node has a state");
      states[state->node] = *state;
    } else if (const auto* outage = std::get_if<Outage>(&record)) {
      complain(take_outage(*outage));
    } else if (const auto* revision = std::get_if<Revision>(&record)) {
      newest = std::max(newest, revision->at);
      ++revisions;
      if (revision->to != Cause::none) continue;
      ++withdrawn;
      if (outages.at(revision->outage).is_settled) complain("a settled outage was withdrawn");
      outages.erase(revision->outage);
    } else if (const auto* stretch = std::get_if<Stretch>(&record)) {
      complain(take_stretch(*stretch));
    } else if (const auto* change = std::get_if<StateChange>(&record)) {
      newest = std::max(newest, change->at);
    } else if (const auto* recovery = std::get_if<Recovery>(&record)) {
      newest = std::max(newest, recovery->returned);
      recoveries[recovery->node] = *recovery;
    }
  }
  return wrong;
}

EngineWorld::EngineWorld(Choose choose) : choose_(std::move(choose)) {
  rules_.settle = Millis(choose_(3) * 30'000);
  rules_.flap_limit = 3;
  members_.resize(8);
  engine_.emplace(rules_, Engine::Beginning{});
  for (std::size_t index = 0; index < members_.size(); ++index) {
    Member& member = members_[index];
    member.name = "node" + std::to_string(index);
    if (index == 0) member.role = NodeRole::mains;
    if (index == 1) member.role = NodeRole::link;
    for (std::size_t other = 0; other < index; ++other) {
      const std::uint32_t tie = choose_(6);
      if (tie == 0) member.needs.push_back(other);
      if (tie == 1 && index > 1) member.via.push_back(other);
    }
    add(member);
  }
  relate();
  beat();
}

// The journal has written all that there is.
void EngineWorld::commit() {
  fold_.take(engine_->take_records());
  durable_ = fold_;
}

void EngineWorld::beat() {
  commit();
  beat_ = here();
  for (Member& member : members_) {
    if (!member.id) continue;
    const NodeState state = engine_->state(*member.id);
    member.shown = {.totals = state.totals, .outages = state.outages};
  }
}

std::shared_ptr<const TargetInfo> EngineWorld::info(const Member& member) {
  auto made = std::make_shared<TargetInfo>();
  made->name = member.name;
  made->kind = "tcp";
  made->role = member.role;
  made->reasons = {Reason::agent_error, Reason::connect_refused};
  made->confirm = 1 + choose_(3);
  made->recover = 1 + choose_(2);
  made->interval = 30s;
  made->timeout = 5s;
  return made;
}

void EngineWorld::add(Member& member) {
  member.id = engine_->add(info(member), now_);
  member.is_maintained = false;
  member.last_began = now_;
  member.base = {};
  member.since = now_;
  member.before = member.shown = {};
}

void EngineWorld::relate() {
  std::vector<TargetId> order;
  const auto ids = [this](const std::vector<std::size_t>& wanted) {
    std::vector<TargetId> found;
    for (const std::size_t index : wanted)
      if (members_[index].id) found.push_back(*members_[index].id);
    return found;
  };
  for (const Member& member : members_) {
    if (!member.id) continue;
    engine_->relate(*member.id, ids(member.needs), ids(member.via), now_);
    if (member.role == NodeRole::target) order.push_back(*member.id);
  }
  engine_->set_order(std::move(order));
}

void EngineWorld::note(const std::string& event) {
  if (history_.size() < history_max) history_ += text(here()) + " " + event + "\n";
}

void EngineWorld::outcome() {
  Member& member = members_[2 + choose_(static_cast<std::uint32_t>(members_.size() - 2))];
  if (!member.id) return;
  const BootTime began = std::max(member.last_began, now_ - Millis(choose_(6000)));
  member.last_began = began;
  Reason reason = Reason::none;
  const std::uint32_t what = choose_(10);
  if (what >= 5) reason = failures.at(what - 5);
  if (what == 4) reason = Reason::agent_descriptors;
  note(member.name + " " + std::string(siaga::name(reason)) + " began " +
       std::to_string(began.time_since_epoch().count()));
  engine_->apply(*member.id, judged(reason, "detail"), {.boot = began, .wall = {}}, now_);
}

void EngineWorld::judge() {
  Member& member = members_[choose_(2)];
  if (!member.id) return;
  constexpr std::array states{State::up, State::up, State::down, State::down, State::unknown};
  const State state = states.at(choose_(5));
  const BootTime since = now_ - Millis(choose_(70'000));
  note(member.name + " judged " + std::string(siaga::name(state)) + " since " +
       std::to_string(since.time_since_epoch().count()));
  engine_->judge(*member.id,
                 {.state = state,
                  .since = since,
                  .after = since - 1s,
                  .reason = state != State::down             ? Reason::none
                            : member.role == NodeRole::mains ? Reason::mains_off
                                                             : Reason::link_down},
                 now_);
}

void EngineWorld::maintain() {
  Member& member = members_[choose_(static_cast<std::uint32_t>(members_.size()))];
  if (!member.id) return;
  member.is_maintained = !member.is_maintained;
  note(member.name + (member.is_maintained ? " maintenance" : " no maintenance"));
  engine_->set_maintenance(*member.id, member.is_maintained, now_ - Millis(choose_(1500)), now_);
}

// A reload: one target goes, comes, or is probed in another way.
void EngineWorld::reconfigure() {
  Member& member = members_[choose_(static_cast<std::uint32_t>(members_.size()))];
  note(member.name + " reconfigured");
  if (!member.id) {
    add(member);
  } else if (choose_(2) == 0) {
    engine_->replace(*member.id, info(member), now_);
  } else {
    engine_->remove(*member.id, now_);
    member.id.reset();
  }
  relate();
}

// What the journal knows of a node.
NodePast EngineWorld::life(NodeNumber number) const {
  NodePast life{.state = fold_.states.at(number), .outages = {}, .recovery = {}};
  for (const auto& [id, outage] : fold_.outages)
    if (outage.node == number && (outage.is_open() || !outage.is_settled))
      life.outages.push_back(outage);
  const auto recovery = fold_.recoveries.find(number);
  if (recovery != fold_.recoveries.end() && !recovery->second.recovered.is_set())
    life.recovery = recovery->second;
  return life;
}

// The agent dies now, and comes back: in the same boot or, after some time, in another. What the
// journal did not have yet never happened, as far as the next life knows.
std::string EngineWorld::crash() {
  if (std::string wrong = fold_.take(engine_->take_records()); !wrong.empty()) return wrong;
  fold_ = durable_;
  Restart restart;
  restart.alive_until = std::max(beat_, fold_.newest);
  restart.dark.from = restart.alive_until;
  restart.dark.is_mains_off = engine_->is_any_mains_off();
  const bool is_reboot = choose_(2) == 0;
  const Millis dark(choose_(100'000));
  restart.dark.id = ++latest_dark_;
  bool is_owed = false;
  if (is_reboot) {
    ++boot_;
    now_ = BootTime(Millis(20'000 + choose_(20'000)));
    restart.dark.dark_class = choose_(2) == 0 ? DarkClass::power : DarkClass::reboot;
    if (choose_(2) == 0) restart.dark.length = dark;
    else is_owed = true;
  } else {
    now_ = std::max(now_, restart.alive_until.at) + dark;
    restart.dark.dark_class = DarkClass::crash;
    restart.dark.length = now_ - restart.alive_until.at;
  }
  restart.dark.to = here();
  if (is_owed) {
    owed_.push_back(restart.dark);
    owed_.back().length = dark;
  }
  note(is_reboot ? "reboot" : "crash");
  std::map<NodeNumber, Member*> members;
  for (Member& member : members_) {
    if (!member.id) continue;
    members[engine_->node(*member.id).number] = &member;
    member.id.reset();
  }
  const OutageId last_outage = fold_.outages.empty() ? 0 : fold_.outages.rbegin()->first;
  const OutageId gap = 1'000;  // withdrawn ones are not there to count
  engine_.emplace(rules_, Engine::Beginning{.boot = boot_,
                                            .last_node = fold_.nodes.rbegin()->first,
                                            .last_outage = last_outage + gap});
  std::vector<TargetId> unwanted;
  for (const auto& [number, state] : std::map(fold_.states)) {
    const auto found = members.find(number);
    Member stranger{.name = fold_.nodes.at(number).name,
                    .id = {},
                    .role = fold_.nodes.at(number).role,
                    .needs = {},
                    .via = {}};
    Member& member = found == members.end() ? stranger : *found->second;
    member.base = projected(state, restart.alive_until).sum() + restart.dark.length.value_or(0ms);
    member.since = member.last_began = now_;
    member.is_maintained = false;
    member.before = member.shown;
    member.id = engine_->restore(info(member), fold_.nodes.at(number), life(number), restart, now_);
    if (found == members.end()) unwanted.push_back(*member.id);
    else members.erase(found);
  }
  // Added or removed after the journal's last word.
  for (const TargetId id : unwanted) engine_->remove(id, now_);
  for (const auto& [number, member] : members) add(*member);
  relate();
  beat();
  return "";
}

// Trust has come: a dark time of this start or an earlier one has a length.
void EngineWorld::date_dark() {
  const auto chosen = owed_.begin() + choose_(static_cast<std::uint32_t>(owed_.size()));
  const DarkInterval dark = *chosen;
  owed_.erase(chosen);
  note("dark time dated");
  for (Member& member : members_) {
    if (!member.id) continue;
    const bool was_there = dark.id == latest_dark_ ? engine_->owes_dark(*member.id)
                                                   : engine_->node(*member.id).added < dark.from;
    if (was_there) member.base += *dark.length;
  }
  engine_->date_dark(dark);
}

std::string EngineWorld::step() {
  now_ += Millis(choose_(8) == 0 ? choose_(200'000) : choose_(15'000));
  std::string wrong;
  switch (choose_(24)) {
    case 0: wrong = crash(); break;
    case 1: reconfigure(); break;
    case 2: maintain(); break;
    case 3:
    case 4:
    case 5: judge(); break;
    case 6:
      if (!owed_.empty()) date_dark();
      break;
    default: outcome();
  }
  has_ticked_ = choose_(3) == 0;
  if (has_ticked_) engine_->tick(now_);
  if (wrong.empty()) wrong = check();
  if (has_ticked_ && choose_(2) == 0) beat();
  else if (choose_(4) == 0) commit();
  return wrong;
}

std::string EngineWorld::check() {
  if (std::string wrong = fold_.take(engine_->take_records()); !wrong.empty()) return wrong;
  for (Member& member : members_) {
    if (!member.id) continue;
    if (std::string wrong = check(member); !wrong.empty()) return member.name + ": " + wrong;
  }
  return "";
}

std::string EngineWorld::check(Member& member) {
  const TargetStatus& status = engine_->status(*member.id);
  const NodeNumber number = engine_->node(*member.id).number;
  const NodeState live = engine_->state(*member.id);
  // Every millisecond is in exactly one class.
  if (live.totals.sum() != member.base + (live.booked_until.at - member.since))
    return "the classes do not add up";
  if (live.booked_until > here()) return "booked ahead of time";
  if (has_shrunk(member.before.totals, live.totals)) return "a counter went back";
  for (std::size_t index = 0; index < cause_count; ++index)
    if (live.outages[index] < member.before.outages[index]) return "a count of outages went back";
  member.before = {.totals = live.totals, .outages = live.outages};
  // The journal gives the same as the engine has.
  const auto kept = fold_.states.find(number);
  if (kept == fold_.states.end()) return "no state in the journal";
  if (projected(kept->second, here()) != projected(live, here()))
    return "replay gives other totals: " + text(kept->second) + " but has " + text(live);
  if (kept->second.outage != live.outage || kept->second.outages != live.outages)
    return "replay gives other outages";
  // Outages and states belong together, and a resolution is never hidden.
  const Outage* const open = engine_->outage(*member.id);
  if (status.state == State::down && open == nullptr) return "down without an outage";
  if (status.state == State::up && open != nullptr) return "up, and its outage is still open";
  if (status.state == State::up && status.not_recovered_after != Cause::none)
    return "up, and still said not to have recovered";
  if (open != nullptr) {
    const auto written = fold_.outages.find(open->id);
    if (written == fold_.outages.end() || written->second != *open)
      return "the journal has another outage";
  }
  for (const auto& [id, outage] : fold_.outages)
    if (outage.node == number && outage.is_open() && (open == nullptr || open->id != id))
      return "an outage is left open in the journal";
  return "";
}

}  // namespace siaga::tests
