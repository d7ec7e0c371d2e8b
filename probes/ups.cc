#include "probes/ups.h"

#include <algorithm>
#include <array>
#include <expected>
#include <utility>

#include <fmt/format.h>

#include "agent/core/limits.h"
#include "probes/reach.h"
#include "probes/tls_options.h"
#include "probes/ups_attempt.h"
#include "probes/ups_readings.h"

namespace siaga {
namespace {

constexpr std::uint16_t nut_port = 3493;      // IANA
constexpr std::uint16_t apcupsd_port = 3551;  // IANA

constexpr std::array own_ups_options{
    Option{.key = "server",
           .type = OptionType::text,
           .is_required = true,
           .help = "Who knows the UPS: nut://host/ups, where ups is its name on that NUT server "
                   "(upsc -l host lists them), or apcupsd://host; the ports are 3493 and 3551 "
                   "unless given. UPSes of one server share one connection.",
           .help_id = "Siapa yang mengenal UPS: nut://host/ups, dengan ups namanya di server NUT "
                      "itu (upsc -l host menampilkannya), atau apcupsd://host; port 3493 dan 3551 "
                      "kecuali disebut lain. UPS-UPS dari satu server memakai satu koneksi.",
           .example = "\"nut://10.20.0.5/office\""},
    Option{.key = "username",
           .type = OptionType::text,
           .help = "User of the NUT server. Reading needs none by default; the agent never logs in "
                   "as a machine that the UPS feeds.",
           .help_id = "Pengguna di server NUT. Biasanya tidak perlu untuk membaca; agen tidak "
                      "pernah login sebagai mesin yang dialiri UPS.",
           .example = "\"monitor\""},
    Option{.key = "password",
           .type = OptionType::secret,
           .help = "The user's password. A NUT server does not say when it is wrong, as long as "
                   "reading needs none.",
           .help_id = "Kata sandi pengguna itu. Server NUT tidak memberi tahu bila salah, selama "
                      "membaca tidak memerlukannya.",
           .example = "{ credential = \"nut-password\" }"},
    Option{.key = "starttls",
           .type = OptionType::boolean,
           .fallback = "false",
           .help = "Demand TLS of the NUT server and verify its certificate. Without it everything "
                   "goes in the clear, the password too.",
           .help_id = "Wajibkan TLS dari server NUT dan verifikasi sertifikatnya. Tanpa ini semua "
                      "dikirim tanpa enkripsi, termasuk kata sandi."},
    Option{.key = "nominal_voltage",
           .type = OptionType::number,
           .min = "1",
           .max = "1000",
           .help = "The mains' nominal voltage in volts, where the UPS does not tell it as "
                   "input.voltage.nominal: what is much less is a brown-out. Left out: "
                   "output.voltage.nominal, then the middle of input.transfer.low and .high; where "
                   "none of them is told, nothing is judged by the voltage.",
           .help_id = "Tegangan nominal listrik dalam volt, bila UPS tidak memberitahukannya "
                      "sebagai input.voltage.nominal: yang jauh di bawahnya adalah tegangan turun. "
                      "Bila kosong: output.voltage.nominal, lalu titik tengah input.transfer.low "
                      "dan .high; bila semuanya tidak ada, tegangan tidak dinilai.",
           .example = "220"},
};
constexpr auto ups_options = with_reach_options(with_tls_options(own_ups_options));

class UpsProbe final : public Probe {
 public:
  explicit UpsProbe(UpsTarget target) : target_(std::move(target)) {}

  std::unique_ptr<Attempt> start(const Start& start, Done done) const override {
    return start_ups(target_, start, std::move(done));
  }
  std::string instance() const override { return to_string(target_); }
  std::string host() const override { return target_.to.host; }
  std::string source() const override {
    return target_.reach.source ? to_string(*target_.reach.source) : std::string();
  }
  ReasonGroups reason_groups() const override {
    auto groups = ReasonGroups{}
                      .with(ReasonGroup::connect)
                      .with(ReasonGroup::exchange)
                      .with(ReasonGroup::ups);
    if (!parse_address(target_.to.host)) groups = groups.with(ReasonGroup::resolve);
    if (target_.server.starttls == StartTls::required)
      groups = groups.with(ReasonGroup::tls).with(ReasonGroup::dialogue);
    return groups;
  }

