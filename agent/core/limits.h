// The limits that are not options: each has a name, a reason and a place in docs/limits.md.
#pragma once

#include <chrono>
#include <cstddef>

#include "agent/core/time.h"

namespace siaga::limits {

using namespace std::chrono_literals;

inline constexpr std::size_t configuration_bytes = 8U << 20U;  // one file; more is refused unread
inline constexpr std::size_t configuration_complaints = 100;   // shown; the rest is counted
inline constexpr std::size_t targets = 20'000;
inline constexpr std::size_t name_bytes = 128;                 // of a target, an office
inline constexpr std::size_t excerpt_bytes = 1024;             // of a failing body
inline constexpr std::size_t detail_bytes = 512;               // of an outcome's sentence
inline constexpr std::size_t http_header_bytes = 256U << 10U;  // of one answer
inline constexpr std::size_t pattern_bytes = 1U << 20U;        // memory of one compiled pattern
inline constexpr std::size_t dialogue_steps = 32;
inline constexpr std::size_t dialogue_bytes = 64U << 10U;  // kept while waiting for a text
inline constexpr std::size_t certificate_chain = 16;       // certificates read from one peer
inline constexpr std::size_t resolver_cache_names = 4096;
inline constexpr Duration resolver_ttl_max = 1h;      // longer TTLs are cut
inline constexpr Duration resolver_failure_ttl = 5s;  // how long a failed name is remembered
inline constexpr Duration start_tick = 10ms;          // starts are grouped to this grid
inline constexpr Duration interval_min = 1s;
inline constexpr Duration interval_max = 24h;
inline constexpr std::size_t scrapes_at_once = 16;
inline constexpr Duration scrape_idle = 10s;  // a reader that takes nothing is dropped
inline constexpr Duration shutdown_max = 5s;  // then the loop says what is alive and ends

}  // namespace siaga::limits
