#include "agent/cli/troff.h"

namespace siaga::troff {
namespace {

constexpr std::size_t line_bytes = 80;

// Characters that troff draws as others, groff_char(7).
std::string_view straight(char letter) {
  switch (letter) {
    case '\\': return "\\e";
    case '-': return "\\-";
    case '\'': return "\\(aq";
    case '`': return "\\(ga";
    case '^': return "\\(ha";
    case '~': return "\\(ti";
    case '"': return "\\(dq";
    default: return {};
  }
}

// A dash before a word is the minus of an option or a number; between words it is a hyphen.
std::string plain(std::string_view text) {
  std::string escaped;
  char before = ' ';
  for (const char letter : text) {
    const bool starts = before == ' ' || before == '-' || before == '(' || before == '"';
    if (letter == '\\' || letter == '~' || letter == '^' || (letter == '-' && starts))
      escaped += straight(letter);
    else escaped += letter;
    before = letter;
  }
  return escaped;
}

// A dot or an apostrophe that begins a line would be a request.
void add_line(std::string& text, std::string_view line) {
  if (line.starts_with('.') || line.starts_with('\'')) text += "\\&";
  text += line;
  text += '\n';
}

std::string folded(std::string_view text) {
  std::string lines;
  std::string line;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find_first_of(" \n"));
    text.remove_prefix(word.size() == text.size() ? word.size() : word.size() + 1);
    if (word.empty()) continue;
    if (!line.empty() && line.size() + 1 + word.size() > line_bytes) {
      add_line(lines, line);
      line.clear();
    }
    if (!line.empty()) line += ' ';
    line += word;
  }
  if (!line.empty()) add_line(lines, line);
  return lines;
}

}  // namespace

std::string prose(std::string_view text) {
  std::string made;
  bool is_code = false;
  while (true) {
    const std::string_view piece = text.substr(0, text.find('`'));
    made += is_code ? bold(piece) : plain(piece);
    if (piece.size() == text.size()) break;
    text.remove_prefix(piece.size() + 1);
    is_code = !is_code;
  }
  return folded(made);
}

std::string literal(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    const std::string_view name = straight(letter);
    if (name.empty()) escaped += letter;
    else escaped += name;
  }
  return escaped;
}

std::string bold(std::string_view text) { return "\\fB" + literal(text) + "\\fR"; }
std::string italic(std::string_view text) { return "\\fI" + literal(text) + "\\fR"; }

std::string section(std::string_view heading) { return ".SH " + literal(heading) + "\n"; }
std::string subsection(std::string_view heading) { return ".SS " + literal(heading) + "\n"; }
std::string item(std::string_view term) { return ".TP\n" + std::string(term) + "\n"; }

std::string example(std::string_view text) {
  std::string lines = ".RS 4\n.nf\n";
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
    // An empty line in a manual page is another paragraph.
    add_line(lines, line.empty() ? "\\&" : literal(line));
  }
  return lines + ".fi\n.RE\n";
}

}  // namespace siaga::troff
