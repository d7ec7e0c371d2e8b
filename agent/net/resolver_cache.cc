#include "agent/net/resolver_cache.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace siaga {
namespace {

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

}  // namespace

// FNV-1a, 64 bit. Names come from our own configuration, not from strangers.
std::size_t NameHash::operator()(const NameView& name) const {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto mix = [&hash](std::uint8_t octet) { hash = (hash ^ octet) * 0x100000001b3U; };
  for (const char letter : name.host) mix(static_cast<std::uint8_t>(lower(letter)));
  mix(static_cast<std::uint8_t>(name.family));
  return hash;
}

bool NameEqual::operator()(const NameView& left, const NameView& right) const {
  return left.family == right.family &&
         std::ranges::equal(left.host, right.host,
                            [](char a, char b) { return lower(a) == lower(b); });
}

void ResolverCache::put(const NameView& name, Resolution resolution, Instant expires) {
  if (const auto known = entries_.find(name); known != entries_.end()) {
    known->second.resolution = std::move(resolution);
    known->second.expires = expires;
    order_.splice(order_.end(), order_, known->second.place);
    return;
  }
  if (entries_.size() >= names_max_) {
    entries_.erase(entries_.find(order_.front()));
    order_.pop_front();
  }
  const auto [made, is_new] = entries_.try_emplace(
      NameKey{.host = std::string(name.host), .family = name.family},
      Entry{.resolution = std::move(resolution), .expires = expires, .place = {}});
  made->second.place = order_.insert(order_.end(), NameView(made->first));
}

const Resolution* ResolverCache::find(const NameView& name, Instant now) const {
  const auto known = entries_.find(name);
  if (known == entries_.end() || known->second.expires <= now) return nullptr;
  return &known->second.resolution;
}

const Resolution* ResolverCache::peek(const NameView& name) const {
  const auto known = entries_.find(name);
  return known == entries_.end() ? nullptr : &known->second.resolution;
}

void ResolverCache::forget(const NameView& name) {
  const auto known = entries_.find(name);
  if (known == entries_.end()) return;
  order_.erase(known->second.place);
  entries_.erase(known);
}

void ResolverCache::clear() {
  entries_.clear();
  order_.clear();
}

}  // namespace siaga
