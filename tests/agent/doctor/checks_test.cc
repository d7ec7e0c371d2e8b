// Every finding by table: facts of a machine that is well, one thing changed, and what is said.
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <set>

#include "agent/core/limits.h"
#include "agent/doctor/checks.h"

namespace siaga::tests {
namespace {

using namespace std::chrono_literals;
using JournalState = JournalFacts::State;

Facts well() {
  Facts facts;
  facts.is_root = true;
  facts.version = "1.0";
  facts.configuration.path = "/etc/siaga/siaga.toml";
  facts.configuration.targets = 5;
  facts.unit.has_systemd = facts.unit.has_answered = facts.unit.is_there = true;
  facts.unit.state = "active";
  facts.unit.enabled = "enabled";
  facts.unit.user = "siaga";
  facts.unit.grants_raw = true;
  facts.unit.pid = 42;
  facts.agent.is_running = facts.agent.answers_control = true;
  facts.agent.version = facts.agent.address_version = "1.0";
  facts.agent.address = "127.0.0.1:9790";
  facts.agent.pids = {42};
  facts.agent.user = "siaga";
  facts.agent.may_open_raw = true;
  facts.agent.group = 900;
  facts.agent.descriptors = 65536;
  facts.clock.is_trusted = true;
  facts.clock.source = "kernel";
  facts.clock.services = {"chronyd"};
  facts.zone.configured = facts.zone.system = "Asia/Makassar";
  facts.resolvers = {{.address = "10.0.0.53",
                      .has_answered = true,
                      .response_code = 0,
                      .records = 13,
                      .took = 12ms,
                      .trouble = {}}};
  facts.ports = {{.address = "127.0.0.1:9790",
                  .error = EADDRINUSE,
                  .holders = {{.pid = 42, .name = "siaga"}},
                  .is_ours = true}};
  facts.disk.emplace();
  facts.disk->state_dir = "/var/lib/siaga";
  facts.disk->owner = "siaga";
  facts.disk->mode = 0750;
  facts.disk->is_folder = facts.disk->may_write = true;
  facts.disk->kind = "ext4";
  facts.disk->free_bytes = facts.disk->total_bytes = 1ULL << 40U;
  facts.disk->free_inodes = facts.disk->total_inodes = 1'000'000;
  facts.disk->journal_max_bytes = 256U << 20U;
  facts.sync = SyncFacts{.writes = 32, .median = 2ms, .worst = 9ms};
  facts.journal.emplace();
  facts.journal->state = JournalState::sound;
  facts.journal->version = facts.journal->known_version = 1;
  facts.journal->beat = BeatFacts{.age = 4s, .is_running = true};
  facts.limits = {.descriptors = 65536, .wanted_descriptors = 1088, .free_memory_bytes = 1U << 30U};
  return facts;
}

struct Row {
  std::string check;
  Level level;
  std::string seen, remedy;  // parts of the English words
  std::function<void(Facts&)> change;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> table = {
      {"configuration", Level::fail, "3 errors, the first: siaga.toml:4", "siaga check",
       [](Facts& f) {
         f.configuration.complaints = 3;
         f.configuration.first_complaint = "siaga.toml:4: no such key";
       }},
      {"configuration", Level::warn, "embedded default", "siaga init",
       [](Facts& f) { f.configuration.path.clear(); }},
      {"configuration", Level::warn, "holds a secret", "sudo chmod 640 /etc/siaga/siaga.toml",
       [](Facts& f) { f.configuration.exposed_secrets = {"/etc/siaga/siaga.toml"}; }},
      {"configuration", Level::warn, "everybody can change", "chmod o-w",
       [](Facts& f) { f.configuration.writable_by_others = {"/etc/siaga/siaga.toml"}; }},
      {"configuration", Level::warn, "look into /etc/siaga/credentials", "chmod 700",
       [](Facts& f) { f.configuration.open_credentials = "/etc/siaga/credentials"; }},
      {"service", Level::fail, "failed (watchdog)", "journalctl -u siaga",
       [](Facts& f) { f.unit.state = "failed", f.unit.result = "watchdog"; }},
      {"service", Level::warn, "inactive", "enable --now",
       [](Facts& f) { f.unit.state = "inactive"; }},
      {"service", Level::warn, "as user root", "User=siaga", [](Facts& f) { f.unit.user.clear(); }},
      {"service", Level::warn, "will not start at boot", "systemctl enable",
       [](Facts& f) { f.unit.enabled = "disabled"; }},
      {"service", Level::warn, "systemd does not answer", "systemctl status",
       [](Facts& f) { f.unit.has_answered = false; }},
      {"service", Level::warn, "there is no siaga.service", "siaga run",
       [](Facts& f) { f.unit = {}, f.agent = {}; }},
      {"service", Level::ok, "without systemd's unit", "", [](Facts& f) { f.unit = {}; }},
      {"service", Level::fail, "control socket: no answer", "restart",
       [](Facts& f) { f.agent.control_trouble = "no answer in time"; }},
      {"service", Level::fail, "127.0.0.1:9790 does not answer as Siaga: status 404",
       "[web] listen",
       [](Facts& f) { f.agent.address_version.clear(), f.agent.address_trouble = "status 404"; }},
      {"service", Level::warn, "is version 0.9, this program is 1.0", "restart siaga",
       [](Facts& f) { f.agent.version = "0.9"; }},
      {"service", Level::fail, "2 agents share one state directory: processes 42, 43", "stop all",
       [](Facts& f) { f.agent.pids = {42, 43}; }},
      {"ping", Level::fail, "neither CAP_NET_RAW nor ping sockets", "setcap cap_net_raw",
       [](Facts& f) { f.agent.may_open_raw = false; }},
      {"ping", Level::ok, "may use ping sockets", "",
       [](Facts& f) { f.agent.may_open_raw = false, f.ping.group_range = {0, 2000}; }},
      {"ping", Level::ok, "the unit gives CAP_NET_RAW", "",
       [](Facts& f) { f.agent.may_open_raw.reset(); }},
      {"ping", Level::fail, "IPv6: neither a raw nor a ping socket", "ping_group_range",
       [](Facts& f) {
         f.agent = {}, f.unit = {};
         f.ping.ip6 = {.raw = EPERM, .plain = EACCES};
       }},
      {"ping", Level::ok, "IPv4: by the kernel's ping sockets", "",
       [](Facts& f) {
         f.agent = {}, f.unit = {};
         f.ping.ip4 = {.raw = EPERM, .plain = 0};
       }},
      {"ping", Level::ok, "IPv6: this machine does not have it", "",
       [](Facts& f) {
         f.agent = {}, f.unit = {};
         f.ping.ip6 = {.raw = EAFNOSUPPORT, .plain = EAFNOSUPPORT};
       }},
      {"clock", Level::fail, "impossible date", "CMOS",
       [](Facts& f) { f.clock.is_absurd = true, f.clock.is_trusted = false; }},
      {"clock", Level::warn, "no time service runs", "systemd-timesyncd",
       [](Facts& f) { f.clock = {}; }},
      {"clock", Level::warn, "although chronyd runs", "rtcsync",
       [](Facts& f) { f.clock.is_trusted = false; }},
      {"clock", Level::ok, "declared right", "",
       [](Facts& f) { f.clock = {}, f.clock.is_declared = true; }},
      {"timezone", Level::fail, "no tz database", "tzdata",
       [](Facts& f) { f.zone.has_database = false; }},
      {"timezone", Level::warn, "not set", "timezone = \"Asia/Makassar\"",
       [](Facts& f) { f.zone.configured.clear(), f.zone.system = "Etc/UTC"; }},
      {"timezone", Level::warn, "not set", "timezone = \"Asia/Jakarta\"",
       [](Facts& f) { f.zone.configured.clear(), f.zone.system = "Asia/Jakarta"; }},
      {"timezone", Level::warn, "this machine's log is in UTC", "set-timezone Asia/Makassar",
       [](Facts& f) { f.zone.system.clear(), f.zone.configured_offset = 28800; }},
      {"timezone", Level::ok, "Asia/Makassar", "",
       [](Facts& f) { f.zone.system = "Asia/Singapore"; }},
      {"dns", Level::fail, "no resolver is known", "/etc/resolv.conf",
       [](Facts& f) { f.resolvers.clear(); }},
      {"dns", Level::fail, "10.0.0.53 does not answer: no answer in time", "resolv.conf",
       [](Facts& f) { f.resolvers[0] = {.address = "10.0.0.53", .trouble = "no answer in time"}; }},
      {"dns", Level::warn, "10.0.0.54 answers REFUSED", "[agent] resolvers, or the server",
       [](Facts& f) {
         f.are_resolvers_configured = true;
         f.resolvers.push_back(
             {.address = "10.0.0.54", .has_answered = true, .response_code = 5, .trouble = {}});
       }},
      {"dns", Level::fail, "knows no name server of the root", "resolv.conf",
       [](Facts& f) { f.resolvers[0].records = 0; }},
      {"ports", Level::fail, "127.0.0.1:9790 is taken by prometheus (7)", "choose another",
       [](Facts& f) {
         f.ports[0].is_ours = false;
         f.ports[0].holders = {{.pid = 7, .name = "prometheus"}};
       }},
      {"ports", Level::fail, "by whom cannot be seen", "run with sudo",
       [](Facts& f) { f.is_root = false, f.ports[0].is_ours = false, f.ports[0].holders.clear(); }},
      {"ports", Level::fail, "no such address", "ip address",
       [](Facts& f) {
         f.ports[0] = {.address = "10.9.9.9:9790", .error = EADDRNOTAVAIL, .holders = {}};
       }},
      {"ports", Level::warn, "below 1024", "siaga.socket",
       [](Facts& f) {
         f.ports[0] = {
             .address = "0.0.0.0:80", .error = EACCES, .holders = {}, .is_privileged = true};
       }},
      {"ports", Level::ok, "kept open by siaga.socket", "",
       [](Facts& f) {
         f.agent = {}, f.unit.has_socket = true;
         f.ports[0].is_ours = false;
         f.ports[0].holders = {{.pid = 1, .name = "systemd"}};
       }},
      {"service", Level::warn, "control socket: EACCES", "sudo",
       [](Facts& f) { f.is_root = false, f.agent.control_trouble = "EACCES"; }},
      {"ports", Level::ok, "free", "",
       [](Facts& f) { f.ports[0] = {.address = "127.0.0.1:9790", .holders = {}}; }},
      {"ports", Level::fail, "unix:/nowhere/x", "choose another",
       [](Facts& f) {
         f.ports[0] = {.address = "unix:/nowhere/x", .error = ENOENT, .holders = {}};
       }},
      {"ports", Level::warn, "listen is empty", "listen =", [](Facts& f) { f.ports.clear(); }},
      {"ups", Level::ok, "server-room: nut://127.0.0.1/apc answers", "",
       [](Facts& f) { f.upses = {{"server-room", "nut://127.0.0.1/apc", "", ""}}; }},
      {"ups", Level::fail, "unknown_ups", "upsc -l",
       [](Facts& f) { f.upses = {{"a", "nut://h/b", "unknown_ups", "ERR UNKNOWN-UPS"}}; }},
      {"ups", Level::fail, "ups_access_denied", "upsd.users",
       [](Facts& f) { f.upses = {{"a", "nut://h/b", "ups_access_denied", ""}}; }},
      {"ups", Level::fail, "data_stale", "nut-driver",
       [](Facts& f) { f.upses = {{"a", "nut://h/b", "data_stale", ""}}; }},
      {"ups", Level::fail, "connect_refused", "nut-server",
       [](Facts& f) { f.upses = {{"a", "nut://h/b", "connect_refused", ""}}; }},
      {"ups", Level::warn, "no [[ups]] asks it", "nut://127.0.0.1/apc",
       [](Facts& f) { f.loopback_ups.has_upsd = true, f.loopback_ups.upses = {{"apc", ""}}; }},
      {"ups", Level::warn, "apcupsd runs", "apcupsd://127.0.0.1",
       [](Facts& f) { f.loopback_ups.has_apcupsd = true; }},
      {"disk", Level::fail, "the disk hangs", "dmesg", [](Facts& f) { f.disk.reset(); }},
      {"disk", Level::warn, "not there yet", "start siaga",
       [](Facts& f) { f.disk->error = ENOENT; }},
      {"disk", Level::warn, "cannot be looked at", "sudo",
       [](Facts& f) { f.disk->error = EACCES; }},
      {"disk", Level::fail, "Not a directory", "state_dir",
       [](Facts& f) { f.disk->is_folder = false; }},
      {"disk", Level::fail, "lives in memory", "local disk",
       [](Facts& f) { f.disk->kind = "tmpfs"; }},
      {"disk", Level::warn, "container's layer", "local disk",
       [](Facts& f) { f.disk->kind = "overlay"; }},
      {"disk", Level::warn, "on the network", "local disk", [](Facts& f) { f.disk->kind = "nfs"; }},
      {"disk", Level::fail, "only 1 MiB free", "df -h",
       [](Facts& f) { f.disk->free_bytes = 1U << 20U; }},
      {"disk", Level::warn, "journal may still grow by 256 MiB", "max_size",
       [](Facts& f) { f.disk->free_bytes = 100U << 20U; }},
      {"disk", Level::fail, "only 0 more files", "df -i",
       [](Facts& f) { f.disk->free_inodes = 0; }},
      {"disk", Level::warn, "only 9 more files", "df -i",
       [](Facts& f) { f.disk->free_inodes = 9; }},
      {"disk", Level::fail, "mounted read-only", "dmesg",
       [](Facts& f) { f.disk->is_read_only = true; }},
      {"disk", Level::warn, "belongs to root, the agent runs as siaga",
       "chown -R siaga:", [](Facts& f) { f.disk->owner = "root"; }},
      {"disk", Level::warn, "this user may not write", "sudo",
       [](Facts& f) { f.is_root = false, f.disk->may_write = false; }},
      {"disk", Level::warn, "mode 755", "chmod 750", [](Facts& f) { f.disk->mode = 0755; }},
      {"sync", Level::fail, "the disk hangs", "dmesg", [](Facts& f) { f.sync.reset(); }},
      {"sync", Level::warn, "not tried", "sudo", [](Facts& f) { f.sync->may_write = false; }},
      {"sync", Level::fail, "No space left", "df -h", [](Facts& f) { f.sync->error = ENOSPC; }},
      {"sync", Level::warn, "median 150.0 ms", "above 100.0 ms",
       [](Facts& f) { f.sync->median = 150ms, f.sync->worst = 200ms; }},
      {"sync", Level::warn, "worst 1200.0 ms", "heartbeats",
       [](Facts& f) { f.sync->worst = 1200ms; }},
      {"journal", Level::fail, "the disk hangs", "dmesg", [](Facts& f) { f.journal.reset(); }},
      {"journal", Level::ok, "nothing is recorded", "",
       [](Facts& f) { f.journal->state = JournalState::none; }},
      {"journal", Level::fail, "2 faults, the first: outage 7", "journal check",
       [](Facts& f) {
         f.journal->state = JournalState::faulty;
         f.journal->faults = 2;
         f.journal->detail = "outage 7";
       }},
      {"journal", Level::fail, "damaged: page 3", "sets it aside",
       [](Facts& f) { f.journal->state = JournalState::damaged, f.journal->detail = "page 3"; }},
      {"journal", Level::fail, "tables of version 9, this program knows 1", "install that version",
       [](Facts& f) { f.journal->state = JournalState::newer, f.journal->version = 9; }},
      {"journal", Level::warn, "tables of version 0", "restart",
       [](Facts& f) { f.journal->state = JournalState::older, f.journal->version = 0; }},
      {"journal", Level::warn, "cannot be read: locked", "sudo",
       [](Facts& f) { f.journal->state = JournalState::unreadable, f.journal->detail = "locked"; }},
      {"journal", Level::warn, "1 earlier journals were set aside, such as journal.db.damaged-x",
       "journal export", [](Facts& f) { f.journal->set_aside = {"journal.db.damaged-x"}; }},
      {"journal", Level::fail, "last heartbeat is 60 s old", "journalctl",
       [](Facts& f) { f.journal->beat->age = 60s; }},
      {"journal", Level::warn, "without a farewell, 60 s ago", "start siaga",
       [](Facts& f) { f.agent = {}, f.journal->beat->age = 60s; }},
      {"limits", Level::warn, "500 descriptors", "LimitNOFILE=1088",
       [](Facts& f) { f.agent.descriptors = 500; }},
      {"limits", Level::warn, "only 10 MiB of memory", "ps aux",
       [](Facts& f) { f.limits.free_memory_bytes = 10U << 20U; }},
  };
  return table;
}

std::string text_of(const FindingList& findings) {
  std::string text;
  for (const Finding& finding : findings)
    text += std::string(name(finding.level)) + ' ' + finding.subject + ": " + finding.seen.english +
            " -> " + finding.remedy.english + '\n';
  return text;
}

TEST(Doctor, FindsNothingWrongWithAMachineThatIsWell) {
  const FindingList findings = examine(well());

  EXPECT_TRUE(std::ranges::all_of(findings, [](const Finding& finding) {
    return finding.level == Level::ok;
  })) << text_of(findings);
}

TEST(Doctor, SaysForEveryChangeWhatIsWrongAndWhatToDo) {
  for (const Row& row : rows()) {
    Facts facts = well();
    row.change(facts);

    const FindingList findings = examine(facts);

    EXPECT_TRUE(std::ranges::any_of(findings,
                                    [&row](const Finding& finding) {
                                      return finding.subject == row.check &&
                                             finding.level == row.level &&
                                             finding.seen.english.contains(row.seen) &&
                                             finding.remedy.english.contains(row.remedy);
                                    }))
        << row.check << ": " << row.seen << " -> " << row.remedy << "\n"
        << text_of(findings);
  }
}

TEST(Doctor, EveryCheckSpeaksInEveryCase) {
  for (const Row& row : rows()) {
    Facts facts = well();
    row.change(facts);
    std::set<std::string> subjects;
    for (const Finding& finding : examine(facts)) subjects.insert(finding.subject);

    EXPECT_EQ(subjects.size(), checks().size()) << row.check << ": " << row.seen;
  }
}

TEST(Doctor, HasARemedyExactlyWhereSomethingIsNotWellAndBothLanguages) {
  for (const Row& row : rows()) {
    Facts facts = well();
    row.change(facts);

    for (const Finding& finding : examine(facts)) {
      EXPECT_EQ(finding.level == Level::ok, finding.remedy.english.empty()) << row.seen;
      EXPECT_EQ(finding.remedy.english.empty(), finding.remedy.indonesian.empty()) << row.seen;
      EXPECT_FALSE(finding.seen.english.empty()) << row.seen;
      EXPECT_FALSE(finding.seen.indonesian.empty()) << row.seen;
    }
  }
}

TEST(Doctor, EveryCheckHasARowThatFindsSomething) {
  for (const Check& check : checks()) {
    EXPECT_TRUE(std::ranges::any_of(rows(), [&check](const Row& row) {
      return row.check == check.name && row.level != Level::ok;
    })) << check.name;
  }
}

TEST(Doctor, DoesNotGuessWhatAnInvalidConfigurationMeant) {
  Facts facts = well();
  facts.configuration.complaints = 1;
  facts.resolvers.clear();
  facts.ports.clear();

  const FindingList findings = examine(facts);

  for (const Finding& finding : findings) {
    if (finding.subject != "dns" && finding.subject != "ports") continue;
    EXPECT_EQ(finding.level, Level::warn);
    EXPECT_EQ(finding.seen.english, "not looked at: the configuration is not valid");
  }
}

}  // namespace
}  // namespace siaga::tests
