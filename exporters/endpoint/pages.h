// The pages made from a snapshot: the landing page for people and the status for `siaga status`.
// Both are streams, one target at a time: 20,000 targets must not stop the loop.
#pragma once

#include <memory>
#include <string>

#include "agent/core/language.h"
#include "agent/engine/snapshot.h"
#include "exporters/families.h"
#include "exporters/text_stream.h"

namespace siaga {

// HTML. All text from outside is escaped: markup can only come from literals.
std::unique_ptr<TextStream> landing_page(std::shared_ptr<const Snapshot> snapshot,
                                         const OfficeLabels& office, Language language);

// JSON: {"office": {"id", "name", "city"}, "version", "taken", "judged": [...], "targets": [...]}.
// `judged`: links, mains and the agent's own view of its way out, with the same keys. A target has
// name, kind, instance, state, since, failures_in_a_row, runs {ok, failed, unknown}; when not up
// also reason and detail, when down cause, explained_by (the node at the root of it) and
// outage_began; not_recovered_after (power, link) and is_flapping when they hold; after the first
// run also last_run {began, duration_seconds, verdict, reason, detail, address}. Instants are unix
// seconds. What is not known is absent.
std::unique_ptr<TextStream> status_json(std::shared_ptr<const Snapshot> snapshot,
                                        const OfficeLabels& office);

}  // namespace siaga
