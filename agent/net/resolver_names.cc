#include "agent/net/resolver_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "agent/core/limits.h"

namespace siaga {
namespace {

Family other(Family family) { return family == Family::ip4 ? Family::ip6 : Family::ip4; }

std::string_view name_of(Family family) { return family == Family::ip4 ? "IPv4" : "IPv6"; }

std::string_view without_last_dot(std::string_view host) {
  return host.ends_with('.') ? host.substr(0, host.size() - 1) : host;
}

// Some servers say NXDOMAIN to AAAA for names that do have an A record (RFC 4074, 4.2).
bool wants_other_family(FamilyChoice choice, const Resolution& preferred) {
  if (!choice.fallback) return false;
  return preferred.reason == Reason::dns_no_address ||
         (preferred.reason == Reason::dns_nxdomain && choice.preferred == Family::ip6);
}

bool is_localhost(std::string_view host) {
  constexpr std::string_view local = "localhost";
  const NameEqual equal;
  const auto is_local = [&](std::string_view name) {
    return equal({.host = name}, {.host = local});
  };
  if (host.size() < local.size()) return false;
  const auto tail = host.substr(host.size() - local.size());
  return is_local(tail) &&
         (tail.size() == host.size() || host[host.size() - local.size() - 1] == '.');
}

Address loopback(Family family) {
  Address address{.family = family};
  if (family == Family::ip4) {
    address.bytes[0] = 127;
    address.bytes[3] = 1;
  } else {
    address.bytes[15] = 1;
  }
  return address;
}

Resolution no_address(std::string_view host, Family family) {
  return {.reason = Reason::dns_no_address,
          .detail = fmt::format("{}: no {} address", host, name_of(family))};
}

}  // namespace

// One caller's wait: for the preferred family, then perhaps for the other.
class NameLookup final : public Lookup {
 public:
  NameLookup(NameResolver& resolver, std::string_view host, FamilyChoice choice,
             Resolver::Done done)
      : resolver_(&resolver),
        loop_(resolver.loop_),
        name_{.host = std::string(host), .family = choice.preferred},
        choice_(choice),
        done_(std::move(done)) {}
  ~NameLookup() override {
    if (resolver_ != nullptr && !soon_) resolver_->leave(name_, *this);
  }

  void begin() { resolver_->join(name_, *this); }
  void detach() { resolver_ = nullptr; }

  void take(const Resolution& answer) {
    if (name_.family != choice_.preferred || !wants_other_family(choice_, answer))
      return deliver_soon(name_.family == choice_.preferred ? answer : joined(answer));
    first_reason_ = answer.reason;
    name_.family = other(name_.family);
    if (const Resolution* known = resolver_->find(NameView(name_))) return take(*known);
    resolver_->join(name_, *this);
  }

  void deliver_soon(Resolution answer) {
    answer_ = std::move(answer);
    soon_ = std::make_unique<Soon>(loop_, [this] {
      auto done = std::move(done_);
      const Resolution result = std::move(answer_);
      done(result);
    });
  }

 private:
  // Of both families.
  Resolution joined(const Resolution& second) const {
    Resolution result = second;
    if (second.reason == Reason::dns_no_address && first_reason_ == Reason::dns_no_address)
      result.detail = fmt::format("{}: no IPv4 or IPv6 address", name_.host);
    return result;
  }

