#include "agent/core/log.h"

#include <array>
#include <cstdlib>
#include <memory>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace siaga::log {
namespace {

// journald sets JOURNAL_STREAM for services whose stderr it reads; sd-daemon(3) priorities.
std::shared_ptr<spdlog::logger> make_logger() {
  auto logger = spdlog::stderr_color_mt("siaga");
  const bool is_journal = std::getenv("JOURNAL_STREAM") != nullptr;
  logger->set_pattern(is_journal ? "%v" : "%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %v");
  logger->flush_on(spdlog::level::info);
  return logger;
}

struct Sink {
  std::shared_ptr<spdlog::logger> logger = make_logger();
  bool is_journal = std::getenv("JOURNAL_STREAM") != nullptr;
};

Sink& sink() {
  static Sink instance;
  return instance;
}

spdlog::level::level_enum level_of(Level level) {
  static constexpr std::array levels{spdlog::level::debug, spdlog::level::info, spdlog::level::warn,
                                     spdlog::level::err};
  return levels.at(static_cast<std::size_t>(level));
}

bool needs_quotes(std::string_view value) {
  return value.empty() || value.find_first_of(" \"=\n\t") != std::string_view::npos;
}

void append_value(std::string& line, std::string_view value) {
  if (!needs_quotes(value)) {
    line += value;
    return;
  }
  line += '"';
  for (const char letter : value) {
    if (letter == '"' || letter == '\\') line += '\\';
    line += letter == '\n' || letter == '\t' ? ' ' : letter;
  }
  line += '"';
}

void write(spdlog::level::level_enum level, std::string_view priority, std::string_view event,
           const Fields& fields) {
  if (!sink().logger->should_log(level)) return;
  std::string line(sink().is_journal ? priority : "");
  line += event;
  for (const Field& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    append_value(line, field.value);
  }
  sink().logger->log(level, line);
}

}  // namespace

void set_level(Level level) { sink().logger->set_level(level_of(level)); }
bool is_written(Level level) { return sink().logger->should_log(level_of(level)); }

void debug(std::string_view event, const Fields& fields) {
  write(spdlog::level::debug, "<7>", event, fields);
}
void info(std::string_view event, const Fields& fields) {
  write(spdlog::level::info, "<6>", event, fields);
}
void warning(std::string_view event, const Fields& fields) {
  write(spdlog::level::warn, "<4>", event, fields);
}
void error(std::string_view event, const Fields& fields) {
  write(spdlog::level::err, "<3>", event, fields);
}

}  // namespace siaga::log
