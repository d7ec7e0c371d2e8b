// Gathering facts, against loopback peers, temporary folders and file systems of the test's own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "agent/doctor/disk_looks.h"
#include "agent/doctor/local_looks.h"
#include "agent/doctor/network_looks.h"
#include "agent/doctor/surroundings.h"
#include "agent/journal/beat.h"
#include "agent/journal/database.h"
#include "agent/loop/descriptor.h"
#include "tests/agent/journal/sample.h"
#include "tests/agent/sensors/own_network.h"
#include "tests/support/manual_clock.h"
#include "tests/support/sockets.h"
#include "tests/support/tcp_peer.h"
#include "tests/support/test_loop.h"
#include "tests/support/udp_peer.h"
#include "tests/support/unix_peer.h"

namespace siaga::tests {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

NetworkSeen seen_of(const NetworkWanted& wanted) {
  TestLoop test;
  const SystemClock clock;
  bool is_over = false;
  NetworkLooks looks(test.loop(), clock, wanted, [&is_over] { is_over = true; });
  test.run_until([&is_over] { return is_over; });
  return std::move(looks.seen());
}

// The question back with a response code and a count of answers that nobody reads further.
UdpPeer::Reply dns_reply(char code, char records) {
  return [code, records](std::string_view question) {
    std::string reply(question);
    reply[2] = static_cast<char>(0x81);
    reply[3] = code;
    reply[7] = records;
    if (records > 0) reply += std::string("\0\0\2\0\1\0\0\0\1\0\1\0", 12);
    return std::vector{reply};
  };
}

void status_page(Conversation& talk) {
  talk.receive_until("\r\n\r\n");
  const std::string body = R"({"office":{"id":"a\",\"version\":\"9"},"version":"0.7.1","taken":1})";
  talk.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
            body);
}

TEST(NetworkLook, AsksEachResolverOneQuestionAboutTheRoot) {
  const UdpPeer good(dns_reply(0, 1));
  const UdpPeer refusing(dns_reply(5, 0));
  const RefusingPort closed;

  const NetworkSeen seen =
      seen_of({.resolvers = {good.endpoint(), refusing.endpoint(), closed.endpoint()},
               .web = {},
               .control_socket = {},
               .systemctl = {}});

  ASSERT_EQ(seen.resolvers.size(), 3U);
  EXPECT_TRUE(seen.resolvers[0].has_answered);
  EXPECT_EQ(seen.resolvers[0].records, 1U);
  EXPECT_EQ(seen.resolvers[0].address, to_string(good.endpoint()));
  EXPECT_EQ(seen.resolvers[1].response_code, 5);
  EXPECT_FALSE(seen.resolvers[2].has_answered);
  EXPECT_NE(seen.resolvers[2].trouble, "");
  ASSERT_EQ(good.received().size(), 1U);
  EXPECT_EQ(good.received()[0].substr(2), std::string("\1\0\0\1\0\0\0\0\0\0\0\0\2\0\1", 15));
}

TEST(NetworkLook, NobodyHoldsItUpForLong) {
  const UdpPeer silent([](std::string_view) { return std::vector<std::string>(); });
  const TcpPeer mute([](Conversation& talk) { talk.stay_silent(); });

  const NetworkSeen seen = seen_of({.resolvers = {silent.endpoint()},
                                    .web = {mute.endpoint()},
                                    .control_socket = {},
                                    .upsd = mute.endpoint(),
                                    .apcupsd = mute.endpoint(),
                                    .systemctl = {}});

  EXPECT_EQ(seen.resolvers[0].trouble, "no answer in time");
  EXPECT_EQ(seen.web[0].trouble, "no answer in time");
  EXPECT_FALSE(seen.loopback_ups.has_upsd);
  EXPECT_FALSE(seen.loopback_ups.has_apcupsd);
}

TEST(NetworkLook, NothingToAskIsOverAtOnce) {
  EXPECT_TRUE(seen_of({.resolvers = {}, .web = {}, .control_socket = {}, .systemctl = {}})
                  .resolvers.empty());
}

TEST(NetworkLook, KnowsTheAgentByItsStatusAndOthersNot) {
  const TempFolder folder;
  const UnixPeer control(folder / "control.sock", status_page);
  const TcpPeer agent(status_page);
  const TcpPeer other([](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send("HTTP/1.1 404 no\r\nContent-Length: 0\r\n\r\n");
  });

  const NetworkSeen seen = seen_of({.resolvers = {},
                                    .web = {agent.endpoint(), other.endpoint()},
                                    .control_socket = folder / "control.sock",
                                    .systemctl = {}});

  EXPECT_EQ(seen.web[0].version, "0.7.1");
  EXPECT_EQ(seen.web[1].version, "");
  EXPECT_EQ(seen.web[1].trouble, "status 404, not of Siaga");
  ASSERT_TRUE(seen.control);
  EXPECT_EQ(seen.control->version, "0.7.1");
}

