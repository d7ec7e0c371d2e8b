// Configuration, service, limits: is the agent set up, and does it run?
#include <fmt/format.h>

#include "agent/core/limits.h"
#include "agent/core/plural.h"
#include "agent/core/units.h"
#include "agent/doctor/checks.h"

namespace siaga {
namespace {

Finding warn(Said seen, Said remedy) {
  return found(Level::warn, std::move(seen), std::move(remedy));
}
Finding fail(Said seen, Said remedy) {
  return found(Level::fail, std::move(seen), std::move(remedy));
}

// The state that systemd tells of the unit.
Finding judge_unit(const UnitFacts& unit) {
  const Said where = said({"siaga.service is {}, as user {}", "siaga.service {}, sebagai {}"},
                          unit.state, unit.user.empty() ? "root" : unit.user);
  if (unit.state == "failed")
    return fail(said({"siaga.service has failed ({})", "siaga.service gagal ({})"}, unit.result),
                said({"journalctl -u siaga -n 50, then: sudo systemctl restart siaga",
                      "journalctl -u siaga -n 50, lalu: sudo systemctl restart siaga"}));
  if (unit.state != "active")
    return warn(where,
                said({"sudo systemctl enable --now siaga", "sudo systemctl enable --now siaga"}));
  if (unit.user.empty() || unit.user == "root")
    return warn(where, said({"give the unit User=siaga, as the packaged one has",
                             "beri unit User=siaga, seperti unit dari paket"}));
  if (unit.enabled == "disabled")
    return warn(said({"siaga.service runs, but will not start at boot",
                      "siaga.service berjalan, tetapi tidak dimulai saat boot"}),
                said({"sudo systemctl enable siaga", "sudo systemctl enable siaga"}));
  return ok(where);
}

FindingList judge_answers(const Facts& facts) {
  const AgentFacts& agent = facts.agent;
  FindingList findings;
  const std::string version = agent.version.empty() ? agent.address_version : agent.version;
  if (!agent.control_trouble.empty())
    findings.push_back({{},
                        facts.is_root ? Level::fail : Level::warn,
                        said({"the agent does not answer on its control socket: {}",
                              "agen tidak menjawab di soket kendalinya: {}"},
                             agent.control_trouble),
                        facts.is_root
                            ? said({"sudo systemctl restart siaga", "sudo systemctl restart siaga"})
                            : said({"run with sudo", "jalankan dengan sudo"})});
  if (!agent.address.empty() && agent.address_version.empty() && agent.is_running)
    findings.push_back(
        fail(said({"the agent runs, but {} does not answer as Siaga: {}",
                   "agen berjalan, tetapi {} tidak menjawab sebagai Siaga: {}"},
                  agent.address, agent.address_trouble),
             said({"see [web] listen; after a change: sudo systemctl restart siaga",
                   "lihat [web] listen; setelah mengubahnya: sudo systemctl restart siaga"})));
  else if (!agent.address_version.empty())
    findings.push_back(
        ok(said({"answers at http://{}/", "menjawab di http://{}/"}, agent.address)));
  if (!version.empty() && version != facts.version)
    findings.push_back(
        warn(said({"the running agent is version {}, this program is {}",
                   "agen yang berjalan versi {}, program ini versi {}"},
                  version, facts.version),
             said({"sudo systemctl restart siaga", "sudo systemctl restart siaga"})));
  if (agent.pids.size() > 1)
    findings.push_back(
        fail(said({"{} agents share one state directory: processes {}",
                   "{} agen memakai satu folder state: proses {}"},
                  agent.pids.size(), fmt::join(agent.pids, ", ")),
             said({"stop all but one; give the other its own [agent] state_dir",
                   "hentikan semua kecuali satu; beri yang lain [agent] state_dir sendiri"})));
  return findings;
}

}  // namespace

FindingList check_configuration(const Facts& facts) {
  const ConfigurationFacts& seen = facts.configuration;
  FindingList findings;
  if (seen.complaints > 0)
    findings.push_back(fail(said({"{} errors, the first: {}", "{} kesalahan, yang pertama: {}"},
                                 seen.complaints, seen.first_complaint),
                            said({"siaga check shows all of them",
                                  "siaga check menampilkan "
                                  "semuanya"})));
  else if (seen.path.empty())
    findings.push_back(warn(said({"there is no file: the embedded default runs",
                                  "tidak ada berkas: konfigurasi bawaan yang dipakai"}),
                            said({"sudo siaga init", "sudo siaga init"})));
  else
    findings.push_back(ok(said({"{0}: valid, {1} target{2}", "{0}: sah, {1} target"}, seen.path,
                               seen.targets, plural_s(seen.targets))));
  for (const std::string& file : seen.exposed_secrets)
    findings.push_back(warn(
        said({"{} holds a secret as text, and others can read it",
              "{} memuat rahasia sebagai teks, dan orang lain dapat membacanya"},
             file),
        said({"move it to /etc/siaga/credentials/NAME and write {{ credential = \"NAME\" }}, or: "
              "sudo chown root:siaga {0}; sudo chmod 640 {0}",
              "pindahkan ke /etc/siaga/credentials/NAMA dan tulis {{ credential = \"NAMA\" }}, "
              "atau: sudo chown root:siaga {0}; sudo chmod 640 {0}"},
             file)));
  for (const std::string& file : seen.writable_by_others)
    findings.push_back(
        warn(said({"everybody can change {}", "semua orang dapat mengubah {}"}, file),
             said({"sudo chmod o-w {}", "sudo chmod o-w {}"}, file)));
  if (!seen.open_credentials.empty())
    findings.push_back(warn(
        said({"others can look into {}", "orang lain dapat melihat isi {}"}, seen.open_credentials),
        said({"sudo chmod 700 {}", "sudo chmod 700 {}"}, seen.open_credentials)));
  return findings;
}

FindingList check_service(const Facts& facts) {
  const UnitFacts& unit = facts.unit;
  FindingList findings;
  if (unit.has_answered && unit.is_there) findings.push_back(judge_unit(unit));
  else if (unit.has_systemd && !unit.has_answered)
    findings.push_back(warn(said({"systemd does not answer", "systemd tidak menjawab"}),
                            said({"systemctl status siaga", "systemctl status siaga"})));
  else if (facts.agent.is_running)
    findings.push_back(
        ok(said({"the agent runs, without systemd's unit", "agen berjalan, tanpa unit systemd"})));
  else
    findings.push_back(
        warn(said({"the agent does not run, and there is no siaga.service",
                   "agen tidak berjalan, dan tidak ada siaga.service"}),
             said({"install the package, or: siaga run", "pasang paketnya, atau: siaga run"})));
  for (Finding& finding : judge_answers(facts)) findings.push_back(std::move(finding));
  return findings;
}

FindingList check_limits(const Facts& facts) {
  const LimitFacts& seen = facts.limits;
  FindingList findings;
  const bool is_agents = facts.agent.descriptors > 0;
  const std::uint64_t descriptors = is_agents ? facts.agent.descriptors : seen.descriptors;
  if (descriptors < seen.wanted_descriptors)
    findings.push_back(
        warn(said({"{} descriptors, for [agent] flights_max it wants {}: fewer probes at once",
                   "{} deskriptor, untuk [agent] flights_max perlu {}: lebih sedikit pemeriksaan "
                   "sekaligus"},
                  descriptors, seen.wanted_descriptors),
             said({"LimitNOFILE={} in: sudo systemctl edit siaga",
                   "LimitNOFILE={} di: sudo systemctl edit siaga"},
                  seen.wanted_descriptors)));
  if (seen.free_memory_bytes > 0 && seen.free_memory_bytes < limits::doctor_memory)
    findings.push_back(
        warn(said({"only {} of memory is left on this machine", "memori mesin ini tinggal {}"},
                  mebibytes(seen.free_memory_bytes)),
             said({"see what takes it: ps aux --sort=-rss | head",
                   "lihat siapa pemakainya: ps aux --sort=-rss | head"})));
  if (findings.empty())
    findings.push_back(
        ok(said({"{} descriptors, {} of memory free", "{} deskriptor, {} memori bebas"},
                descriptors, mebibytes(seen.free_memory_bytes))));
  return findings;
}

}  // namespace siaga
