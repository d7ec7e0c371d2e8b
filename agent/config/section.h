// One target's table as a kind's parser sees it: checked, typed values by key, and a way to
// complain about one of them. Every value is there: as typed, or the option's default, or monostate
// where there is neither.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/option.h"
#include "agent/core/check.h"

namespace siaga {

class Section {
 public:
  // `complain(key, message, hint)` files an error at the key's place; may be empty when the values
  // were checked before.
  using Complain = std::function<void(std::string_view key, std::string message, std::string hint)>;

  Section(std::string_view name, std::span<const Option> options,
          std::span<const OptionValue> values, Complain complain = {})
      : name_(name), options_(options), values_(values), complain_(std::move(complain)) {}

  std::string_view name() const { return name_; }

  // CHECKs that the key is in the table and has this type: a wrong call is a wrong program.
  template <typename Value>
  const Value& get(std::string_view key) const {
    const auto* value = std::get_if<Value>(&at(key));
    CHECK(value != nullptr);
    return *value;
  }
  // The value, or `otherwise` where the key is not set and has no default.
  template <typename Value>
  Value get_or(std::string_view key, Value otherwise) const {
    const OptionValue& value = at(key);
    if (std::holds_alternative<std::monostate>(value)) return otherwise;
    return std::get<Value>(value);
  }
  bool is_set(std::string_view key) const {
    return !std::holds_alternative<std::monostate>(at(key));
  }

  void complain(std::string_view key, std::string message, std::string hint = {}) {
    has_complaints_ = true;
    if (complain_) complain_(key, std::move(message), std::move(hint));
  }
  bool has_complaints() const { return has_complaints_; }

 private:
  const OptionValue& at(std::string_view key) const {
    for (std::size_t index = 0; index < options_.size(); ++index) {
      if (options_[index].key == key) return values_[index];
    }
    check_failed("the option is in the kind's table");
  }

  std::string_view name_;
  std::span<const Option> options_;
  std::span<const OptionValue> values_;
  Complain complain_;
  bool has_complaints_ = false;
};

// What the loader needs to know of a kind.
struct KindSchema {
  std::string_view name;
  std::string_view help, help_id;  // one sentence
  std::span<const Option> options;
  std::function<void(Section&)> check;  // files complaints that need more than one key
  Duration interval{};  // of a target that does not say its own; 0: that of [defaults]
};

}  // namespace siaga
