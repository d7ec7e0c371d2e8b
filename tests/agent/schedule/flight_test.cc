// One flight with real time: settles once, cancels, and does not blame the target for the agent's
// stall.
#include "agent/schedule/flight.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/support/tcp_peer.h"
#include "tests/support/test_loop.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;
using tests::TestLoop;

// Answers when the peer's bytes have come; never by itself.
class ReadingProbe final : public Probe {
 public:
  explicit ReadingProbe(Endpoint to) : to_(to) {}
  std::unique_ptr<Attempt> start(const Start& start, Done done) const override {
    return std::make_unique<Reading>(start, to_, std::move(done));
  }
  std::string instance() const override { return "reading"; }
  std::string host() const override { return "reading"; }
  ReasonGroups reason_groups() const override { return {}; }

 private:
  class Reading final : public Attempt {
   public:
    Reading(const Start& start, Endpoint to, Done done) : done_(std::move(done)) {
      stream_ =
          TcpStream::connect(start.network.loop, {.to = to}, [this](const Result<void>& connected) {
            if (!connected) return finish(judged(Reason::connect_failed, "not connected"));
            stream_->read([this](const Result<std::span<const std::byte>>&) {
              finish(judged(Reason::none));
            });
          });
    }
    Outcome give_up() override { return judged(Reason::reply_timeout, "nothing came"); }

   private:
    void finish(Outcome outcome) {
      auto deliver = std::move(done_);
      deliver(std::move(outcome));
    }
    Done done_;
    std::unique_ptr<TcpStream> stream_;
  };
  Endpoint to_;
};

class FlightTest : public testing::Test {
 protected:
  std::unique_ptr<Flight> start(const Probe& probe, Duration timeout) {
    return std::make_unique<Flight>(network_, probe, timeout, false, [this](Outcome outcome) {
      outcomes_.push_back(std::move(outcome));
    });
  }

  TestLoop loop_;
  SystemClock clock_;
  Network network_{loop_.loop(), clock_};
  std::vector<Outcome> outcomes_;
};

TEST_F(FlightTest, SettlesWithTheProbesOutcomeAndItsDuration) {
  const tests::TcpPeer peer([](tests::Conversation& talk) {
    talk.send("hello");
    talk.stay_silent();
  });
  const ReadingProbe probe(peer.endpoint());

  const auto flight = start(probe, 5s);
  loop_.run_until([&] { return !outcomes_.empty(); });

  EXPECT_EQ(outcomes_[0].verdict, Verdict::ok);
  EXPECT_GT(outcomes_[0].duration, 0ns);
  EXPECT_LT(outcomes_[0].duration, 5s);
}

TEST_F(FlightTest, SettlesOnceAlthoughThePeerGoesOnTalking) {
  const tests::TcpPeer peer(
      [](tests::Conversation& talk) { talk.send_forever("again and again"); });
  const ReadingProbe probe(peer.endpoint());

  const auto flight = start(probe, 5s);
  loop_.run_until([&] { return !outcomes_.empty(); });
  loop_.run_for(30ms);

  EXPECT_EQ(outcomes_.size(), 1U);
}

TEST_F(FlightTest, TheDeadlineAsksTheAttemptAndEndsIt) {
  const tests::TcpPeer peer([](tests::Conversation& talk) { talk.stay_silent(); });
  const ReadingProbe probe(peer.endpoint());

  const auto flight = start(probe, 30ms);
  loop_.run_until([&] { return !outcomes_.empty(); });

  EXPECT_EQ(outcomes_[0].reason, Reason::reply_timeout);
  EXPECT_GE(outcomes_[0].duration, 30ms);
}

// Has its turn after a while, and is not answered.
class WaitingProbe final : public Probe {
 public:
  explicit WaitingProbe(Duration turn_after) : turn_after_(turn_after) {}
  std::unique_ptr<Attempt> start(const Start& start, Done) const override {
    return std::make_unique<Waiting>(start.network.clock, turn_after_);
  }
  std::string instance() const override { return "waiting"; }
  std::string host() const override { return "waiting"; }
  ReasonGroups reason_groups() const override { return {}; }

 private:
  class Waiting final : public Attempt {
   public:
    Waiting(const Clock& clock, Duration turn_after)
        : clock_(clock), began_(clock.now()), turn_after_(turn_after) {}
    Outcome give_up() override { return judged(Reason::reply_timeout, "nothing came"); }
    Duration waited() const override { return std::min(clock_.now() - began_, turn_after_); }

   private:
    const Clock& clock_;
    Instant began_;
    Duration turn_after_;
  };
  Duration turn_after_;
};

TEST_F(FlightTest, TheDeadlineDoesNotCountTheWaitForATurn) {
  const WaitingProbe probe(150ms);
  const Instant began = clock_.now();

  const auto flight = start(probe, 40ms);
  loop_.run_until([&] { return !outcomes_.empty(); });

  EXPECT_GE(clock_.now() - began, 190ms);
  EXPECT_GE(outcomes_[0].started - began, 150ms) << "evidence is dated behind the wait";
  EXPECT_GE(outcomes_[0].duration, 39ms);
  EXPECT_LT(outcomes_[0].duration, 190ms);
}

TEST_F(FlightTest, DroppingItCancelsWithoutAnOutcome) {
  const tests::TcpPeer peer([](tests::Conversation& talk) { talk.stay_silent(); });
  const ReadingProbe probe(peer.endpoint());

  auto flight = start(probe, 20ms);
  loop_.run_until([&] { return peer.connections() == 1; });
  flight.reset();
  loop_.run_for(40ms);

  EXPECT_TRUE(outcomes_.empty());
}

TEST_F(FlightTest, MayBeDroppedInsideItsOwnCallback) {
  const tests::TcpPeer peer([](tests::Conversation& talk) { talk.send("hello"); });
  const ReadingProbe probe(peer.endpoint());
  std::unique_ptr<Flight> flight;
  bool is_over = false;

  flight = std::make_unique<Flight>(network_, probe, 5s, false, [&](const Outcome&) {
    flight.reset();
    is_over = true;
  });
  loop_.run_until([&] { return is_over; });
}

TEST_F(FlightTest, AnAnswerThatWaitedWhileTheLoopStoodStillIsSeen) {
  const tests::TcpPeer peer([](tests::Conversation& talk) {
    talk.send("hello");
    talk.stay_silent();
  });
  const ReadingProbe probe(peer.endpoint());

  const auto flight = start(probe, 100ms);
  std::this_thread::sleep_for(400ms);  // the stall is what is tested
  loop_.run_until([&] { return !outcomes_.empty(); });

  EXPECT_EQ(outcomes_[0].verdict, Verdict::ok) << name(outcomes_[0].reason);
}

TEST_F(FlightTest, AStallIsGivenBackOnceOnly) {
  const tests::TcpPeer peer([](tests::Conversation& talk) { talk.stay_silent(); });
  const ReadingProbe probe(peer.endpoint());

  const auto flight = start(probe, 50ms);
  std::this_thread::sleep_for(300ms);
  loop_.run_until([&] { return !outcomes_.empty(); });

  EXPECT_EQ(outcomes_[0].reason, Reason::reply_timeout);
  EXPECT_LT(outcomes_[0].duration, 2s);
}

}  // namespace
}  // namespace siaga
