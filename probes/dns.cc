#include "probes/dns.h"

#include <algorithm>
#include <array>
#include <utility>

#include "probes/dns_attempt.h"
#include "probes/reach.h"
#include "probes/tls_options.h"
#include "probes/wire/dns_message.h"

namespace siaga {
namespace {

constexpr std::uint16_t tls_port = 853;

constexpr std::array<std::string_view, 3> transports{"udp", "tcp", "tls"};

constexpr std::array own_dns_options{
    Option{.key = "server",
           .type = OptionType::host_port,
           .fallback_port = dns_port,
           .help = "The DNS server to ask; the port is 53, or 853 for TLS. Left out: the agent's "
                   "resolvers (agent.resolvers, else /etc/resolv.conf) in their order; the next "
                   "one is asked when one cannot be reached, answers nonsense, or is silent for "
                   "its equal share of the timeout.",
           .help_id = "Server DNS yang ditanya; port 53, atau 853 untuk TLS. Bila tidak diisi: "
                      "resolver agen (agent.resolvers, atau /etc/resolv.conf) menurut urutannya; "
                      "yang berikutnya ditanya bila satu tidak terjangkau, jawabannya rusak, atau "
                      "diam selama bagiannya dari timeout.",
           .example = "\"10.20.0.53\""},
    Option{.key = "query",
           .type = OptionType::text,
           .is_required = true,
           .help = "The name to ask for, always taken as complete. For type PTR an address is "
                   "turned into its reverse name.",
           .help_id = "Nama yang ditanyakan, selalu dianggap lengkap. Untuk tipe PTR, alamat "
                      "diubah menjadi nama baliknya.",
           .example = "\"kaltimprov.go.id.\""},
    Option{.key = "type",
           .type = OptionType::choice,
           .fallback = "\"A\"",
           .choices = dns_types,
           .help = "The type of record to ask for.",
           .help_id = "Tipe rekaman yang ditanyakan."},
    Option{.key = "transport",
           .type = OptionType::choice,
           .fallback = "\"udp\"",
           .choices = transports,
           .help = "How to ask: UDP, TCP, or DNS over TLS (RFC 7858).",
           .help_id = "Cara bertanya: UDP, TCP, atau DNS lewat TLS (RFC 7858)."},
    Option{.key = "recursion",
           .type = OptionType::boolean,
           .fallback = "true",
           .help = "Ask the server to find the answer elsewhere if it must; false for checking "
                   "what an authoritative server itself has.",
           .help_id = "Minta server mencari jawaban ke tempat lain bila perlu; false untuk "
                      "memeriksa isi server otoritatif itu sendiri."},
    Option{.key = "follow_truncated",
           .type = OptionType::boolean,
           .fallback = "true",
           .help = "Ask again over TCP when a UDP answer was cut.",
           .help_id = "Tanya lagi lewat TCP bila jawaban UDP terpotong."},
    Option{.key = "expect.rcode",
           .type = OptionType::choices,
           .fallback = "[\"NOERROR\"]",
           .choices = dns_rcodes,
           .help = "Response codes that are good; [\"NXDOMAIN\"] for a name that must not exist.",
           .help_id = "Kode jawaban yang dianggap baik; [\"NXDOMAIN\"] untuk nama yang harus "
                      "tidak ada."},
    Option{.key = "expect.answers",
           .type = OptionType::patterns,
           .help = "Each pattern must match a record of the answer section, written as \"name ttl "
                   "class type data\" with single spaces.",
           .help_id = "Setiap pola harus cocok dengan satu rekaman jawaban, yang ditulis sebagai "
                      "\"nama ttl kelas tipe data\" dengan satu spasi.",
           .example = "[\"A 103\\\\.7\\\\.\"]"},
    Option{.key = "forbid.answers",
           .type = OptionType::patterns,
           .help = "No record of the answer section may match any of these.",
           .help_id = "Tidak satu pun rekaman jawaban boleh cocok dengan pola ini.",
           .example = "[\"A 10\\\\.\"]"},
    Option{.key = "expect.count",
           .type = OptionType::integer,
           .fallback = "0",
           .min = "0",
           .max = "1000",
           .help = "At least this many records of the asked type must be in the answer; the "
                   "CNAMEs on the way do not count.",
           .help_id = "Paling sedikit sekian rekaman dari tipe yang ditanyakan harus ada dalam "
                      "jawaban; CNAME di perjalanan tidak dihitung."},
    Option{.key = "expect.serial",
           .type = OptionType::integer,
           .min = "0",
           .max = "4294967295",
           .help = "The SOA serial must be this or a later one (RFC 1982); for type SOA.",
           .help_id = "Serial SOA harus ini atau yang lebih baru (RFC 1982); untuk tipe SOA.",
           .example = "2026112101"},
};
constexpr auto dns_options = with_reach_options(with_tls_options(own_dns_options));

constexpr std::string_view duration_help = "Time of the last run by phase.";
constexpr std::array own_dns_readings{
    ReadingDefinition{.metric = "probe_dns_duration_seconds",
                      .label = "phase=\"resolve\"",
                      .help = duration_help},
    ReadingDefinition{.metric = "probe_dns_duration_seconds",
                      .label = "phase=\"connect\"",
                      .help = duration_help},
    ReadingDefinition{.metric = "probe_dns_duration_seconds",
                      .label = "phase=\"request\"",
                      .help = duration_help},
    ReadingDefinition{.metric = "probe_dns_answer_rrs",
                      .help = "Number of records in the answer section."},
    ReadingDefinition{.metric = "probe_dns_authority_rrs",
                      .help = "Number of records in the authority section."},
    ReadingDefinition{.metric = "probe_dns_additional_rrs",
                      .help = "Number of records in the additional section."},
    ReadingDefinition{.metric = "probe_dns_query_succeeded",
                      .help = "Whether a whole reply came, whatever it says."},
    ReadingDefinition{.metric = "probe_dns_serial",
                      .help = "Serial of the zone, when asked for the SOA record."},
};
static_assert(tls_readings_end + own_dns_readings.size() == dns_readings_end);

const auto dns_readings = [] {
  std::array<ReadingDefinition, dns_readings_end> all{};
  auto end = std::ranges::copy(address_readings, all.begin()).out;
  end = std::ranges::copy(tls_readings, end).out;
  std::ranges::copy(own_dns_readings, end);
  return all;
}();

class DnsProbe final : public Probe {
 public:
  explicit DnsProbe(DnsTarget target) : target_(std::move(target)) {}

