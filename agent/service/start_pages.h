// Giving back what only the start needed of programs and libraries.
#pragma once

#include <cstddef>

namespace siaga {

// Half of what is resident after a start is code and constants that only the start read, of some
// fifty libraries. They are given back here; what is needed again comes from the page cache, a
// minor fault each. Never touches what can be written: relocated data would be lost. Returns how
// many bytes of mappings were given back, resident or not.
std::size_t give_back_start_pages();

}  // namespace siaga
