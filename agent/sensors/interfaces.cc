#include "agent/sensors/interfaces.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <utility>

#include "agent/core/limits.h"
#include "agent/loop/poller.h"
#include "agent/loop/timer.h"
#include "agent/sensors/interface_table.h"
#include "agent/sensors/netlink.h"

namespace siaga {
namespace {

constexpr std::uint32_t group(int number) { return 1U << static_cast<unsigned>(number - 1); }
constexpr std::uint32_t watched_groups = group(RTNLGRP_LINK) | group(RTNLGRP_IPV4_IFADDR) |
                                         group(RTNLGRP_IPV6_IFADDR) | group(RTNLGRP_IPV4_ROUTE) |
                                         group(RTNLGRP_IPV6_ROUTE);

// In Mbit/s; -1 or nothing where the driver cannot tell.
std::optional<std::uint64_t> speed_of(const std::string& name) {
  constexpr long long speed_unknown = 0xFFFFFFFF;  // -1 as older kernels print it
  std::ifstream file("/sys/class/net/" + name + "/speed");
  long long megabits = 0;
  if (!(file >> megabits) || megabits <= 0 || megabits >= speed_unknown) return {};
  return static_cast<std::uint64_t>(megabits) * 1'000'000;
}

// Asks the kernel for lists and counters.
class Asker {
 public:
  Result<void> ask_list(rtnetlink::List list, const TakeMessage& take);
  std::optional<InterfaceCounters> ask_counters(unsigned index);

 private:
  template <typename MakeRequest>
  Result<void> ask_one(MakeRequest make_request, const TakeMessage& take);

  std::unique_ptr<NetlinkSocket> socket_;
  std::uint32_t sequence_ = 0;
};

template <typename MakeRequest>
Result<void> Asker::ask_one(MakeRequest make_request, const TakeMessage& take) {
  if (!socket_) {
    auto opened = NetlinkSocket::open(NETLINK_ROUTE, 0);
    if (!opened) return std::unexpected(opened.error());
    socket_ = std::move(*opened);
  }
  const std::uint32_t sequence = ++sequence_;
  auto answered = ask(*socket_, make_request(sequence), sequence, take);
  // The rest of the answer may still stand in it.
  if (!answered && answered.error().code != EINTR) socket_.reset();
  return answered;
}

Result<void> Asker::ask_list(rtnetlink::List list, const TakeMessage& take) {
  return ask_one([list](std::uint32_t sequence) { return rtnetlink::list_request(list, sequence); },
                 take);
}

std::optional<InterfaceCounters> Asker::ask_counters(unsigned index) {
  std::optional<InterfaceCounters> counters;
  const auto answered =
      ask_one([index](std::uint32_t sequence) { return rtnetlink::link_request(index, sequence); },
              [&](const rtnetlink::Message& message) {
                const auto* link = std::get_if<rtnetlink::Link>(&message.content);
                if (link != nullptr && link->index == index) counters = link->counters;
              });
  if (!answered) return {};
  return counters;
}

// Reads a list until nothing changes meanwhile; what is true in the end is told as events, too.
template <typename Collected>
Result<Collected> read_list(Asker& asker, rtnetlink::List list,
                            void (*collect)(Collected&, const rtnetlink::Message&)) {
  Result<void> answered;
  for (int tries = 0; tries < limits::netlink_lists_again; ++tries) {
    Collected collected;
    answered = asker.ask_list(
        list, [&](const rtnetlink::Message& message) { collect(collected, message); });
    const bool is_last = tries + 1 == limits::netlink_lists_again;
    if (answered || (answered.error().code == EINTR && is_last)) return collected;
    if (answered.error().code != EINTR) break;
  }
  return std::unexpected(answered.error());
}

using Messages = std::vector<rtnetlink::Message>;
using Routes = std::vector<rtnetlink::DefaultHops>;

Result<Messages> read_messages(Asker& asker, rtnetlink::List list) {
  return read_list<Messages>(asker, list, [](Messages& all, const rtnetlink::Message& message) {
    if (all.size() < limits::interface_addresses) all.push_back(message);
  });
}

Result<Routes> read_routes(Asker& asker) {
  return read_list<Routes>(
      asker, rtnetlink::List::routes, [](Routes& all, const rtnetlink::Message& message) {
        const auto* route = std::get_if<rtnetlink::DefaultHops>(&message.content);
        if (route != nullptr && all.size() < limits::default_routes) all.push_back(*route);
      });
}

Result<InterfaceTable> read_table(Asker& asker) {
  InterfaceTable table;
  for (const rtnetlink::List list : {rtnetlink::List::links, rtnetlink::List::addresses}) {
    const auto messages = read_messages(asker, list);
    if (!messages) return std::unexpected(messages.error());
    for (const rtnetlink::Message& message : *messages) table.take(message);
  }
  const auto routes = read_routes(asker);
  if (!routes) return std::unexpected(routes.error());
  table.put_routes(*routes);
  return table;
}

class KernelInterfaces final : public Interfaces {
 public:
  KernelInterfaces(Loop& loop, Changed changed, std::unique_ptr<NetlinkSocket> events)
      : loop_(loop),
        changed_(std::move(changed)),
        events_(std::move(events)),
        retry_(loop, [this] { settle(); }) {
    retry_.unreference();
  }