  std::unique_ptr<Attempt> start(const Start& start, Done done) const override {
    return start_dns(target_, start, std::move(done));
  }
  std::string instance() const override {
    return target_.server ? to_string(*target_.server) : "system";
  }
  std::string host() const override { return target_.server ? target_.server->host : "system"; }
  std::string source() const override {
    return target_.reach.source ? to_string(*target_.reach.source) : std::string();
  }
  ReasonGroups reason_groups() const override {
    ReasonGroups groups;
    if (target_.server && !parse_address(target_.server->host))
      groups = groups.with(ReasonGroup::resolve);
    if (target_.transport == DnsTransport::tls) groups = groups.with(ReasonGroup::tls);
    return groups.with(ReasonGroup::connect).with(ReasonGroup::exchange).with(ReasonGroup::dns);
  }

 private:
  DnsTarget target_;
};

DnsTransport parse_transport(const Section& section) {
  const auto at = std::ranges::find(transports, section.get<std::string>("transport"));
  return static_cast<DnsTransport>(at - transports.begin());
}

std::optional<HostPort> parse_server(const Section& section, DnsTransport transport) {
  if (!section.is_set("server")) return std::nullopt;
  HostPort server = section.get<HostPort>("server");
  // TLS never speaks on port 53 (RFC 7858, 3.1), so 53 means that no port was given.
  if (transport == DnsTransport::tls && server.port == dns_port) server.port = tls_port;
  return server;
}

DnsRules parse_rules(const Section& section) {
  DnsRules rules;
  for (const std::string& name : section.get<std::vector<std::string>>("expect.rcode")) {
    const auto at = std::ranges::find(dns_rcodes, name);
    rules.rcodes.push_back(static_cast<std::uint16_t>(at - dns_rcodes.begin()));
  }
  rules.wanted = section.get_or<std::vector<Pattern>>("expect.answers", {});
  rules.forbidden = section.get_or<std::vector<Pattern>>("forbid.answers", {});
  rules.answers_min = section.get<std::int64_t>("expect.count");
  if (section.is_set("expect.serial"))
    rules.serial_min = static_cast<std::uint32_t>(section.get<std::int64_t>("expect.serial"));
  return rules;
}

std::string parse_query_name(const Section& section) {
  const auto& query = section.get<std::string>("query");
  const auto address = parse_address(query);
  const bool is_reverse = address && section.get<std::string>("type") == "PTR";
  return is_reverse ? reverse_dns_name(*address) : query;
}

void complain_about_pairs(Section& section, DnsTransport transport, const DnsRules& rules) {
  if (rules.serial_min && section.get<std::string>("type") != "SOA")
    section.complain("expect.serial", "only SOA records have a serial", "add type = \"SOA\"");
  if (rules.rcodes.empty())
    section.complain("expect.rcode", "no response code is allowed", "leave it out for NOERROR");
  if (transport == DnsTransport::tls) return;
  for (const Option& option : tls_options) {
    if (option.fallback.empty() && section.is_set(option.key))
      section.complain(option.key, "this target does not speak TLS", "add transport = \"tls\"");
  }
}

void complain_about_family(Section& section, const DnsTarget& target) {
  if (!target.server || target.reach.family.fallback) return;
  const auto address = parse_address(target.server->host);
  if (address && address->family != target.reach.family.preferred)
    section.complain("server", "an address of the IP version that this target may not use");
}

std::unique_ptr<const Probe> parse_dns(Section& section) {
  const DnsTransport transport = parse_transport(section);
  const std::string name = parse_query_name(section);
  const auto& type = section.get<std::string>("type");
  auto message =
      make_dns_query({.name = name, .type = type, .is_recursive = section.get<bool>("recursion")});
  if (!message) section.complain("query", message.error().text);
  DnsTarget target{.server = parse_server(section, transport),
                   .transport = transport,
                   .question = type + ' ' + name,
                   .rules = parse_rules(section),
                   .follows_truncated = section.get<bool>("follow_truncated"),
                   .asks_for_soa = type == "SOA",
                   .tls = parse_tls(section),
                   .reach = parse_reach(section)};
  complain_about_pairs(section, transport, target.rules);
  complain_about_family(section, target);
  if (section.has_complaints()) return nullptr;
  target.message = std::move(*message);
  return std::make_unique<DnsProbe>(std::move(target));
}

}  // namespace

const Kind dns_kind{
    .name = "dns",
    .help = "Asks a DNS server one question and judges the answer.",
    .help_id = "Menanyai server DNS satu pertanyaan lalu menilai jawabannya.",
    .options = dns_options,
    .readings = dns_readings,
    .parse = parse_dns,
};

}  // namespace siaga
