#include "agent/net/tls_chain_cache.h"

#include "agent/core/limits.h"

namespace siaga {

const CheckedChain* TlsChainCache::find(const ChainKey& key, Instant now, WallTime wall_now) {
  const auto place = places_.find(key);
  if (place == places_.end()) return nullptr;
  const auto entry = place->second;
  // A wall clock that was set back makes "not yet valid" possible again.
  if (now >= entry->forget_at || wall_now < entry->good_from || wall_now >= entry->good_until) {
    entries_.erase(entry);
    places_.erase(place);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, entry);
  return &entry->chain;
}

void TlsChainCache::insert(const ChainKey& key, CheckedChain chain, Instant now,
                           WallTime wall_now) {
  if (const auto place = places_.find(key); place != places_.end()) {
    entries_.erase(place->second);
    places_.erase(place);
  }
  if (entries_.size() >= limits::verified_chains) {
    places_.erase(entries_.back().key);
    entries_.pop_back();
  }
  const WallTime end = chain.expiry.value_or(WallTime::max());
  entries_.push_front({.key = key,
                       .chain = std::move(chain),
                       .forget_at = now + limits::verified_chain_life,
                       .good_from = wall_now,
                       .good_until = end});
  places_.emplace(key, entries_.begin());
}

void TlsChainCache::clear() {
  places_.clear();
  entries_.clear();
}

}  // namespace siaga
