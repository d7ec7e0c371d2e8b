#include "agent/config/scan.h"

#include <algorithm>
#include <array>

#include "agent/config/nearest.h"
#include "agent/core/limits.h"

namespace siaga {
namespace {

constexpr std::array<std::string_view, 12> telling_words{
    "password",      "passwd", "passphrase", "token",   "secret", "credential",
    "authorization", "cookie", "apikey",     "api_key", "bearer", "private"};

std::string lower(std::string_view text) {
  std::string low(text);
  for (char& letter : low) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    if (letter == '-') letter = '_';
  }
  return low;
}

bool sounds_secret(std::string_view text) {
  const std::string low = lower(text);
  return std::ranges::any_of(telling_words, [&](std::string_view word) {
    const std::size_t edits = word.size() >= 8 ? 2 : 1;
    return low.contains(word) || edit_distance(low, word, edits) <= edits;
  });
}

bool comment_sounds_secret(std::string_view text) {
  const std::string low = lower(text);
  return std::ranges::any_of(telling_words,
                             [&](std::string_view word) { return low.contains(word); });
}

// A reference to a secret is not the secret.
bool is_reference(std::string_view part) {
  return part == "file" || part == "credential" || part == "env";
}

bool is_bare(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
}

// The next user name (and password) of a URL in `text`, from `from` on.
std::optional<ByteRange> find_user(std::string_view text, std::size_t from) {
  for (auto colon = text.find("://", from); colon != std::string_view::npos;
       colon = text.find("://", colon + 3)) {
    const auto begin = colon + 3;
    const auto end = std::min(text.find_first_of("/?# \t\r\n\"'", begin), text.size());
    const auto at = text.substr(begin, end - begin).rfind('@');
    if (at != std::string_view::npos && at != 0) return ByteRange{begin, begin + at};
  }
  return std::nullopt;
}

// The same where somebody forgot the scheme: "user:password@host".
std::optional<ByteRange> find_bare_user(std::string_view text) {
  const auto at = text.substr(0, text.find_first_of("/ \n")).rfind('@');
  if (at == std::string_view::npos || !text.substr(0, at).contains(':')) return std::nullopt;
  return ByteRange{0, at};
}

class Scanner {
 public:
  Scanner(std::string_view text, const SecretKeys* keys) : text_(text), keys_(keys) {}

