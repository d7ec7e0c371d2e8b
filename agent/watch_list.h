// The configured targets, links and mains, and their places in the engine and the schedule. One
// that keeps its name and kind keeps its history, over reloads and restarts. Knows also the agent's
// own nodes: what it looks through without anybody saying so.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/config.h"
#include "agent/config/digest.h"
#include "agent/engine/engine.h"
#include "agent/pipeline.h"
#include "agent/recorder.h"
#include "agent/schedule/scheduler.h"

namespace siaga {

class WatchList {
 public:
  // All must outlive it.
  WatchList(Engine& engine, Scheduler& scheduler, Pipeline& pipeline, const Clock& clock)
      : engine_(engine), scheduler_(scheduler), pipeline_(pipeline), clock_(clock) {}

  // The first list: what the last life knew goes on, what is no longer configured ends.
  void begin(const std::vector<TargetConfig>& targets, const Recorder& recorder);
  // Another list. What did not change keeps its state, counters and place in the schedule.
  void replace(const std::vector<TargetConfig>& targets);

  struct Watched {
    std::string name, kind;
    NodeRole role = NodeRole::target;
    ConfigDigest config;
    TargetId id{};
    std::int64_t priority = 0;
    std::vector<TargetId> needs, via;  // as configured
    std::vector<TargetId> ways;        // the agent's own nodes that it is looked at through
  };
  const std::vector<Watched>& all() const { return watched_; }
  const Watched* find(TargetId id) const;
  std::optional<TargetId> find(std::string_view name) const;
  std::size_t target_count() const;

  // The agent's own node of this name, a link; made when it is not there.
  TargetId own_node(const std::string& name);
  // What the target is looked at through, besides what is configured.
  void look_through(TargetId id, std::vector<TargetId> ways);
  // Targets of lower priority rest, but for those that are evidence for somebody; nothing: all are
  // probed.
  void shed(std::optional<std::int64_t> below, const std::set<TargetId>& evidence);

 private:
  void watch(const TargetConfig& config, TargetId id, const std::shared_ptr<const Probe>& probe);
  void add(const TargetConfig& config);
  void change(Watched& watched, const TargetConfig& config);
  void remove(const Watched& watched);
  void end_earlier(const Recorder& recorder, const std::map<std::string_view, bool>& wanted);
  void relate(const std::vector<TargetConfig>& targets);
  void relate(const Watched& watched);
  void rest(const Watched& watched);

  Engine& engine_;
  Scheduler& scheduler_;
  Pipeline& pipeline_;
  const Clock& clock_;
  std::vector<Watched> watched_;
  std::map<TargetId, std::size_t> places_;  // in watched_
  std::map<std::string, TargetId, std::less<>> own_;
  std::optional<std::int64_t> shed_below_;
  std::set<TargetId> evidence_;
};

}  // namespace siaga
