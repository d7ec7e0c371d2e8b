#include "probes/wire/upsd_list.h"

#include <gtest/gtest.h>

namespace siaga {
namespace {

TEST(UpsdList, HasNamesAndDescriptionsWithoutTheirBackslashes) {
  const auto list = parse_upsd_list(
      "BEGIN LIST UPS\nUPS apc \"Smart \\\"1500\\\"\"\nUPS rack \"\"\nUPS bare\nEND LIST UPS\n");

  ASSERT_TRUE(list && list->is_upsd);
  EXPECT_EQ(list->upses,
            (std::vector<ListedUps>{{"apc", "Smart \"1500\""}, {"rack", ""}, {"bare", ""}}));
}

TEST(UpsdList, HostileAnswersAreBounded) {
  std::string many = "BEGIN LIST UPS\n";
  for (int ups = 0; ups < 1000; ++ups) many += "UPS u" + std::to_string(ups) + " \"\"\n";

  EXPECT_FALSE(parse_upsd_list("BEGIN LIST UPS\nUPS a"));
  EXPECT_FALSE(parse_upsd_list("220 mail.example ESMTP\n")->is_upsd);
  EXPECT_TRUE(parse_upsd_list("ERR ACCESS-DENIED\n")->is_upsd);
  EXPECT_EQ(parse_upsd_list(many + "END LIST UPS\n")->upses.size(), 64U);
  EXPECT_EQ(parse_upsd_list("BEGIN LIST UPS\nUPS \x1b[31m \"\x07\\\nEND LIST UPS\n")->upses,
            (std::vector<ListedUps>{{" [31m", ""}}));
}

}  // namespace
}  // namespace siaga
