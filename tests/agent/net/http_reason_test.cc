// What libcurl's codes mean, where no peer on loopback can bring them about at will.
#include "agent/net/http_reason.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <cerrno>

namespace siaga {
namespace {

std::string_view reason_name(const HttpFailure& failure) {
  return name(judge_failure(failure).reason);
}

TEST(HttpReasonTest, AnUnknownCodeIsThePeersOnceItsAnswerHasBegun) {
  const int code = CURLE_BAD_FUNCTION_ARGUMENT;

  EXPECT_EQ(reason_name({.code = code}), "agent_error");
  EXPECT_EQ(reason_name({.code = code, .reached = HttpPhase::processing}), "agent_error");
  EXPECT_EQ(reason_name({.code = code, .reached = HttpPhase::transfer}), "protocol_error");
  EXPECT_EQ(reason_name({.code = code, .has_status = true}), "protocol_error");
}

TEST(HttpReasonTest, MemoryIsOursExceptInsideTheHeaders) {
  const int code = CURLE_OUT_OF_MEMORY;

  EXPECT_EQ(reason_name({.code = code}), "agent_memory");
  EXPECT_EQ(reason_name({.code = code, .has_status = true}), "http_header_too_large");
  EXPECT_EQ(reason_name({.code = code, .has_status = true, .is_header_whole = true}),
            "agent_memory");
}

TEST(HttpReasonTest, WhatNewerLibrariesCallTooLargeIsALineOfTheAnswer) {
  const int code = 100;  // CURLE_TOO_LARGE, since libcurl 8.6

  EXPECT_EQ(reason_name({.code = code, .has_status = true}), "http_header_too_large");
  EXPECT_EQ(reason_name({.code = code, .has_status = true, .is_header_whole = true}),
            "http_header_too_large");
  EXPECT_EQ(reason_name({.code = code}), "agent_error");
}

TEST(HttpReasonTest, AHandshakeThatEndsWithoutAnErrorOfOpenSslIsAReset) {
  const int code = CURLE_SSL_CONNECT_ERROR;

  EXPECT_EQ(
      reason_name({.code = code, .text = "TLS connect error: error:00000000:lib(0)::reason(0)"}),
      "tls_reset");
  EXPECT_EQ(
      reason_name({.code = code, .text = "TLS connect error: error:0A0000C6:SSL routines::x"}),
      "tls_handshake");
}

TEST(HttpReasonTest, AKernelWithoutAnAddressFamilyHasNoRoute) {
  const int code = CURLE_COULDNT_CONNECT;

  EXPECT_EQ(reason_name({.code = code, .system_error = EAFNOSUPPORT, .socket_step = "socket"}),
            "agent_no_route");
  EXPECT_EQ(reason_name({.code = code, .system_error = EPROTONOSUPPORT, .socket_step = "socket"}),
            "agent_error");
}

}  // namespace
}  // namespace siaga
