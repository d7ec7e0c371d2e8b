// journal_year [targets=10000] [days=365] [outages=5] [path=journal.db]: writes a year of history
// the way an agent does, then measures what a start and a month's report cost. Prints NAME=VALUE.
#include <filesystem>

#include "agent/journal/past.h"
#include "agent/journal/store.h"
#include "tests/bench/tools/common.h"

namespace siaga::bench {
namespace {

constexpr WallTime began{std::chrono::seconds(1'735'689'600)};  // 2025-01-01 00:00 UTC
constexpr auto day_length = std::chrono::hours(24);

struct Shape {
  NodeNumber targets;
  int days;
  int outages;
};

Stamp at(Millis since) { return {1, BootTime(since)}; }

class Year {
 public:
  Year(Store& store, Shape shape) : store_(store), shape_(shape), states_(shape.targets) {}

  void write() {
    std::vector<Record> records{
        BootEra{.number = 1, .boot_id = "one", .began = began, .is_trusted = true}};
    for (NodeNumber number = 1; number <= shape_.targets; ++number) {
      records.emplace_back(Node{.number = number,
                                .name = "service-" + std::to_string(number) + ".office.example",
                                .kind = "http",
                                .added = at(0ms)});
      NodeState& state = states_[number - 1];
      state = {.node = number, .booked_until = at(0ms), .stretch_from = at(0ms)};
      state.pieces = {{.from = at(0ms), .share = Share::up()}};
    }
    append(std::move(records));
    for (int day = 0; day < shape_.days; ++day) write_day(day);
  }

 private:
  void append(std::vector<Record> records) {
    if (const auto done = store_.append(records); !done) die(describe(done.error()).c_str());
  }

  // Each target has its outages on days of its own, spread over the year.
  void write_day(int day) {
    std::vector<Record> records;
    const int period = std::max(1, shape_.days / std::max(1, shape_.outages));
    for (NodeState& state : states_) {
      if (shape_.outages == 0 || (day + static_cast<int>(state.node)) % period != 0) continue;
      write_outage(records, state, day * day_length + std::chrono::seconds(state.node % 80'000));
    }
    append(std::move(records));
    const WallTime now = began + (day + 1) * day_length + std::chrono::hours(7);
    if (const auto kept = store_.keep_house({}, Zone::utc(), now); !kept)
      die(describe(kept.error()).c_str());
  }

  void write_outage(std::vector<Record>& records, NodeState& state, Millis begin) {
    const Stamp bad = at(begin), good = at(begin + 10min);
    const OutageId id = ++last_outage_;
    const Share down = Share::down(Cause::host);
    records.emplace_back(
        Stretch{.node = state.node, .from = state.stretch_from, .to = bad, .share = Share::up()});
    records.emplace_back(
        Stretch{.node = state.node, .from = bad, .to = good, .share = down, .outage = id});
    Outage outage{.id = id,
                  .node = state.node,
                  .last_good = at(begin - 30s),
                  .first_bad = bad,
                  .last_bad = at(begin + 570s),
                  .ended = good,
                  .end = OutageEnd::recovered};
    outage.pieces = {{.from = bad, .cause = Cause::host, .reason = Reason::ping_no_reply}};
    outage.detail = "no echo reply came within 5 s";
    outage.is_settled = true;
    records.emplace_back(outage);
    records.emplace_back(StateChange{.node = state.node,
                                     .at = bad,
                                     .from = State::up,
                                     .to = State::down,
                                     .cause = Cause::host,
                                     .reason = Reason::ping_no_reply,
                                     .detail = outage.detail});
    records.emplace_back(
        StateChange{.node = state.node, .at = good, .from = State::down, .to = State::up});
    state.totals.add(Share::up(), bad.at - state.stretch_from.at);
    state.totals.add(down, 10min);
    state.booked_until = state.stretch_from = state.last_good = good;
    state.pieces = {{.from = good, .share = Share::up()}};
    ++state.outages.at(static_cast<std::size_t>(Cause::host));
    records.emplace_back(state);
  }

  Store& store_;
  const Shape shape_;
  std::vector<NodeState> states_;
  OutageId last_outage_ = 0;
};

std::unique_ptr<Store> open(const std::string& path) {
  auto opened = Store::open({path, Store::Access::write, {}});
  if (!opened) die(describe(opened.error().second).c_str());
  return std::move(*opened);
}

template <typename Work>
double seconds_of(Work work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::size_t read(const std::string& path, WallTime since, WallTime until) {
  const auto past = read_past(path, path + ".heartbeat", since, until);
  if (!past) die(describe(past.error()).c_str());
  return past->stretches.size() + past->days.size();
}

void run(const std::string& path, Shape shape) {
  const double write_s = seconds_of([&] { Year(*open(path), shape).write(); });
  const auto bytes = static_cast<double>(std::filesystem::file_size(path));
  std::size_t nodes = 0;
  const double replay_s = seconds_of([&] { nodes = open(path)->replay()->nodes.size(); });
  const WallTime end = began + shape.days * day_length;
  std::size_t rows = 0;
  const double month_s = seconds_of([&] { rows = read(path, end - 31 * day_length, end); });
  // The same month when only its days are left.
  const auto store = open(path);
  for (int day = 0; day <= shape.days; day += 30) {
    const auto kept = store->keep_house({.age = std::chrono::hours(24)}, Zone::utc(),
                                        end + std::chrono::hours(72));
    if (!kept) die(describe(kept.error()).c_str());
  }
  std::size_t day_rows = 0;
  const double days_s = seconds_of([&] { day_rows = read(path, end - 31 * day_length, end); });
  std::printf(
      "nodes=%zu write_s=%.1f file_mb=%.1f replay_s=%.2f month_s=%.2f month_rows=%zu "
      "month_of_days_s=%.2f month_of_days_rows=%zu\n",
      nodes, write_s, bytes / 1e6, replay_s, month_s, rows, days_s, day_rows);
}

}  // namespace
}  // namespace siaga::bench

int main(int argc, char** argv) {
  const siaga::bench::Options options(argc, argv);
  const std::string path = options.text("path", "journal.db");
  for (const char* const ending : {"", "-wal", "-shm"}) std::filesystem::remove(path + ending);
  siaga::bench::run(path,
                    {.targets = static_cast<siaga::NodeNumber>(options.number("targets", 10'000)),
                     .days = static_cast<int>(options.number("days", 365)),
                     .outages = static_cast<int>(options.number("outages", 5))});
}
