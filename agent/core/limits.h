// The limits that are not options: each has a name, a reason and a place in docs/limits.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

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
inline constexpr std::size_t maintenance_windows =
    1000;                                       // in the files; each is held against each target
inline constexpr std::size_t name_bytes = 128;  // of a target, an office
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
inline constexpr std::size_t certificate_paths = 64;        // verified before a chain is called bad
inline constexpr std::size_t certificate_steps = 1000;      // of the search for them
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
inline constexpr int look_share = 10;    // a run so soon, interval / 10, after a look is left out
inline constexpr int jitter_share = 50;  // a start moves by at most interval / 50 ...
inline constexpr Duration jitter_max = 500ms;  // ... and by at most this
inline constexpr Duration lateness_max = 1s;   // a later start is skipped, not made
inline constexpr auto lateness_millis =
    std::chrono::ceil<std::chrono::milliseconds>(lateness_max);  // the same, for the journal
inline constexpr Duration turn_wait_max =
    1min;  // of a run, for its turn; what is more, its deadline counts
inline constexpr Duration late_after = 100ms;  // a start later than this is counted as late
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
inline constexpr std::chrono::milliseconds maintenance_lag =
    1500ms;  // windows are looked at once a second; their time is booked that much later
inline constexpr std::size_t history_pieces = 256;      // kept of a node for those that need it
inline constexpr std::chrono::milliseconds beat = 10s;  // between heartbeats
inline constexpr std::chrono::milliseconds beat_on_battery =
    2s;  // the same, while the mains is off
inline constexpr std::chrono::milliseconds house_first =
    5min;  // after the start, the journal is tidied
inline constexpr std::chrono::milliseconds house_period = 1h;  // ... and this often
inline constexpr double window_date_seconds = 32503680000;     // the year 3000: later is a mistake
inline constexpr std::size_t window_note_bytes = 200;          // of a maintenance window
inline constexpr std::size_t windows = 1000;                   // declared and not yet past
inline constexpr Duration maintenance_look = 1h;  // windows are looked at anew at least this often
inline constexpr Duration shutdown_max = 5s;      // then the loop says what is alive and ends

// Reports.
inline constexpr Duration momentary =
    5min;  // IEEE 1366: a longer power cut is sustained; where no configuration says another
inline constexpr unsigned report_observed_percent =
    90;  // seen of the time, at least, to judge by it alone
inline constexpr std::size_t report_page_outages = 1000;  // rows on a page; the rest is counted

// Mains and links.
inline constexpr std::chrono::milliseconds judge_look_pause =
    1s;  // what is evidence for one of them is asked out of turn this often at most
inline constexpr std::chrono::milliseconds neighbour_wait =
    3s;  // the kernel looks for a neighbour so long; after a cable is back, until it has looked
         // anew
inline constexpr std::chrono::milliseconds carrier_late =
    1s;  // the kernel looks at links once a second, and tells of a carrier that is lost then
inline constexpr std::size_t own_nodes = 64;  // the agent's own, of which one is for each interface
inline constexpr std::chrono::milliseconds gateway_interval =
    5s;  // between questions to this host's gateways, and to its resolver
inline constexpr Duration gateway_timeout = 1500ms;  // of one of them

// The journal.
inline constexpr Duration journal_retry = 5s;     // while the disk refuses, writing is tried again
inline constexpr Duration journal_farewell = 3s;  // for the last transaction before the agent ends
inline constexpr Duration journal_busy = 5s;      // waiting for another process's lock on the file
inline constexpr std::size_t journal_waiting_records = 100'000;  // kept while the disk refuses
inline constexpr std::size_t journal_cache_kib = 2048;           // SQLite's pages in memory
inline constexpr std::size_t journal_wal_bytes = 8U << 20U;      // kept of the WAL when it is empty
inline constexpr std::size_t journal_state_bytes = 64U << 10U;   // of one node's state row
inline constexpr std::size_t journal_words = 4096;               // names of reasons and the like
inline constexpr std::size_t journal_faults = 1000;  // lines of one check; the rest is counted
inline constexpr Duration journal_day_settle = 6h;   // a day is rolled up so long after its end
inline constexpr std::int32_t journal_days_at_once = 31;  // rolled up in one go
inline constexpr std::int32_t journal_days_back = 400;    // older days are never rolled up late

