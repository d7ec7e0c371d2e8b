#include "exporters/endpoint/negotiation.h"

#include <gtest/gtest.h>

namespace siaga {
namespace {

struct Case {
  const char* accept;
  Format format;
};

TEST(Negotiation, PicksWhatTheReaderPrefers) {
  constexpr auto text = Format::text;
  constexpr auto openmetrics = Format::openmetrics;
  const Case cases[] = {
      {"", text},
      {"*/*", text},
      {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", text},
      {"application/openmetrics-text", openmetrics},
      {"Application/OpenMetrics-Text; Version=\"1.0.0\"", openmetrics},
      {"application/openmetrics-text;version=2.0.0", text},
      {"application/openmetrics-text;version=0.0.1", text},
      {"application/openmetrics-text;q=0", text},
      {"application/openmetrics-text;version=1.0.0,application/"
       "openmetrics-text;version=0.0.1;q=0.75,"
       "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
       openmetrics},
      {"application/vnd.google.protobuf;q=0.6,application/openmetrics-text;version=1.0.0;q=0.4,"
       "text/plain;version=0.0.4;q=0.5",
       text},
      {"text/plain;q=0.3 , application/openmetrics-text ; q=0.4", openmetrics},
      {"text/plain;q=nonsense, application/openmetrics-text;q=0.001", openmetrics},
      {",,;;,=,;q,\"", text},
      {"application/json", text},
  };
  for (const Case& one : cases)
    EXPECT_EQ(negotiate_metrics(one.accept).format, one.format) << one.accept;
}

TEST(Negotiation, ContentTypesCarryVersionAndCharset) {
  EXPECT_EQ(content_type({}), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(content_type({.format = Format::openmetrics}),
            "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_EQ(content_type(negotiate_metrics(
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8")),
            "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores");
}

TEST(Negotiation, GzipOnlyForWhoAsks) {
  EXPECT_TRUE(accepts_gzip("gzip"));
  EXPECT_TRUE(accepts_gzip("deflate, GZIP;q=0.5"));
  EXPECT_TRUE(accepts_gzip("*"));
  EXPECT_FALSE(accepts_gzip(""));
  EXPECT_FALSE(accepts_gzip("gzip;q=0"));
  EXPECT_FALSE(accepts_gzip("gzip;q=0, *"));
  EXPECT_FALSE(accepts_gzip("deflate, br"));
}

TEST(Negotiation, LanguageIsEnglishUnlessIndonesianIsPreferred) {
  EXPECT_EQ(negotiate_language(""), Language::english);
  EXPECT_EQ(negotiate_language("id-ID,id;q=0.9,en;q=0.8"), Language::indonesian);
  EXPECT_EQ(negotiate_language("en-US,en;q=0.9,id;q=0.8"), Language::english);
  EXPECT_EQ(negotiate_language("jv, id;q=0.5"), Language::indonesian);
}

}  // namespace
}  // namespace siaga
