// The books of one node: what of its time is settled and added to its totals, and its outages, both
// as the pieces of its effective state say. Says every change as a record.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/engine/history.h"
#include "agent/engine/pieces.h"

namespace siaga {

// What all books of one engine share.
struct Ledger {
  BootNumber boot = 1;
  Millis settle{};
  OutageId last_outage = 0;
  std::vector<Record> records;

  Stamp stamp(BootTime at) const { return {.boot = boot, .at = at}; }
};

// What the journal knows of a node's earlier life.
struct NodePast {
  NodeState state;
  std::vector<Outage> outages;  // open or not settled, ascending
  std::optional<Recovery> recovery;
};

class Account {
 public:
  Account(NodeNumber node, Stamp since);

  // Takes the totals of an earlier life up to `alive_until`, as its state says, then the dark time
  // until `now`, whose length may not be known yet.
  struct Restart {
    Stamp alive_until, now;
    Share dark;
    Stamp last_bad;  // the last evidence that the open outage went on
    std::optional<Millis> dark_length;
  };
  void restore(const NodePast& life, const Restart& restart, Ledger& ledger);
  // The length of the dark time became known. Does nothing when it was known before.
  void date_dark(Millis length);
  // One of an earlier life: by now nobody knows more than that the agent was dark.
  void book_dark(Millis length) { totals_.add(Share::unknown(Blind::agent_dark), length); }
  bool owes_dark() const { return undated_dark_.has_value(); }

  // `pieces` cover [booked(), now). Time up to `known_until` cannot be changed by a later run.
  struct View {
    std::span<const Piece> pieces;
    BootTime known_until{}, now{};
    std::string_view detail;  // of the latest failure, for an outage that begins
  };
  void follow(const View& view, Ledger& ledger);
  // Books everything up to now, settled or not, and ends what is open.
  void close(const View& view, Ledger& ledger);

  BootTime booked() const { return booked_; }
  const Totals& totals() const { return totals_; }
  const std::array<std::uint32_t, cause_count>& counts() const { return counts_; }
  // Whether an outage goes on where the books end.
  bool is_in_outage() const { return is_running_; }
  const Before& before() const { return before_; }
  // The open outage, or null.
  const Outage* outage() const;
  // What a restart would need. `doubt`: since when runs speak against the state, unconfirmed.
  NodeState state(std::span<const Piece> pieces, std::optional<BootTime> doubt,
                  const Ledger& ledger) const;

 private:
  std::vector<Outage> group(const View& view, const Ledger& ledger) const;
  void adopt(std::vector<Outage> fresh, const View& view, Ledger& ledger);
  void revise(const Outage& known, const Outage& fresh, BootTime now, Ledger& ledger) const;
  void book(const View& view, Ledger& ledger, bool is_everything);
  void book_piece(const Piece& piece, BootTime until, Ledger& ledger);
  BootTime bookable(const Piece& piece, const View& view, const Ledger& ledger) const;
  void settle(Outage& outage, Ledger& ledger);
  void settle_all(Ledger& ledger);
  void continue_stretch(const OpenPiece& piece, Stamp from);
  void turn_stretch(Share share, OutageId outage, Stamp at, Ledger& ledger);
  void end_stretch(Stamp at, Ledger& ledger);
  OutageId outage_at(BootTime at, const Ledger& ledger) const;

  NodeNumber node_;
  Totals totals_;
  BootTime booked_{};
  Before before_;
  Stretch stretch_;              // the open one; node 0: none yet
  std::vector<Outage> outages_;  // not booked to their end; at most the last is open
  bool is_running_ = false;      // the first of them began in booked time
  std::array<std::uint32_t, cause_count> counts_{};
  std::optional<Share> undated_dark_;  // booked when its length is known
};

}  // namespace siaga
