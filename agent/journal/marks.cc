#include "agent/journal/marks.h"

namespace siaga {

std::optional<std::int64_t> read_mark(Database& database, std::string_view name) {
  Statement& row = database.statement("SELECT number FROM marks WHERE name = ?").with(name);
  const auto number = row.step() ? std::optional(row.integer()) : std::nullopt;
  row.reset();
  return number;
}

std::string read_mark_text(Database& database, std::string_view name) {
  Statement& row = database.statement("SELECT text FROM marks WHERE name = ?").with(name);
  std::string text = row.step() ? row.text() : std::string();
  row.reset();
  return text;
}

void write_mark(Database& database, std::string_view name, std::int64_t number,
                std::string_view text) {
  database.statement("INSERT OR REPLACE INTO marks(name, number, text) VALUES (?, ?, ?)")
      .run(name, number, text);
}

}  // namespace siaga
