// An office's first configuration: what is known of it, and that as a commented file. Pure. Whether
// the file is a good one is the loader's to say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/language.h"

namespace siaga {

struct OfficeDraft {
  std::string id, name, timezone;                // empty: left out
  std::vector<std::string> websites;             // URLs
  std::vector<std::string> upses;                // as [[ups]] server wants them
  std::vector<std::string> gateways, resolvers;  // for the comments only
  bool operator==(const OfficeDraft&) const = default;
};

// TOML; any text is safe in it, comments are in the language asked for.
std::string toml_of(const OfficeDraft& draft, Language language);

// As people type them: "example.go.id" is https, "apc@host" and "host/apc" are NUT, WIB, WITA and
// WIT are zones. What is none of these stays as it is, for the loader to complain of.
std::string website_of(std::string_view typed);
std::string ups_of(std::string_view typed);
std::string timezone_of(std::string_view typed);
// A host's name as an office's id: other characters than an id may have become dashes.
std::string office_id_of(std::string_view host);

}  // namespace siaga
