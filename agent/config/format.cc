// Complaints for people and for machines.
#include <nlohmann/json.hpp>

#include "agent/config/load.h"
#include "agent/config/words.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

struct Palette {
  std::string_view bold, red, blue, plain;
};
constexpr Palette colours{"\x1b[1m", "\x1b[1;31m", "\x1b[1;34m", "\x1b[0m"};
constexpr Palette no_colours{};

std::string first_line(const Complaint& complaint, Language language, const Palette& palette) {
  std::string place = complaint.file;
  if (complaint.line != 0)
    place += fmt::format("{}{}:{}", place.empty() ? "" : ":", complaint.line, complaint.column);
  if (!place.empty()) place += ": ";
  return fmt::format("{}{}{}{}{}:{} {}{}{}\n", palette.bold, printable(place, 4096), palette.plain,
                     palette.red, config_words::error.in(language), palette.plain, palette.bold,
                     complaint.message, palette.plain);
}

// As design/config.md draws it:
//    31 | intervall = "10s"
//       | ^~~~~~~~~ did you mean 'interval'?
std::string frame(const Complaint& complaint, const Palette& palette) {
  const std::string marker =
      "^" + std::string(complaint.marker_width > 1 ? complaint.marker_width - 1 : 0, '~');
  std::string lines = fmt::format("{}{:>5} |{} {}\n", palette.blue, complaint.line, palette.plain,
                                  complaint.source_line);
  lines += fmt::format("{}{:>5} |{} {}{}{}{}", palette.blue, "", palette.plain,
                       std::string(complaint.marker > 1 ? complaint.marker - 1 : 0, ' '),
                       palette.red, marker, palette.plain);
  return lines;
}

std::string format(const Complaint& complaint, Language language, const Palette& palette) {
  std::string text = first_line(complaint, language, palette);
  if (complaint.line != 0) {
    text += frame(complaint, palette);
    text += complaint.hint.empty() ? "\n" : fmt::format(" {}\n", complaint.hint);
  } else if (!complaint.hint.empty()) {
    text += fmt::format("{:>5} = {}\n", "", complaint.hint);
  }
  return text;
}

}  // namespace

std::string format(const Complaints& complaints, Language language, bool colour) {
  std::string text;
  for (const Complaint& complaint : complaints)
    text += format(complaint, language, colour ? colours : no_colours);
  return text;
}

std::string to_json(const Complaints& complaints) {
  auto list = nlohmann::ordered_json::array();
  for (const Complaint& complaint : complaints) {
    list.push_back({{"file", valid_utf8(complaint.file)},
                    {"line", complaint.line},
                    {"column", complaint.column},
                    {"width", complaint.width},
                    {"message", valid_utf8(complaint.message)},
                    {"hint", valid_utf8(complaint.hint)},
                    {"source_line", valid_utf8(complaint.source_line)}});
  }
  return list.dump();
}

}  // namespace siaga