TEST(NetworkLook, ListsTheUpsesOfAServerOnLoopback) {
  const TcpPeer upsd([](Conversation& talk) {
    talk.receive_until("LIST UPS\n");
    talk.send("BEGIN LIST UPS\nUPS apc \"Smart \\\"1500\\\"\"\nUPS rack \"\"\nEND LIST UPS\n");
    talk.stay_silent();
  });
  const NetworkSeen seen = seen_of(
      {.resolvers = {}, .web = {}, .control_socket = {}, .upsd = upsd.endpoint(), .systemctl = {}});

  EXPECT_TRUE(seen.loopback_ups.has_upsd);
  EXPECT_THAT(seen.loopback_ups.upses,
              ElementsAre(ListedUps{"apc", "Smart \"1500\""}, ListedUps{"rack", ""}));
  EXPECT_THAT(ups_urls(seen.loopback_ups, {.upsd = upsd.endpoint(), .apcupsd = {}}),
              ElementsAre("nut://" + to_string(upsd.endpoint()) + "/apc",
                          "nut://" + to_string(upsd.endpoint()) + "/rack"));
}

TEST(NetworkLook, ReadsWhatSystemdSaysOfTheUnit) {
  const TempFolder folder;
  const std::string systemctl = folder / "systemctl";
  write_file(systemctl,
             "#!/bin/sh\necho MainPID=77\necho AmbientCapabilities=cap_net_raw\n"
             "echo User=siaga\necho Id=siaga.service\necho LoadState=loaded\n"
             "echo ActiveState=active\necho\necho MainPID=0\necho Id=siaga.socket\n"
             "echo LoadState=loaded\necho ActiveState=active\n");
  chmod(systemctl.c_str(), 0755);

  const NetworkSeen seen =
      seen_of({.resolvers = {}, .web = {}, .control_socket = {}, .systemctl = systemctl});
  const NetworkSeen gone =
      seen_of({.resolvers = {}, .web = {}, .control_socket = {}, .systemctl = folder / "nothing"});

  EXPECT_TRUE(seen.unit.is_there);
  EXPECT_TRUE(seen.unit.grants_raw);
  EXPECT_EQ(seen.unit.user, "siaga");
  EXPECT_EQ(seen.unit.pid, 77);
  EXPECT_TRUE(seen.unit.has_socket);
  EXPECT_FALSE(parse_unit("LoadState=not-found\nActiveState=inactive\n").is_there);
  EXPECT_TRUE(gone.unit.has_systemd);
  EXPECT_FALSE(gone.unit.has_answered);
}

TEST(Processes, ListenersAreFoundByPortAndAddress) {
  const std::string text =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
      "inode\n"
      "   0: 0100007F:263E 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
      "11 1\n"
      "   1: 00000000:263E 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
      "12 1\n"
      "   2: 0200007F:263E 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
      "13 1\n"
      "   3: 0100007F:263E 0100007F:1234 01 00000000:00000000 00:00000000 00000000     0        0 "
      "14 1\n"
      "garbage\n: : : 0A : : : : : :\n";

  EXPECT_THAT(listeners_in(text, *parse_endpoint("127.0.0.1:9790")), ElementsAre(11U, 12U));
  EXPECT_THAT(listeners_in(text, *parse_endpoint("0.0.0.0:9790")), ElementsAre(11U, 12U, 13U));
  EXPECT_THAT(listeners_in(text, *parse_endpoint("127.0.0.1:1")), IsEmpty());
}

TEST(Ports, AHeldOneIsToldWithItsHolder) {
  const TcpPeer holder([](Conversation& talk) { talk.stay_silent(); });
  const std::vector<std::string> listen{to_string(holder.endpoint()), "127.0.0.1:0", "192.0.2.1:80",
                                        "unix:/nonexistent/x"};
  const ProcessScan processes = scan_processes(listeners_of(listen), "");

  const auto foreign = look_at_ports(listen, processes, {});
  const auto ours = look_at_ports(listen, processes, {getpid()});

  EXPECT_EQ(foreign[0].error, EADDRINUSE);
  ASSERT_EQ(foreign[0].holders.size(), 1U);
  EXPECT_EQ(foreign[0].holders[0].pid, getpid());
  EXPECT_FALSE(foreign[0].is_ours);
  EXPECT_TRUE(ours[0].is_ours);
  EXPECT_EQ(foreign[1].error, 0);
  EXPECT_EQ(foreign[2].error, EADDRNOTAVAIL);
  EXPECT_TRUE(foreign[2].is_privileged);
  EXPECT_EQ(foreign[3].error, ENOENT);
}

