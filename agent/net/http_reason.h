// What a failed transfer means: libcurl's code, the errno behind it and how far the exchange was,
// turned into a Reason. Pure.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/address.h"
#include "agent/net/http_client.h"

namespace siaga {

struct HttpFailure {
  int code = 0;  // CURLcode
  int system_error = 0;
  int proxy_status = 0;   // answer to CONNECT; 0: none
  std::string_view text;  // libcurl's words
  HttpPhase reached = HttpPhase::connect;
  bool has_status = false;  // a status line came
  bool is_header_whole = false;
  bool is_header_too_large = false;
  std::string_view breach;  // what we refused of the headers, in words; empty: nothing
  bool has_proxy = false;
  std::string_view socket_step;  // "socket", "interface", "bind" when that failed
};

struct HttpJudgement {
  Reason reason = Reason::none;
  std::string detail;
};

// TLS facts may know better: the caller asks them first.
HttpJudgement judge_failure(const HttpFailure& failure);

}  // namespace siaga
