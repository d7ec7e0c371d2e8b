#include "agent/event_log.h"

#include "agent/core/log.h"

namespace siaga {
namespace {

void log_change(const StateChange& change, const Node& node, const Node* root) {
  log::Fields fields{{"target", node.name},
                     {"kind", node.kind},
                     {"from", std::string(name(change.from))},
                     {"to", std::string(name(change.to))}};
  if (change.cause != Cause::none) fields.push_back({"cause", std::string(name(change.cause))});
  if (root != nullptr) fields.push_back({"explained_by", root->name});
  if (change.reason != Reason::none) fields.push_back({"reason", std::string(name(change.reason))});
  if (!change.detail.empty()) fields.push_back({"detail", change.detail});
  // The first verdict of a healthy target is no news.
  if (change.from == State::pending && change.to == State::up) log::debug("state", fields);
  else if (change.to == State::up || change.to == State::maintenance) log::info("state", fields);
  else log::warning("state", fields);
}

void log_note(const Note& note, const Node& node) {
  log::info("note",
            {{"node", node.name}, {"kind", std::string(name(note.kind))}, {"text", note.text}});
}

}  // namespace

void log_failure(const Outcome& outcome, const TargetInfo& info) {
  if (outcome.reason == Reason::none || !log::is_written(log::Level::debug)) return;
  log::debug("probe", {{"target", info.name},
                       {"kind", info.kind},
                       {"verdict", std::string(name(outcome.verdict))},
                       {"reason", std::string(name(outcome.reason))},
                       {"detail", outcome.detail}});
}

void log_record(const Record& record, const Engine& engine) {
  if (const auto* const change = std::get_if<StateChange>(&record)) {
    const Node* const node = engine.find(change->node);
    if (node != nullptr) log_change(*change, *node, engine.find(change->root));
  } else if (const auto* const note = std::get_if<Note>(&record)) {
    const Node* const node = engine.find(note->node);
    if (node != nullptr) log_note(*note, *node);
  }
}

}  // namespace siaga
