#include "agent/doctor/office_draft.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "agent/config/value.h"
#include "agent/core/address.h"
#include "agent/core/limits.h"
#include "agent/core/split.h"
#include "agent/core/utf8.h"
#include "agent/net/http_client.h"

namespace siaga {
namespace {

constexpr std::string_view link_name = "wan";
constexpr std::string_view mains_name = "pln";
constexpr std::string_view resolvers_name = "resolvers";

// Each line becomes a comment of its own.
constexpr Text head{
    "Siaga: what is watched, and how. Made by `siaga init`; change it as you like.\n"
    "After a change: siaga check, then: sudo systemctl reload siaga\n"
    "Every key: man siaga.toml, docs/configuration.md",
    "Siaga: apa yang dipantau, dan bagaimana. Dibuat oleh `siaga init`; silakan diubah.\n"
    "Setelah mengubah: siaga check, lalu: sudo systemctl reload siaga\n"
    "Semua kunci: man siaga.toml, docs/configuration.md"};
constexpr Text web_words{
    "Where Prometheus finds /metrics. Only this machine, until you say otherwise.",
    "Tempat Prometheus mengambil /metrics. Hanya mesin ini, sampai diubah."};
constexpr Text dns_words{"Do this machine's resolvers answer?",
                         "Apakah resolver mesin ini menjawab?"};
constexpr Text link_words{
    "Is there a way out? Anchors further out, of different owners, say more: \"1.1.1.1\", "
    "\"8.8.8.8\".\nWhen the router has no UPS, add: needs = [\"pln\"]",
    "Adakah jalan keluar? Jangkar lebih jauh, milik pihak berbeda, mengatakan lebih banyak: "
    "\"1.1.1.1\", \"8.8.8.8\".\nBila router tanpa UPS, tambahkan: needs = [\"pln\"]"};
constexpr Text ups_words{"A UPS, and the public power supply that it sees.",
                         "UPS, dan listrik umum yang dilihatnya."};
constexpr Text adapter_words{
    "Is the power on? Known only if this machine has a mains adapter that Linux can see. With a "
    "UPS:\n[[ups]] name = \"...\" server = \"nut://HOST/NAME\", and ups = [\"...\"] here.",
    "Apakah listrik menyala? Hanya diketahui bila mesin ini punya adaptor yang dilihat Linux. "
    "Dengan UPS:\n[[ups]] name = \"...\" server = \"nut://HOST/NAMA\", dan ups = [\"...\"] di "
    "sini."};
constexpr Text website_words{
    "Websites. via: the agent looks through the link; without it nobody can see them. For one that "
    "is\nserved here, whose users come in through the link, write needs = [\"wan\"] instead.",
    "Situs web. via: agen melihat lewat tautan; tanpa tautan tidak ada yang terlihat. Untuk situs "
    "yang\ndisajikan di sini, yang penggunanya masuk lewat tautan, tulis needs = [\"wan\"]."};
constexpr Text no_website_words{"A website to watch:", "Situs web yang dipantau:"};
constexpr Text found_gateways{"Found: gateway {}", "Ditemukan: gateway {}"};
constexpr Text found_resolvers{"Found: {}", "Ditemukan: {}"};

// Nothing in it can end the comment or break a terminal.
std::string comment(std::string_view words) {
  std::string text;
  while (!words.empty()) {
    text += "# " + printable(take_until(words, "\n"), limits::detail_bytes) + '\n';
  }
  return text;
}

std::string found(const Text& words, const std::vector<std::string>& what, Language language) {
  if (what.empty()) return {};
  return comment(fmt::format(fmt::runtime(words.in(language)), fmt::join(what, ", ")));
}

std::string toml_quoted(std::string_view text) { return quoted_text(valid_utf8(text)); }

// Names of targets are unique in an office.
class Names {
 public:
  std::string take(std::string_view wanted, std::string_view otherwise) {
    std::string base = printable(wanted, limits::name_bytes / 2);
    if (base.empty()) base = otherwise;
    std::string name = base;
    for (int count = 2; !taken_.insert(name).second; ++count)
      name = fmt::format("{}-{}", base, count);
    return name;
  }

