// The `ups` kind against scripted servers.
#include "probes/ups.h"

#include <gmock/gmock.h>

#include "probes/ups_readings.h"
#include "tests/probes/tcp_run.h"

namespace siaga::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;
using namespace std::string_view_literals;

std::string list(std::string_view variables) {
  std::string text = "BEGIN LIST VAR office\n";
  while (!variables.empty()) {
    const std::string_view line = variables.substr(0, variables.find('\n'));
    variables.remove_prefix(std::min(variables.size(), line.size() + 1));
    const std::size_t gap = line.find(' ');
    text.append("VAR office ").append(line.substr(0, gap)).append(" \"");
    text.append(line.substr(gap + 1)).append("\"\n");
  }
  return text + "END LIST VAR office\n";
}

Script answering(std::string answer) {
  return [answer = std::move(answer)](Conversation& talk) {
    for (;;) {
      talk.receive_line();
      talk.send(answer);
    }
  };
}

constexpr std::string_view good =
    "battery.charge 100\n"
    "battery.runtime 1800\n"
    "battery.voltage.low 21,52\n"
    "device.mfr Fake \\\"and\\\" Sons\n"
    "device.serial 042\n"
    "input.transfer.reason 17\n"
    "input.voltage 042.7\n"
    "ups.load unknown\n"
    "ups.model Dummy\n"
    "ups.status OL CHRG ECO\n"
    "ups.timer.shutdown -1";

class UpsTest : public RunTest {
 protected:
  static std::string url(const Endpoint& at) { return "nut://" + to_string(at) + "/office"; }
  Outcome& ask(const Endpoint& at, Values more = {}, How how = {}) {
    more.try_emplace("server", url(at));
    return run(ups_kind, std::move(more), at, how);
  }
  static double value(const Outcome& outcome, std::string_view metric,
                      std::string_view label = {}) {
    return outcome.readings.get(id_of(metric, label));
  }
  static ReadingId id_of(std::string_view metric, std::string_view label = {}) {
    for (std::size_t id = 0; id < ups_kind.readings.size(); ++id) {
      const ReadingDefinition& row = ups_kind.readings[id];
      if (row.metric == metric && row.label == label) return static_cast<ReadingId>(id);
    }
    ADD_FAILURE() << metric << " is no reading";
    return 0;
  }
  // How many values of our own, besides the address block, a run has.
  static std::size_t own_values(const Outcome& outcome) {
    const auto& values = outcome.readings.values();
    return static_cast<std::size_t>(
               std::ranges::count_if(values.begin() + address_readings_end, values.end(),
                                     [](double value) { return !std::isnan(value); })) +
           outcome.readings.infos().size();
  }
};

TEST_F(UpsTest, AReadingIsOkAndBringsTheFactsAndTheVariables) {
  const TcpPeer peer(answering(list(good)));

  const Outcome& done = ask(peer.endpoint(), {{"nominal_voltage", 230.0}});

  EXPECT_EQ(done.verdict, Verdict::ok) << done.detail;
  EXPECT_EQ(done.address, "127.0.0.1");
  ASSERT_NE(done.ups, nullptr);
  EXPECT_EQ(done.ups->words, "OL CHRG ECO");
  EXPECT_EQ(done.ups->nominal_volts, 230);
  EXPECT_EQ(done.ups->runtime_seconds, 1800);
  EXPECT_EQ(value(done, "network_ups_tools_battery_charge"), 100);
  EXPECT_EQ(value(done, "network_ups_tools_battery_voltage_low"), 21.52);
  EXPECT_EQ(value(done, "network_ups_tools_input_voltage"), 42.7);
  EXPECT_EQ(value(done, "network_ups_tools_ups_timer_shutdown"), -1);
  EXPECT_TRUE(std::isnan(value(done, "network_ups_tools_ups_load")));
  EXPECT_TRUE(std::isnan(value(done, "network_ups_tools_output_voltage")));
  EXPECT_TRUE(std::isnan(value(done, "siaga_ups_transfers")));
  EXPECT_EQ(info(done, id_of("network_ups_tools_device_info")),
            R"(model="Dummy",mfr="Fake \"and\" Sons",serial="042")");
}

