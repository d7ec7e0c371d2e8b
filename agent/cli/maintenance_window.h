// A maintenance window as typed: which targets, from when to when. What is not right is said on
// stderr, in the user's language; nothing is written here.
#pragma once

#include <cstdio>
#include <expected>

#include <fmt/format.h>

#include "agent/cli/commands.h"
#include "agent/cli/past_reading.h"
#include "agent/engine/history.h"

namespace siaga {

// The window that the options ask for, without an id. Error: the exit code, said already.
std::expected<Window, int> window_of(const CommonOptions& common, const JournalPlace& place,
                                     const MaintenanceOptions& options);

// Says it on stderr, in the user's language, and returns the exit code.
template <typename... Values>
int complain(int code, const CommonOptions& common, Text text, const Values&... values) {
  fmt::print(stderr, fmt::runtime(text.in(common.language)), values...);
  return code;
}

}  // namespace siaga
