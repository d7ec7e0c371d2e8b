// What readers see of the mains and the UPSes.
#include "agent/power_watch.h"

namespace siaga {

std::vector<MainsRow> PowerWatch::mains_rows(const Dating& dating) const {
  const BootTime now = clock_.boot_now();
  std::vector<MainsRow> rows;
  rows.reserve(mains_.size());
  for (const Mains& mains : mains_) {
    const TargetStatus& status = engine_.status(mains.id);
    rows.push_back({.name = mains.name,
                    .state = status.state,
                    .totals = status.totals,
                    .outages = status.outages,
                    .open = open_outage(status, dating),
                    .view = mains.judge.view(now)});
  }
  return rows;
}

std::vector<UpsRow> PowerWatch::ups_rows() const {
  const BootTime now = clock_.boot_now();
  std::vector<UpsRow> rows;
  rows.reserve(upses_.size());
  for (const auto& [id, ups] : upses_) {
    UpsRow row{.name = ups.name, .view = ups.judge->view(now), .age = {}};
    if (row.view.last_good) row.age = now - *row.view.last_good;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace siaga