TEST_F(UpsTest, EveryWordOfTheStatusIsThereAsZeroOrOne) {
  const TcpPeer peer(answering(list(good)));

  const Outcome& done = ask(peer.endpoint());

  for (const std::string_view word :
       {"OL", "OB", "LB", "HB", "RB", "CHRG", "DISCHRG", "BYPASS", "CAL", "OFF", "OVER", "TRIM",
        "BOOST", "FSD", "SD", "ALARM", "HE"})
    EXPECT_EQ(value(done, "network_ups_tools_ups_status", "flag=\"" + std::string(word) + "\""),
              word == "OL" || word == "CHRG" ? 1 : 0)
        << word;
}

TEST_F(UpsTest, OnlyAUpsThatFeedsNothingHasFailed) {
  const std::tuple<std::string_view, Verdict, Reason> states[] = {
      {"OB DISCHRG", Verdict::ok, Reason::none},  {"OB LB DISCHRG", Verdict::ok, Reason::none},
      {"FSD OL CHRG", Verdict::ok, Reason::none}, {"OL BYPASS", Verdict::ok, Reason::none},
      {"OFF", Verdict::failed, Reason::ups_off},  {"OL OFF", Verdict::failed, Reason::ups_off},
      {"OFF BYPASS", Verdict::ok, Reason::none},
  };
  for (const auto& [status, verdict, reason] : states) {
    const TcpPeer peer(answering(list("ups.status " + std::string(status))));
    const Outcome& done = ask(peer.endpoint());
    EXPECT_EQ(done.verdict, verdict) << status;
    EXPECT_EQ(done.reason, reason) << status;
    ASSERT_NE(done.ups, nullptr) << status;
    EXPECT_EQ(done.ups->words, status);
    EXPECT_EQ(value(done, "network_ups_tools_ups_status", "flag=\"OFF\""),
              done.ups->has(UpsFlag::off) ? 1 : 0);
  }
}

TEST_F(UpsTest, OffBesideALoadIsInconclusive) {
  const TcpPeer peer(answering(list("output.voltage 231\nups.load 67\nups.status OL CHRG OFF")));
  const TcpPeer idle(answering(list("output.voltage 231\nups.load 0\nups.status OL CHRG OFF")));

  const Outcome& done = ask(peer.endpoint());
  EXPECT_EQ(done.verdict, Verdict::unknown);
  EXPECT_EQ(done.reason, Reason::ups_off);
  EXPECT_EQ(done.detail, "its status is OL CHRG OFF, but its output has 231 V and a load of 67 %");
  ASSERT_NE(done.ups, nullptr);
  EXPECT_EQ(value(done, "network_ups_tools_ups_load"), 67);

  EXPECT_EQ(ask(idle.endpoint()).verdict, Verdict::failed);
}

TEST_F(UpsTest, ANumberThatIsNoneIsCountedAndSaid) {
  const TcpPeer peer(answering(
      list("battery.runtime 64:41\nbattery.temperature \nups.status OL HE\nups.temperature XX.X")));

  const Outcome& done = ask(peer.endpoint(), {}, {.explain = true});

  EXPECT_EQ(value(done, "siaga_ups_no_numbers"), 2);
  EXPECT_EQ(value(done, "network_ups_tools_ups_status", "flag=\"HE\""), 1);
  ASSERT_NE(done.ups, nullptr);
  EXPECT_EQ(done.ups->no_numbers,
            (std::vector<UpsNoNumber>{{"battery.runtime", "64:41"}, {"ups.temperature", "XX.X"}}));
  EXPECT_FALSE(done.ups->runtime_seconds);
  ASSERT_NE(done.explanation, nullptr);
  EXPECT_THAT(done.explanation->lines, testing::Contains(std::pair<std::string, std::string>(
                                           "rule", "battery.runtime is no number: \"64:41\"")));
}

TEST_F(UpsTest, WhatTheServerCannotSayIsUnknownWithItsOwnReasonAndNoValues) {
  const std::pair<std::string, Reason> answers[] = {
      {"ERR UNKNOWN-UPS\n", Reason::unknown_ups},
      {"ERR DRIVER-NOT-CONNECTED\n", Reason::driver_not_connected},
      {"ERR DATA-STALE\n", Reason::data_stale},
      {"ERR ACCESS-DENIED\n", Reason::ups_access_denied},
      {"ERR INVALID-ARGUMENT\n", Reason::protocol_error},
      {list("ups.status WAIT"), Reason::ups_wait},
      {list("battery.charge 100"), Reason::data_stale},
      {"hello\n", Reason::protocol_error},
  };
  for (const auto& [answer, reason] : answers) {
    const TcpPeer peer(answering(answer));
    const Outcome& done = ask(peer.endpoint());
    EXPECT_EQ(done.verdict, Verdict::unknown) << answer;
    EXPECT_EQ(done.reason, reason) << answer;
    EXPECT_FALSE(done.detail.empty());
    EXPECT_EQ(done.ups, nullptr);
    EXPECT_EQ(own_values(done), 0U) << answer;
    EXPECT_EQ(done.readings.get(reading_ip_protocol), 4);
  }
}