// The clock.
inline constexpr Duration clock_step_min = 1s;          // a larger jump against boot time is a step
inline constexpr Duration clock_date_tolerance = 5min;  // a peer's date may be so far away
inline constexpr WallTime clock_earliest =
    WallTime(1'767'225'600s);  // 2026-01-01: no clock before is trusted
inline constexpr WallTime clock_latest = WallTime(4'102'444'800s);  // 2100-01-01: nor after
inline constexpr std::chrono::milliseconds beat_lateness =
    1000ms;  // a beat may be durable that much later than it was due
inline constexpr std::size_t panic_records = 10'000;  // looked at for one of a panic
inline constexpr Duration shutdown_inquiry = 2s;  // for systemctl to say whether the machine stops

// Links.
inline constexpr std::size_t link_window_runs = 1000;  // of one anchor, kept for loss and jitter

// The command line and the running agent.
inline constexpr Duration control_wait = 5s;     // for one answer
inline constexpr Duration control_durable = 2s;  // for the disk to have what was said
inline constexpr std::size_t control_answer_bytes = 16U << 20U;

// This host's interfaces and adapters.
inline constexpr std::size_t interface_name_bytes = 15;     // the kernel's IFNAMSIZ without its end
inline constexpr std::size_t interfaces = 4096;             // watched; the rest is left out
inline constexpr std::size_t interface_addresses = 16'384;  // of all of them together
inline constexpr std::size_t default_routes = 256;          // of both families
inline constexpr std::size_t route_hops = 64;               // of one route
inline constexpr Duration netlink_wait = 1s;    // for the kernel's answer; the loop waits
inline constexpr Duration netlink_retry = 10s;  // after a list that could not be read
inline constexpr int netlink_lists_again = 5;   // reads of a list that changes while it is read
inline constexpr int netlink_reads = 256;       // datagrams taken at one go
inline constexpr std::size_t netlink_bytes = 64U << 10U;  // of one datagram; the kernel's have half
inline constexpr Duration judge_gap =
    3s;  // after no judgement for longer: first, what was until then
inline constexpr Duration power_supply_look = 2s;  // between looks at the adapters' files, at most
inline constexpr std::size_t power_supplies = 64;  // looked at

// UPSes.
inline constexpr std::size_t ups_answer_bytes = 256U << 10U;  // of one UPS: some 4,000 variables
inline constexpr std::size_t ups_message_bytes = 1024;  // of one line of apcupsd, which says 256
inline constexpr std::size_t ups_reply_bytes = 512;     // of one line of upsd, which cuts there
inline constexpr std::size_t ups_variables = 4096;      // read of one answer
inline constexpr std::size_t ups_word_bytes = 255;  // a UPS's or user's name, password; 512 in upsd
inline constexpr Duration ups_late_answer = 2s;  // one that nobody waits for; then a new connection
inline constexpr Duration ups_pause_first = 1s;  // after a connection that failed ...
inline constexpr Duration ups_pause_max = 15s;   // ... doubled with each further one up to this
inline constexpr Duration ups_idle = 5min;       // a connection nobody asks on is then closed
inline constexpr Duration ups_tls_age = 1h;  // then a new one is made: certificates are seen anew
// Restarts by a service manager.
inline constexpr Duration short_life = 1min;  // a service that ends within it: the next start waits
inline constexpr Duration restart_pause = 1min;  // the longest wait, after many short lives

// The doctor and the first configuration.
inline constexpr Duration doctor_answer = 3s;  // for one answer: a resolver's, systemd's, a UPS's
inline constexpr Duration doctor_disk = 10s;   // for the file system's word, and for the sync test
inline constexpr Duration doctor_journal = 60s;             // for reading all of the journal
inline constexpr unsigned doctor_sync_writes = 32;          // small durable writes that are timed
inline constexpr std::size_t doctor_sync_bytes = 4096;      // of each of them
inline constexpr Duration doctor_sync_slow = 100ms;         // a median above it is warned of
inline constexpr std::uint64_t doctor_room = 64U << 20U;    // bytes that a state directory needs
inline constexpr std::uint64_t doctor_inodes = 100;         // files that can still be made there
inline constexpr std::uint64_t doctor_memory = 64U << 20U;  // bytes that should be free
inline constexpr std::size_t doctor_processes = 65'536;     // looked at in /proc
inline constexpr std::size_t doctor_set_aside = 100;        // names of files set aside, listed
inline constexpr std::size_t upsd_list_bytes = 64U << 10U;  // of upsd's list of UPSes
inline constexpr std::size_t upsd_list_upses = 64;          // taken of it
inline constexpr std::size_t init_answer_bytes = 4096;      // of one typed answer
inline constexpr int init_tries = 5;                        // wrong answers to one question
inline constexpr std::size_t init_websites = 100;

}  // namespace siaga::limits
