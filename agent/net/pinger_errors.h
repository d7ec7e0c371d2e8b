// What a failure to open an ICMP socket or to send a packet means for a run.
#pragma once

#include <string>

#include "agent/core/reason.h"
#include "agent/core/result.h"
#include "agent/net/pinger.h"

namespace siaga {

struct PingTrouble {
  Reason reason = Reason::none;
  std::string detail;
};

PingTrouble trouble_of_open(const Error& error);
// `code` is the errno of sendmsg.
PingTrouble trouble_of_send(int code, const PingRequest& request);

}  // namespace siaga