TEST_F(UpsTest, AServerThatCannotBeReachedSaysNothingOfTheUps) {
  const RefusingPort nobody;
  EXPECT_EQ(ask(nobody.endpoint()).reason, Reason::connect_refused);
  EXPECT_EQ(outcome->verdict, Verdict::unknown);

  const UnansweringPort deaf;
  EXPECT_EQ(ask(deaf.endpoint(), {}, {.timeout = 50ms}).reason, Reason::connect_timeout);
  EXPECT_EQ(outcome->verdict, Verdict::unknown);

  const TcpPeer silent([](Conversation& talk) { talk.stay_silent(); });
  EXPECT_EQ(ask(silent.endpoint(), {}, {.timeout = 50ms}).reason, Reason::reply_timeout);
  EXPECT_EQ(outcome->verdict, Verdict::unknown);
}

TEST_F(UpsTest, ANameWithoutAnAddressSaysNothingOfTheUps) {
  const Outcome& done = ask({}, {{"server", std::string("nut://nowhere.invalid/office")}});

  EXPECT_EQ(done.verdict, Verdict::unknown);
  EXPECT_EQ(group(done.reason), ReasonGroup::resolve) << name(done.reason);
  EXPECT_EQ(done.readings.get(reading_ip_protocol), 0);
}

TEST_F(UpsTest, AsksApcupsdForItsTransfers) {
  const TcpPeer peer([](Conversation& talk) {
    for (;;) {
      talk.receive(8);
      for (const std::string_view line :
           {"STATUS   : ONLINE \n"sv, "LINEV    : 219.8 Volts\n"sv, "TIMELEFT :  31.5 Minutes\n"sv,
            "NUMXFERS : 3\n"sv, "XONBATT  : 2026-11-21 13:40:28 +0800  \n"sv,
            "TONBATT  : 0 Seconds\n"sv, "CUMONBATT: 421 Seconds\n"sv, "MODEL    : Back-UPS\n"sv})
        talk.send(std::string{'\0', static_cast<char>(line.size())} + std::string(line));
      talk.send("\0\0"sv);
    }
  });

  const Outcome& done =
      ask(peer.endpoint(), {{"server", "apcupsd://" + to_string(peer.endpoint())}});

  EXPECT_EQ(done.verdict, Verdict::ok) << done.detail;
  EXPECT_EQ(done.ups->words, "ONLINE");
  EXPECT_EQ(value(done, "network_ups_tools_ups_status", "flag=\"OL\""), 1);
  EXPECT_EQ(value(done, "network_ups_tools_battery_runtime"), 1890);
  EXPECT_EQ(value(done, "siaga_ups_transfers"), 3);
  EXPECT_EQ(value(done, "siaga_ups_last_transfer_on_battery_timestamp_seconds"), 1795239628);
  EXPECT_TRUE(std::isnan(value(done, "siaga_ups_last_transfer_off_battery_timestamp_seconds")));
  EXPECT_EQ(value(done, "siaga_ups_on_battery_seconds"), 0);
  EXPECT_EQ(value(done, "siaga_ups_cumulative_on_battery_seconds"), 421);
  EXPECT_EQ(info(done, id_of("network_ups_tools_device_info")), "model=\"Back-UPS\"");
}

TEST_F(UpsTest, TlsThatDoesNotVerifySaysNothingOfTheUps) {
  const CertificateAuthority authority;
  const TemporaryFile root(authority.root_pem());
  const auto starting_tls = [&authority](const CertificateOptions& options) {
    return [server = TlsServerOptions{.identity = authority.issue(options)}](Conversation& talk) {
      talk.receive_until("STARTTLS\n");
      talk.send("OK STARTTLS\n");
      talk.start_tls(server);
      answering(list(good))(talk);
    };
  };
  const Values secure{{"starttls", true}, {"tls.ca_file", root.path()}};
  const TcpPeer peer(starting_tls({}));
  EXPECT_EQ(ask(peer.endpoint(), secure).verdict, Verdict::ok) << outcome->detail;
  EXPECT_GT(outcome->readings.get(reading_tls_earliest_expiry), 0);

  const TcpPeer expired(starting_tls({.starts_in_days = -30, .ends_in_days = -1}));
  EXPECT_EQ(ask(expired.endpoint(), secure).reason, Reason::tls_expired);
  EXPECT_EQ(outcome->verdict, Verdict::unknown);
  EXPECT_GT(outcome->readings.get(reading_tls_earliest_expiry), 0);

  const TcpPeer refusing(answering("ERR FEATURE-NOT-CONFIGURED\n"));
  EXPECT_EQ(ask(refusing.endpoint(), secure).reason, Reason::starttls_refused);
  EXPECT_EQ(outcome->verdict, Verdict::unknown);
}

