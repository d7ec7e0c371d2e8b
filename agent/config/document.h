// The option tables as a document and as a JSON Schema. Nothing is described here: every word comes
// from the tables.
#pragma once

#include <span>
#include <string>

#include "agent/config/option.h"
#include "agent/config/section.h"
#include "agent/core/language.h"

namespace siaga {

// docs/configuration.md: one table per table of the file.
std::string option_tables_markdown(std::span<const KindSchema> kinds, Language language);
// JSON Schema 2020-12, for editors. What it accepts is a little more than `siaga check` does.
std::string config_schema(std::span<const KindSchema> kinds);

}  // namespace siaga
