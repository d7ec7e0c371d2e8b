// What is wrong, collected: faults are filed in any order and leave as Complaints, sorted, counted
// and with their source lines. Decides nothing about what is a fault.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent/config/load.h"
#include "agent/config/source.h"
#include "agent/core/limits.h"

namespace siaga {

class Findings {
 public:
  Findings(const ConfigSources& sources, const LoadOptions& options)
      : sources_(sources), options_(options) {}

  void add(const Place& place, std::string message, std::string hint = {});
  // A file that could not become a Source.
  void add_file(std::string name, std::string message);

  bool empty() const { return count_ == 0; }
  // More will only be counted: no need to look for a good hint.
  bool is_full() const { return count_ >= limits::configuration_complaints; }
  Language language() const { return options_.language; }
  const LoadOptions& options() const { return options_; }
  const Source& source(const Place& place) const { return sources_[place.file]; }
  // "siaga.toml", for messages that name another place.
  std::string_view file_name(const Place& place) const;

  // At most limits::configuration_complaints, and one more that counts the rest.
  Complaints take();

 private:
  struct Finding {
    Place place;
    Complaint complaint;
  };
  void keep(Finding finding);
  void fill_source_lines(Complaints& complaints, const std::vector<Place>& places) const;

  const ConfigSources& sources_;
  const LoadOptions& options_;
  std::vector<Finding> findings_;
  std::size_t count_ = 0;
};

}  // namespace siaga