TEST_F(UpsTest, ExplainsWithTheVariablesThatCame) {
  const TcpPeer peer(answering(list(good)));

  const Outcome& done = ask(peer.endpoint(), {}, {.explain = true});

  ASSERT_NE(done.explanation, nullptr);
  using Line = std::pair<std::string, std::string>;
  EXPECT_THAT(done.explanation->lines,
              testing::IsSupersetOf({Line{"address", "127.0.0.1"}, Line{"status", "OL CHRG ECO"},
                                     Line{"answer", "battery.charge = 100"}}));
}

TEST_F(UpsTest, MayBeDroppedInsideItsOwnEnd) {
  const TcpPeer peer(answering(list(good)));

  EXPECT_EQ(ask(peer.endpoint(), {}, {.drops_in_done = true}).verdict, Verdict::ok);
}

// Every question is asked at once; the last one waits for 8 s, longer than its limit of 5 s.
TEST_F(UpsTest, EightyUpsesOfAServerThatTakes100MsEachAreAllAnswered) {
  const TcpPeer peer([](Conversation& talk) {
    for (;;) {
      const std::string line = talk.receive_line();
      const std::string ups = line.substr(line.rfind(' ') + 1, line.size() - line.rfind(' ') - 2);
      talk.pause(100ms);
      talk.send("BEGIN LIST VAR " + ups + "\nVAR " + ups + " ups.status \"OL\"\nEND LIST VAR " +
                ups + "\n");
    }
  });
  std::vector<std::unique_ptr<const Probe>> probes;
  std::vector<std::unique_ptr<Flight>> flights;
  std::vector<Outcome> outcomes;
  for (int index = 0; index < 80; ++index) {
    const std::string server = "nut://" + to_string(peer.endpoint()) + "/u" + std::to_string(index);
    probes.push_back(parse_probe(ups_kind, {{"server", server}}));
    flights.push_back(
        std::make_unique<Flight>(network, *probes.back(), 5s, false,
                                 [&](Outcome one) { outcomes.push_back(std::move(one)); }));
  }
  for (const std::size_t wanted : {20U, 40U, 60U, 80U})
    test.run_until([&] { return outcomes.size() >= wanted; });

  for (const Outcome& done : outcomes) {
    EXPECT_EQ(done.verdict, Verdict::ok) << done.detail;
    EXPECT_LT(done.duration, 5s) << "from its turn on";
  }
  EXPECT_GT(outcomes.back().started - outcomes.front().started, 7s) << "dated by their turns";
  EXPECT_EQ(peer.connections(), 1U);
}

TEST_F(UpsTest, MayBeDroppedMidway) {
  const TcpPeer peer([](Conversation& talk) { talk.stay_silent(); });
  start(ups_kind, {{"server", url(peer.endpoint())}}, peer.endpoint(), {});
  test.run_until([&] { return !peer.received().empty(); });

  flight.reset();

  test.run_until([&] { return peer.record(0).was_reset; });
  EXPECT_FALSE(outcome);
}

class UpsOptions : public testing::Test {
 protected:
  std::vector<std::string> complaints(const Values& set) {
    const auto values = values_of(ups_kind, set);
    std::vector<std::string> told;
    Section section("test", ups_kind.options, values,
                    [&](std::string_view key, const std::string& message, const std::string& hint) {
                      told.push_back(std::string(key) + ": " + message + "; " + hint);
                    });
    probe = ups_kind.parse(section);
    EXPECT_EQ(probe == nullptr, !told.empty());
    return told;
  }
  std::vector<std::string> complaints(std::string_view server) {
    return complaints({{"server", std::string(server)}});
  }

  std::unique_ptr<const Probe> probe;
};

