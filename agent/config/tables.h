// The option tables that are not a kind's, one by one. load.h's option_tables() lists them all.
#pragma once

#include <span>

#include "agent/config/option.h"

namespace siaga {

std::span<const Option> office_options();
std::span<const Option> agent_options();
std::span<const Option> web_options();
std::span<const Option> journal_options();
std::span<const Option> defaults_options();
std::span<const Option> maintenance_options();  // of every [[maintenance]]
std::span<const Option> target_options();       // of every [[kind]]

// The office's id where the file has none: this machine's name without its domain.
std::string fallback_office_id();

}  // namespace siaga
