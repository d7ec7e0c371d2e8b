#include "agent/status_line.h"

#include <gtest/gtest.h>

#include <memory>

namespace siaga {
namespace {

std::shared_ptr<const TargetStatus> status(const std::string& name, State state,
                                           Cause cause = Cause::none,
                                           NodeRole role = NodeRole::target) {
  auto info = std::make_shared<TargetInfo>();
  info->name = name;
  info->role = role;
  auto made = std::make_shared<TargetStatus>();
  made->info = std::move(info);
  made->state = state;
  made->cause = cause;
  return made;
}

TEST(StatusLine, CountsTheStatesAndNamesWhatIsNotWell) {
  Snapshot snapshot;
  snapshot.targets = {status("portal", State::up), status("mail", State::down, Cause::certificate),
                      status("dns", State::unknown), status("db", State::up)};

  EXPECT_EQ(status_line(snapshot, true, Language::english),
            "4 targets: 2 up, 1 down (mail certificate), 1 unknown (dns)");
  EXPECT_EQ(status_line(snapshot, true, Language::indonesian),
            "4 target: 2 hidup, 1 mati (mail certificate), 1 tidak diketahui (dns)");
}

TEST(StatusLine, NamesAFewOnly) {
  Snapshot snapshot;
  for (const char* name : {"a", "b", "c", "d", "e"})
    snapshot.targets.push_back(status(name, State::down, Cause::power));

  EXPECT_EQ(status_line(snapshot, true, Language::english),
            "5 targets: 5 down (a power, b power, c power, ...)");
}

TEST(StatusLine, SaysThatThePowerIsOffAndThatNothingIsRecorded) {
  Snapshot snapshot;
  snapshot.targets = {status("portal", State::up)};
  snapshot.roots = {status("pln", State::down, Cause::power, NodeRole::mains),
                    status("wan", State::up, Cause::none, NodeRole::link)};

  EXPECT_EQ(status_line(snapshot, false, Language::english),
            "1 target: 1 up; pln off; the journal is not durable, see /-/ready");
}

TEST(StatusLine, OfNothingIsThat) {
  EXPECT_EQ(status_line({}, true, Language::english), "0 targets");
}

}  // namespace
}  // namespace siaga
