// What was seen of the host, as plain values: the input of all checks. Gathered elsewhere; nothing
// here judges.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/core/time.h"
#include "probes/wire/upsd_list.h"

namespace siaga {

struct ConfigurationFacts {
  std::string path;  // empty: the embedded default
  std::size_t complaints = 0;
  std::string first_complaint;
  std::size_t targets = 0;
  std::vector<std::string> exposed_secrets;     // files with a secret as text that others can read
  std::vector<std::string> writable_by_others;  // files and folders
  std::string open_credentials;                 // the folder, when others can read it
};

// As systemd describes the packaged unit.
struct UnitFacts {
  bool has_systemd = false;  // it runs this machine
  bool has_answered = false;
  bool is_there = false;
  std::string state;        // "active", "inactive", "failed", "activating"
  std::string result;       // why it ended: "success", "exit-code", "watchdog"
  std::string enabled;      // "enabled", "disabled"
  std::string user;         // empty: root
  bool grants_raw = false;  // AmbientCapabilities has cap_net_raw
  int pid = 0;              // 0: does not run
  bool has_socket = false;  // siaga.socket keeps its addresses open
};

// The running agent, of this state directory.
struct AgentFacts {
  bool is_running = false;
  bool answers_control = false;
  std::string control_trouble;
  std::string version;          // it says so itself; empty: not known
  std::string address;          // the first of [web] listen
  std::string address_version;  // who answers there says so; empty: nobody of ours
  std::string address_trouble;
  std::vector<int> pids;  // that hold the heartbeat open, as far as can be seen
  bool sees_all_processes = false;
  std::string user;
  std::optional<bool> may_open_raw;    // CapEff of its process
  std::optional<std::uint32_t> group;  // its gid
  std::uint64_t descriptors = 0;       // its soft limit; 0: not known
};

struct PingSocketFacts {
  int raw = 0, plain = 0;  // errno of opening one; 0: it opened
};
struct PingFacts {
  PingSocketFacts ip4, ip6;
  // net.ipv4.ping_group_range, which holds for IPv6 too.
  std::optional<std::pair<std::uint32_t, std::uint32_t>> group_range;
};

struct ClockFacts {
  bool is_trusted = false;
  std::string source;                 // "kernel", "timesync"
  bool is_absurd = false;             // before this program was, or beyond all plans
  bool is_declared = false;           // [agent] clock = "trusted"
  std::vector<std::string> services;  // that set clocks and run: "chronyd"
};

struct ZoneFacts {
  std::string configured;  // empty: not set
  bool has_database = true;
  std::string system;                                     // of /etc/localtime; empty: not known
  std::int64_t configured_offset = 0, system_offset = 0;  // seconds from UTC, now
};

struct ResolverFacts {
  std::string address;
  bool has_answered = false;
  int response_code = 0;
  unsigned records = 0;
  Duration took{};
  std::string trouble;  // when nothing came
};

struct HolderFacts {
  int pid = 0;
  std::string name;
};
struct PortFacts {
  std::string address;               // as configured
  int error = 0;                     // errno of binding; 0: free
  std::vector<HolderFacts> holders;  // as far as can be seen
  bool is_ours = false;
  bool is_privileged = false;
};

struct UpsLook {
  std::string name, server;  // of the target
  std::string reason;        // empty: it was read
  std::string detail;
};
struct LoopbackUpsFacts {
  bool has_upsd = false, has_apcupsd = false;
  std::vector<ListedUps> upses;
  bool is_upsd_used = false, is_apcupsd_used = false;  // by a [[ups]]
};

struct DiskFacts {
  std::string state_dir;
  int error = 0;  // errno of looking at it
  std::string owner;
  unsigned mode = 0;
  bool is_folder = false;
  bool may_write = false;  // this process
  std::string kind;        // "ext4", "tmpfs"; a number where it is not known
  bool is_read_only = false;
  std::uint64_t free_bytes = 0, total_bytes = 0;
  std::uint64_t free_inodes = 0, total_inodes = 0;
  std::uint64_t journal_bytes = 0, journal_max_bytes = 0;
};

struct SyncFacts {
  int error = 0;  // errno of the first write that failed
  bool may_write = true;
  unsigned writes = 0;
  Duration median{}, worst{};
};

struct BeatFacts {
  Duration age{};
  bool is_running = false;  // its last word is not a farewell
};
struct JournalFacts {
  enum class State : std::uint8_t { none, sound, faulty, damaged, newer, older, unreadable };
  State state = State::none;
  std::string detail;  // the first fault, or why it cannot be read
  std::size_t faults = 0;
  std::int64_t version = 0, known_version = 0;  // of the tables
  std::uint64_t bytes = 0;
  std::vector<std::string> set_aside;  // names of the files beside it
  std::optional<BeatFacts> beat;       // none: no heartbeat, or it cannot be read
};

struct LimitFacts {
  std::uint64_t descriptors = 0;         // that a process started here may have
  std::uint64_t wanted_descriptors = 0;  // by [agent] flights_max
  std::uint64_t free_memory_bytes = 0;   // 0: not known
};

struct Facts {
  bool is_root = false;
  std::string version;  // of this program
  ConfigurationFacts configuration;
  UnitFacts unit;
  AgentFacts agent;
  PingFacts ping;
  ClockFacts clock;
  ZoneFacts zone;
  bool are_resolvers_configured = false;  // else they are the system's
  std::vector<ResolverFacts> resolvers;
  std::vector<PortFacts> ports;
  std::vector<UpsLook> upses;
  LoopbackUpsFacts loopback_ups;
  // None: no answer in time.
  std::optional<DiskFacts> disk;
  std::optional<SyncFacts> sync;
  std::optional<JournalFacts> journal;
  LimitFacts limits;
};

}  // namespace siaga
