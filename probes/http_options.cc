#include "probes/http_options.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "agent/core/utf8.h"

namespace siaga {
namespace {

constexpr std::size_t body_file_bytes = 1U << 20U;

constexpr std::array<std::string_view, 3> http_versions{"any", "1.1", "2"};
constexpr std::array<std::string_view, 3> answer_versions{"1.0", "1.1", "2"};
constexpr std::array<std::string_view, 4> tls_versions{"1.0", "1.1", "1.2", "1.3"};

constexpr std::array own_http_options{
    Option{.key = "url",
           .type = OptionType::url,
           .is_required = true,
           .help = "What to ask for: an absolute http or https URL.",
           .help_id = "Yang diminta: URL http atau https lengkap.",
           .example = "\"https://portal.example.go.id/\""},
    Option{.key = "method",
           .type = OptionType::text,
           .fallback = "\"GET\"",
           .help = "Request method.",
           .help_id = "Metode permintaan."},
    Option{.key = "headers",
           .type = OptionType::text_map,
           .help = "Request headers; Authorization, Cookie and Host go to the first host only.",
           .help_id = "Header permintaan; Authorization, Cookie, dan Host hanya dikirim ke host "
                      "pertama.",
           .example = "{ Accept-Language = \"id\" }"},
    Option{.key = "secret_headers",
           .type = OptionType::secret_map,
           .help = "Request headers with secret values; never shown, sent to the first host only.",
           .help_id = "Header permintaan dengan nilai rahasia; tidak pernah ditampilkan, hanya "
                      "dikirim ke host pertama.",
           .example = "{ X-Api-Key = { file = \"/etc/siaga/credentials/portal\" } }"},
    Option{.key = "body",
           .type = OptionType::text,
           .help = "Request body.",
           .help_id = "Isi permintaan.",
           .example = "\"{}\""},
    Option{.key = "body_file",
           .type = OptionType::file,
           .help = "File with the request body, at most 1 MiB; read when the configuration is.",
           .help_id = "Berkas isi permintaan, paling besar 1 MiB; dibaca bersama konfigurasi."},
    Option{
        .key = "http_version",
        .type = OptionType::choice,
        .fallback = "\"any\"",
        .choices = http_versions,
        .help = "HTTP version to speak; any offers 2 and 1.1 over TLS and is 1.1 without.",
        .help_id = "Versi HTTP yang dipakai; any menawarkan 2 dan 1.1 lewat TLS, tanpa TLS 1.1."},
    Option{.key = "user_agent",
           .type = OptionType::text,
           .fallback = "\"Siaga/" SIAGA_VERSION "\"",
           .help = "User-Agent header.",
           .help_id = "Header User-Agent."},
    Option{.key = "compression",
           .type = OptionType::boolean,
           .fallback = "false",
           .help = "Offer gzip, deflate and br, and decode the body.",
           .help_id = "Tawarkan gzip, deflate, dan br, lalu uraikan isi jawaban."},
    Option{.key = "expect.status",
           .type = OptionType::statuses,
           .fallback = "[\"2xx\"]",
           .help = "Statuses that are good.",
           .help_id = "Status yang dianggap baik.",
           .example = "[\"2xx\", 404]"},
    Option{.key = "expect.version",
           .type = OptionType::choices,
           .choices = answer_versions,
           .help = "HTTP versions that are good; any when not set.",
           .help_id = "Versi HTTP yang dianggap baik; semua bila tidak diisi."},
    Option{.key = "expect.headers",
           .type = OptionType::pattern_map,
           .help = "Headers that must be there and match (RE2).",
           .help_id = "Header yang harus ada dan cocok (RE2).",
           .example = "{ Content-Type = \"^text/html\" }"},
    Option{.key = "forbid.headers",
           .type = OptionType::pattern_map,
           .help = "Headers that must not match (RE2).",
           .help_id = "Header yang tidak boleh cocok (RE2).",
           .example = "{ Server = \"PHP/5\" }"},
    Option{.key = "expect.body",
           .type = OptionType::patterns,
           .help = "Patterns (RE2) that must all be in the body.",
           .help_id = "Pola (RE2) yang semuanya harus ada di isi jawaban.",
           .example = "[\"Kalimantan Timur\"]"},
    Option{.key = "forbid.body",
           .type = OptionType::patterns,
           .help = "Patterns (RE2) that must not be in the body.",
           .help_id = "Pola (RE2) yang tidak boleh ada di isi jawaban.",
           .example = "[\"(?i)slot\\\\s*gacor\"]"},
    Option{.key = "expect.size",
           .type = OptionType::size,
           .help = "Smallest body that is good, after decoding.",
           .help_id = "Ukuran isi terkecil yang dianggap baik, setelah diuraikan."},
    Option{.key = "body_limit",
           .type = OptionType::size,
           .fallback = "\"1MiB\"",
           .min = "1kB",
           .max = "64MiB",
           .help = "Largest body that is read, after decoding; a larger one is a failure.",
           .help_id = "Isi terbesar yang dibaca, setelah diuraikan; lebih besar dianggap gagal."},
    Option{.key = "expect.age",
           .type = OptionType::duration,
           .help = "Oldest content that is good, by Last-Modified.",
           .help_id = "Umur isi tertua yang dianggap baik, menurut Last-Modified.",
           .example = "\"7d\""},
    Option{.key = "redirects.follow",
           .type = OptionType::boolean,
           .fallback = "true",
           .help = "Follow redirects; the last answer is judged.",
           .help_id = "Ikuti pengalihan; jawaban terakhir yang dinilai."},
    Option{.key = "redirects.limit",
           .type = OptionType::integer,
           .fallback = "10",
           .min = "0",
           .max = "50",
           .help = "Redirects that are followed at most.",
           .help_id = "Jumlah pengalihan paling banyak."},
    Option{.key = "redirects.same_host",
           .type = OptionType::boolean,
           .fallback = "false",
           .help = "Only follow redirects to the host of the URL and to redirects.hosts.",
           .help_id = "Hanya ikuti pengalihan ke host URL dan ke redirects.hosts."},
    Option{
        .key = "redirects.hosts",
        .type = OptionType::texts,
        .help = "Only follow redirects to the host of the URL and to these; *.NAME is every name "
                "below NAME.",
        .help_id = "Hanya ikuti pengalihan ke host URL dan ke host ini; *.NAMA berarti semua nama "
                   "di bawah NAMA.",
        .example = "[\"sso.example.go.id\", \"*.example.go.id\"]"},
    Option{
        .key = "redirects.forbid",
        .type = OptionType::networks,
        .fallback = "[\"0.0.0.0/8\", \"127.0.0.0/8\", \"169.254.0.0/16\", \"224.0.0.0/4\", "
                    "\"255.255.255.255/32\", \"::/128\", \"::1/128\", \"fe80::/10\", "
                    "\"ff00::/8\"]",
        .help = "Networks that no redirect may lead into, unless the URL's own address is there.",
        .help_id = "Jaringan yang tidak boleh dituju pengalihan, kecuali alamat URL sendiri ada "
                   "di situ."},
    Option{.key = "basic.user",
           .type = OptionType::text,
           .help = "User of basic authentication.",
           .help_id = "Pengguna untuk autentikasi basic."},
    Option{.key = "basic.password",
           .type = OptionType::secret,
           .help = "Password of basic authentication.",
           .help_id = "Sandi untuk autentikasi basic."},
    Option{.key = "bearer",
           .type = OptionType::secret,
           .help = "Bearer token.",
           .help_id = "Token bearer."},
    Option{.key = "proxy",
           .type = OptionType::text,
           .help = "Proxy to ask: http://HOST:PORT or socks5://HOST:PORT; it resolves the URL's "
                   "host. The environment's proxy is never used.",
           .help_id = "Proksi yang dipakai: http://HOST:PORT atau socks5://HOST:PORT; proksi yang "
                      "mencari alamat host URL. Proksi dari lingkungan tidak pernah dipakai.",
           .example = "\"http://10.20.0.1:3128\""},
    Option{.key = "proxy_user",
           .type = OptionType::text,
           .help = "User at the proxy.",
           .help_id = "Pengguna pada proksi."},
    Option{.key = "proxy_password",
           .type = OptionType::secret,
           .help = "Password at the proxy.",
           .help_id = "Sandi pada proksi."},
    Option{.key = "tls.verify",
           .type = OptionType::boolean,
           .fallback = "true",
           .help = "Verify the certificate; its facts are collected in any case.",
           .help_id = "Periksa sertifikat; datanya tetap dikumpulkan."},
    Option{.key = "tls.ca_file",
           .type = OptionType::file,
           .help = "Trusted authorities, PEM; the system's when not set.",
           .help_id = "Otoritas terpercaya, PEM; milik sistem bila tidak diisi."},
    Option{.key = "tls.certificate_file",
           .type = OptionType::file,
           .help = "Client certificate chain, PEM.",
           .help_id = "Rantai sertifikat klien, PEM."},
    Option{.key = "tls.key_file",
           .type = OptionType::file,
           .help = "Key of the client certificate, PEM.",
           .help_id = "Kunci sertifikat klien, PEM."},
    Option{.key = "tls.server_name",
           .type = OptionType::host,
           .help = "Name to send and to verify instead of the URL's host.",
           .help_id = "Nama yang dikirim dan diperiksa sebagai ganti host URL."},
    Option{.key = "tls.min_version",
           .type = OptionType::choice,
           .fallback = "\"1.2\"",
           .choices = tls_versions,
           .help = "Oldest TLS version that is accepted.",
           .help_id = "Versi TLS tertua yang diterima."},
    Option{.key = "tls.max_version",
           .type = OptionType::choice,
           .choices = tls_versions,
           .help = "Newest TLS version that is offered.",
           .help_id = "Versi TLS terbaru yang ditawarkan."},
    Option{.key = "tls.require",
           .type = OptionType::boolean,
           .fallback = "false",
           .help = "Fail when the last answer does not come over TLS.",
           .help_id = "Gagal bila jawaban terakhir tidak lewat TLS."},
    Option{.key = "tls.expires_in",
           .type = OptionType::duration,
           .help = "Fail when a certificate of the chain ends sooner than this.",
           .help_id = "Gagal bila sertifikat dalam rantai berakhir lebih cepat dari ini.",
           .example = "\"14d\""},
};

constexpr auto all_http_options = with_reach_options(own_http_options);

TlsVersion tls_version(std::string_view text) {
  if (text == "1.0") return TlsVersion::tls_1_0;
  if (text == "1.1") return TlsVersion::tls_1_1;
  return text == "1.2" ? TlsVersion::tls_1_2 : TlsVersion::tls_1_3;
}

HttpVersion http_version(std::string_view text) {
  if (text == "1.1") return HttpVersion::http_1_1;
  return text == "2" ? HttpVersion::http_2 : HttpVersion::any;
}

std::string lower(std::string text) {
  for (char& byte : text) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
  }
  return text;
}

// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char byte) {
    const bool is_letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
    return is_letter || (byte >= '0' && byte <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(byte) != std::string_view::npos;
  });
}