TEST(Processes, WhoHoldsAFileIsFound) {
  const TempFolder folder;
  write_file(folder / "heartbeat", "x");
  const Descriptor held(open((folder / "heartbeat").c_str(), O_RDONLY | O_CLOEXEC));

  const ProcessScan processes = scan_processes({}, folder / "heartbeat");

  ASSERT_EQ(processes.file_holders.size(), 1U);
  EXPECT_EQ(processes.file_holders[0].pid, getpid());
  EXPECT_TRUE(scan_processes({}, folder / "nothing").file_holders.empty());
  EXPECT_GT(facts_of_process(getpid()).descriptors, 0U);
  EXPECT_TRUE(facts_of_process(getpid()).may_open_raw);
}

TEST(Zone, IsTheLinksName) {
  const TempFolder folder;
  std::filesystem::create_symlink("/usr/share/zoneinfo/Asia/Makassar", folder / "good");
  std::filesystem::create_symlink("/usr/share/zoneinfo/Asia/Nowhere", folder / "bad");

  EXPECT_EQ(system_zone(folder / "good"), "Asia/Makassar");
  EXPECT_EQ(system_zone(folder / "bad"), "");
  EXPECT_EQ(system_zone(folder / "none"), "");
  EXPECT_EQ(look_at_zone(SystemClock(), "Asia/Makassar").configured_offset, 8 * 3600);
}

TEST(Permissions, TellWhichFileOthersCanReadASecretIn) {
  const TempFolder folder;
  std::filesystem::create_directory(folder / "conf.d");
  std::filesystem::create_directory(folder / "credentials");
  const std::string main = folder / "siaga.toml", more = folder / "conf.d/ups.toml";
  write_file(main, "nothing");
  write_file(more, "password = \"hunter2\"");
  chmod(main.c_str(), 0644);
  chmod(more.c_str(), 0646);
  chmod((folder / "credentials").c_str(), 0755);
  const std::vector<std::string> secrets{"hunter2"};

  ConfigurationFacts open, closed;
  look_at_permissions(main, secrets, open);
  chmod(more.c_str(), 0640);
  chmod((folder / "credentials").c_str(), 0700);
  look_at_permissions(main, secrets, closed);

  EXPECT_THAT(open.exposed_secrets, ElementsAre(more));
  EXPECT_THAT(open.writable_by_others, ElementsAre(more));
  EXPECT_EQ(open.open_credentials, folder / "credentials");
  EXPECT_THAT(closed.exposed_secrets, IsEmpty());
  EXPECT_THAT(closed.writable_by_others, IsEmpty());
  EXPECT_EQ(closed.open_credentials, "");
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  return names;
}

TEST(DiskLook, MeasuresAndLeavesNothingBehind) {
  const TempFolder folder;
  write_file(folder / sync_file_name, "of a doctor that was killed");
  DiskLooks looks({.state_dir = folder.path(), .boot_id = {}});

  const auto disk = looks.disk();
  const auto sync = looks.sync();
  const auto journal = looks.journal();

  ASSERT_TRUE(disk && sync && journal);
  EXPECT_TRUE(looks.is_over());
  EXPECT_TRUE(disk->is_folder && disk->may_write);
  EXPECT_GT(disk->total_bytes, 0U);
  EXPECT_EQ(sync->error, 0);
  EXPECT_GT(sync->writes, 0U);
  EXPECT_GE(sync->worst, sync->median);
  EXPECT_EQ(journal->state, JournalFacts::State::none);
  EXPECT_THAT(names_in(folder.path()), IsEmpty());
}

TEST(DiskLook, FoldersThatAreNotThereOrNoFolders) {
  const TempFolder folder;
  write_file(folder / "file", "");

  EXPECT_EQ(look_at_disk({.state_dir = folder / "none", .boot_id = {}}).error, ENOENT);
  EXPECT_FALSE(look_at_disk({.state_dir = folder / "file", .boot_id = {}}).is_folder);
  EXPECT_FALSE(look_at_sync({.state_dir = folder / "none", .boot_id = {}}).may_write);
  EXPECT_EQ(look_at_journal({.state_dir = folder / "none", .boot_id = {}}, SystemClock()).state,
            JournalFacts::State::none);
}

