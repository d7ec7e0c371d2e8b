// One clockwork for all runs: a queue of runs by the time of their next event, one timer for its
// head, and sockets that are opened when somebody needs them. A turn reads what has come, sends
// what is due, and only then tells the runs that are complete.
#include "agent/net/pinger.h"

#include <net/if.h>

#include <algorithm>
#include <array>
#include <deque>
#include <functional>
#include <set>
#include <string_view>
#include <utility>

#include "agent/core/check.h"
#include "agent/core/icmp.h"
#include "agent/loop/icmp_socket.h"
#include "agent/loop/timer.h"
#include "agent/net/pinger_errors.h"
#include "agent/net/pinger_ledger.h"
#include "agent/net/pinger_random.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;

// Replies are read after so many sendings at the latest, for on fast networks they fill the
// socket's buffer while we still send.
constexpr int sends_between_reads = 32;
// Then the loop's other work gets its turn.
constexpr int reads_per_turn = 64;
constexpr int error_reads_per_turn = 8;
constexpr Duration retry_after_full_buffers = 1ms;

class SharedPinger;

class ActiveRun final : public PingRun {
 public:
  ActiveRun(SharedPinger& its_pinger, const PingRequest& request, Pinger::Done its_done,
            Instant now)
      : pinger(its_pinger), ledger(request, now), done(std::move(its_done)) {}
  ~ActiveRun() override;
  PingResult so_far() override;

  SharedPinger& pinger;
  PingLedger ledger;
  Pinger::Done done;
  std::uint64_t nonce = 0;
  std::uint32_t slot = 0;
  icmp::EchoName first;  // of packet 0; the others follow by sequence
  unsigned interface_index = 0;
  enum class Place : std::uint8_t { queue, complete, told } place = Place::queue;
  Instant next_event{};            // the key in the queue
  ActiveRun* next_near = nullptr;  // in the list of RunsByHost
  ActiveRun* previous_near = nullptr;
};

// Runs by their target, for errors that quote too little to name the run themselves: anybody can
// send those, so they must not cost a walk through all runs. The lists are made of the runs
// themselves: no allocation per run.
class RunsByHost {
 public:
  void add(ActiveRun& run) {
    ActiveRun*& first = first_near(run.ledger.request().to);
    run.next_near = first;
    if (first != nullptr) first->previous_near = &run;
    first = &run;
  }
  void remove(ActiveRun& run) {
    if (run.next_near != nullptr) run.next_near->previous_near = run.previous_near;
    if (run.previous_near != nullptr) run.previous_near->next_near = run.next_near;
    else first_near(run.ledger.request().to) = run.next_near;
  }
  // The head of a list with all runs to this host and a few others.
  ActiveRun* near(const Address& host) const { return lists_[list_of(host)]; }

 private:
  static constexpr std::size_t list_count = 4096;

  static std::size_t list_of(const Address& host) {
    const auto octets = host.octets();
    return std::hash<std::string_view>{}(
               {reinterpret_cast<const char*>(octets.data()), octets.size()}) %
           list_count;
  }
  ActiveRun*& first_near(const Address& host) { return lists_[list_of(host)]; }

  std::vector<ActiveRun*> lists_ = std::vector<ActiveRun*>(list_count);
};

struct ByNextEvent {
  bool operator()(const ActiveRun* left, const ActiveRun* right) const {
    return std::pair(left->next_event, left->slot) < std::pair(right->next_event, right->slot);
  }
};

bool is_same_host(const Address& left, const Address& right) {
  return left.family == right.family && std::ranges::equal(left.octets(), right.octets()) &&
         (left.scope == right.scope || left.scope == 0 || right.scope == 0);
}

// The kernel stamps arrivals with the wall clock, which may be stepped; so the stamp only says how
// long the reply waited for us, and counts only where that is possible at all.
Duration round_trip(const IcmpReply& reply, Instant sent) {
  const Duration until_read = reply.read_at - sent;
  const bool is_plausible = reply.age >= Duration::zero() && reply.age <= until_read;
  return is_plausible ? until_read - reply.age : until_read;
}

class SharedPinger final : public Pinger {
 public:
  explicit SharedPinger(Loop& loop) : loop_(loop), timer_(loop, [this] { turn(); }) {
    cookie_ = random_.next();
  }
  ~SharedPinger() override { CHECK(slots_.size() == free_slots_.size()); }

