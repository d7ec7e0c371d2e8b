// The embedded default is packaging/siaga.toml itself: the file that the package installs and the
// text that runs without a file cannot differ.
#include "agent/config/load.h"

namespace siaga {
namespace {

constexpr char default_text[] =
#include "agent/config/default_config.inc"
    ;

}  // namespace

std::string_view default_config_text() { return {default_text, sizeof default_text - 1}; }

}  // namespace siaga
