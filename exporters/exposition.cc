#include "exporters/exposition.h"

#include <array>

#include "agent/core/check.h"

namespace siaga {
namespace {

// Targets looked at in one piece at most, while there is anything to show for it: a family that few
// targets have must not make a piece long.
constexpr std::size_t visits_max = 16'384;

class Exposition final : public TextStream {
 public:
  Exposition(std::shared_ptr<const Plan> plan, std::shared_ptr<const Snapshot> snapshot,
             std::string agent_text, Format format)
      : plan_(std::move(plan)),
        snapshot_(std::move(snapshot)),
        agent_text_(std::move(agent_text)),
        format_(format) {
    CHECK(plan_->fits(*snapshot_));
  }

  std::size_t produce(std::span<char> out) override {
    lines_.start(out);
    if (!std::exchange(has_begun_, true)) lines_.raw(agent_text_);
    std::size_t visits = 0;
    while (!lines_.is_full() && !has_ended_ && (visits < visits_max || lines_.written() == 0))
      visits += walk();
    return lines_.written();
  }

 private:
  // One use of one family as far as there is room; returns how many targets it looked at.
  std::size_t walk() {
    if (family_ == plan_->families().size()) return end();
    const Plan::Family& family = plan_->families()[family_];
    if (use_ == 0 && position_ == 0)
      lines_.announce(family.headers[static_cast<std::size_t>(format_)]);
    if (use_ == family.uses.size()) {
      ++family_;
      use_ = 0;
      return 0;
    }
    const std::size_t visited = write(family, family.uses[use_]);
    if (position_ == plan_->targets(family.uses[use_].group).size()) {
      ++use_;
      position_ = 0;
    }
    return visited;
  }

  std::size_t write(const Plan::Family& family, const Plan::Use& use) {
    const auto targets = plan_->targets(use.group);
    const std::size_t first = position_;
    const std::size_t last = std::min(targets.size(), first + visits_max);
    for (; position_ < last && !lines_.is_full(); ++position_) {
      const std::uint32_t target = targets[position_];
      const TargetView view = plan_->view(*snapshot_, target, scratch_);
      if (family.write != nullptr) family.write(lines_, family.metric, view);
      else
        for (const ReadingRow& row : use.rows) write_reading(lines_, family.metric, row, view);
    }
    return position_ - first;
  }

  std::size_t end() {
    if (format_ == Format::openmetrics) lines_.raw("# EOF\n");
    has_ended_ = true;
    return 0;
  }

  const std::shared_ptr<const Plan> plan_;
  const std::shared_ptr<const Snapshot> snapshot_;
  const std::string agent_text_;
  const Format format_;
  LineWriter lines_;
  Plan::Scratch scratch_;
  // Where the next piece goes on.
  std::size_t family_ = 0, use_ = 0, position_ = 0;
  bool has_begun_ = false, has_ended_ = false;
};

}  // namespace

std::unique_ptr<TextStream> make_exposition(std::shared_ptr<const Plan> plan,
                                            std::shared_ptr<const Snapshot> snapshot,
                                            std::string agent_text, Format format) {
  return std::make_unique<Exposition>(std::move(plan), std::move(snapshot), std::move(agent_text),
                                      format);
}

std::unique_ptr<TextStream> Expositions::make(std::shared_ptr<const Snapshot> snapshot,
                                              std::string_view agent_text, Format format) {
  if (!plan_ || !plan_->fits(*snapshot)) plan_ = std::make_shared<const Plan>(office_, *snapshot);
  std::string text =
      lines_text([&](LineWriter& lines) { write_constant_families(lines, office_, format); });
  return make_exposition(plan_, std::move(snapshot), text.append(agent_text), format);
}

void Expositions::set_office(OfficeLabels office) {
  if (office == office_) return;
  office_ = std::move(office);
  plan_.reset();
}

std::string read_all(TextStream& stream) {
  std::string text;
  std::array<char, 65536> piece{};
  while (const std::size_t count = stream.produce(piece)) text.append(piece.data(), count);
  return text;
}

}  // namespace siaga
