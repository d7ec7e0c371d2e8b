#include "agent/journal/dark.h"

#include <string>

#include "agent/core/limits.h"

namespace siaga {
namespace {

DarkClass class_of(const Beat& last, const HostFacts& facts, bool is_same_boot) {
  if (is_same_boot) return last.life == Life::running ? DarkClass::crash : DarkClass::stop;
  if (last.life == Life::service_stop) return DarkClass::stop;
  // A UPS that runs low has the machine shut down in order.
  if (last.life == Life::machine_shutdown)
    return last.is_mains_off ? DarkClass::power : DarkClass::reboot;
  if (!facts.panic.empty()) return DarkClass::panic;
  return last.is_mains_off ? DarkClass::power : DarkClass::power_suspected;
}

std::string_view end_of(Life life) {
  switch (life) {
    case Life::running: return "no clean stop";
    case Life::service_stop: return "the service was stopped in order";
    case Life::machine_shutdown: return "the machine was shut down in order";
  }
  return "";
}

std::string evidence_of(const Beat& last, const HostFacts& facts, bool is_same_boot) {
  std::string evidence = is_same_boot ? "same boot id, " : "boot id changed, ";
  evidence += end_of(last.life);
  // What could have no say is left out.
  if (is_same_boot || last.life == Life::service_stop) return evidence;
  if (last.life == Life::running)
    evidence += facts.panic.empty() ? ", no record of a kernel panic"
                                    : ", record of a kernel panic in " + facts.panic;
  evidence += last.is_mains_off ? ", mains was off at the last beat"
                                : ", mains was not known to be off at the last beat";
  return evidence;
}

}  // namespace

DarkInterval classify_dark(const Beat& last, const HostFacts& facts, Stamp from, Stamp to) {
  const bool is_same_boot = last.boot_id == facts.boot_id;
  DarkInterval dark{.from = from,
                    .to = to,
                    .dark_class = class_of(last, facts, is_same_boot),
                    .is_mains_off = last.is_mains_off,
                    .evidence = evidence_of(last, facts, is_same_boot)};
  // The beat of a clean stop is its moment; after any other the agent may have lived until just
  // before the next was due.
  if (last.life == Life::running) dark.slack = last.period + limits::beat_lateness;
  if (from.boot == to.boot) dark.length = to.at - from.at;
  return dark;
}

}  // namespace siaga
