// A dialogue with a peer as a pure step machine: told what came, it says what to do next. Knows no
// socket and no clock; every byte it is given is hostile.
//
// An expect step searches everything that came since the last match; what was matched is used up.
// `send` may use the last match: ${0} the whole, ${1}... and ${name} its groups ("$${" is a plain
// "${"); what the match does not have is empty.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/config/option.h"
#include "agent/core/pattern.h"
#include "agent/core/reason.h"

namespace siaga {

// The steps with patterns whose ^ and $ are those of a line: a match may leave the rest of its line
// behind, and the next answer must still be found at its beginning.
std::vector<DialogueStep> by_line(std::vector<DialogueStep> steps);

class Dialogue {
 public:
  enum class Need : std::uint8_t {
    bytes,      // give receive() more
    send,       // send text(), then go on with next()
    start_tls,  // make the handshake, then go on with next()
    nothing,    // the dialogue went as it should
    failure,    // see reason() and detail()
  };

  // The steps must outlive the dialogue.
  explicit Dialogue(std::span<const DialogueStep> steps) : steps_(steps) {}

  // What to do first, or after a send or handshake is done.
  Need next();
  Need receive(std::string_view bytes);
  // The peer has closed: there is no more to come.
  Need end();
  // The time is up while bytes were needed: the reason of that.
  Need time_out();

  const std::string& text() const { return text_; }
  Reason reason() const { return reason_; }
  const std::string& detail() const { return detail_; }
  std::size_t step() const { return step_; }           // 0-based, the one under way
  const std::string& heard() const { return heard_; }  // since the last match
  // Named groups of all matches so far; the later one wins.
  const std::vector<std::pair<std::string, std::string>>& captures() const { return captures_; }

 private:
  Need search();
  Need take(const Pattern::Match& match);
  Need prepare_tls();
  Need fail(Reason reason, const std::string& what);
  std::string expand(std::string_view text) const;
  std::string_view value_of(std::string_view name) const;
  bool is_before_tls() const;
  bool has_heard_a_line() const;
  void keep_captures(const Pattern::Match& match);

  std::span<const DialogueStep> steps_;
  std::size_t step_ = 0;
  std::string heard_;
  std::size_t scanned_bytes_ = 0;  // by all searches of this step
  bool speaks_lines_ = false;      // our last text ended in a newline
  bool is_line_open_ = false;      // the peer's last byte was not a newline
  Pattern::Match last_;
  std::vector<std::pair<std::string, std::string>> captures_;
  std::string text_, detail_;
  Reason reason_ = Reason::none;
};

}  // namespace siaga
