// What to do about each alert, in both languages, for /runbooks/. The texts stand in
// dashboards/runbooks and are part of the program: they are needed when nothing else answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/core/language.h"

namespace siaga {

// All of them, by title.
std::string runbook_index(Language language);
// The page of one alert ("SiagaLinkDown"); not set: there is none of this name.
std::optional<std::string> runbook_page(std::string_view alert, Language language);

}  // namespace siaga
