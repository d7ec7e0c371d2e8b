// Keeps the journal small and quick: whole days become one packed row a node, then detail that is
// too old or too much goes, oldest first, a day at a time. The days' rows stay. Every day is a
// transaction of its own; failures stick in the database.
#pragma once

#include "agent/journal/database.h"
#include "agent/journal/store.h"
#include "agent/journal/words.h"

namespace siaga {

void roll_up(Database& database, const Words& words, const Zone& zone, WallTime now);
void let_go(Database& database, const Words& words, const Retention& retention, const Zone& zone,
            WallTime now);

}  // namespace siaga