  Scan run() {
    while (at_ < text_.size() && !result_.too_deep) {
      const char letter = text_[at_];
      if (letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n') ++at_;
      else if (letter == '#') comment();
      else if (letter == '[') header();
      else statement();
    }
    return std::move(result_);
  }

 private:
  // An open bracket within a value.
  struct Level {
    bool is_table = false, hides = false;
    std::size_t path_size = 0;
  };

  bool is_at(std::string_view letters) const {
    return at_ < text_.size() && letters.contains(text_[at_]);
  }

  void hide(std::size_t begin, std::size_t end) {
    if (keys_ != nullptr && end > begin) result_.hidden.push_back({begin, end});
  }

  void comment() {
    const auto end = std::min(text_.find('\n', at_), text_.size());
    if (keys_ != nullptr && comment_sounds_secret(text_.substr(at_, end - at_))) hide(at_ + 1, end);
    at_ = end;
  }

  void header() {
    while (is_at("[")) ++at_;
    header_.clear();
    read_key(header_, "]\n#");
    while (at_ < text_.size() && !is_at("\n#")) ++at_;
  }

  void statement() {
    path_ = header_;
    const auto begin = at_;
    read_key(path_, "=\n#");
    if (is_at("=")) {
      ++at_;
      hides_ = hides(path_);
      value();
    } else if (at_ == begin) {
      ++at_;
    }
  }

  bool hides(const std::vector<std::string>& path) const {
    if (keys_ == nullptr || !keys_->hides(path)) return false;
    const std::vector<std::string> above(path.begin(), path.empty() ? path.end() : path.end() - 1);
    return !(is_reference(path.back()) && keys_->hides(above));
  }

  // Parts up to one of `stops`. What follows a part without a dot is not a key but a slip ("token
  // 'abc'", "token: abc"), hidden when the key is a secret's.
  void read_key(std::vector<std::string>& path, std::string_view stops) {
    std::size_t dots = 0;
    bool is_expected = true;
    while (at_ < text_.size() && !is_at(stops) && text_[at_] != '\n') {
      const auto begin = at_;
      if (is_at(".")) {
        if (++dots >= limits::configuration_depth) too_deep();
        is_expected = true;
        ++at_;
        continue;
      }
      if (is_at(" \t\r")) {
        ++at_;
        continue;
      }
      const std::string part = read_part();
      if (is_expected) path.push_back(part);
      else if (hides(path)) hide(begin, at_);
      is_expected = false;
    }
  }

  std::string read_part() {
    if (is_at("\"'")) {
      const ByteRange inside = string();
      return std::string(text_.substr(inside.begin, inside.end - inside.begin));
    }
    const auto begin = at_++;
    if (!is_bare(text_[begin])) return {};
    while (at_ < text_.size() && is_bare(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  // Behind a string of any sort; what is between its quotation marks.
  ByteRange string() {
    const char quote = text_[at_];
    const std::string three(3, quote);
    if (text_.substr(at_, 3) == three) return long_string(three);
    const auto begin = ++at_;
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n')
      at_ += quote == '"' && text_[at_] == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] != '\n'
                 ? 2U
                 : 1U;
    at_ = std::min(at_, text_.size());
    const ByteRange inside{begin, at_};
    if (at_ < text_.size() && text_[at_] == quote) ++at_;
    return inside;
  }

  ByteRange long_string(std::string_view three) {
    at_ += 3;
    const auto begin = at_;
    while (at_ < text_.size() && text_.substr(at_, 3) != three)
      at_ += three[0] == '"' && text_[at_] == '\\' ? 2U : 1U;
    at_ = std::min(at_, text_.size());
    const ByteRange inside{begin, at_};
    // Up to two more quotation marks belong to the text.
    while (at_ < text_.size() && text_[at_] == three[0]) ++at_;
    return inside;
  }

  bool is_hiding() const { return levels_.empty() ? hides_ : levels_.back().hides; }

  void value() {
    levels_.clear();
    while (at_ < text_.size() && !result_.too_deep) {
      if (is_at("\n")) {
        if (levels_.empty() || is_next_line_a_statement()) return;
        ++at_;
      } else if (is_at(" \t\r")) ++at_;
      else if (is_at("#")) comment();
      else if (is_at("[{")) open();
      else if (is_at("]}")) close();
      else if (is_at(",")) comma();
      else scalar();
    }
  }

  void scalar() {
    ++result_.values;
    if (is_at("\"'")) {
      const ByteRange inside = string();
      if (is_hiding()) return hide(inside.begin, inside.end);
      return hide_users(inside);
    }
    const auto begin = at_++;
    while (at_ < text_.size() && !is_at(" \t\r\n,]}#")) ++at_;
    if (is_hiding()) hide(begin, at_);
  }

  void hide_users(ByteRange inside) {
    if (keys_ == nullptr) return;
    const std::string_view text = text_.substr(inside.begin, inside.end - inside.begin);
    if (const auto user = find_bare_user(text))
      return hide(inside.begin + user->begin, inside.begin + user->end);
    for (auto user = find_user(text, 0); user; user = find_user(text, user->end))
      hide(inside.begin + user->begin, inside.begin + user->end);
  }

  void open() {
    if (levels_.size() >= limits::configuration_depth) return too_deep();
    ++result_.values;
    levels_.push_back({.is_table = is_at("{"), .hides = is_hiding(), .path_size = path_.size()});
    ++at_;
    if (levels_.back().is_table) inline_key();
  }

  void close() {
    ++at_;
    if (levels_.empty()) return;
    path_.resize(std::min(path_.size(), levels_.back().path_size));
    levels_.pop_back();
  }

  void comma() {
    ++at_;
    if (!levels_.empty() && levels_.back().is_table) inline_key();
  }

  void inline_key() {
    path_.resize(std::min(path_.size(), levels_.back().path_size));
    read_key(path_, "=,}#");
    if (!is_at("=")) return;
    ++at_;
    const bool is_outer = levels_.size() > 1 ? levels_[levels_.size() - 2].hides : hides_;
    levels_.back().hides = hides(path_) || (is_outer && !is_reference(path_.back()));
  }

  // An unclosed bracket must not swallow the keys below it.
  bool is_next_line_a_statement() const {
    auto next = at_ + 1;
    while (next < text_.size() && (text_[next] == ' ' || text_[next] == '\t')) ++next;
    const auto begin = next;
    while (next < text_.size() &&
           (is_bare(text_[next]) || std::string_view(".\"' \t").contains(text_[next])))
      ++next;
    return next > begin && next < text_.size() && text_[next] == '=';
  }

  void too_deep() {
    if (!result_.too_deep) result_.too_deep = at_;
  }

  std::string_view text_;
  const SecretKeys* keys_;
  std::size_t at_ = 0;
  Scan result_;
  std::vector<std::string> header_, path_;
  std::vector<Level> levels_;
  bool hides_ = false;
};

}  // namespace

SecretKeys::SecretKeys(std::span<const KindSchema> kinds) {
  for (const KindSchema& kind : kinds) {
    for (const Option& option : kind.options) {
      if (option.type != OptionType::secret && option.type != OptionType::secret_map) {
        others_.push_back(option.key);
        continue;
      }
      if (std::ranges::find(keys_, option.key) != keys_.end()) continue;
      keys_.emplace_back(option.key);
      const auto dot = option.key.rfind('.');
      if (dot != std::string_view::npos) parents_.emplace_back(option.key.substr(0, dot + 1));
    }
  }
}

// A key that nobody knows beside a secret is likely to be that secret, misspelt.
bool SecretKeys::is_stray_beside_secret(std::string_view path) const {
  const bool is_beside = std::ranges::any_of(
      parents_, [&](std::string_view parent) { return path.starts_with(parent); });
  const bool is_known = std::ranges::any_of(others_, [&](std::string_view key) {
    return path == key || (path.starts_with(key) && path[key.size()] == '.') ||
           (key.starts_with(path) && key[path.size()] == '.');
  });
  return is_beside && !is_known;
}

bool SecretKeys::hides(const std::vector<std::string>& path) const {
  for (std::size_t from = 0; from < std::min<std::size_t>(path.size(), 2); ++from) {
    std::string joined;
    for (std::size_t part = from; part < path.size() && joined.size() < 64; ++part) {
      joined += (part == from ? "" : ".") + path[part];
      const bool is_one = std::ranges::any_of(keys_, [&](std::string_view key) {
        const std::size_t edits = key.size() >= 5 ? 2 : 0;
        return edit_distance(joined, key, edits) <= edits;
      });
      if (is_one) return true;
    }
    if (is_stray_beside_secret(joined)) return true;
  }
  return std::ranges::any_of(path, sounds_secret);
}

Scan scan(std::string_view text, const SecretKeys* keys) { return Scanner(text, keys).run(); }

std::string without_user(std::string_view text) {
  if (const auto user = find_bare_user(text)) return "***" + std::string(text.substr(user->end));
  std::string shown;
  std::size_t from = 0;
  while (const auto user = find_user(text, from)) {
    shown += text.substr(from, user->begin - from);
    shown += "***";
    from = user->end;
  }
  return shown += text.substr(from);
}

}  // namespace siaga
