// Kinds for the loader's tests: between them they use every type of option. They probe nothing.
#pragma once

#include <array>

#include "agent/config/load.h"

namespace siaga::fake {

inline constexpr std::array<std::string_view, 3> colours{"red", "green", "blue"};

inline constexpr std::array http_options{
    Option{.key = "url", .type = OptionType::url, .is_required = true, .example = "\"https://a/\""},
    Option{
        .key = "method", .type = OptionType::choice, .fallback = "\"green\"", .choices = colours},
    Option{.key = "expect.status", .type = OptionType::statuses, .fallback = "[\"2xx\"]"},
    Option{.key = "expect.body", .type = OptionType::patterns},
    Option{.key = "expect.header", .type = OptionType::pattern_map},
    Option{.key = "expect.age", .type = OptionType::duration, .min = "1s", .max = "52w"},
    Option{.key = "body_max", .type = OptionType::size, .fallback = "\"1MiB\"", .max = "1GiB"},
    Option{.key = "auth.password", .type = OptionType::secret},
    Option{.key = "headers", .type = OptionType::secret_map},
};
inline constexpr std::array all_options{
    Option{.key = "text", .type = OptionType::text},
    Option{.key = "boolean", .type = OptionType::boolean, .fallback = "true"},
    Option{.key = "integer", .type = OptionType::integer, .min = "1", .max = "10"},
    Option{.key = "number", .type = OptionType::number, .min = "0", .max = "1"},
    Option{.key = "choices", .type = OptionType::choices, .choices = colours},
    Option{.key = "texts", .type = OptionType::texts},
    Option{.key = "integers", .type = OptionType::integers, .min = "1", .max = "65535"},
    Option{.key = "text_map", .type = OptionType::text_map},
    Option{.key = "pattern", .type = OptionType::pattern},
    Option{.key = "host_port", .type = OptionType::host_port, .fallback_port = 53},
    Option{.key = "host", .type = OptionType::host},
    Option{.key = "address", .type = OptionType::address},
    Option{.key = "networks", .type = OptionType::networks},
    Option{.key = "file", .type = OptionType::file},
    Option{.key = "location", .type = OptionType::location},
    Option{.key = "timezone", .type = OptionType::timezone},
    Option{.key = "dialogue", .type = OptionType::dialogue},
    Option{.key = "weekly", .type = OptionType::weekly},
    Option{.key = "local_time", .type = OptionType::local_time},
};

inline void check_http(Section& section) {
  if (section.get<std::string>("method") == "blue")
    section.complain("method", "blue is not for " + section.get<std::string>("url"));
  if (section.is_set("auth.password") && section.get<std::string>("method") == "red")
    section.complain("", "red with " + section.get<Secret>("auth.password").value);
}

inline const std::array<KindSchema, 2>& kinds() {
  static const std::array<KindSchema, 2> all{{
      {.name = "http",
       .help = "Fetches.",
       .help_id = "Mengambil.",
       .options = http_options,
       .check = check_http},
      {.name = "all", .help = "Every type.", .help_id = "Semua.", .options = all_options},
  }};
  return all;
}

inline LoadOptions options(Language language = Language::english) {
  LoadOptions made;
  made.kinds = kinds();
  made.language = language;
  return made;
}

}  // namespace siaga::fake