  std::unique_ptr<PingRun> start(const PingRequest& request, Done done) override;
  void remove(ActiveRun& run);
  void read_before_giving_up();

 private:
  struct Sockets {
    std::unique_ptr<IcmpSocket> fragmenting, whole;
    std::unique_ptr<IcmpSocket>& of(bool dont_fragment) {
      return dont_fragment ? whole : fragmenting;
    }
  };

  std::uint32_t take_slot(ActiveRun& run);
  void turn();
  void readable(bool has_errors);
  void send_due(Instant now);
  void advance(ActiveRun& run, Instant now);
  bool send_packet(ActiveRun& run, int packet, Instant now);
  Result<IcmpSocket*> socket_for(const PingRequest& request);
  void read_all(bool with_errors);
  void read_replies(IcmpSocket& icmp, Family family);
  void read_errors(IcmpSocket& icmp, Family family);
  void file(const IcmpReply& reply, Family family, bool is_raw);
  void file(const IcmpError& error, Family family, bool is_raw);
  ActiveRun* run_of(const icmp::Key& key) const;
  ActiveRun* run_of_quoted(const icmp::QuotedRequest& request, const Address& to, bool is_raw,
                           std::size_t& packet) const;
  void file_again(ActiveRun& run);
  void tell();
  void arm();

  Loop& loop_;
  PingRandom random_;
  std::uint64_t cookie_ = 0;
  std::array<Sockets, 2> sockets_;  // by Family
  std::vector<ActiveRun*> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::set<ActiveRun*, ByNextEvent> queue_;
  RunsByHost by_host_;
  std::deque<ActiveRun*> complete_;  // in the order they became it
  std::vector<std::byte> message_;   // of the packet being sent
  int sends_since_read_ = 0;
  Instant armed_for_ = PingLedger::never;
  Timer timer_;
};

ActiveRun::~ActiveRun() { pinger.remove(*this); }

PingResult ActiveRun::so_far() {
  // What lies in the socket came in time; that we have not read it is nobody's fault but ours.
  pinger.read_before_giving_up();
  return ledger.result();
}

std::unique_ptr<PingRun> SharedPinger::start(const PingRequest& request, Done done) {
  const Instant now = loop_.now();
  auto run = std::make_unique<ActiveRun>(*this, request, std::move(done), now);
  run->nonce = random_.next();
  run->slot = take_slot(*run);
  const std::uint64_t names = random_.next();
  run->first = {.identifier = static_cast<std::uint16_t>(names),
                .sequence = static_cast<std::uint16_t>(names >> 16U)};
  run->next_event = now;
  queue_.insert(run.get());
  by_host_.add(*run);
  arm();
  return run;
}

