// Remembers chains that were verified, with the facts read from them, so that the next handshake
// with the same certificates costs neither signatures nor parsing. Forgets by age, by the chain's
// own end, and, when full, what was not used for longest. Only good chains come in here.
//
// The key is a SHA-256 of everything that the verdict depends on (tls_session.cc makes it).
#pragma once

#include <array>
#include <cstring>
#include <list>
#include <optional>
#include <unordered_map>
#include <vector>

#include "agent/core/time.h"
#include "agent/net/tls.h"

namespace siaga {

using ChainKey = std::array<unsigned char, 32>;

struct CheckedChain {
  std::vector<CertificateFacts> sent;
  std::optional<WallTime> expiry;  // nothing: not verified, only read
};

class TlsChainCache {
 public:
  // The pointer is good until the next call.
  const CheckedChain* find(const ChainKey& key, Instant now, WallTime wall_now);
  void insert(const ChainKey& key, CheckedChain chain, Instant now, WallTime wall_now);
  void clear();
  std::size_t size() const { return places_.size(); }

 private:
  struct Entry {
    ChainKey key;
    CheckedChain chain;
    Instant forget_at;
    WallTime good_from, good_until;
  };
  // A digest is evenly spread as it is.
  struct Hash {
    std::size_t operator()(const ChainKey& key) const {
      std::size_t value = 0;
      std::memcpy(&value, key.data(), sizeof value);
      return value;
    }
  };
  using Entries = std::list<Entry>;

  Entries entries_;  // the last used first
  std::unordered_map<ChainKey, Entries::iterator, Hash> places_;
};

}  // namespace siaga
