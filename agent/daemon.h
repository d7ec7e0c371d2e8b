// The composition root: everything the running agent consists of, in order of dependency, so that
// destruction is shutdown. Wires the stages of the arrow to each other; decides nothing itself.
#pragma once

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/clock/shutdown.h"
#include "agent/config/load.h"
#include "agent/core/language.h"
#include "agent/core/result.h"
#include "agent/link_watch.h"
#include "agent/loop/descriptor.h"
#include "agent/loop/signals.h"
#include "agent/loop/timer.h"
#include "agent/maintenance_desk.h"
#include "agent/net/network.h"
#include "agent/pipeline.h"
#include "agent/power_watch.h"
#include "agent/recorder.h"
#include "agent/schedule/scheduler.h"
#include "agent/service/supervision.h"
#include "agent/watch_list.h"
#include "exporters/agent_metrics.h"
#include "exporters/endpoint/site.h"
#include "exporters/endpoint/web_endpoint.h"
#include "exporters/exposition.h"

namespace siaga {

// What the process was started with, beside its configuration.
struct DaemonSettings {
  HostPaths host;
  Language language = Language::english;  // of the line that `systemctl status` shows
  // That listen already, from the service manager: they are served in place of [web] listen.
  std::vector<Descriptor> sockets;
};

class Daemon {
 public:
  // Loads the configuration anew, for reloads.
  using Reload = std::function<std::expected<Config, Complaints>()>;

  // Opens the journal, listens and schedules; probes start when run() runs. Error: an address or a
  // socket that cannot be listened on; a journal that cannot be used is no error.
  static Result<std::unique_ptr<Daemon>> create(Loop& loop, const Clock& clock, Config config,
                                                Reload reload, DaemonSettings around = {});
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // Until SIGTERM or SIGINT.
  void run();
  // The addresses that are listened on, with the ports that the system chose for port 0.
  std::vector<std::string> addresses() const;

 private:
  Daemon(Loop& loop, const Clock& clock, Config config, Reload reload, DaemonSettings around);

  // Opens what is new; what is no longer wanted closes on a later turn, because a request to reload
  // may be under way on it.
  Result<void> listen(const std::vector<std::string>& addresses);
  Result<void> adopt(std::vector<Descriptor> sockets);
  void say_status();
  void log_journal();
  ReloadAnswer reload();
  Result<void> apply(Config config);
  void forget_configured_targets();
  void open_control();
  void apply_maintenance();
  void second();
  void turn();
  void hear(TargetId id, const Outcome& outcome, const RunTime& run);
  void look_again(TargetId id);
  void stop();
  void record(std::vector<Record> records);
  WebHandlers web_handlers();
  ControlHandlers control_handlers();
  std::expected<ControlHandlers::Declared, std::string> declare(Window window);
  std::expected<ControlHandlers::Declared, std::string> cancel(std::uint64_t id);
  AgentTotals totals() const;
  Readiness readiness() const;

  Loop& loop_;
  const Clock& clock_;
  Reload load_;
  Config config_;  // its targets are in `watched_`, as digests
  Zone zone_;
  const std::string power_supplies_;
  const Language language_;
  Recorder recorder_;
  MaintenanceDesk maintenance_;
  AgentMetrics metrics_;
  Expositions expositions_;
  Network network_;
  Engine engine_;
  Pipeline pipeline_;
  Scheduler scheduler_;
  WatchList watched_;
  PowerWatch power_;
  LinkWatch links_;
  Site site_;
  Site control_site_;
  std::map<std::string, std::unique_ptr<WebEndpoint>> endpoints_;  // by configured address
  std::unique_ptr<WebEndpoint> control_;
  std::unique_ptr<Soon> closing_;
  std::string reload_error_;  // of the last reload, one line; empty when it was good
  std::string control_trouble_;
  std::string logged_trouble_, logged_set_aside_, logged_damage_;  // of the journal
  bool has_sockets_ = false;  // of the service manager: [web] listen is not bound
  bool is_urgent_ = false;    // what was said in this turn must be on disk at once
  Supervision supervision_;
  Instant next_status_{};
  EachTurn each_turn_;
  Timer seconds_;
  std::unique_ptr<ShutdownInquiry> inquiry_;
  std::vector<std::unique_ptr<Signal>> signals_;
};

}  // namespace siaga
