#include "agent/watch_list.h"

#include <algorithm>
#include <utility>

#include "agent/targets.h"

namespace siaga {
namespace {

constexpr std::string_view own_kind = "self";

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

std::shared_ptr<const TargetInfo> own_info(const std::string& name) {
  auto info = std::make_shared<TargetInfo>();
  info->name = name;
  info->kind = own_kind;
  info->role = NodeRole::link;
  return info;
}

}  // namespace

void WatchList::watch(const TargetConfig& config, TargetId id,
                      const std::shared_ptr<const Probe>& probe) {
  if (probe) scheduler_.add(id, scheduled(config, {.probe = probe, .info = nullptr}));
  watched_.push_back({.name = config.name,
                      .kind = config.kind,
                      .role = role_of(config.kind),
                      .config = digest(config),
                      .id = id,
                      .priority = config.priority,
                      .needs = {},
                      .via = {},
                      .ways = {}});
}

void WatchList::add(const TargetConfig& config) {
  const Target target = make_target(config);
  watch(config, engine_.add(target.info, clock_.boot_now()), target.probe);
}

// What was there before goes on where the dark time ends: so much of it was booked as dark.
void WatchList::begin(const std::vector<TargetConfig>& targets, const Recorder& recorder) {
  const auto restored = [&](const std::shared_ptr<const TargetInfo>& info,
                            const Recorder::Earlier& earlier) {
    return engine_.restore(info, earlier.node, earlier.past, recorder.restart(),
                           recorder.restart().dark.to.at);
  };
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
    watch(config, restored(target.info, earlier->second), target.probe);
  }
  for (const auto& [name, earlier] : recorder.past()) {
    if (earlier.node.kind != own_kind) continue;
    own_.emplace(name, restored(own_info(name), earlier));
    wanted[name] = true;
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
  if (target.probe) scheduler_.remove(watched.id);
  pipeline_.forget(watched.id);
  engine_.replace(watched.id, target.info, clock_.boot_now());
  if (target.probe) scheduler_.add(watched.id, scheduled(config, target));
  watched.config = digest(config);
  watched.priority = config.priority;
  rest(watched);
}

void WatchList::remove(const Watched& watched) {
  if (watched.role == NodeRole::target) scheduler_.remove(watched.id);
  pipeline_.forget(watched.id);
  engine_.remove(watched.id, clock_.boot_now());
}

void WatchList::replace(const std::vector<TargetConfig>& targets) {
  std::map<std::string_view, const TargetConfig*> wanted;
  for (const TargetConfig& target : targets) wanted.emplace(target.name, &target);
  std::erase_if(watched_, [&](const Watched& watched) {
    const auto found = wanted.find(watched.name);
    if (found != wanted.end() && found->second->kind == watched.kind) return false;
    remove(watched);
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
  for (const Watched& watched : watched_) rest(watched);
}

// The graph, and the order in which people wrote the targets.
void WatchList::relate(const std::vector<TargetConfig>& targets) {
  std::map<std::string_view, std::size_t> places;
  places_.clear();
  for (std::size_t place = 0; place < watched_.size(); ++place) {
    places.emplace(watched_[place].name, place);
    places_.emplace(watched_[place].id, place);
  }
  const auto named = [&](const std::vector<std::string>& names) {
    std::vector<TargetId> found;
    found.reserve(names.size());
    for (const std::string& name : names) found.push_back(watched_[places.at(name)].id);
    return found;
  };
  std::vector<TargetId> order;
  order.reserve(targets.size());
  for (const TargetConfig& target : targets) {
    Watched& watched = watched_[places.at(target.name)];
    watched.needs = named(target.needs);
    watched.via = named(target.via);
    relate(watched);
    if (watched.role == NodeRole::target) order.push_back(watched.id);
  }
  engine_.set_order(std::move(order));
}

void WatchList::relate(const Watched& watched) {
  std::vector<TargetId> via = watched.via;
  via.insert(via.end(), watched.ways.begin(), watched.ways.end());
  engine_.relate(watched.id, watched.needs, std::move(via), clock_.boot_now());
}

const WatchList::Watched* WatchList::find(TargetId id) const {
  const auto found = places_.find(id);
  return found == places_.end() ? nullptr : &watched_[found->second];
}

std::optional<TargetId> WatchList::find(std::string_view name) const {
  const auto found = std::ranges::find(watched_, name, &Watched::name);
  return found == watched_.end() ? std::nullopt : std::optional(found->id);
}

std::size_t WatchList::target_count() const {
  return static_cast<std::size_t>(std::ranges::count(watched_, NodeRole::target, &Watched::role));
}

TargetId WatchList::own_node(const std::string& name) {
  const auto found = own_.find(name);
  if (found != own_.end()) return found->second;
  return own_.emplace(name, engine_.add(own_info(name), clock_.boot_now())).first->second;
}

void WatchList::look_through(TargetId id, std::vector<TargetId> ways) {
  Watched& watched = watched_.at(places_.at(id));
  if (watched.ways == ways) return;
  watched.ways = std::move(ways);
  relate(watched);
}

void WatchList::shed(std::optional<std::int64_t> below, const std::set<TargetId>& evidence) {
  if (shed_below_ == below && evidence_ == evidence) return;
  shed_below_ = below;
  evidence_ = evidence;
  for (const Watched& watched : watched_) rest(watched);
}

void WatchList::rest(const Watched& watched) {
  if (watched.role != NodeRole::target) return;
  const bool is_shed = shed_below_ && watched.priority < *shed_below_;
  scheduler_.rest(watched.id, is_shed && !evidence_.contains(watched.id));
}

}  // namespace siaga
