// The forms of a report: keys, quoting, and pages that no name can break.
#include "agent/report/formats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "agent/report/sentences.h"
#include "tests/agent/report/made_past.h"

namespace siaga::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string script = "<script>alert(\"x\")</script>";
const std::string quoted_name = "a,\"b\"\r\nc";
const std::string long_name = [] {
  std::string name;
  while (name.size() < 126) name += "é";
  return name + "ab";
}();

Past eventful() {
  MadePast made = month();
  made.boot(2, november() + 500h, false);
  NodeNumber number = 1;
  made.node(number, "pln", in_november(0h), NodeRole::mains)
      .stretch(number, in_november(0h), in_november(9h), Share::up())
      .stretch(number, in_november(9h), in_november(11h + 14min), Share::down(Cause::power), 1)
      .stretch(number, in_november(11h + 14min), in_november(400h), Share::up())
      .outage(1, number, in_november(9h), in_november(11h + 14min), Cause::power);
  for (const std::string& name : {script, quoted_name, long_name, std::string("=1+1")}) {
    ++number;
    made.node(number, name, in_november(0h))
        .stretch(number, in_november(0h), in_november(9h), Share::up())
        .stretch(number, in_november(9h), in_november(11h), Share::down(Cause::power), number)
        .stretch(number, in_november(11h), in_november(30h), Share::unknown(Blind::via_down))
        .stretch(number, in_november(30h), in_november(40h), Share::maintenance())
        .stretch(number, in_november(40h), in_november(400h), Share::up())
        .outage(number, number, in_november(9h), in_november(11h), Cause::power, 1);
    made.past.outages.back().detail = "body: <img src=x onerror=alert(1)>\x01\xff";
    made.past.recoveries.push_back({.node = number,
                                    .root = 1,
                                    .after = Cause::power,
                                    .returned = in_november(11h),
                                    .is_overdue = true});
  }
  made.past.darks.push_back({.id = 1,
                             .from = in_november(400h),
                             .to = stamp(2, 10s),
                             .dark_class = DarkClass::power_suspected,
                             .evidence = "<b>"});
  return made.past;
}

Report eventful_report() {
  ReportQuery query = november_query();
  query.office_name = "Dinas <Kominfo> & \"Statistik\"";
  return make_report(eventful(), query);
}

