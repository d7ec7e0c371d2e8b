// A text stream, compressed while it is read. The only door to <zlib.h>.
#pragma once

#include <memory>

#include "exporters/text_stream.h"

namespace siaga {

// Level 1: a scrape is compressed in the loop, and higher levels cost two and a half times the CPU
// for a tenth of the bytes. nullptr when there is no memory for it (about 256 KiB).
std::unique_ptr<TextStream> gzipped(std::unique_ptr<TextStream> plain);

}  // namespace siaga
