// A Config as TOML: what `siaga config show` prints. The effective values, defaults included;
// secrets only by their source, so a text secret does not come back when the output is read again.
#pragma once

#include <span>
#include <string>

#include "agent/config/config.h"
#include "agent/config/option.h"
#include "agent/config/section.h"

namespace siaga {

std::string show_config(const Config& config, std::span<const KindSchema> kinds);
// One value as it would be typed; empty for what is not set.
std::string show_value(const Option& option, const OptionValue& value);

}  // namespace siaga
