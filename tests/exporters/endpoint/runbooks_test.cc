// The runbooks under /runbooks/: both languages, the index, and what is asked for in vain.
#include "exporters/endpoint/runbooks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "exporters/endpoint/site.h"
#include "tests/exporters/world.h"

namespace siaga {
namespace {

class RunbooksTest : public ::testing::Test {
 protected:
  Answer get(std::string_view path, Query query = {}, std::string_view accept_language = {}) {
    return site.answer({.method = "GET",
                        .path = path,
                        .accept = {},
                        .accept_encoding = {},
                        .accept_language = accept_language,
                        .fetch_site = {},
                        .query = std::move(query)});
  }
  static std::string header(const Answer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.headers)
      if (key == name) return value;
    return {};
  }

  Expositions expositions{world::office()};
  std::array<std::string_view, 1> kinds{"http"};
  AgentMetrics metrics{kinds, kinds};
  Site site{{.snapshot = [] { return world::snapshot({}); },
             .totals = [] { return AgentTotals{}; },
             .judged = {},
             .ready = [] { return Readiness{}; },
             .reload = [] { return ReloadAnswer{}; },
             .control = {}},
            expositions,
            metrics};
};

TEST_F(RunbooksTest, EachFileIsAPageInItsLanguageAndStandsInTheIndex) {
  const std::filesystem::path folder = std::string(SIAGA_SOURCE_DIR) + "/dashboards/runbooks";
  int pages = 0;
  for (const auto& [code, language] :
       {std::pair{"en", Language::english}, std::pair{"id", Language::indonesian}}) {
    for (const auto& file : std::filesystem::directory_iterator(folder / code)) {
      const std::string alert = file.path().stem();
      const auto page = runbook_page(alert, language);

      ASSERT_TRUE(page) << alert;
      EXPECT_NE(page->find("<h2>"), std::string::npos) << alert;
      EXPECT_NE(page->find(std::string("<html lang=\"") + code + '"'), std::string::npos) << alert;
      EXPECT_NE(runbook_index(language).find("/runbooks/" + alert + "?lang=" + code),
                std::string::npos)
          << alert;
      ++pages;
    }
  }
  EXPECT_GT(pages, 0);
  EXPECT_EQ(pages % 2, 0) << "one is there in one language only";
}

TEST_F(RunbooksTest, TheLinkDecidesTheLanguageBeforeTheBrowser) {
  const Answer asked = get("/runbooks/SiagaLinkDown", {{"lang", "en"}}, "id");
  const Answer browsed = get("/runbooks/SiagaLinkDown", {}, "id-ID,id;q=0.9");

  EXPECT_EQ(asked.status, 200U);
  EXPECT_EQ(header(asked, "Content-Language"), "en");
  EXPECT_EQ(header(asked, "Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(header(browsed, "Content-Language"), "id");
  EXPECT_NE(asked.body, browsed.body);
}

TEST_F(RunbooksTest, TheFolderIsTheIndexAndItsShortNameLeadsThere) {
  EXPECT_EQ(get("/runbooks/").status, 200U);
  EXPECT_EQ(get("/runbooks").status, 308U);
  EXPECT_EQ(header(get("/runbooks"), "Location"), "/runbooks/");
}

TEST_F(RunbooksTest, AnUnknownAlertIsNotFoundAndNotRepeated) {
  for (const std::string_view path :
       {"/runbooks/<script>", "/runbooks/../siaga.toml", "/runbooks/SiagaLinkDown/", "/runbooksX",
        "/runbooks/siagalinkdown"}) {
    const Answer answer = get(path);

    EXPECT_EQ(answer.status, 404U) << path;
    EXPECT_EQ(answer.body.find("script"), std::string::npos);
    EXPECT_EQ(header(answer, "Content-Type"), "text/plain; charset=utf-8");
  }
}

}  // namespace
}  // namespace siaga
