// What apcupsd says of its UPS.
#include "probes/wire/apcupsd.h"

#include <gtest/gtest.h>

namespace siaga {
namespace {

constexpr std::string_view online =
    "APC      : 001,036,0876\n"
    "DATE     : 2026-11-22 10:00:00 +0800  \n"
    "UPSNAME  : serverroom\n"
    "MODEL    : Back-UPS BX1100LI  \n"
    "STATUS   : ONLINE \n"
    "LINEV    : 219.8 Volts\n"
    "LOADPCT  :  23.0 Percent\n"
    "BCHARGE  : 095.0 Percent\n"
    "TIMELEFT :  31.5 Minutes\n"
    "DLOWBATT : 02 Minutes\n"
    "ITEMP    : 31.5 C\n"
    "BATTV    : 13.6 Volts\n"
    "NOMINV   : 230 Volts\n"
    "NUMXFERS : 3\n"
    "XONBATT  : 2026-11-21 13:40:28 +0800  \n"
    "TONBATT  : 0 Seconds\n"
    "CUMONBATT: 421 Seconds\n"
    "XOFFBATT : 2026-11-21 13:41:30 +0800  \n"
    "STATFLAG : 0x05000008\n"
    "END APC  : 2026-11-22 10:00:05 +0800  \n";

TEST(ApcupsdAnswer, TellsTheSameFactsAsNut) {
  const UpsTelling telling = parse_apcupsd_answer(online);

  EXPECT_EQ(telling.reason, Reason::none) << telling.detail;
  EXPECT_EQ(telling.facts.words, "ONLINE");
  EXPECT_EQ(telling.facts.flags, 1U << static_cast<unsigned>(UpsFlag::online));
  EXPECT_EQ(telling.facts.input_volts, 219.8);
  EXPECT_EQ(telling.facts.nominal_volts, 230);
  EXPECT_EQ(telling.facts.charge_percent, 95);
  EXPECT_EQ(telling.facts.runtime_seconds, 1890);
  EXPECT_EQ(telling.facts.load_percent, 23);
  EXPECT_EQ(telling.find("battery.runtime"), "1890.0");
  EXPECT_EQ(telling.find("battery.runtime.low"), "120.0");
  EXPECT_EQ(telling.find("battery.voltage"), "13.6");
  EXPECT_EQ(telling.find("device.model"), "Back-UPS BX1100LI");
}

TEST(ApcupsdAnswer, TellsTheTransfersWithTheirTimes) {
  const UpsTransfers transfers = parse_apcupsd_answer(online).transfers;

  EXPECT_EQ(transfers.count, 3);
  EXPECT_EQ(transfers.on_battery_at, 1795239628);  // date -d '2026-11-21 13:40:28 +0800' +%s
  EXPECT_EQ(transfers.off_battery_at, 1795239690);
  EXPECT_EQ(transfers.on_battery_seconds, 0);
  EXPECT_EQ(transfers.cumulative_seconds, 421);
}

TEST(ApcupsdAnswer, MapsTheWordsOfItsStatus) {
  const std::pair<std::string_view, std::vector<UpsFlag>> states[] = {
      {"ONBATT ", {UpsFlag::on_battery}},
      {"ONBATT LOWBATT ", {UpsFlag::on_battery, UpsFlag::low_battery}},
      {"CAL ONBATT ", {UpsFlag::calibrating, UpsFlag::on_battery}},
      {"TRIM ONLINE ", {UpsFlag::trim, UpsFlag::online}},
      {"BOOST ONLINE OVERLOAD ", {UpsFlag::boost, UpsFlag::online, UpsFlag::overload}},
      {"ONLINE REPLACEBATT ", {UpsFlag::online, UpsFlag::replace_battery}},
      {"ONLINE NOBATT ", {UpsFlag::online, UpsFlag::replace_battery}},
      {"SHUTTING DOWN", {UpsFlag::forced_shutdown}},
      {"ONLINE SLAVE ", {UpsFlag::online}},
  };
  for (const auto& [status, flags] : states) {
    const std::string text = "STATUS   : " + std::string(status) + "\n";
    const UpsTelling telling = parse_apcupsd_answer(text);
    UpsFacts wanted;
    for (const UpsFlag flag : flags) wanted.add(flag);
    EXPECT_EQ(telling.facts.flags, wanted.flags) << status;
    EXPECT_EQ(telling.reason, Reason::none) << status;
  }
}

TEST(ApcupsdAnswer, ALostUpsAndAMissingStatusAreNoReadings) {
  EXPECT_EQ(parse_apcupsd_answer("STATUS   : COMMLOST \nLINEV    : 220.0 Volts\n").reason,
            Reason::data_stale);
  EXPECT_EQ(parse_apcupsd_answer("STATUS   : NETWORK ERROR\n").reason, Reason::data_stale);
  EXPECT_EQ(parse_apcupsd_answer("STATUS   : \n").reason, Reason::data_stale);
  EXPECT_EQ(parse_apcupsd_answer("LINEV    : 220.0 Volts\n").reason, Reason::protocol_error);
  EXPECT_EQ(parse_apcupsd_answer("").reason, Reason::protocol_error);
}

TEST(ApcupsdAnswer, LinesThatMakeNoSenseAreSkipped) {
  const UpsTelling telling = parse_apcupsd_answer(
      "no colon\n:\n: value\nSTATUS:ONLINE\r\nLINEV    : N/A\nTIMELEFT : \nBCHARGE  : 95\nNUMXFERS "
      ": "
      "many\nXONBATT  : N/A");

  EXPECT_EQ(telling.reason, Reason::none);
  EXPECT_FALSE(telling.facts.input_volts);
  EXPECT_FALSE(telling.facts.runtime_seconds);
  EXPECT_EQ(telling.facts.charge_percent, 95);
  EXPECT_FALSE(telling.transfers.count);
  EXPECT_FALSE(telling.transfers.on_battery_at);
}

TEST(ApcupsdDate, NeedsAZoneThatIsANumber) {
  EXPECT_EQ(parse_apcupsd_date("1970-01-01 00:00:00 +0000"), 0);
  EXPECT_EQ(parse_apcupsd_date("1970-01-01 00:00:00 -0130  "), 5400);
  for (const std::string_view text :
       {"", "N/A", "2026-11-21 13:40:28", "2026-11-21 13:40:28 WIB", "2026-02-30 13:40:28 +0800",
        "2026-11-21 33:40:28 +0800", "Sat Nov 21 13:40:28 WIB 2026", "2026-11-21 13:40:28 +08:00",
        "2026-11-21 13:40:28 +9999", "2o26-11-21 13:40:28 +0800"})
    EXPECT_FALSE(parse_apcupsd_date(text)) << text;
}

TEST(ApcupsdAnswer, AReadingIsAsOldAsItsDatesSay) {
  const auto age = [](const std::string& dates) {
    return parse_apcupsd_answer("STATUS   : ONLINE\n" + dates).facts.age_max;
  };
  EXPECT_EQ(age("DATE     : 2026-11-22 03:04:05 +0800\nEND APC  : 2026-11-22 03:04:29 +0800\n"),
            std::chrono::seconds(25));
  EXPECT_EQ(age("DATE     : 2026-11-22 03:04:05 +0800\nEND APC  : 2026-11-22 03:04:00 +0800\n"),
            std::chrono::seconds(1));
  EXPECT_EQ(age("DATE     : Sun Nov 22 03:04:05 WIB 2026\n"), std::chrono::seconds(60));
  EXPECT_EQ(age(""), std::chrono::seconds(60));
}

}  // namespace
}  // namespace siaga
