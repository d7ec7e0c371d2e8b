#include "exporters/endpoint/site.h"

#include <algorithm>
#include <array>

#include "exporters/endpoint/gzip.h"
#include "exporters/endpoint/negotiation.h"
#include "exporters/endpoint/pages.h"
#include "exporters/endpoint/runbooks.h"

namespace siaga {
namespace {

constexpr std::string_view runbook_folder = "/runbooks/";
constexpr std::string_view html_type = "text/html; charset=utf-8";

struct Route {
  std::string_view path;   // one that ends with '/' is of all pages below it too
  std::string_view allow;  // as the Allow header wants it
  Answer (Site::*answer)(const WebRequest&);
};

constexpr std::string_view reading = "GET, HEAD";
constexpr std::array<Route, 4> control_routes{{
    {"/api/v1/flush", "POST", &Site::flush},
    {"/api/v1/journal", reading, &Site::journal},
    {"/api/v1/maintenance", "GET, POST", &Site::windows},
    {"/api/v1/maintenance/cancel", "POST", &Site::cancel_window},
}};
constexpr std::array<Route, 8> routes{{
    {"/metrics", reading, &Site::metrics},
    {"/-/healthy", reading, &Site::healthy},
    {"/-/ready", reading, &Site::ready},
    {"/-/reload", "POST, PUT", &Site::reload},
    {"/api/v1/status", reading, &Site::status},
    {"/", reading, &Site::landing},
    {"/runbooks", reading, &Site::runbook},
    {runbook_folder, reading, &Site::runbook},
}};

bool allows(std::string_view list, std::string_view method) {
  while (!list.empty()) {
    const std::size_t comma = list.find(", ");
    if (list.substr(0, comma) == method) return true;
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 2);
  }
  return false;
}

Answer plain_text(unsigned status, std::string body) {
  if (!body.ends_with('\n')) body += '\n';
  return {.status = status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"},
                      {"X-Content-Type-Options", "nosniff"}},
          .body = std::move(body),
          .stream = nullptr};
}

Answer streamed(std::string type, std::unique_ptr<TextStream> stream) {
  return {.status = 200,
          .headers = {{"Content-Type", std::move(type)},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}},
          .body = {},
          .stream = std::move(stream)};
}

bool is_of(const Route& route, std::string_view path) {
  if (route.path == path) return true;
  return route.path.size() > 1 && route.path.ends_with('/') && path.starts_with(route.path);
}

const Route* find_route(std::string_view path, bool is_control) {
  const auto* const common =
      std::ranges::find_if(routes, [&](const Route& route) { return is_of(route, path); });
  if (common != routes.end()) return common;
  const auto* const control = std::ranges::find(control_routes, path, &Route::path);
  return is_control && control != control_routes.end() ? control : nullptr;
}

// Our own pages hold no script, load nothing and stand in nobody's frame.
void describe_page(Answer& answer, Language language) {
  answer.headers.emplace_back("Content-Language", language == Language::indonesian ? "id" : "en");
  answer.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
      "frame-ancestors 'none'");
}

// The query's word (`lang=id`) before the browser's.
Language language_for(const WebRequest& request) {
  for (const auto& [key, value] : request.query)
    if (key == "lang")
      if (const auto wanted = parse_language(value)) return *wanted;
  return negotiate_language(request.accept_language);
}

Answer json_text(unsigned status, std::string body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
          .body = std::move(body),
          .stream = nullptr};
}

Answer declared(const std::expected<ControlHandlers::Declared, std::string>& answer) {
  if (!answer) return plain_text(400, answer.error());
  return json_text(202, json_of(*answer));
}

void compress(Answer& answer, const WebRequest& request) {
  answer.headers.emplace_back("Vary", "Accept, Accept-Encoding, Accept-Language");
  if (request.method == "HEAD" || !accepts_gzip(request.accept_encoding)) return;
  // gzipped() takes the stream in any case; without memory there is no answer to give.
  answer.stream = gzipped(std::move(answer.stream));
  if (answer.stream) answer.headers.emplace_back("Content-Encoding", "gzip");
  else answer = plain_text(503, "No memory to compress the answer.");
}

}  // namespace

Site::Site(WebHandlers handlers, Expositions& expositions, AgentMetrics& metrics,
           std::size_t scrapes_at_once)
    : handlers_(std::move(handlers)),
      expositions_(expositions),
      metrics_(metrics),
      scrapes_at_once_(scrapes_at_once) {}

