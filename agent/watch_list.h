// The configured targets and their places in the engine and the schedule. A target that keeps its
// name and kind keeps its history, over reloads and restarts.
#pragma once

#include <map>
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
    ConfigDigest config;
    TargetId id{};
  };
  const std::vector<Watched>& all() const { return watched_; }

 private:
  void watch(const TargetConfig& config, TargetId id, const std::shared_ptr<const Probe>& probe);
  void add(const TargetConfig& config);
  void change(Watched& watched, const TargetConfig& config);
  void end_earlier(const Recorder& recorder, const std::map<std::string_view, bool>& wanted);
  void relate(const std::vector<TargetConfig>& targets);

  Engine& engine_;
  Scheduler& scheduler_;
  Pipeline& pipeline_;
  const Clock& clock_;
  std::vector<Watched> watched_;
};

}  // namespace siaga
