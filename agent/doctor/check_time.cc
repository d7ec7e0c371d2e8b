// Clock and time zone: can the dates of what is recorded be believed?
#include <fmt/format.h>

#include "agent/doctor/checks.h"

namespace siaga {
FindingList check_clock(const Facts& facts) {
  const ClockFacts& clock = facts.clock;
  const std::string services = fmt::format("{}", fmt::join(clock.services, ", "));
  if (clock.is_absurd)
    return {found(Level::fail,
                  said({"the clock shows an impossible date", "jam menunjukkan tanggal mustahil"}),
                  said({"sudo timedatectl set-ntp true; the CMOS battery may be empty",
                        "sudo timedatectl set-ntp true; baterai CMOS mungkin habis"}))};
  if (clock.is_trusted)
    return {ok(said({"synchronised, says {}{}", "tersinkron, menurut {}{}"}, clock.source,
                    services.empty() ? "" : "; " + services))};
  if (clock.is_declared)
    return {ok(said({"declared right by [agent] clock = \"trusted\"",
                     "dinyatakan benar oleh [agent] clock = \"trusted\""}))};
  if (clock.services.empty())
    return {
        found(Level::warn,
              said({"not synchronised, and no time service runs: records are dated by boot time",
                    "tidak tersinkron, dan tidak ada layanan waktu: catatan bertanggal waktu "
                    "boot"}),
              said({"sudo apt install systemd-timesyncd; in a container whose host keeps time: "
                    "[agent] clock = \"trusted\"",
                    "sudo apt install systemd-timesyncd; di container yang waktunya dijaga "
                    "host: [agent] clock = \"trusted\""}))};
  return {
      found(Level::warn,
            said({"not synchronised, although {} runs", "tidak tersinkron, walaupun {} berjalan"},
                 services),
            said({"timedatectl timesync-status, or chronyc tracking (chrony needs rtcsync); if "
                  "it is right all the same: [agent] clock = \"trusted\"",
                  "timedatectl timesync-status, atau chronyc tracking (chrony perlu rtcsync); "
                  "bila memang benar: [agent] clock = \"trusted\""}))};
}

FindingList check_zone(const Facts& facts) {
  const ZoneFacts& zone = facts.zone;
  if (!zone.has_database)
    return {found(Level::fail,
                  said({"no tz database: all times are UTC",
                        "tidak ada basis data tz: semua waktu "
                        "UTC"}),
                  said({"sudo apt install tzdata", "sudo apt install tzdata"}))};
  // Debian's installer calls it Etc/UTC where nobody chose a zone.
  const bool is_utc = zone.system.empty() || zone.system.ends_with("UTC");
  const std::string system = is_utc ? "UTC" : zone.system;
  if (zone.configured.empty())
    return {found(Level::warn,
                  said({"office.timezone is not set: reports and maintenance windows are in UTC",
                        "office.timezone tidak diisi: laporan dan pemeliharaan memakai UTC"}),
                  said({"[office] timezone = \"{}\"  (WIB Asia/Jakarta, WITA Asia/Makassar, WIT "
                        "Asia/Jayapura)",
                        "[office] timezone = \"{}\"  (WIB Asia/Jakarta, WITA Asia/Makassar, WIT "
                        "Asia/Jayapura)"},
                       is_utc ? "Asia/Makassar" : system))};
  if (zone.configured != system && zone.configured_offset != zone.system_offset)
    return {found(Level::warn,
                  said({"office.timezone is {}, this machine's log is in {}",
                        "office.timezone {}, log mesin ini memakai {}"},
                       zone.configured, system),
                  said({"sudo timedatectl set-timezone {}", "sudo timedatectl set-timezone {}"},
                       zone.configured))};
  return {ok(said({"{}, as this machine", "{}, sama dengan mesin ini"}, zone.configured))};
}

}  // namespace siaga