std::uint32_t SharedPinger::take_slot(ActiveRun& run) {
  if (free_slots_.empty()) {
    slots_.push_back(&run);
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  slots_[slot] = &run;
  return slot;
}

void SharedPinger::remove(ActiveRun& run) {
  if (run.place == ActiveRun::Place::queue) queue_.erase(&run);
  if (run.place == ActiveRun::Place::complete) std::erase(complete_, &run);
  by_host_.remove(run);
  slots_[run.slot] = nullptr;
  free_slots_.push_back(run.slot);
  // Nothing left to wait for must not keep the loop alive.
  if (queue_.empty() && complete_.empty()) arm();
}

// The timer: something is due.
void SharedPinger::turn() {
  armed_for_ = PingLedger::never;
  const Instant now = loop_.now();
  // The end of a wait is judged after what has come until then.
  if (!queue_.empty() && (*queue_.begin())->ledger.awaits_replies()) read_all(true);
  send_due(now);
  tell();
  arm();
}

void SharedPinger::readable(bool has_errors) {
  read_all(has_errors);
  tell();
  arm();
}

void SharedPinger::send_due(Instant now) {
  while (!queue_.empty() && (*queue_.begin())->next_event <= now) advance(**queue_.begin(), now);
}

void SharedPinger::advance(ActiveRun& run, Instant now) {
  run.ledger.expire(now);
  while (const auto packet = run.ledger.due_packet(now)) {
    if (!send_packet(run, *packet, now)) break;
  }
  file_again(run);
  if (sends_since_read_ >= sends_between_reads) read_all(false);
}

// False when the run cannot go on sending now.
bool SharedPinger::send_packet(ActiveRun& run, int packet, Instant now) {
  const PingRequest& request = run.ledger.request();
  const auto icmp = socket_for(request);
  if (!icmp) {
    auto trouble = trouble_of_open(icmp.error());
    run.ledger.stop(trouble.reason, std::move(trouble.detail));
    return false;
  }
  if (!request.interface.empty() && run.interface_index == 0) {
    run.interface_index = if_nametoindex(request.interface.c_str());
    if (run.interface_index == 0) {
      run.ledger.stop(Reason::agent_address, "there is no network interface " + request.interface);
      return false;
    }
  }
  const std::size_t bytes =
      icmp::header_bytes +
      std::clamp(request.payload_bytes, icmp::payload_bytes_min, icmp::payload_bytes_max);
  (*icmp)->expect_message_bytes(bytes);
  if (message_.size() < bytes) message_.resize(bytes);
  const auto message = std::span(message_).first(bytes);
  const icmp::EchoName name{
      .identifier = run.first.identifier,
      .sequence = static_cast<std::uint16_t>(run.first.sequence + static_cast<unsigned>(packet))};
  icmp::write_request(request.to.family, name,
                      {.cookie = cookie_,
                       .nonce = run.nonce,
                       .slot = run.slot,
                       .packet = static_cast<std::uint32_t>(packet)},
                      message);
  ++sends_since_read_;
  // Read before each packet, not once for all of them: packets of one batch would carry each
  // other's time.
  const Instant sent = loop_.now();
  const int code = (*icmp)->send({.to = request.to,
                                  .message = message,
                                  .hop_limit = request.hop_limit,
                                  .traffic_class = request.traffic_class,
                                  .source = request.source,
                                  .interface_index = run.interface_index});
  if (code == 0) {
    run.ledger.sent(sent);
    return true;
  }
  if (code == EAGAIN || code == ENOBUFS) {
    run.ledger.postpone(now, sent + retry_after_full_buffers);
    return false;
  }
  auto trouble = trouble_of_send(code, request);
  if (is_agent_trouble(trouble.reason)) {
    run.ledger.stop(trouble.reason, std::move(trouble.detail));
    return false;
  }
  run.ledger.sent(sent);
  run.ledger.refused(packet, trouble.reason, std::move(trouble.detail));
  return true;
}

Result<IcmpSocket*> SharedPinger::socket_for(const PingRequest& request) {
  const Family family = request.to.family;
  auto& icmp = sockets_[static_cast<std::size_t>(family)].of(request.dont_fragment);
  if (icmp) return icmp.get();
  auto opened = IcmpSocket::open(
      loop_, {.family = family, .cookie = cookie_, .dont_fragment = request.dont_fragment},
      [this](bool has_errors) { readable(has_errors); });
  if (!opened) return std::unexpected(opened.error());
  icmp = std::move(*opened);
  return icmp.get();
}

void SharedPinger::read_all(bool with_errors) {
  sends_since_read_ = 0;
  for (const Family family : {Family::ip4, Family::ip6}) {
    for (const bool dont_fragment : {false, true}) {
      const auto& icmp = sockets_[static_cast<std::size_t>(family)].of(dont_fragment);
      if (!icmp) continue;
      read_replies(*icmp, family);
      if (with_errors) read_errors(*icmp, family);
    }
  }
}

void SharedPinger::read_replies(IcmpSocket& icmp, Family family) {
  for (int reads = 0; reads < reads_per_turn; ++reads) {
    for (const IcmpReply& reply : icmp.read_replies()) file(reply, family, icmp.is_raw());
    if (icmp.is_drained()) return;
  }
}

void SharedPinger::read_errors(IcmpSocket& icmp, Family family) {
  for (int reads = 0; reads < error_reads_per_turn; ++reads) {
    const auto errors = icmp.read_errors();
    for (const IcmpError& error : errors) file(error, family, icmp.is_raw());
    if (errors.empty()) return;
  }
}

ActiveRun* SharedPinger::run_of(const icmp::Key& key) const {
  if (key.cookie != cookie_ || key.slot >= slots_.size()) return nullptr;
  ActiveRun* const run = slots_[key.slot];
  if (run == nullptr || run->nonce != key.nonce || !run->ledger.was_sent(key.packet))
    return nullptr;
  return run;
}

// A reply counts when it comes from the very address that was asked: so a multicast or broadcast
// address, or 0.0.0.0, which others answer for, never gets one.
void SharedPinger::file(const IcmpReply& reply, Family family, bool is_raw) {
  const auto echo = icmp::parse_reply(family, reply.message);
  if (!echo) return;
  ActiveRun* const run = run_of(echo->key);
  if (run == nullptr || run->place != ActiveRun::Place::queue) return;
  const PingRequest& request = run->ledger.request();
  const auto sequence = static_cast<std::uint16_t>(run->first.sequence + echo->key.packet);
  if (!is_same_host(reply.from, request.to) || echo->name.sequence != sequence ||
      echo->payload_bytes !=
          std::clamp(request.payload_bytes, icmp::payload_bytes_min, icmp::payload_bytes_max) ||
      (is_raw && echo->name.identifier != run->first.identifier))
    return;
  run->ledger.answered(static_cast<int>(echo->key.packet),
                       round_trip(reply, run->ledger.sent_at(echo->key.packet)), reply.hop_limit);
  file_again(*run);
}

// A raw socket gets the errors for everybody's packets. Where the quotation is too short for a key,
// identifier, sequence and target must fit a packet of ours.
ActiveRun* SharedPinger::run_of_quoted(const icmp::QuotedRequest& request, const Address& to,
                                       bool is_raw, std::size_t& packet) const {
  if (request.key) {
    packet = request.key->packet;
    return run_of(*request.key);
  }
  for (ActiveRun* run = by_host_.near(to); run != nullptr; run = run->next_near) {
    if (run->place != ActiveRun::Place::queue || !is_same_host(run->ledger.request().to, to))
      continue;
    if (is_raw && run->first.identifier != request.name.identifier) continue;
    packet = static_cast<std::uint16_t>(request.name.sequence - run->first.sequence);
    if (run->ledger.was_sent(packet)) return run;
  }
  return nullptr;
}

void SharedPinger::file(const IcmpError& error, Family family, bool is_raw) {
  const auto meaning = icmp::meaning_of_error(family, error.type, error.code);
  const auto quoted = icmp::parse_quoted_request(family, error.quoted);
  if (!meaning || !quoted) return;
  std::size_t packet = 0;
  ActiveRun* const run = run_of_quoted(*quoted, error.to, is_raw, packet);
  if (run == nullptr || run->place != ActiveRun::Place::queue ||
      !is_same_host(error.to, run->ledger.request().to))
    return;
  run->ledger.refused(static_cast<int>(packet), meaning->reason,
                      std::string(meaning->words) + ", says " + to_string(error.offender));
  file_again(*run);
}

// After anything that happened to the run: its place in the queue, or among the complete ones.
void SharedPinger::file_again(ActiveRun& run) {
  const bool is_complete = run.ledger.is_complete();
  const Instant next = is_complete ? PingLedger::never : run.ledger.next_event();
  if (!is_complete && next == run.next_event) return;
  auto node = queue_.extract(&run);
  if (is_complete) {
    run.place = ActiveRun::Place::complete;
    complete_.push_back(&run);
    return;
  }
  run.next_event = next;
  queue_.insert(std::move(node));
}

// The receivers may destroy any run and start new ones; those can be complete only on later turns.
void SharedPinger::tell() {
  for (auto count = complete_.size(); count > 0 && !complete_.empty(); --count) {
    ActiveRun& run = *complete_.front();
    complete_.pop_front();
    run.place = ActiveRun::Place::told;
    PingResult result = run.ledger.result();
    auto done = std::exchange(run.done, {});
    done(std::move(result));
  }
}

void SharedPinger::read_before_giving_up() {
  read_all(true);
  arm();
}

void SharedPinger::arm() {
  Instant when = queue_.empty() ? PingLedger::never : (*queue_.begin())->next_event;
  if (!complete_.empty()) when = Instant{};
  if (when == PingLedger::never) {
    timer_.stop();
    armed_for_ = when;
    return;
  }
  if (when >= armed_for_) return;
  armed_for_ = when;
  // The timer rounds up to milliseconds; what is due now shall not wait for that.
  timer_.start_at(when <= loop_.now() ? Instant{} : when);
}

}  // namespace

std::unique_ptr<Pinger> Pinger::create(Loop& loop) { return std::make_unique<SharedPinger>(loop); }

}  // namespace siaga
