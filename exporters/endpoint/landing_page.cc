// The landing page: what a person sees who opens the agent's address. All text from outside is
// escaped; there is no script and nothing to fill in.
#include <array>
#include <ctime>

#include "agent/core/html.h"
#include "agent/engine/state_words.h"
#include "exporters/endpoint/pages.h"
#include "exporters/endpoint/target_stream.h"

namespace siaga {
namespace {

// Text with markup from literals only.
class Html {
 public:
  template <std::size_t size>
  Html& markup(const char (&literal)[size]) {
    text_.append(literal, size - 1);
    return *this;
  }
  Html& text(std::string_view words) {
    text_ += html_escaped(words);
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

constexpr Text word_target{"Target", "Sasaran"};
constexpr Text word_kind{"Kind", "Jenis"};
constexpr Text word_state{"State", "Keadaan"};
constexpr Text word_since{"Since (UTC)", "Sejak (UTC)"};
constexpr Text word_reason{"Reason", "Alasan"};
constexpr Text word_metrics{"Metrics", "Metrik"};
constexpr Text word_status{"Status as JSON", "Status sebagai JSON"};
constexpr Text word_ready{"Readiness", "Kesiapan"};
constexpr Text word_runbooks{"What to do about an alert",
                             "Apa yang harus dilakukan bila ada peringatan"};
constexpr Text word_healthy{"Health", "Kesehatan"};
constexpr Text tagline{"Watches websites and links, and remembers every outage.",
                       "Memantau situs web dan jaringan, dan mencatat setiap gangguan."};

std::string utc(WallTime time) {
  const std::time_t whole =
      std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  std::tm parts{};
  gmtime_r(&whole, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts)};
}

std::string opening(const OfficeLabels& office, Language language) {
  Html page;
  page.markup("<!DOCTYPE html>\n<html lang=\"")
      .text(language == Language::indonesian ? "id" : "en");
  page.markup(
      "\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>Siaga ");
  page.text(office.id);
  page.markup(
      "</title><style>body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}"
      "td,th{text-align:left;padding:.2em .8em;border-bottom:1px solid #ddd}"
      ".down{color:#b00020;font-weight:bold}.unknown{color:#8a5a00}</style></"
      "head><body><h1>Siaga ");
  page.text(SIAGA_VERSION).markup("</h1><p>").text(tagline.in(language)).markup("</p><p>");
  page.text(office.name.empty() ? office.id : office.name);
  if (!office.city.empty()) page.text(", ").text(office.city);
  page.markup("</p><ul><li><a href=\"/metrics\">").text(word_metrics.in(language));
  page.markup("</a></li><li><a href=\"/api/v1/status\">").text(word_status.in(language));
  page.markup("</a></li><li><a href=\"/-/ready\">").text(word_ready.in(language));
  page.markup("</a></li><li><a href=\"/-/healthy\">").text(word_healthy.in(language));
  page.markup("</a></li><li><a href=\"/runbooks/\">").text(word_runbooks.in(language));
  page.markup("</a></li></ul><table><thead><tr><th>").text(word_target.in(language));
  page.markup("</th><th>").text(word_kind.in(language));
  page.markup("</th><th>").text(word_state.in(language));
  page.markup("</th><th>").text(word_since.in(language));
  page.markup("</th><th>").text(word_reason.in(language));
  return page.markup("</th></tr></thead><tbody>\n").take();
}

std::string landing_row(const TargetStatus& status, const Dating& dating, Language language) {
  Html row;
  row.markup("<tr><td>").text(status.info->name).markup("</td><td>").text(status.info->kind);
  row.markup("</td><td class=\"").text(name(status.state)).markup("\">");
  const bool is_mains = status.info->role == NodeRole::mains;
  row.text(word(status.state, is_mains).in(language));
  row.markup("</td><td>").text(utc(dating.date(status.since))).markup("</td><td>");
  if (status.state == State::down) row.text(name(status.cause)).markup(" ");
  row.text(name(status.state_reason));
  if (!status.explained_by.empty()) row.markup(" &larr; ").text(status.explained_by);
  if (!status.state_detail.empty()) row.markup(": ").text(status.state_detail);
  return row.markup("</td></tr>\n").take();
}

}  // namespace

std::unique_ptr<TextStream> landing_page(std::shared_ptr<const Snapshot> snapshot,
                                         const OfficeLabels& office, Language language) {
  std::string begin = opening(office, language);
  for (const auto& root : snapshot->roots) begin += landing_row(*root, snapshot->dating, language);
  return std::make_unique<TargetStream>(
      std::move(snapshot), std::move(begin),
      [language](const TargetStatus& status, const Dating& dating, bool) {
        return landing_row(status, dating, language);
      },
      "</tbody></table></body></html>\n");
}

}  // namespace siaga
