// URLs and dates by libcurl's parsers, so that what we check is what libcurl will do.
#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "agent/core/limits.h"
#include "agent/net/http_client.h"

namespace siaga {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using UrlHandle = std::unique_ptr<CURLU, FreeUrl>;

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char byte) { return static_cast<signed char>(byte) >= 0; });
}

std::string lower(std::string text) {
  for (char& byte : text) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
  }
  return text;
}

std::string without_brackets(const std::string& host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']')
    return host.substr(1, host.size() - 2);
  return host;
}

std::optional<Url> taken_apart(CURLU* url) {
  const std::string scheme = part(url, CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return std::nullopt;
  curl_url_set(url, CURLUPART_USER, nullptr, 0);
  curl_url_set(url, CURLUPART_PASSWORD, nullptr, 0);
  curl_url_set(url, CURLUPART_FRAGMENT, nullptr, 0);
  Url result;
  result.is_tls = scheme == "https";
  result.host = lower(without_brackets(part(url, CURLUPART_HOST)));
  const std::string port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), result.port);
  result.text = part(url, CURLUPART_URL);
  // Beyond ASCII libcurl reads a name by the process's locale, which is C, and refuses the
  // transfer.
  if (!is_ascii(result.host)) return std::nullopt;
  if (result.host.empty() || result.port == 0 || result.text.empty()) return std::nullopt;
  return result;
}

bool has_control_bytes(std::string_view text) {
  for (const char byte : text) {
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) return true;
  }
  return false;
}

// Browsers and servers agree that a space in Location means %20.
bool set_url(CURLU* url, std::string_view text) {
  if (text.size() > limits::url_bytes || has_control_bytes(text)) return false;
  const std::string terminated(text);
  return curl_url_set(url, CURLUPART_URL, terminated.c_str(), CURLU_URLENCODE) == CURLUE_OK;
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
  const UrlHandle url(curl_url());
  if (!set_url(url.get(), text)) return std::nullopt;
  return taken_apart(url.get());
}

std::optional<Url> join_url(const Url& base, std::string_view reference) {
  const UrlHandle url(curl_url());
  if (!set_url(url.get(), base.text) || !set_url(url.get(), reference)) return std::nullopt;
  return taken_apart(url.get());
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  const std::string terminated(text.substr(0, 64));
  const time_t seconds_since_1970 = curl_getdate(terminated.c_str(), nullptr);
  if (seconds_since_1970 == -1) return std::nullopt;
  // Beyond what WallTime can hold in nanoseconds (the year 2262).
  constexpr time_t latest = 9'000'000'000;
  if (seconds_since_1970 > latest || seconds_since_1970 < -latest) return std::nullopt;
  return WallTime(std::chrono::seconds(seconds_since_1970));
}

}  // namespace siaga
