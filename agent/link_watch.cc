#include "agent/link_watch.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/core/log.h"
#include "agent/targets.h"
#include "agent/way_out.h"
#include "probes/ping.h"

namespace siaga {
namespace {

constexpr int anchor_packets = 3;
constexpr int gateway_hops = 2;        // the first hop beyond it
constexpr int ip4_ping_overhead = 28;  // IPv4 header and ICMP header
constexpr int ip6_ping_overhead = 48;

LinkOptions link_options_of(const TargetConfig& config) {
  Section section(config.name, link_schema().options, config.options);
  return parse_link(section);
}

AnchorRole role_of_anchor(AnchorText::Sort sort) {
  if (sort == AnchorText::Sort::gateway) return AnchorRole::gateway;
  return sort == AnchorText::Sort::resolver ? AnchorRole::resolver : AnchorRole::beyond;
}

LinkRules rules_of(const TargetConfig& config, const LinkOptions& options) {
  return {.quorum = static_cast<std::size_t>(options.quorum),
          .confirm = config.confirm,
          .hold_down = std::chrono::ceil<Millis>(options.hold_down),
          .interval = std::chrono::ceil<Millis>(config.interval),
          .owns_interface = !options.interface.empty(),
          .checks_mtu = options.mtu.has_value()};
}

// A machine that refuses the connection has answered.
AnchorRun run_of(const Outcome& outcome, const Clock& clock) {
  const bool is_refused = outcome.reason == Reason::connect_refused;
  const Duration ago = clock.now() - outcome.started;
  const Duration since_end = std::max(ago - outcome.duration, Duration::zero());
  AnchorRun run{.began = clock.boot_now() - std::chrono::floor<Millis>(ago),
                .ended = clock.boot_now() - std::chrono::floor<Millis>(since_end),
                .verdict = is_refused ? Verdict::ok : outcome.verdict,
                .reason = is_refused ? Reason::none : outcome.reason,
                .detail = outcome.detail,
                .round_trips = {}};
  const double sent = outcome.readings.get(ping_requests_reading);
  for (const Readings::Observation& observation : outcome.readings.observations())
    run.round_trips.push_back(observation.duration);
  if (run.round_trips.empty() && run.verdict == Verdict::ok)
    run.round_trips.push_back(outcome.duration);
  else if (sent > 0) run.sent = static_cast<int>(sent);
  return run;
}

}  // namespace

LinkWatch::LinkWatch(Network& network, FlightCaps caps, Engine& engine, WatchList& watched,
                     Events events)
    : network_(network),
      engine_(engine),
      watched_(watched),
      events_(std::move(events)),
      self_(network, engine, watched),
      anchors_(network, caps,
               {.settled = [this](TargetId row, const Outcome& outcome) { settled(row, outcome); },
                .late = [this](std::string_view) { events_.late(); },
                .skipped = [this](std::string_view, SkipReason reason,
                                  std::uint64_t count) { events_.skipped(reason, count); },
                .lag = {}}) {
  auto interfaces = Interfaces::open(network.loop, [this] {
    ways_changed();
    judge();
  });
  if (interfaces) interfaces_ = std::move(*interfaces);
  else
    log::warning("interfaces and routes are not known", {{"error", describe(interfaces.error())}});
}

LinkWatch::~LinkWatch() = default;

void LinkWatch::configure(const std::vector<TargetConfig>& targets) {
  for (std::size_t row = 0; row < asked_.size(); ++row)
    forget(TargetId{static_cast<std::uint32_t>(row)});
  asked_.clear();
  own_rows_.clear();
  own_asked_ = {};
  std::vector<Link> known = std::exchange(links_, {});
  for (const TargetConfig& target : targets) {
    if (target.kind != link_kind) continue;
    Link fresh = make_link(target, link_options_of(target));
    const auto same = std::ranges::find_if(known, [&](const Link& old) {
      return old.name == fresh.name && old.digest == fresh.digest;
    });
    if (same != known.end()) {
      fresh.judge = std::move(same->judge);
      fresh.counts = std::move(same->counts);
      fresh.told = same->told;
      fresh.path_break = same->path_break;
      fresh.uplink = same->uplink;
    }
    links_.push_back(std::move(fresh));
  }
  for (std::size_t link = 0; link < links_.size(); ++link) ask(link);
  find_dependents(targets);
  place_the_rest();
  if (interfaces_) ways_changed();
}

LinkWatch::Link LinkWatch::make_link(const TargetConfig& config, const LinkOptions& options) {
  std::vector<Anchor> anchors;
  anchors.reserve(options.anchors.size());
  for (const std::string& anchor : options.anchors)
    anchors.push_back({.name = anchor, .role = role_of_anchor(parse_anchor(anchor)->sort)});
  std::vector<PingCount> counts(anchors.size());
  LinkJudge judge(rules_of(config, options), anchors);
  return {.name = config.name,
          .digest = digest(config),
          .id = *watched_.find(config.name),
          .config = config,
          .options = options,
          .anchors = std::move(anchors),
          .asked = {},
          .counts = std::move(counts),
          .judge = std::move(judge),
          .way = {},
          .told = {},
          .uplink = {},
          .looked = {},
          .unasked = {}};
}

// Its anchors; and, of the first one that is pinged somewhere out there, the hop behind the gateway
// and packets of full size.
void LinkWatch::ask(std::size_t link) {
  Link& here = links_[link];
  std::optional<AnchorText> beyond;
  for (std::size_t place = 0; place < here.anchors.size(); ++place) {
    const AnchorText text = *parse_anchor(here.options.anchors[place]);
    if (text.sort == AnchorText::Sort::ping && !beyond) beyond = text;
    here.asked.push_back(ask({.link = link, .place = place, .text = text, .gateway = {}}));
  }
  if (!beyond) return;
  const auto more = [&](Purpose purpose) {
    here.asked.push_back(ask({.purpose = purpose, .link = link, .text = *beyond, .gateway = {}}));
  };
  more(Purpose::hop);
  if (here.options.mtu) more(Purpose::mtu);
}

TargetId LinkWatch::ask(Asked asked) {
  const TargetId row{static_cast<std::uint32_t>(asked_.size())};
  const bool waits_for_gateway = asked.text.sort == AnchorText::Sort::gateway;
  asked_.push_back(std::move(asked));
  const Asked& fresh = asked_.back();
  if (!waits_for_gateway) schedule(row, probe_of(fresh, links_[fresh.link]), links_[fresh.link]);
  return row;
}

std::shared_ptr<const Probe> LinkWatch::probe_of(const Asked& asked, const Link& link) const {
  AnchorProbing probing{.interface = link.options.interface,
                        .hop_limit = {},
                        .size = {},
                        .packets = anchor_packets,
                        .timeout = link.config.timeout};
  const AnchorText& text = asked.text;
  const std::string host = asked.gateway ? to_string(*asked.gateway) : text.host;
  if (asked.purpose == Purpose::hop) {
    probing.hop_limit = gateway_hops;
    probing.packets = 1;
  }
  if (asked.purpose == Purpose::mtu) {
    const auto address = parse_address(host);
    const bool is_ip6 = address && address->family == Family::ip6;
    probing.size =
        static_cast<int>(*link.options.mtu) - (is_ip6 ? ip6_ping_overhead : ip4_ping_overhead);
  }
  switch (text.sort) {
    case AnchorText::Sort::tcp: return tcp_anchor(text.host, text.port, probing);
    case AnchorText::Sort::dns: return dns_anchor(text.host, text.port, probing);
    case AnchorText::Sort::resolver: return dns_anchor("", 0, probing);
    case AnchorText::Sort::ping:
    case AnchorText::Sort::gateway: break;
  }
  return ping_anchor(host, probing);
}

void LinkWatch::schedule(TargetId row, std::shared_ptr<const Probe> probe, const Link& link) {
  Asked& asked = asked_[index_of(row)];
  asked.is_scheduled = true;
  anchors_.add(row, {.probe = std::move(probe),
                     .name = fmt::format("{} {}", link.name, index_of(row)),
                     .kind = std::string(link_kind),
                     .interval = link.config.interval,
                     .timeout = link.config.timeout,
                     .retry_interval = link.config.retry_interval});
}

void LinkWatch::forget(TargetId row) {
  Asked& asked = asked_[index_of(row)];
  if (std::exchange(asked.is_scheduled, false)) anchors_.remove(row);
}

// Whoever needs a link or is seen through it, through others as well.
void LinkWatch::find_dependents(const std::vector<TargetConfig>& targets) {
  behind_.clear();
  std::map<std::string_view, const TargetConfig*> by_name;
  for (const TargetConfig& target : targets) by_name.emplace(target.name, &target);
  for (const TargetConfig& target : targets) {
    std::vector<std::string_view> open(target.needs.begin(), target.needs.end());
    open.insert(open.end(), target.via.begin(), target.via.end());
    std::vector<std::size_t> links;
    for (std::size_t next = 0; next < open.size(); ++next) {
      const TargetConfig& other = *by_name.at(open[next]);
      const auto link = std::ranges::find(links_, other.name, &Link::name);
      if (link != links_.end()) links.push_back(static_cast<std::size_t>(link - links_.begin()));
      for (const auto* names : {&other.needs, &other.via})
        for (const std::string& name : *names)
          if (std::ranges::find(open, name) == open.end()) open.push_back(name);
    }
    if (!links.empty()) behind_.emplace(*watched_.find(target.name), std::move(links));
  }
}

// One link that follows the default route: what else is behind the gateway is behind it. Of
// several, nobody could say which.
void LinkWatch::place_the_rest() {
  const auto follows = [](const Link& link) { return link.options.interface.empty(); };
  std::set<TargetId> placed;
  for (const auto& [target, links] : behind_) placed.insert(target);
  const bool is_one = std::ranges::count_if(links_, follows) == 1;
  const auto link = std::ranges::find_if(links_, follows);
  self_.set_link(is_one ? std::optional(link->id) : std::nullopt, std::move(placed));
}

void LinkWatch::hear(TargetId id, const Outcome& outcome, const RunTime& run) {
  if (interfaces_) self_.hear(id, outcome, run, *interfaces_);
  if (outcome.verdict == Verdict::failed) has_news_ = true;
  const bool is_news =
      outcome.verdict == Verdict::failed && engine_.status(id).failures_in_a_row == 0;
  if (!is_news) return;
  const BootTime now = network_.clock.boot_now();
  const auto found = behind_.find(id);
  if (found != behind_.end())
    for (const std::size_t link : found->second) look(links_[link], now);
  else if (const auto link = self_.link_of(id))
    look(*std::ranges::find(links_, *link, &Link::id), now);
}

void LinkWatch::settled(TargetId row, const Outcome& outcome) {
  has_news_ = true;
  const Asked& asked = asked_[index_of(row)];
  const AnchorRun run = run_of(outcome, network_.clock);
  if (asked.purpose == Purpose::own_resolver) return self_.hear_resolver(run);
  if (asked.purpose == Purpose::own_gateway) {
    for (Link& link : links_)
      if (link.way.gateway == asked.gateway) link.judge.hear_gateway(run);
    return self_.hear_gateway(*asked.gateway, run);
  }
  Link& link = links_[asked.link];
  const bool is_answered = run.verdict == Verdict::ok;
  switch (asked.purpose) {
    case Purpose::hop:
      return link.judge.hear_hop(is_answered || run.reason == Reason::ttl_exceeded, run.began);
    case Purpose::mtu: return link.judge.hear_mtu(run);
    case Purpose::anchor:
    case Purpose::own_gateway:
    case Purpose::own_resolver: break;
  }
  link.judge.hear_anchor(asked.place, run);
  const auto address = parse_address(outcome.address);
  if (link.anchors[asked.place].role == AnchorRole::gateway) {
    if (asked.gateway) self_.hear_gateway(*asked.gateway, run);
  } else if (link.anchors[asked.place].role == AnchorRole::beyond && address) {
    self_.hear_beyond(address->family, run);
  }
  PingCount& count = link.counts[asked.place];
  if (!is_ping(asked.text.sort)) return;
  count.sent += static_cast<std::uint64_t>(run.sent);
  for (const Duration round_trip : run.round_trips) count.round_trips.observe(round_trip);
}

void LinkWatch::ways_changed() {
  const BootTime now = network_.clock.boot_now();
  self_.look(*interfaces_);
  for (Link& link : links_) {
    link.way = way_out(*interfaces_, link.options.interface, link.way.interface);
    link.judge.hear_way(link.way, now);
    follow_gateway(link, now);
    note_uplink(link, now);
  }
  events_.interfaces_changed(*interfaces_);
}

// A gateway that is another one now is asked from now on. Where there is none, that is as bad as
// one that does not answer.
void LinkWatch::follow_gateway(Link& link, BootTime now) {
  for (const TargetId row : link.asked) {
    Asked& asked = asked_[index_of(row)];
    if (asked.text.sort != AnchorText::Sort::gateway) continue;
    if (asked.gateway != link.way.gateway) {
      forget(row);
      asked.gateway = link.way.gateway;
      if (asked.gateway) schedule(row, probe_of(asked, link), link);
    }
    const bool is_due = now - link.unasked >= std::chrono::ceil<Millis>(link.config.interval);
    if (asked.gateway || !is_due) continue;
    link.unasked = now;
    link.judge.hear_anchor(asked.place, {.began = now,
                                         .verdict = Verdict::failed,
                                         .reason = Reason::network_unreachable,
                                         .detail = "there is no default route",
                                         .round_trips = {}});
  }
}

void LinkWatch::judge() {
  has_news_ = false;
  const BootTime now = network_.clock.boot_now();
  if (interfaces_) {
    self_.judge();
    follow_own(now);
  }
  for (Link& link : links_) {
    if (interfaces_) follow_gateway(link, now);
    tell(link, now);
    note_path(link, now);
    if (link.judge.take_wish_to_look()) look(link, now);
  }
}

void LinkWatch::tell(Link& link, BootTime now) {
  const News news = link.told.say(engine_, link.id, link.judge.judge(now), now);
  // What could not be resolved meanwhile says nothing any more.
  if (news == News::returned) network_.resolver->clear();
}

void LinkWatch::note_path(Link& link, BootTime now) {
  const PathBreak at = link.judge.path_break();
  if (at == link.path_break) return;
  link.path_break = at;
  if (at != PathBreak::none)
    engine_.note(link.id, NoteKind::path, fmt::format("the path breaks at: {}", name(at)), now);
}

// The uplink whose interface has the default route.
void LinkWatch::note_uplink(Link& link, BootTime now) {
  if (link.options.uplinks.empty() || !link.way.has_route) return;
  for (const std::string& name : link.options.uplinks) {
    const auto uplink = std::ranges::find(links_, name, &Link::name);
    const bool is_it = uplink != links_.end() && uplink->options.interface == link.way.interface;
    if (!is_it || name == link.uplink) continue;
    const std::string before = std::exchange(link.uplink, name);
    if (before.empty()) return;
    const std::string text = fmt::format("from {} to {}: the default route leads through {}",
                                         before, name, link.way.interface);
    engine_.note(link.id, NoteKind::switch_over, text, now);
    log::warning("switch-over", {{"link", link.name}, {"from", before}, {"to", name}});
    return;
  }
}

void LinkWatch::look(Link& link, BootTime now) {
  if (link.looked != BootTime{} && now - link.looked < limits::judge_look_pause) return;
  link.looked = now;
  for (const TargetId row : link.asked)
    if (asked_[index_of(row)].is_scheduled) anchors_.look_now(row);
}

// What the agent looks through is asked always, at a slow pace; at once when something behind it
// fails, for as long as it does.
void LinkWatch::follow_own(BootTime now) {
  const SelfView::Asked asked = self_.asked();
  if (asked != own_asked_) {
    own_asked_ = asked;
    for (const TargetId row : own_rows_) forget(row);
    for (const std::optional<Address>& gateway : asked.gateways) {
      if (!gateway) continue;
      const AnchorProbing probing{.interface = {},
                                  .hop_limit = {},
                                  .size = {},
                                  .packets = anchor_packets,
                                  .timeout = limits::gateway_timeout};
      ask_own({.purpose = Purpose::own_gateway, .text = {}, .gateway = gateway},
              ping_anchor(to_string(*gateway), probing));
    }
    if (asked.is_resolver)
      ask_own({.purpose = Purpose::own_resolver, .text = {}, .gateway = {}},
              dns_anchor("", 0, {.interface = {}, .hop_limit = {}, .size = {}}));
  }
  if (now - own_looked_ < limits::judge_look_pause || !self_.take_suspicion()) return;
  own_looked_ = now;
  for (const TargetId row : own_rows_)
    if (asked_[index_of(row)].is_scheduled) anchors_.look_now(row);
}

// A row of its own that is free: gateways come and go for as long as the agent runs.
TargetId LinkWatch::own_row() {
  const auto free = std::ranges::find_if(
      own_rows_, [this](TargetId row) { return !asked_[index_of(row)].is_scheduled; });
  if (free != own_rows_.end()) return *free;
  const TargetId fresh{static_cast<std::uint32_t>(asked_.size())};
  asked_.emplace_back();
  own_rows_.push_back(fresh);
  return fresh;
}

void LinkWatch::ask_own(Asked asked, std::shared_ptr<const Probe> probe) {
  const TargetId row = own_row();
  const std::string name = asked.gateway ? to_string(*asked.gateway) : std::string("resolver");
  asked.is_scheduled = true;
  asked_[index_of(row)] = std::move(asked);
  anchors_.add(row, {.probe = std::move(probe),
                     .name = name,
                     .kind = std::string(link_kind),
                     .interval = limits::gateway_interval,
                     .timeout = limits::gateway_timeout,
                     .retry_interval = limits::judge_look_pause});
  anchors_.look_now(row);
}

}  // namespace siaga
