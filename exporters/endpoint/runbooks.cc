#include "exporters/endpoint/runbooks.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "agent/core/html.h"

namespace siaga {
namespace {

struct Runbook {
  std::string_view alert, language;  // "en", "id"
  std::string_view title;
  std::string_view html;  // of the text below the page's own head; made by cmark, without raw HTML
};

#include "exporters/endpoint/runbooks.inc"

constexpr Text word_all_alerts{"Runbooks", "Panduan penanganan"};
constexpr Text introduction{"What each alert means, and what to do about it.",
                            "Arti setiap peringatan, dan apa yang harus dilakukan."};
constexpr Text word_all{"All runbooks", "Semua panduan"};

constexpr std::string_view code(Language language) {
  return language == Language::indonesian ? "id" : "en";
}

// `more`: below the head, with the way to the other language.
std::string page(std::string_view title, std::string_view path, std::string_view more,
                 Language language) {
  constexpr std::string_view pattern =
      "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>{} - Siaga</title>"
      "<style>body{{font-family:sans-serif;line-height:1.5;max-width:46em;margin:2em auto;"
      "padding:0 1em}}pre,code{{background:#f2f2f2}}pre{{padding:.7em;overflow-x:auto}}"
      "nav{{color:#555}}</style></head><body><nav>{}</nav>\n{}</body></html>\n";
  const bool is_indonesian = language == Language::indonesian;
  const std::string ways = fmt::format(
      "<a href=\"/\">Siaga</a> &middot; <a href=\"/runbooks/?lang={}\">{}</a> &middot; "
      "<a href=\"/runbooks/{}?lang={}\">{}</a>",
      code(language), word_all.in(language), path, is_indonesian ? "en" : "id",
      is_indonesian ? "English" : "Bahasa Indonesia");
  return fmt::format(pattern, code(language), html_escaped(title), ways, more);
}

}  // namespace

std::string runbook_index(Language language) {
  std::string list = fmt::format("<h1>{}</h1><p>{}</p><ul>\n", word_all_alerts.in(language),
                                 introduction.in(language));
  for (const Runbook& runbook : runbooks)
    if (runbook.language == code(language))
      list +=
          fmt::format("<li><a href=\"/runbooks/{0}?lang={1}\">{2}</a> <small>{0}</small></li>\n",
                      runbook.alert, runbook.language, html_escaped(runbook.title));
  return page(word_all_alerts.in(language), "", list + "</ul>", language);
}

std::optional<std::string> runbook_page(std::string_view alert, Language language) {
  const auto* const found = std::ranges::find_if(runbooks, [&](const Runbook& runbook) {
    return runbook.alert == alert && runbook.language == code(language);
  });
  if (found == runbooks.end()) return std::nullopt;
  return page(found->title, found->alert, found->html, language);
}

}  // namespace siaga