// The tags of a page: every one that opens closes in its turn. The first fault; empty: none.
std::string fault_of(std::string_view page) {
  std::vector<std::string> open;
  for (std::size_t at = page.find('<'); at != page.npos; at = page.find('<', at + 1)) {
    const auto end = page.find('>', at);
    if (end == page.npos) return "a tag does not end";
    const std::string_view tag = page.substr(at + 1, end - at - 1);
    if (tag.find('<') != tag.npos) return "a < inside " + std::string(tag);
    if (std::ranges::count(tag, '"') % 2 != 0) return "quotes in " + std::string(tag);
    if (tag.starts_with('!') || tag.ends_with('/')) continue;
    const std::string name(tag.substr(tag.starts_with('/') ? 1 : 0,
                                      tag.find_first_of(" \n") - (tag.starts_with('/') ? 1 : 0)));
    if (!tag.starts_with('/')) {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return "</" + name + "> closes " + (open.empty() ? "nothing" : open.back());
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : "<" + open.back() + "> is not closed";
}

std::string tags_of(std::string_view page) {
  std::string tags;
  bool is_tag = false;
  for (const char letter : page) {
    is_tag = letter == '<' || (is_tag && letter != '>');
    if (is_tag) tags += letter;
  }
  return tags;
}

// RFC 4180: a line a vector.
std::vector<std::vector<std::string>> rows_of(std::string_view text) {
  std::vector<std::vector<std::string>> rows(1, std::vector<std::string>(1));
  bool is_quoted = false;
  for (std::size_t index = 0; index < text.size(); ++index) {
    std::string& cell = rows.back().back();
    const bool is_quote = text[index] == '"';
    if (is_quoted && is_quote && text.substr(index + 1).starts_with('"')) cell += text[index++];
    else if (is_quote) is_quoted = !is_quoted;
    else if (is_quoted) cell += text[index];
    else if (text[index] == ',') rows.back().emplace_back();
    else if (text.substr(index).starts_with("\r\n")) rows.emplace_back(1), ++index;
    else cell += text[index];
  }
  rows.pop_back();
  return rows;
}

TEST(ReportJson, HasSecondsAsNumbersAndDatesWithOffsets) {
  const json report = json::parse(report_as_json(eventful_report()));

  EXPECT_EQ(report["office"]["id"], "diskominfo");
  EXPECT_EQ(report["timezone"], "Asia/Makassar");
  EXPECT_EQ(report["since"], "2026-11-01T00:00:00.000+08:00");
  EXPECT_EQ(report["known_until"], "2026-11-17T16:00:00.000+08:00");
  const json& mains = report["targets"][0];
  EXPECT_EQ(mains["role"], "mains");
  EXPECT_EQ(mains["power_indices"]["saifi"], 1);
  EXPECT_EQ(mains["power_indices"]["saidi_seconds"], 8040);
  EXPECT_EQ(mains["power_indices"]["observed_seconds"], 400 * 3600);
  const json& target = report["targets"][1];
  EXPECT_EQ(target["target"], script);
  EXPECT_EQ(target["down_seconds_by_cause"]["power"], 7200);
  EXPECT_EQ(target["unknown_seconds_by_reason"]["via_down"], 19 * 3600);
  EXPECT_EQ(target["maintenance_seconds"], 36'000);
  EXPECT_EQ(target["availability"]["net_of_power"], 1.0);
  EXPECT_EQ(target["kpi"], "fail");
  EXPECT_EQ(target["outages"]["mttr_seconds"], 7200);
  EXPECT_EQ(target["days"].size(), 30U);
  EXPECT_EQ(target["days"][0]["day"], "2026-11-01");
  EXPECT_EQ(target["days"][0]["down_seconds"], 7200);
  EXPECT_EQ(report["dark_intervals"][0]["length_seconds"], nullptr);
  EXPECT_EQ(report["not_recovered"][0]["root"], "pln");
  EXPECT_EQ(report["not_recovered"][0]["recovered"], nullptr);
  const json& outage = report["outages"][1];
  EXPECT_EQ(outage["start_min"], "2026-11-01T08:59:30.000+08:00");
  EXPECT_EQ(outage["duration_seconds"], 7200);
  EXPECT_EQ(outage["explained_by"], "pln");
}

TEST(ReportJson, ListsOutagesAlone) {
  const Report report = eventful_report();

  const json list = json::parse(outages_as_json(std::span(report.outages).first(1), report));

  EXPECT_EQ(list["outages"].size(), 1U);
  EXPECT_EQ(list["outages"][0]["target"], "pln");
  EXPECT_EQ(list["outages"][0]["causes"][0]["cause"], "power");
}

TEST(ReportCsv, HasOneLinePerTargetWhateverItsName) {
  const auto rows = rows_of(report_as_csv(eventful_report()));

  ASSERT_EQ(rows.size(), 6U);
  for (const auto& row : rows) EXPECT_EQ(row.size(), rows[0].size());
  EXPECT_EQ(rows[0][1], "target");
  EXPECT_EQ(rows[2][1], script);
  EXPECT_EQ(rows[3][1], quoted_name);
  EXPECT_EQ(rows[4][1], long_name);
  EXPECT_EQ(rows[5][1], "'=1+1") << "a spreadsheet must not compute it";
  const auto column = [&](std::string_view name) {
    return static_cast<std::size_t>(std::ranges::find(rows[0], name) - rows[0].begin());
  };
  EXPECT_EQ(rows[2].at(column("down_power_seconds")), "7200.000");
  EXPECT_EQ(rows[2].at(column("saifi")), "");
  EXPECT_EQ(rows[1].at(column("saifi")), "1");
  EXPECT_EQ(rows[1].at(column("kpi")), "fail");
}

TEST(ReportPage, IsWellFormedAndLoadsNothing) {
  for (const Language language : {Language::english, Language::indonesian}) {
    const std::string page = report_as_html(eventful_report(), language);

    EXPECT_EQ(fault_of(page), "");
    EXPECT_THAT(page, Not(HasSubstr("<script")));
    EXPECT_THAT(page, Not(HasSubstr("<img")));
    for (const std::string_view loaded : {"http:", "https:", "//", "src=", "href=", "@import"})
      EXPECT_EQ(tags_of(page).find(loaded), page.npos) << loaded;
    EXPECT_EQ(page.find("://"), page.npos);
    EXPECT_THAT(page, HasSubstr("@media print"));
    EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;"));
    EXPECT_THAT(page, HasSubstr("Dinas &lt;Kominfo&gt; &amp; &quot;Statistik&quot;"));
    EXPECT_THAT(page, HasSubstr(long_name));
    EXPECT_EQ(page.find('\x01'), page.npos);
  }
}

TEST(ReportPage, SpeaksTheLanguageAsked) {
  const std::string english = report_as_html(eventful_report(), Language::english);
  const std::string indonesian = report_as_html(eventful_report(), Language::indonesian);

  EXPECT_THAT(english, HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(english, HasSubstr("The power was cut once, 2 h 14 min. (pln)"));
  EXPECT_THAT(indonesian, HasSubstr("<html lang=\"id\">"));
  EXPECT_THAT(indonesian, HasSubstr("Listrik padam 1 kali, 2 jam 14 menit. (pln)"));
  EXPECT_THAT(indonesian, HasSubstr("lamanya belum diketahui"));
}

TEST(ReportPage, DrawsEveryDayThatIsNotWhollyUp) {
  const Report report = eventful_report();

  const std::string page = report_as_html(report, Language::english);

  EXPECT_THAT(page, HasSubstr("<title>1 November 2026, down 2 h, not known 13 h, up 9 h</title>"));
  EXPECT_THAT(page, HasSubstr("viewBox=\"0 0 300 40\""));
  EXPECT_THAT(page, HasSubstr("fill=\"url(#hatch)\""));
}

TEST(ReportNotes, SayWhatTheNumbersCannot) {
  const Report report = eventful_report();

  const auto english = report_notes(report, Language::english);
  const auto indonesian = report_notes(report, Language::indonesian);

  EXPECT_EQ(english.size(), indonesian.size());
  EXPECT_THAT(english, testing::Contains(HasSubstr("The dates of 1 records are not certain")));
  EXPECT_THAT(english, testing::Contains(HasSubstr("The record ends at 17 November 2026")));
}

TEST(ReportPage, OfNothingIsAPageToo) {
  const Report report = make_report({}, november_query());

  EXPECT_EQ(fault_of(report_as_html(report, Language::english)), "");
  EXPECT_EQ(rows_of(report_as_csv(report)).size(), 1U);
  EXPECT_TRUE(json::parse(report_as_json(report))["targets"].empty());
}

}  // namespace
}  // namespace siaga::tests
