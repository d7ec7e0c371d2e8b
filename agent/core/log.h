// One line per event to stderr, with journald priorities ("<4>") when stderr is the journal.
// Fields are `key=value` in English. Only the top of a chain of calls logs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace siaga::log {

struct Field {
  std::string_view key;
  std::string value;
};
using Fields = std::vector<Field>;

enum class Level { debug, info, warning, error };

// Below this level nothing is written; info unless told. Loop thread only.
void set_level(Level level);
// For events that are costly to describe.
bool is_written(Level level);

void debug(std::string_view event, const Fields& fields = {});
void info(std::string_view event, const Fields& fields = {});
void warning(std::string_view event, const Fields& fields = {});
void error(std::string_view event, const Fields& fields = {});

}  // namespace siaga::log
