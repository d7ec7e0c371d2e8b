// The limits that are not options: each has a name, a reason and a place in docs/limits.md.
#pragma once

#include <chrono>
#include <cstddef>

#include "agent/core/time.h"

namespace siaga::limits {

using namespace std::chrono_literals;

inline constexpr std::size_t configuration_bytes = 8U << 20U;  // one file; more is refused unread
inline constexpr std::size_t configuration_complaints = 100;   // shown; the rest is counted
inline constexpr std::size_t configuration_bytes_all = 32U << 20U;  // all files of one load
inline constexpr std::size_t configuration_files = 256;             // in conf.d
inline constexpr std::size_t configuration_values = 1'000'000;      // in one file
inline constexpr std::size_t configuration_depth = 32;  // brackets in a value, dots in a key
inline constexpr std::size_t configuration_secret_bytes = 64U << 10U;  // one secret's file
inline constexpr std::size_t targets = 20'000;
inline constexpr std::size_t name_bytes = 128;                 // of a target, an office
inline constexpr std::size_t excerpt_bytes = 1024;             // of a failing body
inline constexpr std::size_t detail_bytes = 512;               // of an outcome's sentence
inline constexpr std::size_t http_header_bytes = 256U << 10U;  // of one answer
inline constexpr std::size_t http_headers = 1000;              // lines of one answer
inline constexpr std::size_t http_idle_handles = 64;  // libcurl handles kept for the next exchange
inline constexpr std::size_t url_bytes = 8U << 10U;   // of a redirect
inline constexpr std::size_t pattern_bytes = 1U << 20U;  // memory of one compiled pattern
inline constexpr std::size_t dialogue_steps = 32;
inline constexpr std::size_t dialogue_bytes = 64U << 10U;   // kept while waiting for a text
inline constexpr std::size_t certificate_chain = 16;        // certificates read from one peer
inline constexpr std::size_t certificate_names = 100;       // kept of one certificate
inline constexpr std::size_t certificate_name_bytes = 256;  // of each of them
inline constexpr std::size_t certificate_text_bytes = 512;  // of a subject or issuer
inline constexpr std::size_t certificate_serial_bytes = 64;
inline constexpr std::size_t verified_chains = 4096;    // remembered
inline constexpr Duration verified_chain_life = 10min;  // then a chain is verified anew
inline constexpr std::size_t tls_contexts = 1024;       // kept while nobody holds them
inline constexpr Duration tls_files_recheck = 1s;       // how often their mtimes are looked at
inline constexpr std::size_t dialogue_scans = 64;       // searches of a full dialogue_bytes, a step
inline constexpr std::size_t capture_bytes = 256;       // of a dialogue's capture as a label
inline constexpr std::size_t resolver_cache_names = targets;  // some 300 bytes each
inline constexpr Duration resolver_ttl_max = 1h;              // longer TTLs are cut
inline constexpr Duration resolver_failure_ttl = 5s;   // how long a failed name is remembered
inline constexpr std::size_t resolver_addresses = 16;  // kept of one answer
inline constexpr Duration resolver_file_check = 5s;    // resolv.conf and hosts are looked at anew
inline constexpr std::size_t resolver_hosts_bytes = 4U << 20U;  // read of the hosts file
inline constexpr Duration dns_socket_age = 60s;   // a UDP socket for DNS probes is then replaced
inline constexpr Duration dns_socket_retry = 5s;  // ... and that soon when a query got no answer
inline constexpr std::size_t dns_sockets = 256;   // kept open without a query under way
inline constexpr std::size_t dns_queries_per_socket = 16'384;  // under way, of the 65,536 ids
inline constexpr std::size_t dns_answers_explained = 64;       // lines of one explanation
inline constexpr std::size_t dns_mismatches = 64;  // wrong replies on one connection, then it ends
inline constexpr Duration start_tick = 10ms;       // starts are grouped to this grid
inline constexpr Duration first_round = 5s;        // all targets are first probed within it
inline constexpr int jitter_share = 50;            // a start moves by at most interval / 50 ...
inline constexpr Duration jitter_max = 500ms;      // ... and by at most this
inline constexpr Duration lateness_max = 1s;       // a later start is skipped, not made
inline constexpr Duration late_after = 100ms;      // a start later than this is counted as late
inline constexpr std::size_t descriptors_kept =
    64;  // not used for probes: listeners, scrapes, files
inline constexpr Duration interval_min = 1s;
inline constexpr Duration interval_max = 24h;
inline constexpr std::size_t scrapes_at_once = 16;
inline constexpr Duration scrape_idle = 10s;     // a reader that takes nothing is dropped
inline constexpr unsigned web_connections = 48;  // per address listened on
inline constexpr Duration web_request = 15s;     // from connecting to a whole request
inline constexpr Duration web_answer = 60s;      // from there to the last byte taken
inline constexpr Duration web_turn = 4ms;        // of the loop's time, for answers at one go
inline constexpr std::size_t web_header_bytes = 16U << 10U;  // of one request; more is a 431
inline constexpr std::size_t web_body_bytes = 64U << 10U;  // thrown away; more ends the connection
inline constexpr Duration shutdown_max = 5s;  // then the loop says what is alive and ends

}  // namespace siaga::limits
