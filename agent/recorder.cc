// From the last life to this one, and from this one to disk.
#include "agent/recorder.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/core/log.h"
#include "agent/journal/dark.h"

namespace siaga {
namespace {

// The last moment that a row speaks of.
Stamp newest(const NodeState& state) {
  return state.pieces.empty() ? state.booked_until
                              : std::max(state.booked_until, state.pieces.back().from);
}

std::size_t index_of(DarkClass dark) { return static_cast<std::size_t>(dark); }

}  // namespace

Recorder::Recorder(Loop& loop, const Clock& clock, RecorderSettings settings)
    : clock_(clock), settings_(std::move(settings)), host_(clock, settings_.host) {
  boot_id_ = host_.boot_id();
  trust_.look(host_.clock());
  trust_.take_change();
  auto [journal, opened] = Journal::open(loop, settings_.journal, clock_.wall_now());
  journal_ = std::move(journal);
  has_past_ = !opened.replay.nodes.empty();
  begin_boot(opened.replay);
  note_darkness(opened);
  take_past(std::move(opened.replay));
  next_beat_ = clock_.boot_now();
  next_house_ = clock_.boot_now() + limits::house_first;
}

Recorder::~Recorder() = default;

BootEra Recorder::era() const {
  return {.number = boot_,
          .boot_id = boot_id_,
          .began = trust_.boot_began(),
          .is_trusted = is_clock_trusted()};
}

// The same boot goes on under its number: an agent that was restarted in it.
void Recorder::begin_boot(const Replay& replay) {
  dating_ = replay.dating;
  const auto eras = dating_.eras();
  const bool is_same = !eras.empty() && eras.back().boot_id == boot_id_;
  boot_ = is_same ? eras.back().number : replay.last_boot + 1;
  BootEra now = era();
  // What an earlier run of this boot knew for sure is not forgotten.
  if (is_same && eras.back().is_trusted && !now.is_trusted) now = eras.back();
  dating_.set(now);
  opening_.emplace_back(now);
}

// From the last moment that the journal or the heart speaks for until now.
void Recorder::note_darkness(const OpenedJournal& opened) {
  last_dark_ = opened.replay.last_dark;
  dark_counts_ = opened.replay.dark_counts;
  dark_lengths_ = opened.replay.dark_lengths;
  undated_ = opened.replay.darks;
  Stamp until;
  for (const NodeState& state : opened.replay.states) until = std::max(until, newest(state));
  const Stamp now{.boot = boot_, .at = clock_.boot_now()};
  Beat last = opened.last_beat.value_or(Beat{.period = limits::beat});
  Stamp beaten;
  for (const BootEra& era : dating_.eras())
    if (era.boot_id == last.boot_id) beaten = {.boot = era.number, .at = last.at};
  // Written after the last beat: how the life before that one ended is not how this one did.
  if (until > beaten) {
    const BootEra* const era = dating_.era(until.boot);
    last.is_mains_off = last.is_mains_off && until.boot == beaten.boot;
    last.boot_id = era == nullptr ? std::string() : era->boot_id;
    last.life = Life::running;
  }
  until = std::max(until, beaten);
  if (!until.is_set()) return;  // a new journal: nothing came before
  until = std::min(until, now);
  const HostFacts facts{.boot_id = boot_id_, .panic = host_.panic(dating_.date(until))};
  DarkInterval dark = classify_dark(last, facts, until, now);
  dark.id = ++last_dark_;
  if (!dark.length) dark.length = dating_.between(dark.from, dark.to);
  ++dark_counts_.at(index_of(dark.dark_class));
  if (dark.length) dark_lengths_.at(index_of(dark.dark_class)) += *dark.length;
  else undated_.push_back(dark);
  restart_ = {.alive_until = until, .dark = dark};
  opening_.emplace_back(dark);
  log::warning("dark interval",
               {{"class", std::string(name(dark.dark_class))},
                {"seconds", dark.length ? fmt::format("{:.3f}", seconds(*dark.length))
                                        : std::string("not known yet")},
                {"evidence", dark.evidence}});
}

void Recorder::take_past(Replay replay) {
  last_node_ = replay.last_node;
  last_outage_ = replay.last_outage;
  last_window_ = replay.last_window;
  windows_ = std::move(replay.windows);
  std::map<NodeNumber, Earlier*> by_number;
  for (std::size_t index = 0; index < replay.nodes.size(); ++index) {
    Node& node = replay.nodes[index];
    const NodeNumber number = node.number;
    Earlier& earlier = past_[node.name];
    earlier = {
        .node = std::move(node),
        .past = {.state = std::move(replay.states.at(index)), .outages = {}, .recovery = {}}};
    by_number[number] = &earlier;
  }
  for (Outage& outage : replay.open_outages) {
    const auto found = by_number.find(outage.node);
    if (found != by_number.end()) found->second->past.outages.push_back(std::move(outage));
  }
  for (const Recovery& recovery : replay.recoveries) {
    const auto found = by_number.find(recovery.node);
    if (found != by_number.end() && !recovery.recovered.is_set())
      found->second->past.recovery = recovery;
  }
}

void Recorder::forget_past() {
  past_.clear();
  windows_.clear();
}

Engine::Beginning Recorder::beginning() const {
  return {.boot = boot_, .last_node = last_node_, .last_outage = last_outage_};
}

Ticket Recorder::record(std::vector<Record> records) {
  if (!opening_.empty()) {
    records.insert(records.begin(), std::make_move_iterator(opening_.begin()),
                   std::make_move_iterator(opening_.end()));
    opening_.clear();
  }
  return recorded_ = journal_->append(std::move(records));
}

bool Recorder::look(Engine& engine) {
  trust_.look(host_.clock());
  if (!undated_.empty()) date_darkness(engine);
  if (!trust_.take_change()) return false;
  const BootEra now = era();
  const BootEra* const known = dating_.era(boot_);
  // A clock that is not trusted re-dates nothing that a trusted one dated.
  if (known != nullptr && known->is_trusted && !now.is_trusted) return true;
  if (known != nullptr && *known == now) return false;
  log::info("dates", {{"trusted", now.is_trusted ? "yes" : "no"},
                      {"source", std::string(name(trust_.source()))}});
  dating_.set(now);
  record({now});
  date_darkness(engine);
  return true;
}

// Trust has come: what was dark before this boot has a length now.
void Recorder::date_darkness(Engine& engine) {
  std::erase_if(undated_, [&](DarkInterval& dark) {
    dark.length = dating_.between(dark.from, dark.to);
    if (!dark.length) return false;
    dark_lengths_.at(index_of(dark.dark_class)) += *dark.length;
    engine.date_dark(dark);  // and the journal has both or neither
    return true;
  });
}

Beat Recorder::make_beat(const Engine& engine, Life life) const {
  const bool is_off = engine.is_any_mains_off();
  return {.sequence = 0,
          .boot_id = boot_id_,
          .at = clock_.boot_now(),
          .wall = clock_.wall_now(),
          .period = is_off ? limits::beat_on_battery : limits::beat,
          .is_wall_trusted = is_clock_trusted(),
          .is_mains_off = is_off,
          .life = life};
}

void Recorder::beat_when_due(Engine& engine) {
  if (!opening_.empty()) record({});
  show_durable(engine);
  const BootTime now = clock_.boot_now();
  if (engine.is_any_mains_off()) next_beat_ = std::min(next_beat_, now + limits::beat_on_battery);
  if (now < next_beat_) return;
  const Beat beat = make_beat(engine, Life::running);
  next_beat_ = now + beat.period;
  if (!waiting_)
    waiting_ = {.books = engine.books(), .ticket = recorded_, .beats = journal_->state().beats};
  journal_->beat(beat);
}

void Recorder::beat_now(Engine& engine) {
  next_beat_ = clock_.boot_now();
  beat_when_due(engine);
}

bool Recorder::holds_counters() const {
  return !journal_->state().is_durable && (has_past_ || journal_->durable() != 0);
}

// A restart finds what is on disk; if more was shown, counters would go back. One that would find
// nothing begins at 0, which readers of counters know: then what is known is not hidden.
void Recorder::show_durable(Engine& engine) {
  if (!waiting_) return;
  const JournalState state = journal_->state();
  const bool is_on_disk = journal_->durable() >= waiting_->ticket && state.beats > waiting_->beats;
  if (!is_on_disk && (state.is_durable || holds_counters())) return;
  engine.show(waiting_->books);
  waiting_.reset();
}

void Recorder::end(const Engine& engine, Life life) { journal_->beat(make_beat(engine, life)); }

void Recorder::keep_house(const Zone& zone) {
  if (!is_clock_trusted() || clock_.boot_now() < next_house_) return;
  next_house_ = clock_.boot_now() + limits::house_period;
  journal_->keep_house(zone, clock_.wall_now());
}

}  // namespace siaga
