#include "agent/config/findings.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "agent/config/words.h"
#include "agent/core/limits.h"

namespace siaga {
namespace {

// Enough to sort the first hundred of a file whose tables are read in another order.
constexpr std::size_t kept = limits::configuration_complaints * 100;

constexpr std::uint32_t no_file = UINT32_MAX;

}  // namespace

void Findings::add(const Place& place, std::string message, std::string hint) {
  keep({.place = place,
        .complaint = {.file = source(place).name,
                      .line = place.line,
                      .column = place.column,
                      .width = place.width,
                      .message = std::move(message),
                      .hint = std::move(hint)}});
}

void Findings::add_file(std::string name, std::string message) {
  keep({.place = {.file = no_file},
        .complaint = {.file = std::move(name), .message = std::move(message)}});
}

void Findings::keep(Finding finding) {
  ++count_;
  if (findings_.size() < kept) findings_.push_back(std::move(finding));
}

std::string_view Findings::file_name(const Place& place) const {
  const std::string_view name = source(place).name;
  const auto slash = name.rfind('/');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

Complaints Findings::take() {
  std::ranges::stable_sort(findings_, {}, [](const Finding& finding) {
    return std::tuple(finding.place.file, finding.place.line, finding.place.column);
  });
  if (findings_.size() > limits::configuration_complaints)
    findings_.resize(limits::configuration_complaints);

  Complaints complaints;
  std::vector<Place> places;
  for (Finding& finding : findings_) {
    complaints.push_back(std::move(finding.complaint));
    places.push_back(finding.place);
  }
  fill_source_lines(complaints, places);
  if (count_ > complaints.size()) {
    const std::string rest =
        say(language(), config_words::more_complaints, count_ - complaints.size());
    complaints.push_back({.file = complaints.back().file, .message = rest});
  }
  findings_.clear();
  count_ = 0;
  return complaints;
}

void Findings::fill_source_lines(Complaints& complaints, const std::vector<Place>& places) const {
  const SecretKeys keys(options_.kinds);
  std::map<std::uint32_t, Lines> lines;
  for (std::size_t index = 0; index < complaints.size(); ++index) {
    const Place& place = places[index];
    if (place.line == 0 || place.file >= sources_.size()) continue;
    const auto file = lines.try_emplace(place.file, sources_[place.file].text, keys).first;
    Excerpt excerpt = file->second.excerpt(place);
    complaints[index].source_line = std::move(excerpt.text);
    complaints[index].marker = excerpt.marker;
    complaints[index].marker_width = excerpt.width;
  }
}

}  // namespace siaga