bool has_line_end(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

bool belongs_to_first_host(const std::string& name) {
  const std::string key = lower(name);
  return key == "authorization" || key == "cookie" || key == "host" || key == "proxy-authorization";
}

// One target's section to its settings. Complaints are filed as they are found.
class Parser {
 public:
  explicit Parser(Section& section) : section_(section) {}

  std::optional<HttpSettings> settings() {
    url();
    request();
    headers();
    credentials();
    proxy();
    tls();
    rules();
    redirects();
    made_.reach = parse_reach(section_);
    if (section_.has_complaints()) return std::nullopt;
    return std::move(made_);
  }

 private:
  std::string text(std::string_view key) { return section_.get_or<std::string>(key, {}); }

  void url() {
    made_.instance = section_.get<std::string>("url");
    const auto url = parse_url(made_.instance);
    if (!url) return section_.complain("url", "not an absolute http or https URL");
    const std::string authority = made_.instance.substr(0, made_.instance.find_first_of("/?#", 8));
    if (authority.find('@') != std::string::npos)
      section_.complain("url", "a URL with user and password in it",
                        "use basic.user and basic.password");
    made_.url = *url;
  }

  void request() {
    made_.method = text("method");
    if (!is_token(made_.method) || made_.method == "CONNECT")
      section_.complain("method", "not a request method");
    made_.version = http_version(text("http_version"));
    made_.accept_compressed = section_.get<bool>("compression");
    made_.body = text("body");
    if (section_.is_set("body_file")) body_file();
    if (!made_.body.empty() && made_.method == "HEAD")
      section_.complain("body", "a HEAD request has no body");
  }

  void body_file() {
    if (section_.is_set("body"))
      return section_.complain("body_file", "body and body_file exclude each other");
    std::ifstream file(text("body_file"), std::ios::binary);
    std::string body(body_file_bytes + 1, '\0');
    file.read(body.data(), static_cast<std::streamsize>(body.size()));
    body.resize(static_cast<std::size_t>(file.gcount()));
    if (!file.is_open() || file.bad())
      return section_.complain("body_file", "the file cannot be read");
    if (body.size() > body_file_bytes)
      return section_.complain("body_file", "the file is larger than 1 MiB");
    made_.body = std::move(body);
  }

  void header(std::string_view key, const std::string& name, const std::string& value,
              bool is_secret) {
    if (!is_token(name))
      return section_.complain(key, "not a header name: '" + printable(name, 64) + "'");
    if (has_line_end(value))
      return section_.complain(key, "the value of " + name + " has a line end in it");
    auto& list = is_secret || belongs_to_first_host(name) ? made_.secret_headers : made_.headers;
    list.emplace_back(name, value);
  }

  void headers() {
    using Secrets = std::map<std::string, Secret>;
    bool has_user_agent = false;
    for (const auto& [name, value] : section_.get_or<StringMap>("headers", {})) {
      has_user_agent = has_user_agent || lower(name) == "user-agent";
      header("headers", name, value, false);
    }
    for (const auto& [name, secret] : section_.get_or<Secrets>("secret_headers", {}))
      header("secret_headers", name, secret.value, true);
    const std::string agent = text("user_agent");
    if (!has_user_agent && !agent.empty()) header("user_agent", "User-Agent", agent, false);
  }

  std::string secret(std::string_view key) {
    const std::string value = section_.get_or<Secret>(key, {}).value;
    if (has_line_end(value)) section_.complain(key, "the value has a line end in it");
    return value;
  }

  void credentials() {
    made_.user = text("basic.user");
    made_.password = secret("basic.password");
    made_.bearer = secret("bearer");
    if (made_.user.empty() && !made_.password.empty())
      section_.complain("basic.password", "a password without basic.user");
    if (made_.user.find(':') != std::string::npos)
      section_.complain("basic.user", "a user with a colon cannot be sent (RFC 7617)");
    if (!made_.user.empty() && !made_.bearer.empty())
      section_.complain("bearer", "bearer and basic.user exclude each other");
  }

  void proxy() {
    HttpProxy& proxy = made_.proxy;
    proxy.user = text("proxy_user");
    proxy.password = secret("proxy_password");
    const std::string url = text("proxy");
    if (url.empty()) {
      if (!proxy.user.empty()) section_.complain("proxy_user", "a user without a proxy");
      return;
    }
    const auto scheme_end = url.find("://");
    const std::string scheme = url.substr(0, scheme_end);
    const bool is_known = scheme == "http" || scheme == "socks5" || scheme == "socks5h";
    std::string rest = scheme_end == std::string::npos ? "" : url.substr(scheme_end + 3);
    if (rest.ends_with('/')) rest.pop_back();
    const auto server = parse_host_port(rest);
    if (!is_known || !server)
      return section_.complain("proxy", "not a proxy", "http://HOST:PORT or socks5://HOST:PORT");
    proxy.server = *server;
    proxy.url = scheme + "://" + to_string(*server);
  }

  void tls() {
    TlsOptions& tls = made_.tls;
    tls.verify = section_.get<bool>("tls.verify");
    tls.ca_file = text("tls.ca_file");
    tls.certificate_file = text("tls.certificate_file");
    tls.key_file = text("tls.key_file");
    tls.server_name = text("tls.server_name");
    tls.min_version = tls_version(text("tls.min_version"));
    tls.expires_in_min = section_.get_or<Duration>("tls.expires_in", Duration{});
    made_.is_tls_required = section_.get<bool>("tls.require");
    if (section_.is_set("tls.max_version")) tls.max_version = tls_version(text("tls.max_version"));
    if (tls.max_version && *tls.max_version < tls.min_version)
      section_.complain("tls.max_version", "older than tls.min_version");
    if (tls.certificate_file.empty() != tls.key_file.empty())
      section_.complain(tls.key_file.empty() ? "tls.certificate_file" : "tls.key_file",
                        "tls.certificate_file and tls.key_file go together");
  }

  void rules() {
    using Patterns = std::vector<Pattern>;
    using NamedPatterns = std::vector<NamedPattern>;
    HttpRules& rules = made_.rules;
    rules.statuses = section_.get<std::vector<StatusRange>>("expect.status");
    rules.versions = section_.get_or<std::vector<std::string>>("expect.version", {});
    rules.headers = section_.get_or<NamedPatterns>("expect.headers", {});
    rules.forbidden_headers = section_.get_or<NamedPatterns>("forbid.headers", {});
    rules.body = section_.get_or<Patterns>("expect.body", {});
    rules.forbidden_body = section_.get_or<Patterns>("forbid.body", {});
    rules.body_limit_bytes = section_.get<Bytes>("body_limit").count;
    rules.size_bytes_min = section_.get_or<Bytes>("expect.size", {}).count;
    rules.age_max = section_.get_or<Duration>("expect.age", {});
    if (made_.version == HttpVersion::http_2 && rules.versions.empty()) rules.versions = {"2"};
    if (rules.size_bytes_min > rules.body_limit_bytes)
      section_.complain("expect.size", "larger than body_limit");
  }

  void redirects() {
    HttpRedirectRules& redirects = made_.redirects;
    redirects.is_followed = section_.get<bool>("redirects.follow");
    redirects.limit = static_cast<int>(section_.get<std::int64_t>("redirects.limit"));
    redirects.is_same_host_only = section_.get<bool>("redirects.same_host");
    for (auto& host : section_.get_or<std::vector<std::string>>("redirects.hosts", {}))
      redirects.hosts.push_back(lower(host));
    redirects.forbidden = section_.get_or<std::vector<IpNetwork>>("redirects.forbid", {});
    const bool only_redirects = std::ranges::all_of(made_.rules.statuses, [](const auto& range) {
      return range.first >= 301 && range.last <= 303;
    });
    if (redirects.is_followed && only_redirects)
      section_.complain("expect.status",
                        "redirects are followed, so these are never the last answer",
                        "redirects.follow = false");
  }

  Section& section_;
  HttpSettings made_;
};

}  // namespace

std::span<const Option> http_options() { return all_http_options; }

std::optional<HttpSettings> parse_http(Section& section) { return Parser(section).settings(); }

}  // namespace siaga
