#include "exporters/endpoint/negotiation.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace siaga {
namespace {

constexpr std::string_view blanks = " \t";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// Cuts the part before `separator` off `rest`.
std::string_view next(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view part = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return trim(part);
}

char lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool same(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lower, lower);
}

// RFC 9110, 12.4.2: 0 to 1; what cannot be read asks for nothing.
double quality_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value >= 0)) return 0;
  return std::min(value, 1.0);
}

// One element of an Accept header.
struct Range {
  std::string_view value;    // "text/plain", "gzip", "id-ID"
  std::string_view version;  // parameters, as far as they matter here
  bool has_escaping = false;
  double quality = 1;
};

std::optional<Range> next_range(std::string_view& header) {
  while (!header.empty()) {
    std::string_view element = next(header, ',');
    Range range{.value = next(element, ';'), .version = {}};
    while (!element.empty()) {
      std::string_view parameter = next(element, ';');
      const std::string_view name = next(parameter, '=');
      std::string_view value = trim(parameter);
      if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        value = value.substr(1, value.size() - 2);
      if (same(name, "q")) range.quality = quality_of(value);
      else if (same(name, "version")) range.version = value;
      else if (same(name, "escaping")) range.has_escaping = true;
    }
    if (!range.value.empty()) return range;
  }
  return std::nullopt;
}

// Which of our two formats a media range means, if any.
std::optional<MetricsType> offered(const Range& range) {
  if (same(range.value, "application/openmetrics-text")) {
    if (!range.version.empty() && range.version != "1.0.0") return std::nullopt;
    return MetricsType{.format = Format::openmetrics, .names_escaping = range.has_escaping};
  }
  const bool is_text =
      same(range.value, "text/plain") && (range.version.empty() || range.version == "0.0.4");
  if (is_text || same(range.value, "text/*") || range.value == "*/*") return MetricsType{};
  return std::nullopt;
}

}  // namespace

MetricsType negotiate_metrics(std::string_view accept) {
  MetricsType best;
  double best_quality = 0;
  while (const auto range = next_range(accept)) {
    const auto type = offered(*range);
    if (!type || range->quality <= best_quality) continue;
    best = *type;
    best_quality = range->quality;
  }
  return best;
}

std::string content_type(MetricsType type) {
  if (type.format == Format::text) return "text/plain; version=0.0.4; charset=utf-8";
  std::string text = "application/openmetrics-text; version=1.0.0; charset=utf-8";
  // Prometheus 3's content negotiation: all our names are of the old character set.
  if (type.names_escaping) text += "; escaping=underscores";
  return text;
}

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<double> named, any;
  while (const auto range = next_range(accept_encoding)) {
    if (same(range->value, "gzip") || same(range->value, "x-gzip")) named = range->quality;
    else if (range->value == "*") any = range->quality;
  }
  return named.value_or(any.value_or(0)) > 0;
}

Language negotiate_language(std::string_view accept_language) {
  Language best = Language::english;
  double best_quality = 0;
  while (const auto range = next_range(accept_language)) {
    const auto language = parse_language(range->value);
    if (!language || range->quality <= best_quality) continue;
    best = *language;
    best_quality = range->quality;
  }
  return best;
}

}  // namespace siaga
