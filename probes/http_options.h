// What a target of kind `http` asks for: the options' table and the settings made of it.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/config/section.h"
#include "agent/net/http_client.h"
#include "probes/http_redirects.h"
#include "probes/http_rules.h"
#include "probes/reach.h"

namespace siaga {

struct HttpProxy {
  std::string url;  // empty: none
  HostPort server;
  std::string user, password;
};

struct HttpSettings {
  Url url;
  std::string instance;  // as configured
  std::string method;
  std::vector<std::pair<std::string, std::string>> headers;         // go to every host
  std::vector<std::pair<std::string, std::string>> secret_headers;  // go to the first host only
  std::string body;
  HttpVersion version = HttpVersion::any;
  bool accept_compressed = false;
  std::string user, password, bearer;
  HttpProxy proxy;
  TlsOptions tls;
  bool is_tls_required = false;
  HttpRules rules;
  HttpRedirectRules redirects;
  Reach reach;
};

std::span<const Option> http_options();
// Nothing exactly when the section has complaints.
std::optional<HttpSettings> parse_http(Section& section);

}  // namespace siaga
