#include "agent/net/http_handle.h"

#include "agent/core/check.h"

namespace siaga {
namespace {

void append(CurlList& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  CHECK(longer != nullptr);
  static_cast<void>(list.release());
  list.reset(longer);
}

std::string bracketed(const Address& address) {
  Address unscoped = address;
  unscoped.scope = 0;  // set on the socket's address: libcurl would look such a literal up
  const std::string text = to_string(unscoped);
  return address.family == Family::ip6 ? "[" + text + "]" : text;
}

// "socks5://" would make libcurl look the target's name up, in threads of its own: the proxy does.
std::string pinned_proxy(const std::string& proxy, const Address& address) {
  const auto scheme_end = proxy.find("://");
  std::string scheme = scheme_end == std::string::npos ? "http" : proxy.substr(0, scheme_end);
  if (scheme == "socks5") scheme = "socks5h";
  const auto colon = proxy.rfind(':');
  std::string port = "1080";
  if (colon != std::string::npos && colon != scheme_end &&
      proxy.find(']', colon) == std::string::npos)
    port = proxy.substr(colon + 1, proxy.find('/', colon) - colon - 1);
  return scheme + "://" + bracketed(address) + ":" + port;
}

long version_option(HttpVersion version, bool is_tls) {
  switch (version) {
    case HttpVersion::http_1_1: return CURL_HTTP_VERSION_1_1;
    case HttpVersion::http_2:
      return is_tls ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
    case HttpVersion::any: return CURL_HTTP_VERSION_2TLS;
  }
  return CURL_HTTP_VERSION_2TLS;
}

bool has_header(const HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (curl_strequal(key.c_str(), std::string(name).c_str()) != 0) return true;
  }
  return false;
}

}  // namespace

template <typename Value>
void HttpHandle::set(CURLoption option, Value value) {
  CHECK(curl_easy_setopt(easy_.get(), option, value) == CURLE_OK);
}

HttpHandle::HttpHandle(const HttpCallbacks& callbacks, void* context)
    : easy_(curl_easy_init()), callbacks_(callbacks), context_(context) {
  CHECK(easy_ != nullptr);
  set_basics();
}

int HttpHandle::system_error() const {
  long code = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &code);
  return static_cast<int>(code);
}

void HttpHandle::set_basics() {
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_FRESH_CONNECT, 1L);
  set(CURLOPT_FORBID_REUSE, 1L);
  set(CURLOPT_DNS_CACHE_TIMEOUT, 0L);  // its pruning is linear in the number of targets
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PROXY, "");    // neither from the environment
  set(CURLOPT_NOPROXY, "");  // nor exceptions from there
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_SSL_VERIFYPEER, 0L);  // TlsContexts::adopt verifies, and explains itself
  set(CURLOPT_SSL_VERIFYHOST, 0L);
  set(CURLOPT_CAINFO, static_cast<char*>(nullptr));  // no trust store is loaded per connection
  set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  set(CURLOPT_SSL_SESSIONID_CACHE, 0L);
  set(CURLOPT_SSL_CTX_FUNCTION, callbacks_.tls_context);
  set(CURLOPT_SSL_CTX_DATA, context_);
  set(CURLOPT_WRITEFUNCTION, callbacks_.body);
  set(CURLOPT_WRITEDATA, context_);
  set(CURLOPT_HEADERFUNCTION, callbacks_.header);
  set(CURLOPT_HEADERDATA, context_);
  set(CURLOPT_OPENSOCKETFUNCTION, callbacks_.open_socket);
  set(CURLOPT_OPENSOCKETDATA, context_);
  set(CURLOPT_ERRORBUFFER, error_.data());
  set(CURLOPT_PRIVATE, context_);
}

void HttpHandle::clear() {
  if (!is_plain_) {
    curl_easy_reset(easy_.get());
    set_basics();
    is_plain_ = true;
  }
  headers_.reset();
  connect_to_.reset();
  error_[0] = 0;
}

void HttpHandle::prepare(const HttpRequest& request) {
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_HTTP_VERSION, version_option(request.version, request.tls != nullptr));
  set_headers(request);
  set_method(request);
  set_credentials(request);
  if (!request.unix_socket.empty()) {
    set_unix_socket(request);
  } else if (request.proxy.empty()) {
    set_address(request);
  } else {
    set_proxy(request);
  }
  if (!request.accept_compressed) return;
  is_plain_ = false;
  set(CURLOPT_ACCEPT_ENCODING, "gzip, deflate, br");
}

void HttpHandle::set_address(const HttpRequest& request) {
  append(connect_to_, "::" + bracketed(request.address) + ":");
  set(CURLOPT_CONNECT_TO, connect_to_.get());
}

void HttpHandle::set_unix_socket(const HttpRequest& request) {
  is_plain_ = false;
  set(CURLOPT_UNIX_SOCKET_PATH, request.unix_socket.c_str());
  set(CURLOPT_CONNECT_TO, static_cast<curl_slist*>(nullptr));
}

void HttpHandle::set_headers(const HttpRequest& request) {
  for (const auto& [name, value] : request.headers) {
    // libcurl's notation: "Name:" removes a header, "Name;" sends it empty.
    append(headers_, value.empty() ? name + ";" : name + ": " + value);
  }
  if (!request.bearer.empty()) append(headers_, "Authorization: Bearer " + request.bearer);
  if (!request.body.empty()) {
    // Waiting for "100 Continue" would be measured as the server's time.
    if (!has_header(request, "Expect")) append(headers_, "Expect:");
    if (!has_header(request, "Content-Type")) append(headers_, "Content-Type:");
  }
  set(CURLOPT_HTTPHEADER, headers_.get());
}

void HttpHandle::set_method(const HttpRequest& request) {
  if (request.method == "GET" && request.body.empty()) return;
  is_plain_ = false;
  if (request.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
    return;
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.data());
  }
  set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void HttpHandle::set_credentials(const HttpRequest& request) {
  if (request.user.empty()) return;
  is_plain_ = false;
  set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
  set(CURLOPT_USERNAME, request.user.c_str());
  set(CURLOPT_PASSWORD, request.password.c_str());
}

void HttpHandle::set_proxy(const HttpRequest& request) {
  is_plain_ = false;
  set(CURLOPT_PROXY, pinned_proxy(request.proxy, request.address).c_str());
  set(CURLOPT_CONNECT_TO, static_cast<curl_slist*>(nullptr));
  if (request.proxy_user.empty()) return;
  set(CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC));
  set(CURLOPT_PROXYUSERNAME, request.proxy_user.c_str());
  set(CURLOPT_PROXYPASSWORD, request.proxy_password.c_str());
}

}  // namespace siaga