  NameResolver* resolver_;
  Loop& loop_;
  NameKey name_;  // what is asked now
  FamilyChoice choice_;
  Reason first_reason_ = Reason::none;
  Resolver::Done done_;
  Resolution answer_;
  std::unique_ptr<Soon> soon_;
};

NameResolver::NameResolver(Loop& loop, const Clock& clock, std::unique_ptr<AddressSource> source,
                           const std::string& hosts_file)
    : loop_(loop),
      clock_(clock),
      cache_(limits::resolver_cache_names),
      hosts_(hosts_file),
      files_checked_(clock.now()),
      source_(std::move(source)) {}

NameResolver::~NameResolver() {
  for (const auto& [name, question] : questions_) {
    for (NameLookup* lookup : question.waiting) lookup->detach();
  }
}

std::unique_ptr<Lookup> NameResolver::lookup(std::string_view host, FamilyChoice choice,
                                             Done done) {
  auto lookup = std::make_unique<NameLookup>(*this, host, choice, std::move(done));
  if (const Resolution* found = known(host, choice)) lookup->deliver_soon(*found);
  else lookup->begin();
  return lookup;
}

const Resolution* NameResolver::known(std::string_view host, FamilyChoice choice) {
  const Resolution* found = find(host, choice);
  if (found != nullptr && found->is_cached) ++counters_.cache_hits;
  return found;
}

// A question that nobody waits for any more may have been lost on a dead path.
void NameResolver::forget(std::string_view host) {
  for (const Family family : {Family::ip4, Family::ip6}) {
    const NameView name{.host = host, .family = family};
    cache_.forget(name);
    const auto question = questions_.find(name);
    if (question != questions_.end() && question->second.waiting.empty())
      questions_.erase(question);
  }
}

// The same of all, and who still waits is served by a new question.
void NameResolver::clear() {
  cache_.clear();
  std::erase_if(questions_, [](const auto& entry) { return entry.second.waiting.empty(); });
  std::vector<NameKey> open;
  open.reserve(questions_.size());
  for (const auto& [name, question] : questions_) open.push_back(name);
  for (const NameKey& name : open)
    if (const auto question = questions_.find(name); question != questions_.end())
      ask(name, question->second);
}

std::optional<Instant> NameResolver::asked_at(std::string_view host) const {
  std::optional<Instant> asked;
  for (const Family family : {Family::ip4, Family::ip6}) {
    const Resolution* const known = cache_.peek({.host = host, .family = family});
    if (known != nullptr && known->asked)
      asked = std::min(asked.value_or(*known->asked), *known->asked);
  }
  return asked;
}

Resolver::Counters NameResolver::counters() const {
  Counters now = counters_;
  now.cached_names = cache_.size();
  return now;
}

std::vector<Endpoint> NameResolver::servers() {
  look_at_files();
  return source_->servers();
}

const Resolution* NameResolver::find(std::string_view host, FamilyChoice choice) {
  if (const auto address = parse_address(host)) return literal(*address, choice);
  const Resolution* preferred = find({.host = host, .family = choice.preferred});
  if (preferred == nullptr || !wants_other_family(choice, *preferred)) return preferred;
  const bool has_none = preferred->reason == Reason::dns_no_address;
  const Resolution* second = find({.host = host, .family = other(choice.preferred)});
  if (second == nullptr || !has_none || second->reason != Reason::dns_no_address) return second;
  composed_ = *second;
  composed_.detail = fmt::format("{}: no IPv4 or IPv6 address", host);
  return &composed_;
}

const Resolution* NameResolver::literal(const Address& address, FamilyChoice choice) {
  const bool is_allowed = choice.fallback || address.family == choice.preferred;
  composed_ = is_allowed
                  ? Resolution{.addresses = {address}}
                  : Resolution{.reason = Reason::dns_no_address,
                               .detail = fmt::format("{} is not an {} address", to_string(address),
                                                     name_of(choice.preferred))};
  return &composed_;
}

const Resolution* NameResolver::find(const NameView& name) {
  const Instant now = clock_.now();
  if (const Resolution* cached = cache_.find(name, now)) return cached;
  look_at_files();
  Resolution local;
  if (!find_local(name, local)) return nullptr;
  // For as long as the files are not looked at again.
  cache_.put(name, std::move(local), now + limits::resolver_file_check);
  return cache_.find(name, now);
}

bool NameResolver::find_local(const NameView& name, Resolution& found) const {
  const auto host = without_last_dot(name.host);
  if (hosts_.has(host)) {
    const auto* addresses = hosts_.find({.host = host, .family = name.family});
    found =
        addresses != nullptr ? Resolution{.addresses = *addresses} : no_address(host, name.family);
    return true;
  }
  if (!is_localhost(host)) return false;
  found = {.addresses = {loopback(name.family)}};
  return true;
}

void NameResolver::look_at_files() {
  const Instant now = clock_.now();
  if (now - files_checked_ < limits::resolver_file_check) return;
  files_checked_ = now;
  const bool has_new_hosts = hosts_.refresh();
  const bool has_new_servers = source_->refresh();
  if (has_new_hosts || has_new_servers) cache_.clear();
}

void NameResolver::join(const NameView& name, NameLookup& lookup) {
  const auto [question, is_new] = questions_.try_emplace(
      NameKey{.host = std::string(name.host), .family = name.family}, Question{});
  question->second.waiting.push_back(&lookup);
  if (is_new) ask(question->first, question->second);
}

void NameResolver::ask(const NameKey& name, Question& question) {
  ++counters_.queries;
  question.serial = ++last_serial_;
  source_->ask(name.host, name.family,
               [this, key = name, serial = question.serial](SourceAnswer answer) {
                 answered(key, serial, std::move(answer));
               });
}

void NameResolver::leave(const NameView& name, NameLookup& lookup) {
  const auto question = questions_.find(name);
  if (question != questions_.end()) std::erase(question->second.waiting, &lookup);
}

void NameResolver::answered(const NameKey& name, std::uint64_t serial, SourceAnswer answer) {
  const auto asked = questions_.find(name);
  if (asked == questions_.end() || asked->second.serial != serial) return;
  const bool is_good = answer.reason == Reason::none;
  if (!is_good) ++counters_.failures;
  if (answer.reason == Reason::dns_timeout) ++counters_.timeouts;
  const Resolution resolution{
      .reason = answer.reason,
      .detail = is_good ? std::string() : fmt::format("{}: {}", name.host, answer.detail),
      .addresses = std::move(answer.addresses),
      .ttl =
          is_good ? std::min(answer.ttl, limits::resolver_ttl_max) : limits::resolver_failure_ttl};
  remember(name, resolution);
  const auto question = questions_.extract(name);
  for (NameLookup* lookup : question.mapped().waiting) lookup->take(resolution);
}

void NameResolver::remember(const NameKey& name, const Resolution& resolution) {
  if (is_agent_trouble(resolution.reason) || resolution.ttl <= Duration::zero()) return;
  Resolution cached = resolution;
  cached.is_cached = true;
  cached.asked = clock_.now();
  cache_.put(name, std::move(cached), clock_.now() + resolution.ttl);
}

}  // namespace siaga