TEST(DiskLook, AFullAndAReadOnlyDiskAreSeen) {
  const OwnNetwork own;
  if (!own.why_not().empty()) GTEST_SKIP() << "no mounts here: " << own.why_not();
  const TempFolder folder;
  const std::string place = folder / "small";
  std::filesystem::create_directory(place);
  if (!OwnNetwork::run("mount -t tmpfs -o size=16k tmpfs " + place)) GTEST_SKIP() << "no tmpfs";
  OwnNetwork::run("head -c 100000 /dev/zero > " + place + "/fill 2>/dev/null");

  const SyncFacts full = look_at_sync({.state_dir = place, .boot_id = {}});
  const DiskFacts disk = look_at_disk({.state_dir = place, .boot_id = {}});
  OwnNetwork::run("mount -o remount,ro " + place);
  const SyncFacts sealed = look_at_sync({.state_dir = place, .boot_id = {}});
  const DiskFacts closed = look_at_disk({.state_dir = place, .boot_id = {}});
  OwnNetwork::run("umount " + place);

  EXPECT_EQ(full.error, ENOSPC);
  EXPECT_EQ(disk.free_bytes, 0U);
  EXPECT_EQ(disk.kind, "tmpfs");
  EXPECT_EQ(sealed.error, EROFS);
  EXPECT_TRUE(closed.is_read_only);
}

JournalFacts journal_in(const TempFolder& folder) {
  return look_at_journal({.state_dir = folder.path(), .boot_id = {}}, SystemClock());
}
void set_version(const TempFolder& folder, const char* pragma) {
  auto opened = Database::open(journal_path(folder.path()), Database::Access::write, "");
  ASSERT_TRUE(opened);
  (*opened)->run(pragma);
}

TEST(JournalLook, TellsSoundDamagedNewerAndForeignFilesApart) {
  using State = JournalFacts::State;
  const TempFolder folder;
  const std::string path = journal_path(folder.path());

  ASSERT_TRUE(Store::open({.path = path}));
  const JournalFacts sound = journal_in(folder);
  set_version(folder, "PRAGMA user_version = 1");
  const JournalFacts older = journal_in(folder);
  set_version(folder, "PRAGMA user_version = 99");
  const JournalFacts newer = journal_in(folder);
  set_version(folder, "PRAGMA application_id = 7");
  const JournalFacts foreign = journal_in(folder);
  std::filesystem::remove(path + "-wal");
  std::filesystem::remove(path + "-shm");
  write_file(path, "this is no database, although it is long enough to be looked at twice");
  const JournalFacts damaged = journal_in(folder);

  EXPECT_EQ(sound.state, State::sound) << sound.detail;
  EXPECT_EQ(sound.version, sound.known_version);
  EXPECT_EQ(older.state, State::older) << older.detail;
  EXPECT_EQ(older.version, 1);
  EXPECT_EQ(newer.state, State::newer);
  EXPECT_EQ(newer.version, 99);
  EXPECT_EQ(foreign.state, State::damaged);
  EXPECT_EQ(damaged.state, State::damaged) << damaged.detail;
}

TEST(JournalLook, NamesWhatWasSetAside) {
  const TempFolder folder;
  for (const char* name :
       {"journal.db.damaged-2026-11-21T08-00-00Z", "journal.db.damaged-2026-11-21T08-00-00Z-wal",
        "journal.db-wal", "other"})
    write_file(folder / name, "");

  EXPECT_THAT(journal_in(folder).set_aside, ElementsAre("journal.db.damaged-2026-11-21T08-00-00Z"));
}

TEST(JournalLook, AHeartbeatIsAsOldAsItsBootSaysElseItsDate) {
  const TempFolder folder;
  ManualClock clock;
  const Beat beat{.boot_id = "00000000-0000-0000-0000-000000000001",
                  .at = clock.boot_now(),
                  .wall = clock.wall_now() - 1h};
  ASSERT_TRUE(Heartbeat::open(heartbeat_path(folder.path()))->write(beat));
  clock.advance(20s);

  const auto same =
      look_at_journal({.state_dir = folder.path(), .boot_id = beat.boot_id}, clock).beat;
  const auto other =
      look_at_journal({.state_dir = folder.path(), .boot_id = "another"}, clock).beat;

  ASSERT_TRUE(same && other);
  EXPECT_EQ(same->age, 20s);
  EXPECT_EQ(other->age, 1h + 20s);
  EXPECT_TRUE(same->is_running);
}

}  // namespace
}  // namespace siaga::tests
