// From anchors to links: asks the anchors on a schedule of their own, hears interfaces and routes,
// asks the judges (agent/judge) and tells the engine. Holds this host's own view, too, because both
// need the same evidence. Weighs nothing itself.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/config/config.h"
#include "agent/config/digest.h"
#include "agent/engine/engine.h"
#include "agent/engine/histogram.h"
#include "agent/judge/last_word.h"
#include "agent/judge/link_judge.h"
#include "agent/net/network.h"
#include "agent/schedule/scheduler.h"
#include "agent/self_view.h"
#include "agent/sensors/interfaces.h"
#include "agent/watch_list.h"
#include "exporters/judge_families.h"
#include "probes/anchor.h"
#include "probes/link_options.h"

namespace siaga {

class LinkWatch {
 public:
  struct Events {
    std::function<void(const Interfaces&)> interfaces_changed;
    std::function<void()> late;
    std::function<void(SkipReason, std::uint64_t)> skipped;
  };
  // All must outlive it.
  LinkWatch(Network& network, FlightCaps caps, Engine& engine, WatchList& watched, Events events);
  ~LinkWatch();

  // The links of a configuration whose targets are watched already. A link that did not change
  // keeps what its judge knows.
  void configure(const std::vector<TargetConfig>& targets);

  // Each outcome of a target, before the engine has it.
  void hear(TargetId id, const Outcome& outcome, const RunTime& run);
  // Once per turn of the loop: anchors that have settled are done with.
  void reap() { anchors_.reap(); }
  // After evidence, and about once a second: what it amounts to goes to the engine.
  void judge();
  void judge_news() {
    if (has_news_) judge();
  }

  const Interfaces* interfaces() const { return interfaces_.get(); }
  // Asks the kernel for the interfaces' counters.
  std::vector<LinkRow> rows(const Dating& dating);

 private:
  enum class Purpose : std::uint8_t { anchor, hop, mtu, own_gateway, own_resolver };
  // One question that is asked again and again.
  struct Asked {
    Purpose purpose = Purpose::anchor;
    std::size_t link = 0, place = 0;
    AnchorText text;
    std::optional<Address> gateway;  // that is asked now, where the anchor is the gateway
    bool is_scheduled = false;
  };
  struct PingCount {
    std::uint64_t sent = 0;
    Histogram round_trips{round_trip_bounds};
  };
  struct Link {
    std::string name;
    ConfigDigest digest;
    TargetId id{};
    TargetConfig config;
    LinkOptions options;
    std::vector<Anchor> anchors;
    std::vector<TargetId> asked;    // rows of the anchors' schedule
    std::vector<PingCount> counts;  // by anchor
    LinkJudge judge;
    WayOut way;
    LastWord told;
    PathBreak path_break = PathBreak::none;
    std::string uplink;            // that carries it now
    BootTime looked{}, unasked{};  // last asked at once; last told that there is no gateway
  };

  Link make_link(const TargetConfig& config, const LinkOptions& options);
  void ask(std::size_t link);
  TargetId ask(Asked asked);
  void forget(TargetId row);
  void schedule(TargetId row, std::shared_ptr<const Probe> probe, const Link& link);
  std::shared_ptr<const Probe> probe_of(const Asked& asked, const Link& link) const;
  void place_the_rest();
  void find_dependents(const std::vector<TargetConfig>& targets);

  void settled(TargetId row, const Outcome& outcome);
  void ways_changed();
  void follow_gateway(Link& link, BootTime now);
  void follow_own(BootTime now);
  TargetId own_row();
  void ask_own(Asked asked, std::shared_ptr<const Probe> probe);
  void tell(Link& link, BootTime now);
  void note_path(Link& link, BootTime now);
  void note_uplink(Link& link, BootTime now);
  void look(Link& link, BootTime now);
  std::optional<LinkInterface> interface_of(const Link& link);

  Network& network_;
  Engine& engine_;
  WatchList& watched_;
  Events events_;
  SelfView self_;
  std::vector<Link> links_;
  std::vector<Asked> asked_;                             // by row
  std::map<TargetId, std::vector<std::size_t>> behind_;  // links that a target needs or goes via
  SelfView::Asked own_asked_;                            // who is asked of this host's own
  std::vector<TargetId> own_rows_;                       // that ask them
  BootTime own_looked_{};                                // when they were last asked at once
  Scheduler anchors_;
  std::unique_ptr<Interfaces> interfaces_;
  bool has_news_ = false;  // evidence that was not judged yet
};

}  // namespace siaga
