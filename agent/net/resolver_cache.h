// What is known of names: answers and failures until they expire, at most so many; the oldest goes
// first. Pure: time is passed in. Names are compared without case.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "agent/core/address.h"
#include "agent/core/time.h"
#include "agent/net/resolver.h"

namespace siaga {

// A name and the family that is asked for; looked up by a view, without a copy of the name.
struct NameView {
  std::string_view host;
  Family family = Family::ip4;
};
struct NameKey {
  std::string host;
  Family family = Family::ip4;
  operator NameView() const { return {.host = host, .family = family}; }
};
struct NameHash {
  using is_transparent = void;
  std::size_t operator()(const NameView& name) const;
};
struct NameEqual {
  using is_transparent = void;
  bool operator()(const NameView& left, const NameView& right) const;
};

class ResolverCache {
 public:
  explicit ResolverCache(std::size_t names_max) : names_max_(names_max) {}

  // Until `expires`; takes the place of what was known.
  void put(const NameView& name, Resolution resolution, Instant expires);
  // Nullptr when nothing is known or it has expired. Good until the next put() or clear().
  const Resolution* find(const NameView& name, Instant now) const;
  // What is known, expired or not; nullptr when nothing is.
  const Resolution* peek(const NameView& name) const;
  void forget(const NameView& name);
  void clear();
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Resolution resolution;
    Instant expires;
    std::list<NameView>::iterator place;
  };
  std::size_t names_max_;
  std::unordered_map<NameKey, Entry, NameHash, NameEqual> entries_;
  std::list<NameView> order_;  // oldest first; views into the keys
};

}  // namespace siaga