 private:
  UpsTarget target_;
};

struct Place {
  UpsScheme scheme;
  HostPort to;
  std::string ups;
};
struct Complaint {
  std::string message, hint;
};
using Placed = std::expected<Place, Complaint>;

constexpr std::string_view forms = "write \"nut://host/ups\" or \"apcupsd://host\"";

constexpr std::string_view not_in_names = "\"'\\/@?#[]{}<>";

bool is_ups_name(std::string_view name) {
  return !name.empty() && name.size() <= limits::ups_word_bytes &&
         std::ranges::all_of(name, [](char letter) {
           return letter > ' ' && letter <= '~' && !not_in_names.contains(letter);
         });
}

// As upsc wants it: "office@10.20.0.5".
Complaint no_scheme(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0) return {"says no scheme", std::string(forms)};
  return {"says no scheme",
          fmt::format("write \"nut://{}/{}\"", text.substr(at + 1), text.substr(0, at))};
}

Placed parse_place(std::string_view text) {
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos) return std::unexpected(no_scheme(text));
  const std::string_view scheme = text.substr(0, end);
  const bool is_nut = scheme == "nut";
  if (!is_nut && scheme != "apcupsd")
    return std::unexpected(
        Complaint{fmt::format("\"{}\" is not a UPS server's scheme", scheme), std::string(forms)});
  const std::string_view rest = text.substr(end + 3);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  const std::string_view path = rest.substr(std::min(slash + 1, rest.size()));
  if (authority.contains('@'))
    return std::unexpected(Complaint{"has something before an \"@\"",
                                     "a user goes into username and password, the UPS's name "
                                     "behind the host: \"nut://host/ups\""});
  auto to = parse_host_port(authority, is_nut ? nut_port : apcupsd_port);
  if (!to)
    return std::unexpected(
        Complaint{fmt::format("\"{}\" is neither a host nor a host and a port", authority),
                  "write host, host:port, or [address]:port for IPv6"});
  if (is_nut && path.empty())
    return std::unexpected(Complaint{"does not say which UPS of the server",
                                     fmt::format("add its name: \"nut://{}/ups\"", authority)});
  if (is_nut && !is_ups_name(path))
    return std::unexpected(Complaint{fmt::format("\"{}\" cannot be the name of a UPS", path),
                                     "letters, digits, dots, dashes and underscores"});
  if (!is_nut && !path.empty())
    return std::unexpected(Complaint{"names a UPS, but apcupsd has one only",
                                     fmt::format("write \"apcupsd://{}\"", authority)});
  return Place{is_nut ? UpsScheme::nut : UpsScheme::apcupsd, *std::move(to), std::string(path)};
}

// They go into lines of upsd's protocol.
void check_word(Section& section, std::string_view key, std::string_view word) {
  if (word.size() > limits::ups_word_bytes)
    section.complain(key, fmt::format("is longer than {} bytes", limits::ups_word_bytes));
  if (std::ranges::any_of(word, [](char letter) { return letter >= 0 && letter < ' '; }))
    section.complain(key, "has a line break or another control character in it");
}

void complain_about_pairs(Section& section, const UpsServer& server) {
  const bool is_apcupsd = server.scheme == UpsScheme::apcupsd;
  if (is_apcupsd && section.is_set("username"))
    section.complain("username", "apcupsd knows no users", "remove it");
  if (is_apcupsd && server.starttls == StartTls::required)
    section.complain("starttls", "apcupsd does not speak TLS", "remove it");
  if (section.is_set("password") && !section.is_set("username"))
    section.complain("password", "a password without a user", "add username");
  if (server.starttls == StartTls::required) return;
  for (const Option& option : tls_options) {
    if (option.fallback.empty() && section.is_set(option.key))
      section.complain(option.key, "this target does not speak TLS", "add starttls = true");
  }
}

UpsServer parse_server(Section& section, const Place& place, const Reach& reach) {
  UpsServer server{.scheme = place.scheme,
                   .endpoint = {},
                   .host = place.to.host,
                   .starttls = section.get<bool>("starttls") ? StartTls::required : StartTls::off,
                   .tls = parse_tls(section),
                   .user = section.get_or<std::string>("username", {}),
                   .password = section.get_or<Secret>("password", {}).value,
                   .source = reach.source,
                   .interface = reach.interface};
  check_word(section, "username", server.user);
  check_word(section, "password", server.password);
  complain_about_pairs(section, server);
  return server;
}

std::unique_ptr<const Probe> parse_ups(Section& section) {
  auto place = parse_place(section.get<std::string>("server"));
  if (!place) {
    section.complain("server", place.error().message, place.error().hint);
    return nullptr;
  }
  const Reach reach = parse_reach(section);
  UpsTarget target{.server = parse_server(section, *place, reach),
                   .to = place->to,
                   .ups = place->ups,
                   .nominal_volts = {},
                   .reach = reach};
  if (section.is_set("nominal_voltage"))
    target.nominal_volts = section.get<double>("nominal_voltage");
  if (section.has_complaints()) return nullptr;
  return std::make_unique<UpsProbe>(std::move(target));
}

}  // namespace

const Kind ups_kind{
    .name = "ups",
    .help =
        "Asks a UPS's server (NUT or apcupsd) for its readings, every 5 s unless `interval` is "
        "set here: a power cut is seen that soon.",
    .help_id =
        "Menanyakan pembacaan UPS kepada servernya (NUT atau apcupsd), tiap 5 detik kecuali "
        "`interval` diisi di sini: secepat itulah listrik padam terlihat.",
    .options = ups_options,
    .readings = ups_readings,
    .parse = parse_ups,
    .interval = std::chrono::seconds(5),
};

}  // namespace siaga
