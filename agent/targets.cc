#include "agent/targets.h"

#include "agent/core/check.h"
#include "probes/link_options.h"
#include "probes/mains_options.h"
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

std::shared_ptr<const TargetInfo> make_judged_info(const TargetConfig& config) {
  return std::make_shared<TargetInfo>(
      TargetInfo{.name = config.name,
                 .kind = config.kind,
                 .role = role_of(config.kind),
                 .instance = {},
                 .host = {},
                 .source = {},
                 .labels = {config.labels.begin(), config.labels.end()},
                 .readings = {},
                 .reasons = reasons_of(ReasonGroups{}.with(ReasonGroup::judge)),
                 .confirm = config.confirm,
                 .recover = config.recover,
                 .interval = config.interval,
                 .timeout = config.timeout});
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

NodeRole role_of(std::string_view kind) {
  if (kind == link_kind) return NodeRole::link;
  return kind == mains_kind ? NodeRole::mains : NodeRole::target;
}

Target make_target(const TargetConfig& config) {
  if (role_of(config.kind) != NodeRole::target)
    return {.probe = nullptr, .info = make_judged_info(config)};
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
