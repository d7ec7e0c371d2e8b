// What a kind of probe is. A kind is one pair of files and one line in kinds.def: it brings its
// options, its readings and a parser that makes Probes; a Probe starts runs.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "agent/config/section.h"
#include "agent/core/outcome.h"
#include "agent/core/reading.h"
#include "agent/core/reason.h"
#include "agent/net/network.h"

namespace siaga {

// One run under way. Destroying it cancels, completely and at once.
class Attempt {
 public:
  virtual ~Attempt() = default;
  // Called at most once, when the deadline strikes before the run has settled: what is known by
  // now, with the reason of the step that ran out of time. The attempt is destroyed after it.
  virtual Outcome give_up() = 0;
  // How long it has waited for its turn behind other runs of this agent, at a server that serves
  // these steadily. No deadline counts it, and evidence is dated behind it.
  virtual Duration waited() const { return {}; }
};

struct Start {
  Network& network;
  Instant deadline;      // of the whole run; the flight's, not the probe's, to enforce
  bool explain = false;  // fill Outcome::explanation in any case
};

// One target's probe, parsed: immutable, shared by all its runs.
class Probe {
 public:
  using Done = std::move_only_function<void(Outcome)>;
  virtual ~Probe() = default;

  // Starts one run. `done` comes at most once, never from inside start(); it may destroy the
  // Attempt. The Probe outlives the Attempt. Outcome::started and duration are filled by the
  // caller.
  virtual std::unique_ptr<Attempt> start(const Start& start, Done done) const = 0;

  // What is probed, as blackbox_exporter's `instance`: the URL, or host:port, or host. No secrets.
  virtual std::string instance() const = 0;
  // The host part of it, a name or address.
  virtual std::string host() const = 0;
  // The configured local address, for the smokeping dialect; empty: none.
  virtual std::string source() const { return {}; }
  // Which reasons can happen to this target: no `resolve` for an address, no `tls` without TLS.
  virtual ReasonGroups reason_groups() const = 0;
};

struct Kind {
  std::string_view name;
  std::string_view help, help_id;               // one sentence
  std::span<const Option> options;              // its own; common keys are not repeated
  std::span<const ReadingDefinition> readings;  // row = ReadingId; address block first
  // Checks what needs more than one key, through section.complain, and makes the probe. nullptr
  // exactly when it complained.
  std::unique_ptr<const Probe> (*parse)(Section& section);
  Duration interval{};  // of a target that does not say its own; 0: that of [defaults]
};

}  // namespace siaga
