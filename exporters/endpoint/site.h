// The endpoint's paths and what each answers: a request in, an answer out. Knows HTTP's words but
// no socket; the door to the sockets is web_endpoint.cc.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/limits.h"
#include "agent/engine/snapshot.h"
#include "exporters/agent_metrics.h"
#include "exporters/endpoint/control.h"
#include "exporters/exposition.h"
#include "exporters/judge_families.h"
#include "exporters/text_stream.h"

namespace siaga {

struct Readiness {
  bool is_ready = true;
  std::vector<std::string> lines;  // what cannot be done, or is degraded: one sentence each
};

struct ReloadAnswer {
  enum class End { done, refused, failed };  // refused: the configuration is wrong
  End end = End::done;
  std::string text;  // what changed, or all complaints
};

// Where answers come from. None of these may destroy the endpoint before it has returned to the
// loop: a reload that changes where to listen opens the new endpoint on a later turn (Soon).
struct WebHandlers {
  std::function<std::shared_ptr<const Snapshot>()> snapshot;  // never null
  std::function<AgentTotals()> totals;
  std::function<JudgeViews()> judged;  // not set: there are none
  std::function<Readiness()> ready;
  std::function<ReloadAnswer()> reload;
  std::optional<ControlHandlers> control;  // set for the control socket only
};

struct WebRequest {
  std::string_view method, path;
  std::string_view accept, accept_encoding, accept_language, fetch_site;
  Query query;
};

struct Answer {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;                    // when `stream` is null
  std::unique_ptr<TextStream> stream;  // its length is not known before its end
  bool is_scrape = false;              // takes one of the places of Site::scrapes_at_once
};

class Site {
 public:
  // `expositions` and `metrics` must outlive it.
  Site(WebHandlers handlers, Expositions& expositions, AgentMetrics& metrics,
       std::size_t scrapes_at_once = limits::scrapes_at_once);

  // Whoever gets an answer that is a scrape reports its end.
  Answer answer(const WebRequest& request);
  void end_scrape(ScrapeEnd end, Duration spent);
  std::size_t scrapes() const { return scrapes_; }

  Answer metrics(const WebRequest& request);
  Answer healthy(const WebRequest& request);
  Answer ready(const WebRequest& request);
  Answer reload(const WebRequest& request);
  Answer status(const WebRequest& request);
  Answer landing(const WebRequest& request);
  Answer runbook(const WebRequest& request);
  Answer flush(const WebRequest& request);
  Answer journal(const WebRequest& request);
  Answer windows(const WebRequest& request);
  Answer cancel_window(const WebRequest& request);

 private:
  const WebHandlers handlers_;
  Expositions& expositions_;
  AgentMetrics& metrics_;
  const std::size_t scrapes_at_once_;
  std::size_t scrapes_ = 0;
};

}  // namespace siaga
