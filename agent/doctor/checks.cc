#include "agent/doctor/checks.h"

#include <array>
#include <string>

#include <fmt/format.h>

namespace siaga {
namespace {

constexpr std::array table{
    Check{"configuration",
          {"is it valid, can others read its secrets or change it",
           "apakah sah, dapatkah orang lain membaca rahasia di dalamnya atau mengubahnya"},
          false,
          check_configuration},
    Check{"service",
          {"does the unit run, as which user, which version, does it answer",
           "apakah unit berjalan, sebagai pengguna apa, versi berapa, apakah menjawab"},
          false,
          check_service},
    Check{"ping",
          {"may the agent ping: CAP_NET_RAW, or else the kernel's ping sockets",
           "bolehkah agen melakukan ping: CAP_NET_RAW, atau soket ping kernel"},
          false,
          check_ping},
    Check{"clock",
          {"is the clock synchronised, and by which service",
           "apakah jam tersinkron, dan oleh layanan apa"},
          false,
          check_clock},
    Check{"timezone",
          {"office.timezone against the machine's, and the tz database",
           "office.timezone dibandingkan dengan milik mesin, dan basis data tz"},
          true,
          check_zone},
    Check{"dns",
          {"does each resolver answer who the root's name servers are",
           "apakah setiap resolver menjawab siapa server nama akar"},
          true,
          check_dns},
    Check{"ports",
          {"are the addresses of [web] listen free, or held by the agent itself",
           "apakah alamat [web] listen bebas, atau dipakai agen sendiri"},
          true,
          check_ports},
    Check{"ups",
          {"does each [[ups]] answer; a UPS server on this machine that no [[ups]] uses",
           "apakah setiap [[ups]] menjawab; server UPS di mesin ini yang belum dipakai"},
          true,
          check_ups},
    Check{"disk",
          {"room, inodes, permission and file system of the state directory",
           "ruang, inode, izin, dan sistem berkas folder state"},
          false,
          check_disk},
    Check{"sync",
          {"how long a small durable write takes there",
           "berapa lama penulisan kecil yang tahan listrik padam di sana"},
          false,
          check_sync},
    Check{"journal",
          {"does it open, is it sound, its version, files set aside, the heartbeat's age",
           "apakah dapat dibuka, utuh, versinya, berkas yang disisihkan, umur detak"},
          false,
          check_journal},
    Check{"limits", {"descriptors and memory", "deskriptor dan memori"}, false, check_limits},
};

constexpr Text not_looked{"not looked at: the configuration is not valid",
                          "tidak diperiksa: konfigurasi tidak sah"};
constexpr Text mend_first{"first mend what `siaga check` says",
                          "perbaiki dahulu yang dikatakan `siaga check`"};

}  // namespace

std::string_view name(Level level) {
  constexpr std::array<std::string_view, 3> names{"ok", "warn", "fail"};
  return names.at(static_cast<std::size_t>(level));
}

std::string mebibytes(std::uint64_t bytes) { return fmt::format("{} MiB", bytes >> 20U); }

std::span<const Check> checks() { return table; }

FindingList examine(const Facts& facts) {
  FindingList all;
  all.reserve(2 * table.size());
  for (const Check& check : table) {
    FindingList some;
    if (check.needs_configuration && facts.configuration.complaints > 0)
      some.push_back({{}, Level::warn, said(not_looked), said(mend_first)});
    else some = check.judge(facts);
    for (Finding& finding : some) {
      finding.subject = check.name;
      all.push_back(std::move(finding));
    }
  }
  return all;
}

}  // namespace siaga