Answer Site::answer(const WebRequest& request) {
  const Route* const route = find_route(request.path, handlers_.control.has_value());
  if (route == nullptr)
    return plain_text(404, "There is no such page. Try /metrics, /-/ready or /.");
  if (!allows(route->allow, request.method)) {
    Answer refused = plain_text(405, "This page takes only: " + std::string(route->allow) + ".");
    refused.headers.emplace_back("Allow", route->allow);
    return refused;
  }
  return (this->*route->answer)(request);
}

Answer Site::metrics(const WebRequest& request) {
  if (scrapes_ >= scrapes_at_once_) {
    metrics_.count_scrape(ScrapeEnd::refused, {});
    Answer refused = plain_text(503, "Too many scrapes at once; try again in a second.");
    refused.headers.emplace_back("Retry-After", "1");
    return refused;
  }
  const MetricsType type = negotiate_metrics(request.accept);
  metrics_.set_totals(handlers_.totals());
  std::string few = metrics_.text(expositions_.office().id, type.format);
  if (handlers_.judged)
    few += lines_text([&](LineWriter& lines) {
      write_judge_families(lines, expositions_.office(), handlers_.judged(), type.format);
    });
  Answer answer =
      streamed(content_type(type), expositions_.make(handlers_.snapshot(), few, type.format));
  compress(answer, request);
  answer.is_scrape = request.method == "GET" && answer.stream;
  if (answer.is_scrape) ++scrapes_;
  return answer;
}

void Site::end_scrape(ScrapeEnd end, Duration spent) {
  --scrapes_;
  metrics_.count_scrape(end, spent);
}

Answer Site::healthy(const WebRequest&) { return plain_text(200, "Siaga is healthy."); }

Answer Site::ready(const WebRequest&) {
  const Readiness readiness = handlers_.ready();
  std::string text = readiness.is_ready ? "Siaga is ready.\n" : "Siaga is not ready.\n";
  for (const std::string& line : readiness.lines) text += line + "\n";
  return plain_text(readiness.is_ready ? 200 : 503, std::move(text));
}

Answer Site::reload(const WebRequest& request) {
  // A page of another site must not make a visitor's browser do this (Fetch Metadata).
  if (request.fetch_site == "cross-site")
    return plain_text(403, "Another site's page asked for this.");
  const ReloadAnswer reload = handlers_.reload();
  switch (reload.end) {
    case ReloadAnswer::End::done:
      return plain_text(200, reload.text.empty() ? "Configuration reloaded." : reload.text);
    case ReloadAnswer::End::refused: return plain_text(400, reload.text);
    case ReloadAnswer::End::failed: break;
  }
  return plain_text(500, reload.text);
}

Answer Site::status(const WebRequest& request) {
  Answer answer =
      streamed("application/json", status_json(handlers_.snapshot(), expositions_.office()));
  compress(answer, request);
  return answer;
}

Answer Site::flush(const WebRequest&) {
  JournalView view = handlers_.control->journal();
  view.ticket = handlers_.control->flush();
  return json_text(202, json_of(view));
}

Answer Site::journal(const WebRequest&) {
  return json_text(200, json_of(handlers_.control->journal()));
}

Answer Site::windows(const WebRequest& request) {
  if (request.method == "GET") return json_text(200, json_of(handlers_.control->windows()));
  auto window = window_of(request.query);
  if (!window) return plain_text(400, window.error());
  return declared(handlers_.control->declare(std::move(*window)));
}

Answer Site::cancel_window(const WebRequest& request) {
  const auto id = window_id_of(request.query);
  if (!id) return plain_text(400, id.error());
  return declared(handlers_.control->cancel(*id));
}

Answer Site::landing(const WebRequest& request) {
  const Language language = language_for(request);
  Answer answer = streamed(std::string(html_type),
                           landing_page(handlers_.snapshot(), expositions_.office(), language));
  describe_page(answer, language);
  compress(answer, request);
  return answer;
}

Answer Site::runbook(const WebRequest& request) {
  if (!request.path.starts_with(runbook_folder)) {
    Answer moved = plain_text(308, "The runbooks are at /runbooks/.");
    moved.headers.emplace_back("Location", runbook_folder);
    return moved;
  }
  const Language language = language_for(request);
  const std::string_view alert = request.path.substr(runbook_folder.size());
  std::optional<std::string> page =
      alert.empty() ? runbook_index(language) : runbook_page(alert, language);
  if (!page) return plain_text(404, "There is no such runbook. All of them: /runbooks/");
  Answer answer = plain_text(200, std::move(*page));
  answer.headers.front().second = html_type;
  answer.headers.emplace_back("Vary", "Accept-Language");
  describe_page(answer, language);
  return answer;
}

}  // namespace siaga