  Result<void> start();
  const std::vector<Interface>& all() const override { return table_.all(); }
  const DefaultRoute* default_route(Family family) const override {
    return table_.default_route(family, {});
  }
  const DefaultRoute* default_route(Family family, unsigned interface) const override {
    return table_.default_route(family, interface);
  }
  std::optional<InterfaceCounters> counters(unsigned index) override {
    return asker_.ask_counters(index);
  }

 private:
  void hear();
  bool hear_one();  // false: there is nothing more
  void settle();
  bool settle_anew();
  bool settle_changes();

  Loop& loop_;
  Changed changed_;
  std::unique_ptr<NetlinkSocket> events_;
  Asker asker_;
  InterfaceTable table_;
  bool is_anew_due_ = false;   // events were lost
  bool is_route_due_ = false;  // a route may be another
  bool is_drained_ = true;     // no event is left that is older than an answer now
  Timer retry_;
  std::unique_ptr<Soon> soon_;
  std::unique_ptr<Poller> poller_;
};

Result<void> KernelInterfaces::start() {
  auto poller = Poller::open(loop_, events_->descriptor(), [this](PollEvents) { hear(); });
  if (!poller) return std::unexpected(poller.error());
  poller_ = std::move(*poller);
  poller_->watch({.readable = true, .writable = false});
  poller_->unreference();
  auto table = read_table(asker_);
  if (!table) return std::unexpected(table.error());
  table_ = std::move(*table);
  table_.show(speed_of);
  return {};
}

void KernelInterfaces::hear() {
  is_drained_ = false;
  for (int reads = 0; reads < limits::netlink_reads && !is_drained_; ++reads)
    is_drained_ = !hear_one();
  if (!soon_) soon_ = std::make_unique<Soon>(loop_, [this] { settle(); });
}

bool KernelInterfaces::hear_one() {
  const auto datagram = events_->read();
  if (!datagram && datagram.error() == ENOBUFS) return is_anew_due_ = true;
  if (!datagram) return false;
  if (!events_->is_from_kernel()) return true;
  rtnetlink::Reader reader(*datagram);
  while (const auto message = reader.next())
    if (table_.take(*message)) is_route_due_ = true;
  return true;
}

void KernelInterfaces::settle() {
  soon_.reset();
  // What is read anew must not be overwritten by older news.
  if (is_anew_due_ && !is_drained_) return hear();
  const bool differs = is_anew_due_ ? settle_anew() : settle_changes();
  if (is_anew_due_ || is_route_due_) retry_.start_after(limits::netlink_retry);
  if (!differs) return;
  const Changed changed = changed_;
  changed();  // may destroy this
}

bool KernelInterfaces::settle_anew() {
  auto table = read_table(asker_);
  if (!table) return false;
  is_anew_due_ = is_route_due_ = false;
  const bool differs = table->show_instead_of(table_, speed_of);
  table_ = std::move(*table);
  return differs;
}

bool KernelInterfaces::settle_changes() {
  if (is_route_due_) {
    const auto routes = read_routes(asker_);
    is_route_due_ = !routes;
    if (routes) table_.put_routes(*routes);
  }
  return table_.show(speed_of);
}

}  // namespace

Result<std::unique_ptr<Interfaces>> Interfaces::open(Loop& loop, Changed changed) {
  // Listens before it asks: nothing falls in between.
  auto events = NetlinkSocket::open(NETLINK_ROUTE, watched_groups);
  if (!events) return std::unexpected(events.error());
  auto interfaces =
      std::make_unique<KernelInterfaces>(loop, std::move(changed), std::move(*events));
  if (auto started = interfaces->start(); !started) return std::unexpected(started.error());
  return interfaces;
}

const Interface* Interfaces::find(std::string_view name) const {
  const auto found = std::ranges::find(all(), name, &Interface::name);
  return found != all().end() ? &*found : nullptr;
}

const Interface* Interfaces::find(unsigned index) const {
  const auto found = std::ranges::find(all(), index, &Interface::index);
  return found != all().end() ? &*found : nullptr;
}

}  // namespace siaga
