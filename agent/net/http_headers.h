// The header lines of an answer, as libcurl hands them over one by one. Counts what it is given:
// a peer that never stops sending headers is refused at the limits.
#pragma once

#include <cstddef>
#include <string_view>

#include "agent/net/http_client.h"

namespace siaga {

class HttpHeaders {
 public:
  // Takes one line, line end included: a status line begins anew (interim answers are forgotten),
  // lines behind the empty line are trailers and only counted. False: nothing more is taken, as a
  // limit was passed, the peer has switched to another protocol, or the first line is a folded one.
  bool take(std::string_view line, HttpResponse& response);
  // The empty line behind a final status was seen.
  bool is_whole() const { return is_whole_; }
  bool is_too_large() const { return is_too_large_; }
  // The headers of a 101 are whole: what follows is not HTTP (RFC 9110, 15.2.2).
  bool has_switched() const { return has_switched_; }
  // White space stands before the first header (RFC 9112, 2.2). libcurl 7.88 refuses that, 8.14
  // not.
  bool begins_folded() const { return begins_folded_; }

 private:
  bool end_headers(int status);

  std::size_t bytes_ = 0, lines_ = 0;
  bool is_whole_ = false, is_too_large_ = false, has_switched_ = false, begins_folded_ = false;
  bool is_behind_status_ = false;
};

}  // namespace siaga