TEST_F(UpsOptions, TakesTheServersUrl) {
  const std::pair<std::string_view, std::string_view> urls[] = {
      {"nut://10.20.0.5/office", "nut://10.20.0.5:3493/office"},
      {"nut://ups.example:13493/rack-1", "nut://ups.example:13493/rack-1"},
      {"nut://[2001:db8::5]/office", "nut://[2001:db8::5]:3493/office"},
      {"nut://[2001:db8::5]:77/office", "nut://[2001:db8::5]:77/office"},
      {"apcupsd://10.20.0.5", "apcupsd://10.20.0.5:3551"},
      {"apcupsd://10.20.0.5:77/", "apcupsd://10.20.0.5:77"},
  };
  for (const auto& [url, instance] : urls) {
    EXPECT_THAT(complaints(url), testing::IsEmpty()) << url;
    EXPECT_EQ(probe->instance(), instance);
  }
}

TEST_F(UpsOptions, SaysWhatWouldBeRight) {
  const std::pair<std::string_view, std::string_view> urls[] = {
      {"10.20.0.5", "write \"nut://host/ups\""},
      {"office@10.20.0.5", "write \"nut://10.20.0.5/office\""},
      {"http://10.20.0.5/office", "\"http\" is not a UPS server's scheme"},
      {"nut://10.20.0.5", "add its name: \"nut://10.20.0.5/ups\""},
      {"nut://10.20.0.5/", "add its name"},
      {"nut://mon:secret@10.20.0.5/office", "a user goes into username and password"},
      {"nut:///office", "neither a host nor a host and a port"},
      {"nut://10.20.0.5:99999/office", "neither a host nor a host and a port"},
      {"nut://10.20.0.5/two words", "cannot be the name of a UPS"},
      {"nut://10.20.0.5/a/b", "cannot be the name of a UPS"},
      {"apcupsd://10.20.0.5/office", "apcupsd has one only"},
  };
  for (const auto& [url, words] : urls)
    EXPECT_THAT(complaints(url), ElementsAre(HasSubstr(words))) << url;
}

TEST_F(UpsOptions, ComplainsAboutKeysThatDoNotGoTogether) {
  const std::string nut = "nut://10.20.0.5/office";
  const std::string apcupsd = "apcupsd://10.20.0.5";
  EXPECT_THAT(complaints({{"server", nut}, {"password", Secret{"x", "text"}}}),
              ElementsAre(HasSubstr("add username")));
  EXPECT_THAT(complaints({{"server", nut}, {"username", std::string("a\nLOGIN office")}}),
              ElementsAre(HasSubstr("line break")));
  EXPECT_THAT(complaints({{"server", nut}, {"username", std::string(300, 'a')}}),
              ElementsAre(HasSubstr("longer than")));
  EXPECT_THAT(complaints({{"server", nut}, {"tls.ca_file", std::string("/ca.pem")}}),
              ElementsAre(HasSubstr("add starttls = true")));
  EXPECT_THAT(complaints({{"server", apcupsd}, {"starttls", true}}),
              ElementsAre(HasSubstr("does not speak TLS")));
  EXPECT_THAT(complaints({{"server", apcupsd}, {"username", std::string("mon")}}),
              ElementsAre(HasSubstr("knows no users")));
}

TEST_F(UpsOptions, SaysWhichReasonsCanHappen) {
  complaints("nut://10.20.0.5/office");
  EXPECT_EQ(
      probe->reason_groups(),
      ReasonGroups{}.with(ReasonGroup::connect).with(ReasonGroup::exchange).with(ReasonGroup::ups));

  complaints({{"server", std::string("nut://ups.example/office")}, {"starttls", true}});
  EXPECT_TRUE(probe->reason_groups().has(ReasonGroup::resolve));
  EXPECT_TRUE(probe->reason_groups().has(ReasonGroup::tls));
  EXPECT_TRUE(probe->reason_groups().has(group(Reason::starttls_refused)));
}

TEST(UpsReadings, AllRowsOfTheNutDialectSayWhoseTheyAre) {
  for (std::size_t id = tls_readings_end; id < ups_readings.size(); ++id)
    EXPECT_EQ(ups_readings[id].dialect, ReadingDialect::nut) << ups_readings[id].metric;
  for (std::size_t id = 0; id < address_readings_end; ++id)
    EXPECT_EQ(ups_readings[id].metric, address_readings[id].metric);
}

}  // namespace
}  // namespace siaga::tests
