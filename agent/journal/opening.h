// Opens the journal's file and makes sure that it is one, whole, and of this version, before
// anybody builds on it.
#pragma once

#include <expected>
#include <memory>
#include <string>
#include <utility>

#include "agent/journal/database.h"
#include "agent/journal/store.h"

namespace siaga {

using OpenTrouble = std::pair<Store::Trouble, Error>;
using OpenedDatabase = std::expected<std::unique_ptr<Database>, OpenTrouble>;

// Creates, checks, migrates.
OpenedDatabase open_for_writing(const Store::Options& options);
// Neither creates nor changes anything. A file that is empty or of an older version is unavailable.
// On media that cannot be written it is read as it lies, which needs that there is no WAL.
OpenedDatabase open_for_reading(const std::string& path, const std::string& vfs);

// The first fault that quick_check finds in its pages; empty: none, or the database has failed.
std::string first_fault(Database& database);

OpenTrouble trouble_of(const DatabaseFailure& failure, std::string_view tried,
                       const std::string& path);

}  // namespace siaga
