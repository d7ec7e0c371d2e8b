// The journal's tables, as a list of migrations: the n-th leads to version n (PRAGMA user_version).
// A migration that was released never changes; a new version adds one.
#pragma once

#include <cstdint>
#include <span>

namespace siaga {

class Database;

// PRAGMA application_id: "Siag".
inline constexpr std::int64_t journal_application = 0x53696167;

std::span<const char* const> journal_migrations();

// Within a transaction: from the file's version to the last one, which becomes the file's.
void migrate(Database& database, std::span<const char* const> migrations);

}  // namespace siaga
