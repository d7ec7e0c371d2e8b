#include "agent/targets.h"

#include "agent/core/check.h"
#include "probes/registry.h"

namespace siaga {
namespace {

std::vector<Reason> reasons_of(ReasonGroups groups) {
  std::vector<Reason> reasons;
  for (std::size_t index = 1; index < reason_count; ++index) {
    const auto reason = static_cast<Reason>(index);
    if (groups.has(group(reason))) reasons.push_back(reason);
  }
  return reasons;
}

std::shared_ptr<const TargetInfo> make_info(const TargetConfig& config, const Kind& kind,
                                            const Probe& probe) {
  return std::make_shared<TargetInfo>(
      TargetInfo{.name = config.name,
                 .kind = config.kind,
                 .instance = probe.instance(),
                 .host = probe.host(),
                 .source = probe.source(),
                 .labels = {config.labels.begin(), config.labels.end()},
                 .readings = kind.readings,
                 .reasons = reasons_of(probe.reason_groups()),
                 .confirm = config.confirm,
                 .recover = config.recover,
                 .interval = config.interval,
                 .timeout = config.timeout});
}

}  // namespace

Target make_target(const TargetConfig& config) {
  const Kind* kind = find_kind(config.kind);
  CHECK(kind != nullptr);
  Section section(config.name, kind->options, config.options);
  std::shared_ptr<const Probe> probe = kind->parse(section);
  CHECK(probe != nullptr);
  auto info = make_info(config, *kind, *probe);
  return {.probe = std::move(probe), .info = std::move(info)};
}

ScheduledTarget scheduled(const TargetConfig& config, const Target& target) {
  return {.probe = target.probe,
          .name = config.name,
          .kind = config.kind,
          .interval = config.interval,
          .timeout = config.timeout,
          .retry_interval = config.retry_interval};
}

}  // namespace siaga
