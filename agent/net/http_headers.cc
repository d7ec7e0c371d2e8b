#include "agent/net/http_headers.h"

#include <charconv>
#include <utility>

#include "agent/core/limits.h"

namespace siaga {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& byte : result) {
    if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte - 'A' + 'a');
  }
  return result;
}

// "HTTP/1.1 200 OK", "HTTP/2 200".
void take_status_line(std::string_view line, HttpResponse& response) {
  const std::string_view rest = line.substr(5);
  const auto space = rest.find(' ');
  response.headers.clear();
  response.content_length = -1;
  response.version = trimmed(rest.substr(0, space));
  response.status = 0;
  if (space == std::string_view::npos) return;
  const std::string_view code = trimmed(rest.substr(space));
  std::from_chars(code.data(), code.data() + std::min<std::size_t>(code.size(), 3),
                  response.status);
}

void take_field(std::string_view line, HttpResponse& response) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  auto& [name, value] = response.headers.emplace_back(lower(trimmed(line.substr(0, colon))),
                                                      trimmed(line.substr(colon + 1)));
  if (name != "content-length") return;
  std::int64_t length = -1;
  std::from_chars(value.data(), value.data() + value.size(), length);
  response.content_length = length < 0 ? -1 : length;
}

}  // namespace

bool HttpHeaders::end_headers(int status) {
  is_whole_ = status >= 200;
  has_switched_ = status == 101;
  return !has_switched_;
}

bool HttpHeaders::take(std::string_view line, HttpResponse& response) {
  bytes_ += line.size();
  is_too_large_ = bytes_ > limits::http_header_bytes || ++lines_ > limits::http_headers;
  if (is_too_large_) return false;
  const bool is_first = std::exchange(is_behind_status_, line.starts_with("HTTP/"));
  if (line.starts_with("HTTP/")) {
    is_whole_ = false;
    take_status_line(line, response);
  } else if (is_whole_) {
    return true;  // a trailer
  } else if (trimmed(line).empty()) {
    return end_headers(response.status);
  } else if (is_first && (line.starts_with(' ') || line.starts_with('\t'))) {
    begins_folded_ = true;
    return false;
  } else {
    take_field(line, response);
  }
  return true;
}

}  // namespace siaga
