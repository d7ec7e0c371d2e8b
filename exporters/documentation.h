// The page of docs/metrics.md, from the tables that the code itself uses.
#pragma once

#include <span>
#include <string>

#include "exporters/families.h"

namespace siaga {

std::string document_metrics(std::span<const KindReadings> kinds);

}  // namespace siaga
