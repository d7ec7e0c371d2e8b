// One run of the `tcp` kind: carries a Dialogue's wishes to the connection and back.
#pragma once

#include <memory>
#include <vector>

#include "probes/probe.h"
#include "probes/tcp_connection.h"

namespace siaga {

struct TcpSettings {
  Route route;
  TlsOptions tls;
  bool starts_with_tls = false;
  std::vector<DialogueStep> dialogue;
};

enum TcpReading : ReadingId {
  reading_tcp_resolve = tls_readings_end,
  reading_tcp_connect,
  reading_tcp_tls,
  reading_tcp_dialogue,
  reading_tcp_failed_due_to_regex,
  reading_tcp_expect_info,
  tcp_readings_end,
};

// The settings outlive the attempt.
std::unique_ptr<Attempt> start_tcp_attempt(const TcpSettings& settings, const Start& start,
                                           Probe::Done done);

}  // namespace siaga
