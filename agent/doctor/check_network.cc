// Pings, resolvers, ports and UPS servers: can the agent look, and can it be asked?
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "agent/core/units.h"
#include "agent/doctor/checks.h"

namespace siaga {
namespace {

constexpr Text give_raw{
    "run it by the packaged unit, or: sudo setcap cap_net_raw+ep /usr/bin/siaga, or: sudo sysctl "
    "-w net.ipv4.ping_group_range=\"0 2147483647\"",
    "jalankan lewat unit dari paket, atau: sudo setcap cap_net_raw+ep /usr/bin/siaga, atau: sudo "
    "sysctl -w net.ipv4.ping_group_range=\"0 2147483647\""};

bool has_family(const PingSocketFacts& sockets) { return sockets.raw != EAFNOSUPPORT; }

std::string families(const PingFacts& ping) {
  if (!has_family(ping.ip6)) return "IPv4";
  return has_family(ping.ip4) ? "IPv4, IPv6" : "IPv6";
}

bool is_in_range(const PingFacts& ping, std::uint32_t group) {
  return ping.group_range && group >= ping.group_range->first && group <= ping.group_range->second;
}

// What was tried by this process itself, one family.
Finding judge_own(const PingSocketFacts& sockets, std::string_view family) {
  if (!has_family(sockets))
    return ok(
        said({"{}: this machine does not have it", "{}: mesin ini tidak memilikinya"}, family));
  if (sockets.raw == 0)
    return ok(said({"{}: a raw socket opens", "{}: soket mentah dapat dibuka"}, family));
  if (sockets.plain == 0)
    return ok(said({"{}: by the kernel's ping sockets (net.ipv4.ping_group_range)",
                    "{}: lewat soket ping kernel (net.ipv4.ping_group_range)"},
                   family));
  return found(Level::fail,
               said({"{}: neither a raw nor a ping socket opens here: {}",
                     "{}: soket mentah maupun soket ping tidak dapat dibuka di sini: {}"},
                    family, std::strerror(sockets.raw)),
               said(give_raw));
}

constexpr std::array<std::string_view, 6> code_names{"NOERROR",  "FORMERR", "SERVFAIL",
                                                     "NXDOMAIN", "NOTIMP",  "REFUSED"};
std::string code_name(int code) {
  const auto index = static_cast<std::size_t>(code);
  return index < code_names.size() ? std::string(code_names.at(index)) : std::to_string(code);
}

bool works(const ResolverFacts& resolver) {
  return resolver.has_answered && resolver.response_code == 0 && resolver.records > 0;
}

Finding judge_resolver(const ResolverFacts& resolver, bool is_one_left, bool are_configured) {
  const Duration took = std::chrono::floor<std::chrono::milliseconds>(resolver.took);
  if (works(resolver))
    return ok(said({"{} answers in {} ms", "{} menjawab dalam {} ms"}, resolver.address,
                   took / std::chrono::milliseconds(1)));
  const Level level = is_one_left ? Level::warn : Level::fail;
  const Said remedy =
      are_configured
          ? said({"correct [agent] resolvers, or the server at {}",
                  "perbaiki [agent] resolvers, atau server di {}"},
                 resolver.address)
          : said({"correct /etc/resolv.conf (resolvectl status), or name others: [agent] resolvers "
                  "= [\"ADDRESS\"]",
                  "perbaiki /etc/resolv.conf (resolvectl status), atau sebutkan yang lain: [agent] "
                  "resolvers = [\"ALAMAT\"]"});
  if (!resolver.has_answered)
    return found(level,
                 said({"{} does not answer: {}", "{} tidak menjawab: {}"}, resolver.address,
                      resolver.trouble),
                 remedy);
  if (resolver.response_code != 0)
    return found(level,
                 said({"{} answers {} about the root", "{} menjawab {} tentang akar"},
                      resolver.address, code_name(resolver.response_code)),
                 remedy);
  return found(level,
               said({"{} knows no name server of the root", "{} tidak tahu server nama akar"},
                    resolver.address),
               remedy);
}

std::string text_of(const std::vector<HolderFacts>& holders) {
  std::string text;
  for (const HolderFacts& holder : holders)
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", holder.name, holder.pid);
  return text;
}

// Processes that keep a port for siaga.service until it starts.
bool is_kept_by_systemd(const PortFacts& port) {
  return std::ranges::all_of(port.holders, [](const HolderFacts& holder) {
    return holder.pid == 1 && holder.name == "systemd";
  });
}

Finding judge_port(const PortFacts& port, const Facts& facts) {
  const Said choose = said({"choose another in [web] listen", "pilih yang lain di [web] listen"});
  if (port.is_ours) return ok(said({"{}: held by the agent", "{}: dipakai agen"}, port.address));
  if (port.error == EADDRINUSE && facts.unit.has_socket && is_kept_by_systemd(port))
    return ok(said({"{}: kept open by siaga.socket", "{}: dijaga terbuka oleh siaga.socket"},
                   port.address));
  if (port.error == EADDRINUSE && !port.holders.empty())
    return found(
        Level::fail,
        said({"{} is taken by {}", "{} dipakai oleh {}"}, port.address, text_of(port.holders)),
        choose);
  if (port.error == EADDRINUSE)
    return found(Level::fail,
                 said({"{} is taken; by whom cannot be seen",
                       "{} sudah dipakai; oleh siapa tidak "
                       "terlihat"},
                      port.address),
                 facts.is_root
                     ? choose
                     : said({"run with sudo to see by whom, or choose another in [web] listen",
                             "jalankan dengan sudo untuk melihat pemakainya, atau pilih yang "
                             "lain di [web] listen"}));
  if (port.error == EADDRNOTAVAIL)
    return found(Level::fail,
                 said({"{}: this machine has no such address",
                       "{}: mesin ini tidak punya alamat "
                       "itu"},
                      port.address),
                 said({"see `ip address`; write one of them, 127.0.0.1 or 0.0.0.0",
                       "lihat `ip address`; tulis salah satunya, 127.0.0.1 atau 0.0.0.0"}));
  const bool is_unprivileged = !facts.unit.user.empty() && facts.unit.user != "root";
  if (port.is_privileged && (port.error == EACCES || is_unprivileged))
    return found(Level::warn,
                 said({"{} is a port below 1024, which the service's user may not open",
                       "{} porta di bawah 1024, yang tidak boleh dibuka pengguna layanan"},
                      port.address),
                 said({"take a port from 1024 on, or hand it over by siaga.socket",
                       "pakai porta mulai 1024, atau serahkan lewat siaga.socket"}));
  if (port.error != 0)
    return found(Level::fail, said({"{}: {}", "{}: {}"}, port.address, std::strerror(port.error)),
                 choose);
  return ok(said({"{}: free", "{}: bebas"}, port.address));
}

Said ups_remedy(const UpsLook& look) {
  if (look.reason == "unknown_ups")
    return said({"see its names: upsc -l HOST; then correct server",
                 "lihat namanya: upsc -l HOST; "
                 "lalu perbaiki server"});
  if (look.reason == "ups_access_denied")
    return said({"username and password as in upsd.users",
                 "username dan password seperti di "
                 "upsd.users"});
  if (look.reason == "driver_not_connected" || look.reason == "data_stale")
    return said({"there: sudo systemctl restart nut-driver.target, and see its USB cable",
                 "di sana: sudo systemctl restart nut-driver.target, dan periksa kabel USB-nya"});
  return said({"there: systemctl status nut-server (or apcupsd), its LISTEN line and firewall",
               "di sana: systemctl status nut-server (atau apcupsd), baris LISTEN dan firewall"});
}

Finding judge_ups(const UpsLook& look) {
  if (look.reason.empty())
    return ok(said({"{}: {} answers", "{}: {} menjawab"}, look.name, look.server));
  return found(
      Level::fail,
      said({"{}: {}: {}: {}", "{}: {}: {}: {}"}, look.name, look.server, look.reason, look.detail),
      ups_remedy(look));
}

void judge_loopback(const LoopbackUpsFacts& near, FindingList& findings) {
  if (near.has_upsd && !near.is_upsd_used)
    findings.push_back(
        found(Level::warn,
              said({"a UPS server runs on this machine, but no [[ups]] asks it",
                    "ada server UPS di mesin ini, tetapi tidak ada [[ups]] yang menanyainya"}),
              said({"[[ups]] with server = \"nut://127.0.0.1/{}\", and a [[mains]]; docs/power.md",
                    "[[ups]] dengan server = \"nut://127.0.0.1/{}\", dan sebuah [[mains]]; "
                    "docs/power.md"},
                   near.upses.empty() ? "UPS" : near.upses.front().name)));
  if (near.has_apcupsd && !near.is_apcupsd_used)
    findings.push_back(
        found(Level::warn,
              said({"apcupsd runs on this machine, but no [[ups]] asks it",
                    "apcupsd berjalan di mesin ini, tetapi tidak ada [[ups]] yang menanyainya"}),
              said({"[[ups]] with server = \"apcupsd://127.0.0.1\", and a [[mains]]; docs/power.md",
                    "[[ups]] dengan server = \"apcupsd://127.0.0.1\", dan sebuah [[mains]]; "
                    "docs/power.md"})));
}

}  // namespace

FindingList check_ping(const Facts& facts) {
  const AgentFacts& agent = facts.agent;
  const std::string all = families(facts.ping);
  if (agent.may_open_raw == true)
    return {ok(said({"the running agent has CAP_NET_RAW ({})",
                     "agen yang berjalan memiliki "
                     "CAP_NET_RAW ({})"},
                    all))};
  if (agent.may_open_raw == false && agent.group && is_in_range(facts.ping, *agent.group))
    return {ok(said({"the running agent may use ping sockets (net.ipv4.ping_group_range) ({})",
                     "agen yang berjalan boleh memakai soket ping (net.ipv4.ping_group_range) "
                     "({})"},
                    all))};
  if (agent.may_open_raw == false)
    return {found(Level::fail,
                  said({"the running agent has neither CAP_NET_RAW nor ping sockets: pings are "
                        "unknown",
                        "agen yang berjalan tidak memiliki CAP_NET_RAW maupun soket ping: ping "
                        "tidak terlihat"}),
                  said(give_raw))};
  if (facts.unit.is_there && facts.unit.grants_raw)
    return {ok(said({"the unit gives CAP_NET_RAW to the agent ({})",
                     "unit memberi CAP_NET_RAW kepada agen ({})"},
                    all))};
  return {judge_own(facts.ping.ip4, "IPv4"), judge_own(facts.ping.ip6, "IPv6")};
}

FindingList check_dns(const Facts& facts) {
  if (facts.resolvers.empty())
    return {found(Level::fail, said({"no resolver is known", "tidak ada resolver yang diketahui"}),
                  said({"a nameserver line in /etc/resolv.conf, or [agent] resolvers = "
                        "[\"ADDRESS\"]",
                        "baris nameserver di /etc/resolv.conf, atau [agent] resolvers = "
                        "[\"ALAMAT\"]"}))};
  const bool is_one_left = std::ranges::any_of(facts.resolvers, works);
  FindingList findings;
  findings.reserve(facts.resolvers.size());
  for (const ResolverFacts& resolver : facts.resolvers)
    findings.push_back(judge_resolver(resolver, is_one_left, facts.are_resolvers_configured));
  return findings;
}

FindingList check_ports(const Facts& facts) {
  FindingList findings;
  findings.reserve(facts.ports.size() + 1);
  for (const PortFacts& port : facts.ports) findings.push_back(judge_port(port, facts));
  if (findings.empty())
    findings.push_back(found(Level::warn,
                             said({"[web] listen is empty: nobody can ask the agent",
                                   "[web] listen kosong: tidak ada yang dapat bertanya"}),
                             said({"listen = \"127.0.0.1:9790\"", "listen = \"127.0.0.1:9790\""})));
  return findings;
}

FindingList check_ups(const Facts& facts) {
  FindingList findings;
  for (const UpsLook& look : facts.upses) findings.push_back(judge_ups(look));
  judge_loopback(facts.loopback_ups, findings);
  if (findings.empty())
    findings.push_back(ok(said({"none configured, none on this machine",
                                "tidak ada yang dikonfigurasi, tidak ada di mesin ini"})));
  return findings;
}

}  // namespace siaga
