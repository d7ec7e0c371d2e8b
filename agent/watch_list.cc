#include "agent/watch_list.h"

#include <algorithm>
#include <utility>

#include "agent/targets.h"

namespace siaga {
namespace {

// A node that is configured no more, as far as its books need to know it.
std::shared_ptr<const TargetInfo> info_of(const Node& node) {
  auto info = std::make_shared<TargetInfo>();
  info->name = node.name;
  info->kind = node.kind;
  info->role = node.role;
  info->interval = node.interval;
  info->timeout = node.timeout;
  return info;
}

}  // namespace

void WatchList::watch(const TargetConfig& config, TargetId id,
                      const std::shared_ptr<const Probe>& probe) {
  scheduler_.add(id, scheduled(config, {.probe = probe, .info = nullptr}));
  watched_.push_back(
      {.name = config.name, .kind = config.kind, .config = digest(config), .id = id});
}

void WatchList::add(const TargetConfig& config) {
  const Target target = make_target(config);
  watch(config, engine_.add(target.info, clock_.boot_now()), target.probe);
}

// What was there before goes on where the dark time ends: so much of it was booked as dark.
void WatchList::begin(const std::vector<TargetConfig>& targets, const Recorder& recorder) {
  std::map<std::string_view, bool> wanted;
  for (const TargetConfig& config : targets) {
    const auto earlier = recorder.past().find(config.name);
    const bool goes_on =
        earlier != recorder.past().end() && earlier->second.node.kind == config.kind;
    wanted[config.name] = goes_on;
    if (!goes_on) {
      add(config);
      continue;
    }
    const Target target = make_target(config);
    watch(config,
          engine_.restore(target.info, earlier->second.node, earlier->second.past,
                          recorder.restart(), recorder.restart().dark.to.at),
          target.probe);
  }
  end_earlier(recorder, wanted);
  relate(targets);
}

// Their books are closed where the dark time ends.
void WatchList::end_earlier(const Recorder& recorder,
                            const std::map<std::string_view, bool>& wanted) {
  for (const auto& [name, earlier] : recorder.past()) {
    const auto found = wanted.find(name);
    if (found != wanted.end() && found->second) continue;
    const BootTime now = recorder.restart().dark.to.at;
    engine_.remove(
        engine_.restore(info_of(earlier.node), earlier.node, earlier.past, recorder.restart(), now),
        now);
  }
}

void WatchList::change(Watched& watched, const TargetConfig& config) {
  const Target target = make_target(config);
  scheduler_.remove(watched.id);
  pipeline_.forget(watched.id);
  engine_.replace(watched.id, target.info, clock_.boot_now());
  scheduler_.add(watched.id, scheduled(config, target));
  watched.config = digest(config);
}

void WatchList::replace(const std::vector<TargetConfig>& targets) {
  std::map<std::string_view, const TargetConfig*> wanted;
  for (const TargetConfig& target : targets) wanted.emplace(target.name, &target);
  std::erase_if(watched_, [&](const Watched& watched) {
    const auto found = wanted.find(watched.name);
    if (found != wanted.end() && found->second->kind == watched.kind) return false;
    scheduler_.remove(watched.id);
    pipeline_.forget(watched.id);
    engine_.remove(watched.id, clock_.boot_now());
    return true;
  });
  for (Watched& watched : watched_) {
    const auto found = wanted.find(watched.name);
    if (digest(*found->second) != watched.config) change(watched, *found->second);
    wanted.erase(found);
  }
  for (const TargetConfig& target : targets)
    if (wanted.contains(target.name)) add(target);
  relate(targets);
}

// The graph, and the order in which people wrote the targets.
void WatchList::relate(const std::vector<TargetConfig>& targets) {
  std::map<std::string_view, TargetId> ids;
  for (const Watched& watched : watched_) ids.emplace(watched.name, watched.id);
  const auto named = [&ids](const std::vector<std::string>& names) {
    std::vector<TargetId> found;
    found.reserve(names.size());
    for (const std::string& name : names) found.push_back(ids.at(name));
    return found;
  };
  std::vector<TargetId> order;
  order.reserve(targets.size());
  for (const TargetConfig& target : targets) {
    engine_.relate(ids.at(target.name), named(target.needs), named(target.via), clock_.boot_now());
    order.push_back(ids.at(target.name));
  }
  engine_.set_order(std::move(order));
}

}  // namespace siaga
