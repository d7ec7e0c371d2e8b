// The series about mains and UPSes.
#include <algorithm>

#include "agent/core/dates.h"
#include "exporters/judge_writers.h"
#include "exporters/labels.h"

namespace siaga {
namespace {

constexpr std::array<std::string_view, power_word_count> words{"none", "on", "off"};

std::string labels_of(const JudgeFamily& family, const MainsRow& mains) {
  return row_labels(family, "mains", mains.name);
}

std::string labels_of(const JudgeFamily& family, const UpsRow& ups) {
  return row_labels(family, "ups", ups.name);
}

void each_mains(const JudgeFamily& family, const auto& value) {
  for (const MainsRow& mains : family.views.mains)
    family.lines.sample(family.metric, labels_of(family, mains), "", value(mains));
}

// One series for each UPS of which it is known.
void each_ups(const JudgeFamily& family, const auto& value) {
  for (const UpsRow& ups : family.views.upses)
    if (const auto known = value(ups); known.has_value())
      family.lines.sample(family.metric, labels_of(family, ups), "", *known);
}

std::optional<std::uint64_t> once_read(const UpsRow& ups, bool claim) {
  if (!ups.view.last_good) return std::nullopt;
  return std::uint64_t{claim};
}

// A few words for all that can go wrong on the way to a reading.
constexpr std::array<std::string_view, 12> reasons{
    "refused",    "unreachable", "timeout",       "dns", "unknown_ups", "driver_not_connected",
    "data_stale", "wait",        "access_denied", "tls", "protocol",    "agent"};

std::string_view word_of(Reason reason) {
  switch (reason) {
    case Reason::connect_refused: return "refused";
    case Reason::connect_timeout:
    case Reason::reply_timeout:
    case Reason::transfer_timeout: return "timeout";
    case Reason::unknown_ups: return "unknown_ups";
    case Reason::driver_not_connected: return "driver_not_connected";
    case Reason::data_stale: return "data_stale";
    case Reason::ups_wait: return "wait";
    case Reason::ups_access_denied: return "access_denied";
    default: break;
  }
  switch (group(reason)) {
    case ReasonGroup::agent: return "agent";
    case ReasonGroup::resolve: return "dns";
    case ReasonGroup::connect: return "unreachable";
    case ReasonGroup::tls: return "tls";
    default: return "protocol";
  }
}

}  // namespace

std::string row_labels(const JudgeFamily& family, std::string_view key, std::string_view name) {
  std::string labels;
  append_label(labels, "office", family.office);
  append_label(labels, key, name);
  return labels;
}

std::optional<double> began(const std::optional<OpenOutage>& open) {
  if (!open) return std::nullopt;
  return rounded_unix_seconds(open->began);
}

void write_state_set(const JudgeFamily& family, const std::string& labels, std::string_view key,
                     std::span<const std::string_view> values, std::size_t present) {
  for (std::size_t index = 0; index < values.size(); ++index) {
    std::string all = labels;
    append_label(all, key, values[index]);
    family.lines.sample(family.metric, all, "", std::uint64_t{index == present});
  }
}

// Pending and maintenance: nobody says what it is.
void write_mains_state(const JudgeFamily& family) {
  constexpr std::array<std::string_view, 3> states{"on", "off", "unknown"};
  for (const MainsRow& mains : family.views.mains)
    write_state_set(family, labels_of(family, mains), "state", states,
                    mains.state == State::up     ? 0
                    : mains.state == State::down ? 1
                                                 : 2);
}

void write_mains_outages(const JudgeFamily& family) {
  each_mains(family, [](const MainsRow& mains) {
    std::uint64_t sum = 0;
    for (const std::uint32_t count : mains.outages) sum += count;
    return sum;
  });
}

void write_mains_off(const JudgeFamily& family) {
  each_mains(family, [](const MainsRow& mains) { return seconds(mains.totals.down_sum()); });
}

void write_mains_began(const JudgeFamily& family) {
  for (const MainsRow& mains : family.views.mains)
    if (const auto known = began(mains.open))
      family.lines.sample(family.metric, labels_of(family, mains), "", *known);
}

void write_cuts(const JudgeFamily& family) {
  for (const MainsRow& mains : family.views.mains) {
    const std::string labels = labels_of(family, mains);
    family.lines.sample(family.metric, labels, ",length=\"momentary\"", mains.view.momentary);
    family.lines.sample(family.metric, labels, ",length=\"sustained\"", mains.view.sustained);
  }
}

void write_brown_outs(const JudgeFamily& family) {
  each_mains(family, [](const MainsRow& mains) { return mains.view.brown_outs; });
}

void write_brown_out(const JudgeFamily& family) {
  each_mains(family, [](const MainsRow& mains) { return std::uint64_t{mains.view.is_brown_out}; });
}

void write_exhaustion(const JudgeFamily& family) {
  each_mains(family, [](const MainsRow& mains) {
    return std::uint64_t{mains.view.is_exhaustion_foreseen};
  });
}

void write_sensor_words(const JudgeFamily& family) {
  for (const MainsRow& mains : family.views.mains) {
    for (const auto& [sensor, word] : mains.view.words) {
      std::string labels = labels_of(family, mains);
      append_label(labels, "sensor", sensor);
      write_state_set(family, labels, "word", words, static_cast<std::size_t>(word));
    }
  }
}

void write_canaries(const JudgeFamily& family) {
  for (const MainsRow& mains : family.views.mains) {
    const std::string labels = labels_of(family, mains);
    family.lines.sample(family.metric, labels, ",state=\"up\"",
                        std::uint64_t{mains.view.canaries_up});
    family.lines.sample(family.metric, labels, ",state=\"lost\"",
                        std::uint64_t{mains.view.canaries_lost});
  }
}

void write_ups_reason(const JudgeFamily& family) {
  for (const UpsRow& ups : family.views.upses) {
    const bool is_good = ups.view.reason == Reason::none;
    const auto found = std::ranges::find(reasons, word_of(ups.view.reason));
    write_state_set(family, labels_of(family, ups), "reason", reasons,
                    is_good ? reasons.size() : static_cast<std::size_t>(found - reasons.begin()));
  }
}

void write_ups_age(const JudgeFamily& family) {
  each_ups(family, [](const UpsRow& ups) -> std::optional<double> {
    if (!ups.age) return std::nullopt;
    return seconds(*ups.age);
  });
}

void write_ups_word(const JudgeFamily& family) {
  for (const UpsRow& ups : family.views.upses)
    write_state_set(family, labels_of(family, ups), "word", words,
                    static_cast<std::size_t>(ups.view.last_word));
}

void write_battery_low(const JudgeFamily& family) {
  each_ups(family, [](const UpsRow& ups) { return once_read(ups, ups.view.is_battery_low); });
}

void write_replacement(const JudgeFamily& family) {
  each_ups(family, [](const UpsRow& ups) { return once_read(ups, ups.view.needs_battery); });
}

void write_runtime(const JudgeFamily& family) {
  each_ups(family, [](const UpsRow& ups) -> std::optional<double> {
    if (!ups.view.runtime) return std::nullopt;
    return seconds(*ups.view.runtime);
  });
}

}  // namespace siaga
