// Disk, sync and journal: does what is recorded last?
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/doctor/checks.h"

namespace siaga {
namespace {

std::string millis(Duration duration) { return fmt::format("{:.1f} ms", seconds(duration) * 1000); }

constexpr Text sudo{"run with sudo", "jalankan dengan sudo"};

// File systems whose content a power cut, a removed container or a cut cable takes away.
struct Fleeting {
  std::string_view kind;
  Level level;
  Text why;
};
constexpr std::array fleeting{
    Fleeting{"tmpfs",
             Level::fail,
             {"lives in memory: a power cut takes the record with it",
              "berada di memori: catatan hilang saat listrik padam"}},
    Fleeting{"ramfs",
             Level::fail,
             {"lives in memory: a power cut takes the record with it",
              "berada di memori: catatan hilang saat listrik padam"}},
    Fleeting{"overlay",
             Level::warn,
             {"is a container's layer: the record goes with the container",
              "lapisan container: catatan hilang bersama container"}},
    Fleeting{"nfs",
             Level::warn,
             {"is on the network: SQLite's WAL does not work safely there",
              "berada di jaringan: WAL SQLite tidak aman di sana"}},
    Fleeting{"cifs",
             Level::warn,
             {"is on the network: SQLite's WAL does not work safely there",
              "berada di jaringan: WAL SQLite tidak aman di sana"}},
};

void judge_kind(const DiskFacts& disk, FindingList& findings) {
  const auto row = std::ranges::find(fleeting, disk.kind, &Fleeting::kind);
  if (row == fleeting.end()) return;
  findings.push_back(found(
      row->level,
      {fmt::format("{} ({}) {}", disk.state_dir, disk.kind, row->why.english),
       fmt::format("{} ({}) {}", disk.state_dir, disk.kind, row->why.indonesian)},
      said({"put [agent] state_dir on a local disk", "letakkan [agent] state_dir di disk lokal"})));
}

void judge_room(const DiskFacts& disk, FindingList& findings) {
  const std::uint64_t growth =
      disk.journal_max_bytes > disk.journal_bytes ? disk.journal_max_bytes - disk.journal_bytes : 0;
  const Said remedy = said({"make room (df -h {0}), or a smaller [journal] max_size",
                            "kosongkan ruang (df -h {0}), atau perkecil [journal] max_size"},
                           disk.state_dir);
  if (disk.free_bytes < limits::doctor_room)
    findings.push_back(found(Level::fail,
                             said({"only {} free for {}", "ruang bebas hanya {} untuk {}"},
                                  mebibytes(disk.free_bytes), disk.state_dir),
                             remedy));
  else if (disk.free_bytes < limits::doctor_room + growth)
    findings.push_back(found(Level::warn,
                             said({"{} free, but the journal may still grow by {}",
                                   "{} bebas, tetapi jurnal masih dapat bertambah {}"},
                                  mebibytes(disk.free_bytes), mebibytes(growth)),
                             remedy));
  // Some file systems (btrfs) count no inodes: 0 in all.
  if (disk.total_inodes > 0 && disk.free_inodes < limits::doctor_inodes)
    findings.push_back(found(disk.free_inodes == 0 ? Level::fail : Level::warn,
                             said({"only {} more files can be made",
                                   "hanya {} berkas lagi dapat "
                                   "dibuat"},
                                  disk.free_inodes),
                             said({"remove small files; see df -i {}",
                                   "hapus berkas kecil; lihat "
                                   "df -i {}"},
                                  disk.state_dir)));
}

void judge_access(const Facts& facts, const DiskFacts& disk, FindingList& findings) {
  const std::string& user = facts.unit.user.empty() ? facts.agent.user : facts.unit.user;
  if (disk.is_read_only)
    findings.push_back(found(
        Level::fail, said({"{} is mounted read-only", "{} dipasang hanya-baca"}, disk.state_dir),
        said({"see dmesg for disk errors; then: sudo mount -o remount,rw ...",
              "lihat galat disk di dmesg; lalu: sudo mount -o remount,rw "
              "..."})));
  else if (!user.empty() && user != "root" && user != disk.owner)
    findings.push_back(found(
        Level::warn,
        said({"{} belongs to {}, the agent runs as {}", "{} milik {}, agen berjalan sebagai {}"},
             disk.state_dir, disk.owner, user),
        said({"sudo chown -R {}: {}", "sudo chown -R {}: {}"}, user, disk.state_dir)));
  else if (!disk.may_write && !facts.is_root)
    findings.push_back(found(Level::warn,
                             said({"{} belongs to {}; this user may not write there",
                                   "{} milik {}; pengguna ini tidak boleh menulis di sana"},
                                  disk.state_dir, disk.owner),
                             said(sudo)));
  if ((disk.mode & 07U) != 0)
    findings.push_back(found(
        Level::warn,
        said({"others may look into {} (mode {:o})", "orang lain dapat melihat isi {} (mode {:o})"},
             disk.state_dir, disk.mode & 07777U),
        said({"sudo chmod 750 {}", "sudo chmod 750 {}"}, disk.state_dir)));
}

Finding not_in_time(Duration limit) {
  return found(Level::fail,
               said({"no answer within {} s: the disk hangs",
                     "tidak ada jawaban dalam {} s: disk "
                     "macet"},
                    limit / std::chrono::seconds(1)),
               said({"see dmesg, and smartctl -H of the disk",
                     "lihat dmesg, dan smartctl -H disk "
                     "itu"}));
}

Finding not_there(const DiskFacts& disk) {
  if (disk.error == ENOENT)
    return found(Level::warn, said({"{} is not there yet", "{} belum ada"}, disk.state_dir),
                 said({"sudo systemctl start siaga makes it",
                       "sudo systemctl start siaga "
                       "membuatnya"}));
  if (disk.error == EACCES)
    return found(
        Level::warn,
        said({"{} cannot be looked at by this user", "{} tidak dapat dilihat pengguna ini"},
             disk.state_dir),
        said(sudo));
  return found(Level::fail,
               said({"{}: {}", "{}: {}"}, disk.state_dir,
                    std::strerror(disk.error != 0 ? disk.error : ENOTDIR)),
               said({"correct [agent] state_dir", "perbaiki [agent] state_dir"}));
}

struct StateWords {
  JournalFacts::State state;
  Level level;
  Text seen;  // {0}: bytes, {1}: faults, {2}: detail, {3}: its version, {4}: the known one
  Text remedy;
};
constexpr std::array state_words{
    StateWords{
        JournalFacts::State::none, Level::ok, {"nothing is recorded yet", "belum ada catatan"}, {}},
    StateWords{JournalFacts::State::sound,
               Level::ok,
               {"sound, {0}, tables of version {3}", "utuh, {0}, tabel versi {3}"},
               {}},
    StateWords{JournalFacts::State::faulty,
               Level::fail,
               {"{1} faults, the first: {2}", "{1} kesalahan, yang pertama: {2}"},
               {"keep a copy of the file, then: siaga journal check",
                "simpan salinan berkas, lalu: siaga journal check"}},
    StateWords{JournalFacts::State::damaged,
               Level::fail,
               {"damaged: {2}", "rusak: {2}"},
               {"the agent sets it aside and begins a new one; keep the file",
                "agen menyisihkannya dan memulai yang baru; simpan berkas itu"}},
    StateWords{JournalFacts::State::newer,
               Level::fail,
               {"written by a later version: tables of version {3}, this program knows {4}",
                "ditulis versi yang lebih baru: tabel versi {3}, program ini mengenal {4}"},
               {"install that version again; this one would set the file aside and begin a new one",
                "pasang lagi versi itu; versi ini akan menyisihkan berkas dan memulai yang baru"}},
    StateWords{JournalFacts::State::older,
               Level::warn,
               {"tables of version {3}, this program has {4}", "tabel versi {3}, program ini {4}"},
               {"sudo systemctl restart siaga brings it up to date",
                "sudo systemctl restart siaga memperbaruinya"}},
    StateWords{JournalFacts::State::unreadable,
               Level::warn,
               {"cannot be read: {2}", "tidak dapat dibaca: {2}"},
               {"run with sudo; siaga journal check", "jalankan dengan sudo; siaga journal check"}},
};

Finding judge_state(const JournalFacts& journal) {
  const auto row = std::ranges::find(state_words, journal.state, &StateWords::state);
  const StateWords& words = *row;
  return found(words.level,
               said(words.seen, mebibytes(journal.bytes), journal.faults, journal.detail,
                    journal.version, journal.known_version),
               said(words.remedy));
}

void judge_beat(const Facts& facts, const BeatFacts& beat, FindingList& findings) {
  const auto age = beat.age / std::chrono::seconds(1);
  // A beat is late by a whole period before it is worth a word.
  if (facts.agent.is_running && beat.age > 3 * limits::beat)
    findings.push_back(found(Level::fail,
                             said({"the agent runs, but its last heartbeat is {} s old",
                                   "agen berjalan, tetapi detak terakhirnya {} s yang lalu"},
                                  age),
                             said({"journalctl -u siaga -n 50 says what the disk refuses",
                                   "journalctl -u siaga -n 50 menyebut apa yang ditolak disk"})));
  else if (facts.agent.is_running)
    findings.push_back(ok(said({"last heartbeat {} s ago", "detak terakhir {} s lalu"}, age)));
  else if (beat.is_running)
    findings.push_back(
        found(Level::warn,
              said({"the agent ended without a farewell, {} s ago by its last heartbeat",
                    "agen berakhir tanpa pamit, detak terakhirnya {} s yang lalu"},
                   age),
              said({"sudo systemctl start siaga; siaga outages says what it saw",
                    "sudo systemctl start siaga; siaga outages menyebut apa yang dilihatnya"})));
}

}  // namespace

FindingList check_disk(const Facts& facts) {
  if (!facts.disk) return {not_in_time(limits::doctor_disk)};
  const DiskFacts& disk = *facts.disk;
  if (disk.error != 0 || !disk.is_folder) return {not_there(disk)};
  FindingList findings;
  judge_kind(disk, findings);
  judge_room(disk, findings);
  judge_access(facts, disk, findings);
  if (findings.empty())
    findings.push_back(ok(said({"{}: {}, {} free", "{}: {}, {} bebas"}, disk.state_dir, disk.kind,
                               mebibytes(disk.free_bytes))));
  return findings;
}

FindingList check_sync(const Facts& facts) {
  if (!facts.sync) return {not_in_time(limits::doctor_disk)};
  const SyncFacts& sync = *facts.sync;
  if (!sync.may_write)
    return {found(Level::warn,
                  said({"not tried: this user may not write in the state directory",
                        "tidak dicoba: pengguna ini tidak boleh menulis di folder state"}),
                  facts.disk && facts.disk->error == ENOENT
                      ? said({"sudo systemctl start siaga makes the folder",
                              "sudo systemctl start siaga membuat folder itu"})
                      : said(sudo))};
  if (sync.error != 0)
    return {found(Level::fail,
                  said({"a durable write failed: {}", "penulisan tahan padam gagal: {}"},
                       std::strerror(sync.error)),
                  said({"see df -h, df -i and dmesg", "lihat df -h, df -i, dan dmesg"}))};
  const Said seen = said(
      {"{} durable writes: median {}, worst {}", "{} penulisan tahan padam: median {}, terlama {}"},
      sync.writes, millis(sync.median), millis(sync.worst));
  if (sync.median > limits::doctor_sync_slow || sync.worst > limits::beat_lateness)
    return {found(Level::warn, seen,
                  said({"above {} or {}: heartbeats and the journal come late, so a power cut is "
                        "dated less exactly; use a faster disk, or less load on it (iostat -x 1)",
                        "di atas {} atau {}: detak dan jurnal terlambat, sehingga waktu listrik "
                        "padam kurang tepat; pakai disk lebih cepat, atau kurangi bebannya "
                        "(iostat -x 1)"},
                       millis(limits::doctor_sync_slow), millis(limits::beat_lateness)))};
  return {ok(seen)};
}

FindingList check_journal(const Facts& facts) {
  if (!facts.journal) return {not_in_time(limits::doctor_journal)};
  const JournalFacts& journal = *facts.journal;
  FindingList findings{judge_state(journal)};
  if (!journal.set_aside.empty())
    findings.push_back(found(
        Level::warn,
        said({"{} earlier journals were set aside, such as {}",
              "{} jurnal terdahulu disisihkan, misalnya {}"},
             journal.set_aside.size(), journal.set_aside.front()),
        said({"read one elsewhere with `siaga journal export --state-dir`; remove it when it "
              "is of no use",
              "baca di tempat lain dengan `siaga journal export --state-dir`; hapus bila tidak "
              "berguna lagi"})));
  if (journal.beat) judge_beat(facts, *journal.beat, findings);
  return findings;
}

}  // namespace siaga
