// One scrape's text, made while it is read: the agent's own metrics, then the snapshot's, family by
// family. It holds the snapshot it began with, so a scrape sees one instant; it never holds the
// text.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "exporters/families.h"
#include "exporters/plan.h"
#include "exporters/text_stream.h"

namespace siaga {

// `agent_text` is complete families in `format`.
std::unique_ptr<TextStream> make_exposition(std::shared_ptr<const Plan> plan,
                                            std::shared_ptr<const Snapshot> snapshot,
                                            std::string agent_text, Format format);

// Makes expositions and keeps the plan of the last one.
class Expositions {
 public:
  explicit Expositions(OfficeLabels office) : office_(std::move(office)) {}

  std::unique_ptr<TextStream> make(std::shared_ptr<const Snapshot> snapshot,
                                   std::string_view agent_text, Format format);
  const OfficeLabels& office() const { return office_; }
  void set_office(OfficeLabels office);

 private:
  OfficeLabels office_;
  std::shared_ptr<const Plan> plan_;
};

// The whole text at once, for tests and tools; never for the endpoint.
std::string read_all(TextStream& stream);

}  // namespace siaga
