// Rows as records: for each kind the columns to select and how to read them, in that order. Safe
// with damaged rows: numbers are bounded, words that are not known read as the first of their list.
#pragma once

#include <string_view>
#include <vector>

#include "agent/engine/history.h"
#include "agent/journal/database.h"
#include "agent/journal/words.h"

namespace siaga {

class RecordReader {
 public:
  RecordReader(Database& database, const Words& words) : database_(database), words_(words) {}

  // `sql` selects all columns of the kind's table, in the table's order; a literal. The values are
  // bound to its places.
  template <typename Value, typename... Bound>
  std::vector<Value> read(std::string_view sql, const Bound&... bound) {
    std::vector<Value> values;
    Statement& row = database_.statement(sql).with(bound...);
    while (row.step()) values.push_back(next<Value>(row));
    return values;
  }
  template <typename Value>
  Value next(Statement& row);

  // Their cause pieces, one query each.
  void read_pieces(std::vector<Outage>& outages);
  void read_targets(std::vector<Window>& windows);
  Dating dating();

 private:
  Database& database_;
  const Words& words_;
};

template <>
BootEra RecordReader::next<BootEra>(Statement& row);
template <>
Node RecordReader::next<Node>(Statement& row);
template <>
Outage RecordReader::next<Outage>(Statement& row);
template <>
Revision RecordReader::next<Revision>(Statement& row);
template <>
Stretch RecordReader::next<Stretch>(Statement& row);
template <>
StateChange RecordReader::next<StateChange>(Statement& row);
template <>
Recovery RecordReader::next<Recovery>(Statement& row);
template <>
Window RecordReader::next<Window>(Statement& row);
template <>
DarkInterval RecordReader::next<DarkInterval>(Statement& row);
template <>
Note RecordReader::next<Note>(Statement& row);

}  // namespace siaga