 private:
  std::set<std::string> taken_{std::string(link_name), std::string(mains_name),
                               std::string(resolvers_name)};
};

std::string office_text(const OfficeDraft& draft) {
  std::string text = "[office]\n";
  if (!draft.id.empty()) text += "id       = " + toml_quoted(draft.id) + '\n';
  if (!draft.name.empty()) text += "name     = " + toml_quoted(draft.name) + '\n';
  text += draft.timezone.empty()
              ? "# timezone = \"Asia/Makassar\"   # WIB Asia/Jakarta, WITA Asia/Makassar, WIT "
                "Asia/Jayapura\n"
              : "timezone = " + toml_quoted(draft.timezone) + '\n';
  return text;
}

std::string mains_text(const OfficeDraft& draft, Names& names, Language language) {
  if (draft.upses.empty())
    return comment(adapter_words.in(language)) +
           fmt::format("[[mains]]\nname         = \"{}\"\npower_supply = \"auto\"\n", mains_name);
  std::string text = comment(ups_words.in(language));
  std::string list;
  for (const std::string& server : draft.upses) {
    const auto scheme = server.find("://");
    const auto slash = scheme == server.npos ? server.npos : server.find('/', scheme + 3);
    const std::string name = names.take(
        slash == server.npos ? std::string_view() : std::string_view(server).substr(slash + 1),
        "ups");
    text += fmt::format("[[ups]]\nname   = {}\nserver = {}\n\n", toml_quoted(name),
                        toml_quoted(server));
    list += (list.empty() ? "" : ", ") + toml_quoted(name);
  }
  return text + fmt::format("[[mains]]\nname = \"{}\"\nups  = [{}]\n", mains_name, list);
}

constexpr std::array<std::string_view, 7> own_networks{
    "10.0.0.0/8",  "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
    "127.0.0.0/8", "fc00::/7",      "fe80::/10"};

// An address of the office's own networks, or this machine: not behind the link.
bool is_near(std::string_view url_text) {
  const auto url = parse_url(url_text);
  if (!url) return false;
  if (url->host == "localhost" || url->host == "::1") return true;
  const auto address = parse_address(url->host);
  return address && std::ranges::any_of(own_networks, [&](std::string_view network) {
           return parse_network(network)->contains(*address);
         });
}

std::string website_text(const std::string& website, Names& names) {
  const auto url = parse_url(website);
  std::string_view host = url ? std::string_view(url->host) : std::string_view();
  if (host.starts_with("www.")) host.remove_prefix(4);
  std::string text = fmt::format("[[http]]\nname = {}\nurl  = {}\n",
                                 toml_quoted(names.take(host, "website")), toml_quoted(website));
  if (!is_near(website)) text += fmt::format("via  = \"{}\"\n", link_name);
  return text;
}

std::string websites_text(const OfficeDraft& draft, Names& names, Language language) {
  if (draft.websites.empty())
    return comment(no_website_words.in(language)) +
           "# [[http]]\n# name = \"portal\"\n# url  = \"https://example.go.id/\"\n"
           "# via  = \"wan\"\n";
  std::string text = comment(website_words.in(language));
  for (const std::string& website : draft.websites)
    text += website_text(website, names) + (&website == &draft.websites.back() ? "" : "\n");
  return text;
}

std::string lower(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return small;
}

}  // namespace

std::string toml_of(const OfficeDraft& draft, Language language) {
  Names names;
  std::string text = comment(head.in(language)) + '\n' + office_text(draft) + '\n';
  text += comment(web_words.in(language)) + "[web]\nlisten = \"127.0.0.1:9790\"\n\n";
  text += comment(dns_words.in(language)) + found(found_resolvers, draft.resolvers, language) +
          fmt::format("[[dns]]\nname  = \"{}\"\nquery = \".\"\ntype  = \"NS\"\n\n", resolvers_name);
  text += comment(link_words.in(language)) + found(found_gateways, draft.gateways, language) +
          fmt::format("[[link]]\nname    = \"{}\"\nanchors = [\"gateway\", \"resolver\"]\n\n",
                      link_name);
  text += mains_text(draft, names, language) + '\n';
  return text + websites_text(draft, names, language);
}

std::string website_of(std::string_view typed) {
  return typed.contains("://") ? std::string(typed) : "https://" + std::string(typed);
}

std::string ups_of(std::string_view typed) {
  if (typed.contains("://")) return std::string(typed);
  const auto at = typed.find('@');
  if (at != typed.npos && at > 0)
    return fmt::format("nut://{}/{}", typed.substr(at + 1), typed.substr(0, at));
  return "nut://" + std::string(typed);
}

std::string timezone_of(std::string_view typed) {
  struct ZoneWord {
    std::string_view word, name;
  };
  constexpr std::array zones{ZoneWord{"wib", "Asia/Jakarta"}, ZoneWord{"wita", "Asia/Makassar"},
                             ZoneWord{"wit", "Asia/Jayapura"}};
  const auto row = std::ranges::find(zones, lower(typed), &ZoneWord::word);
  return std::string(row == zones.end() ? typed : row->name);
}

std::string office_id_of(std::string_view host) {
  std::string id(host.substr(0, limits::name_bytes));
  for (char& letter : id) {
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') ||
                          std::string_view(".-_").contains(letter);
    if (!is_plain) letter = '-';
  }
  return id.empty() ? "office" : id;
}

}  // namespace siaga
