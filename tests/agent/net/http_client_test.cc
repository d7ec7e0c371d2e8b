// HttpClient against scripted peers: what an exchange measures, what it calls each failure, and
// that it can be dropped at any moment.
#include "agent/net/http_client.h"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <zlib.h>

#include <optional>

#include "agent/core/limits.h"
#include "agent/loop/timer.h"
#include "agent/net/http_headers.h"
#include "tests/support/descriptors.h"
#include "tests/support/test_loop.h"
#include "tests/support/tls_peer.h"

namespace siaga {
namespace {

using namespace std::chrono_literals;
using tests::CertificateAuthority;
using tests::Conversation;
using tests::Script;
using tests::TcpPeer;
using tests::TemporaryFile;
using tests::TestLoop;
using tests::TlsPeer;

constexpr std::size_t mebibyte = 1U << 20U;

std::string gzipped(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  std::string copy = text;
  stream.next_in = reinterpret_cast<Bytef*>(copy.data());
  stream.avail_in = static_cast<uInt>(copy.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

tests::Script answering(std::string answer) {
  return [answer = std::move(answer)](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send(answer);
  };
}

class HttpClientTest : public testing::Test {
 protected:
  HttpRequest request_to(const Endpoint& endpoint, const std::string& path = "/") const {
    return {.url = "http://" + to_string(endpoint) + path,
            .address = endpoint.address,
            .body_limit_bytes = mebibyte};
  }

  std::unique_ptr<HttpExchange> start(HttpRequest request) {
    response_.reset();
    return client_->start(std::move(request),
                          [this](HttpResponse response) { response_ = std::move(response); });
  }

  HttpResponse get(HttpRequest request) {
    const auto exchange = start(std::move(request));
    EXPECT_FALSE(response_.has_value());
    test_.run_until([this] { return response_.has_value(); });
    return response_.value_or(HttpResponse{});
  }
  HttpResponse get(const TcpPeer& peer) { return get(request_to(peer.endpoint())); }

  HttpRequest tls_request_to(const Endpoint& endpoint, const std::string& host,
                             TlsOptions options = {}) {
    if (options.ca_file.empty()) options.ca_file = trusted_.path();
    HttpRequest request = request_to(endpoint);
    request.url = "https://" + host + ":" + std::to_string(endpoint.port) + "/";
    auto context = tls_->context(options);
    EXPECT_TRUE(context.has_value());
    if (context) request.tls = *context;
    return request;
  }

  TestLoop test_;
  SystemClock clock_;
  CertificateAuthority authority_;
  TemporaryFile trusted_{authority_.root_pem()};
  std::unique_ptr<TlsContexts> tls_ = TlsContexts::create(test_.loop(), clock_);
  std::unique_ptr<HttpClient> client_ = HttpClient::create(test_.loop(), *tls_);
  std::optional<HttpResponse> response_;
};

TEST_F(HttpClientTest, TellsStatusHeadersAndBody) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Name:  Value \r\n\r\nhello"));

  const HttpResponse response = get(peer);

  EXPECT_EQ(response.reason, Reason::none) << response.detail;
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.version, "1.1");
  EXPECT_EQ(response.body, "hello");
  EXPECT_EQ(response.content_length, 5);
  ASSERT_EQ(response.headers.size(), 2U);
  EXPECT_EQ(response.headers[1].first, "x-name");
  EXPECT_EQ(response.headers[1].second, "Value");
  EXPECT_EQ(response.reached, HttpPhase::transfer);
}

TEST_F(HttpClientTest, SendsMethodHeadersAndBodyAsAsked) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("\r\n\r\n{\"a\":1}");
    talk.send("HTTP/1.1 204 No Content\r\n\r\n");
  });
  HttpRequest request = request_to(peer.endpoint(), "/path?q=1");
  request.method = "PUT";
  request.headers = {{"X-One", "1"}, {"X-Empty", ""}};
  request.body = "{\"a\":1}";
  request.user = "user";
  request.password = "secret";

  EXPECT_EQ(get(request).status, 204);

  const std::string sent = peer.received();
  EXPECT_TRUE(sent.starts_with("PUT /path?q=1 HTTP/1.1\r\n")) << sent;
  EXPECT_NE(sent.find("X-One: 1\r\n"), std::string::npos);
  EXPECT_NE(sent.find("X-Empty:\r\n"), std::string::npos);
  EXPECT_NE(sent.find("Content-Length: 7\r\n"), std::string::npos);
  EXPECT_NE(sent.find("Authorization: Basic dXNlcjpzZWNyZXQ=\r\n"), std::string::npos);
  EXPECT_EQ(sent.find("Content-Type"), std::string::npos);
  EXPECT_EQ(sent.find("Expect"), std::string::npos);
}

TEST_F(HttpClientTest, ForgetsTheCredentialsOfTheExchangeBefore) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  HttpRequest first = request_to(peer.endpoint());
  first.method = "POST";
  first.body = "x";
  first.bearer = "token";
  first.user = "user";

  get(first);
  get(peer);

  const std::string sent = peer.received(1);
  EXPECT_TRUE(sent.starts_with("GET / HTTP/1.1\r\n")) << sent;
  EXPECT_EQ(sent.find("Authorization"), std::string::npos) << sent;
  EXPECT_EQ(sent.find("Content-Length"), std::string::npos) << sent;
}

TEST_F(HttpClientTest, AReusedHandleKnowsNothingOfTheFailureBefore) {
  const tests::RefusingPort port;
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"));

  EXPECT_EQ(get(request_to(port.endpoint())).reason, Reason::connect_refused);
  const HttpResponse response = get(peer);

  EXPECT_EQ(name(response.reason), name(Reason::protocol_error)) << response.detail;
}

TEST_F(HttpClientTest, ConnectsToTheGivenAddressWhateverTheName) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  HttpRequest request = request_to(peer.endpoint());
  request.url = "http://portal.test:" + std::to_string(peer.port()) + "/";

  EXPECT_EQ(get(request).status, 200);

  EXPECT_NE(peer.received().find("Host: portal.test:"), std::string::npos);
}

TEST_F(HttpClientTest, SpeaksOverIp6) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), Family::ip6);

  EXPECT_EQ(get(peer).status, 200);
}

TEST_F(HttpClientTest, LeavesFromTheGivenAddress) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  HttpRequest request = request_to(peer.endpoint());
  request.source = parse_address("127.0.0.7");

  EXPECT_EQ(get(request).status, 200);
}

TEST_F(HttpClientTest, ASourceAddressThatIsNotOursIsTheAgentsTrouble) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  HttpRequest request = request_to(peer.endpoint());
  request.source = parse_address("192.0.2.1");

  const HttpResponse response = get(request);

  EXPECT_EQ(response.reason, Reason::agent_address) << response.detail;
}

TEST_F(HttpClientTest, AnInterfaceThatIsNotThereIsTheAgentsTrouble) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  HttpRequest request = request_to(peer.endpoint());
  request.interface = "nowhere0";

  EXPECT_EQ(name(get(request).reason).substr(0, 6), "agent_");
}

TEST_F(HttpClientTest, JoinsChunksAndIgnoresTrailers) {
  TcpPeer peer(
      answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                "5\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n"));

  const HttpResponse response = get(peer);

  EXPECT_EQ(response.body, "hello world");
  EXPECT_EQ(response.content_length, -1);
  EXPECT_EQ(response.headers.size(), 1U);
}

TEST_F(HttpClientTest, TakesTheBodyUntilTheEndWhereNoLengthIsSaid) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\n\r\nall of it"));

  const HttpResponse response = get(peer);

  EXPECT_EQ(response.reason, Reason::none);
  EXPECT_EQ(response.body, "all of it");
}

TEST_F(HttpClientTest, PassesOverInterimAnswers) {
  TcpPeer peer(
      answering("HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

  const HttpResponse response = get(peer);

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.body, "ok");
}

TEST_F(HttpClientTest, ExpectsNoBodyBehindHead) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));
  HttpRequest request = request_to(peer.endpoint());
  request.method = "HEAD";

  const HttpResponse response = get(request);

  EXPECT_EQ(response.reason, Reason::none) << response.detail;
  EXPECT_EQ(response.content_length, 100);
}

TEST_F(HttpClientTest, DecodesWhatItOffered) {
  const std::string packed = gzipped("hello, hello, hello");
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " +
                         std::to_string(packed.size()) + "\r\n\r\n" + packed));
  HttpRequest request = request_to(peer.endpoint());
  request.accept_compressed = true;

  const HttpResponse response = get(request);

  EXPECT_EQ(response.body, "hello, hello, hello");
  EXPECT_NE(peer.received().find("Accept-Encoding: gzip, deflate, br\r\n"), std::string::npos);
}

TEST_F(HttpClientTest, StopsAGzipBombAtTheLimit) {
  const std::string packed = gzipped(std::string(64 * mebibyte, '0'));
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + packed));
  HttpRequest request = request_to(peer.endpoint());
  request.accept_compressed = true;

  const HttpResponse response = get(request);

  EXPECT_EQ(response.reason, Reason::none);
  EXPECT_TRUE(response.body_cut);
  EXPECT_EQ(response.body.size(), mebibyte);
}

TEST_F(HttpClientTest, TellsABrokenEncoding) {
  TcpPeer peer(
      answering("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"));
  HttpRequest request = request_to(peer.endpoint());
  request.accept_compressed = true;

  EXPECT_EQ(get(request).reason, Reason::body_encoding);
}

TEST_F(HttpClientTest, CutsAnEndlessBody) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send("HTTP/1.1 200 OK\r\n\r\n");
    talk.send_forever("endless ");
  });

  const HttpResponse response = get(peer);

  EXPECT_TRUE(response.body_cut);
  EXPECT_EQ(response.body.size(), mebibyte);
  EXPECT_EQ(response.reason, Reason::none);
}

TEST_F(HttpClientTest, ABodyOfExactlyTheLimitIsWhole) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n12345678"));
  HttpRequest request = request_to(peer.endpoint());
  request.body_limit_bytes = 8;

  const HttpResponse response = get(request);

  EXPECT_FALSE(response.body_cut);
  EXPECT_EQ(response.body, "12345678");
}

TEST_F(HttpClientTest, RefusesEndlessHeaders) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send("HTTP/1.1 200 OK\r\n");
    talk.send_forever("X-More: and more\r\n");
  });

  EXPECT_EQ(get(peer).reason, Reason::http_header_too_large);
}

TEST_F(HttpClientTest, RefusesAHeaderOfAMebibyte) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nX-Large: " + std::string(mebibyte, 'x') + "\r\n\r\n"));

  EXPECT_EQ(get(peer).reason, Reason::http_header_too_large);
}

// libcurl gives up at a line of 100 KiB, below our own limit, with words about its memory.
TEST_F(HttpClientTest, AHeaderLineOf120KiBIsTooLargeInPlainWords) {
  const std::string line = "X-Large: " + std::string(120U << 10U, 'x') + "\r\n";
  for (const std::string& before : {std::string(), std::string("X-Small: 1\r\n")}) {
    TcpPeer peer(answering("HTTP/1.1 200 OK\r\n" + before + line + "\r\n"));

    const HttpResponse response = get(peer);

    EXPECT_EQ(name(response.reason), name(Reason::http_header_too_large));
    EXPECT_EQ(response.detail, "a header line is longer than libcurl takes (100 KiB)");
  }
}

// A peer that switches keeps the connection open: nothing more comes until the time limit.
TEST_F(HttpClientTest, ASwitchOfProtocolsThatNobodyAskedForFailsAtOnce) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n");
    talk.stay_silent();
  });

  const HttpResponse response = get(peer);

  EXPECT_EQ(name(response.reason), name(Reason::protocol_error));
  EXPECT_EQ(response.detail, "101 Switching Protocols, which nobody asked for");
  EXPECT_EQ(response.status, 101);
}

TEST_F(HttpClientTest, ASwitchOfProtocolsThatWasAskedForIsTheAnswer) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    talk.stay_silent();
  });
  HttpRequest request = request_to(peer.endpoint());
  request.headers = {{"Connection", "Upgrade"}, {"upgrade", "websocket"}};

  const HttpResponse response = get(request);

  EXPECT_EQ(response.reason, Reason::none) << response.detail;
  EXPECT_EQ(response.status, 101);
  ASSERT_EQ(response.headers.size(), 1U);
}

TEST_F(HttpClientTest, RefusesEndlessInterimAnswers) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send_forever("HTTP/1.1 103 Early Hints\r\n\r\n");
  });

  EXPECT_EQ(get(peer).reason, Reason::http_header_too_large);
}

TEST_F(HttpClientTest, TellsARefusedConnection) {
  const tests::RefusingPort port;

  const HttpResponse response = get(request_to(port.endpoint()));

  EXPECT_EQ(response.reason, Reason::connect_refused);
  EXPECT_EQ(response.reached, HttpPhase::connect);
}

struct BadAnswer {
  std::string name, answer;
  bool is_reset;
  Reason reason;
};

std::string chunked_with_trailer(const std::string& trailer) {
  return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n" + trailer +
         "\r\n\r\n";
}

class BadAnswerTest : public HttpClientTest, public testing::WithParamInterface<BadAnswer> {};

TEST_P(BadAnswerTest, HasItsReason) {
  const BadAnswer& bad = GetParam();
  TcpPeer peer([&bad](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send(bad.answer);
    if (bad.is_reset) talk.reset();
  });

  const HttpResponse response = get(peer);

  EXPECT_EQ(name(response.reason), name(bad.reason)) << response.detail;
  EXPECT_FALSE(response.detail.empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, BadAnswerTest,
    testing::Values(
        BadAnswer{"Nothing", "", false, Reason::closed},
        BadAnswer{"ResetAtOnce", "", true, Reason::reset},
        BadAnswer{"ResetInHeaders", "HTTP/1.1 200 OK\r\nX-A: 1\r\n", true, Reason::reset},
        BadAnswer{"ResetInBody", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", true,
                  Reason::reset},
        BadAnswer{"ClosedInHeaders", "HTTP/1.1 200 OK\r\nX-A: 1\r\n", false, Reason::closed},
        BadAnswer{"ClosedInBody", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", false,
                  Reason::closed},
        BadAnswer{"ClosedInChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
                  false, Reason::closed},
        BadAnswer{"BadChunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n",
                  false, Reason::protocol_error},
        BadAnswer{"Garbage", "\x01\x02\x03 what is this?\r\n\r\nnonsense", false,
                  Reason::protocol_error},
        BadAnswer{"OtherProtocol", "SSH-2.0-OpenSSH_9.2\r\n", false, Reason::protocol_error},
        BadAnswer{"NegativeLength", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nabc", false,
                  Reason::protocol_error},
        BadAnswer{"BadStatus", "HTTP/1.1 abc\r\n\r\n", false, Reason::protocol_error},
        BadAnswer{"FoldedFirstHeader", "HTTP/1.1 200 OK\r\n X-A: 1\r\nContent-Length: 2\r\n\r\nok",
                  false, Reason::protocol_error},
        BadAnswer{"NulInAHeader", std::string("HTTP/1.1 200 OK\r\nX-A: a\0b\r\n\r\nok", 31), false,
                  Reason::protocol_error},
        BadAnswer{"NulInATrailer", chunked_with_trailer(std::string("X-A: a\0b", 8)), false,
                  Reason::protocol_error},
        BadAnswer{"LongTrailer", chunked_with_trailer("X-A: " + std::string(mebibyte / 8, 'x')),
                  false, Reason::http_header_too_large},
        BadAnswer{"SwitchedProtocols",
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x01x", false,
                  Reason::protocol_error}),
    [](const auto& instance) { return instance.param.name; });

TEST_F(HttpClientTest, AHalfClosedPeerThatAnswersIsFine) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send("HTTP/1.1 200 OK\r\n\r\nbye");
    talk.half_close();
    talk.stay_silent();
  });

  EXPECT_EQ(get(peer).body, "bye");
}

TEST_F(HttpClientTest, KnowsThatASilentPeerOwesTheAnswer) {
  TcpPeer peer([](Conversation& talk) { talk.stay_silent(); });
  const auto exchange = start(request_to(peer.endpoint()));
  test_.run_until([&] { return peer.received().ends_with("\r\n\r\n"); });

  const HttpResponse response = exchange->so_far();

  EXPECT_EQ(response.reached, HttpPhase::processing);
  EXPECT_GT(response.processing, 0ns);
  EXPECT_EQ(response.status, 0);
  EXPECT_FALSE(response_.has_value());
}

TEST_F(HttpClientTest, KnowsHowFarASlowAnswerIs) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    talk.stay_silent();
  });
  const auto exchange = start(request_to(peer.endpoint()));
  test_.run_until([&] { return exchange->so_far().body.size() == 3; });

  const HttpResponse response = exchange->so_far();

  EXPECT_EQ(response.reached, HttpPhase::transfer);
  EXPECT_EQ(response.status, 200);
  EXPECT_GT(response.transfer, 0ns);
}

TEST_F(HttpClientTest, KnowsThatAConnectionIsNotMade) {
  const tests::UnansweringPort port;
  const auto exchange = start(request_to(port.endpoint()));
  test_.run_for(20ms);

  const HttpResponse response = exchange->so_far();

  EXPECT_EQ(response.reached, HttpPhase::connect);
  EXPECT_GE(response.connect, 15ms);
}

TEST_F(HttpClientTest, MeasuresEachPhase) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.pause(30ms);
    talk.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
    talk.pause(200ms);
    talk.send("k");
  });

  const HttpResponse response = get(peer);

  EXPECT_GE(response.processing, 29ms);
  // A busy machine sees the first byte late, at the cost of the transfer but not of the sum.
  EXPECT_GE(response.transfer, 50ms);
  EXPECT_GE(response.processing + response.transfer, 229ms);
  EXPECT_GT(response.connect, 0ns);
  EXPECT_EQ(response.tls, 0ns);
}

TEST_F(HttpClientTest, SpeaksTlsAndTellsItsFacts) {
  TlsPeer peer({.identity = authority_.issue()},
               answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

  const HttpResponse response = get(tls_request_to(peer.endpoint(), "localhost"));

  EXPECT_EQ(response.reason, Reason::none) << response.detail;
  EXPECT_EQ(response.body, "ok");
  EXPECT_EQ(response.tls_facts.version, "TLS 1.3");
  EXPECT_FALSE(response.tls_facts.sent.empty());
  EXPECT_TRUE(response.tls_facts.chain_expiry.has_value());
  EXPECT_GT(response.tls, 0ns);
  EXPECT_EQ(peer.record(0).server_name, "localhost");
}

TEST_F(HttpClientTest, TellsAnExpiredCertificate) {
  TlsPeer peer({.identity = authority_.issue({.starts_in_days = -30, .ends_in_days = -1})},
               answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

  const HttpResponse response = get(tls_request_to(peer.endpoint(), "localhost"));

  EXPECT_EQ(response.reason, Reason::tls_expired) << response.detail;
  EXPECT_FALSE(response.tls_facts.sent.empty());
  EXPECT_EQ(peer.received(), "");
}

TEST_F(HttpClientTest, TellsACertificateForAnotherName) {
  TlsPeer peer({.identity = authority_.issue({.names = {"elsewhere.test"}})},
               answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

  EXPECT_EQ(get(tls_request_to(peer.endpoint(), "localhost")).reason, Reason::tls_wrong_name);
}

TEST_F(HttpClientTest, TellsAnUntrustedIssuer) {
  const CertificateAuthority other;
  TlsPeer peer({.identity = other.issue()},
               answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

  const HttpResponse response = get(tls_request_to(peer.endpoint(), "localhost"));

  EXPECT_EQ(group(response.reason), ReasonGroup::tls);
  EXPECT_EQ(cause(response.reason), Cause::certificate);
}

TEST_F(HttpClientTest, SendsItsClientCertificate) {
  const tests::Identity mine = authority_.issue({.common_name = "siaga"});
  const TemporaryFile certificate(mine.chain_pem);
  const TemporaryFile key(mine.key_pem);
  TlsPeer peer({.identity = authority_.issue(),
                .client_authority_pem = authority_.root_pem(),
                .requires_client_certificate = true},
               answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  TlsOptions options;
  options.certificate_file = certificate.path();
  options.key_file = key.path();

  const HttpResponse response = get(tls_request_to(peer.endpoint(), "localhost", options));

  EXPECT_EQ(response.body, "ok") << response.detail;
  EXPECT_NE(peer.record(0).client_subject.find("siaga"), std::string::npos);
}

class ClientCertificateTest : public HttpClientTest, public testing::WithParamInterface<int> {
 protected:
  tests::TlsServerOptions demanding() const {
    return {.identity = authority_.issue(),
            .version_min = GetParam(),
            .version_max = GetParam(),
            .client_authority_pem = authority_.root_pem(),
            .requires_client_certificate = true};
  }
};

TEST_P(ClientCertificateTest, IsMissedWhenThePeerDemandsOne) {
  TlsPeer peer(demanding(), answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

  const HttpResponse response = get(tls_request_to(peer.endpoint(), "localhost"));

  EXPECT_EQ(name(response.reason), name(Reason::tls_client_certificate)) << response.detail;
  EXPECT_TRUE(response.tls_facts.is_certificate_requested);
  EXPECT_EQ(response.status, 0);
}

TEST_P(ClientCertificateTest, IsRefusedWhenNoAuthorityStandsBehindIt) {
  const tests::Identity mine = authority_.issue({.common_name = "siaga", .is_self_signed = true});
  const TemporaryFile certificate(mine.chain_pem);
  const TemporaryFile key(mine.key_pem);
  TlsPeer peer(demanding(), answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  TlsOptions options;
  options.certificate_file = certificate.path();
  options.key_file = key.path();

  const HttpResponse response = get(tls_request_to(peer.endpoint(), "localhost", options));

  EXPECT_EQ(name(response.reason), name(Reason::tls_client_certificate)) << response.detail;
}

INSTANTIATE_TEST_SUITE_P(Versions, ClientCertificateTest,
                         testing::Values(TLS1_2_VERSION, TLS1_3_VERSION), [](const auto& instance) {
                           return instance.param == TLS1_3_VERSION ? "Tls13" : "Tls12";
                         });

TEST_F(HttpClientTest, APeerThatOnlyAsksForACertificateFailsByItsOwnFault) {
  TlsPeer peer({.identity = authority_.issue(), .client_authority_pem = authority_.root_pem()},
               answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"));

  const HttpResponse response = get(tls_request_to(peer.endpoint(), "localhost"));

  EXPECT_TRUE(response.tls_facts.is_certificate_requested);
  EXPECT_EQ(name(response.reason), name(Reason::closed)) << response.detail;
}

TEST_F(HttpClientTest, TellsAPeerWithoutACommonVersion) {
  TlsPeer peer({.identity = authority_.issue(), .version_max = TLS1_2_VERSION},
               answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

  const HttpResponse response =
      get(tls_request_to(peer.endpoint(), "localhost", {.min_version = TlsVersion::tls_1_3}));

  EXPECT_EQ(response.reason, Reason::tls_version) << response.detail;
}

TEST_F(HttpClientTest, TellsThatThePeerDoesNotSpeakTls) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive(1);
    talk.send("HTTP/1.1 400 Bad Request\r\n\r\n");
  });

  const HttpResponse response = get(tls_request_to(peer.endpoint(), "localhost"));

  EXPECT_EQ(response.reason, Reason::tls_handshake) << response.detail;
  EXPECT_EQ(response.reached, HttpPhase::tls);
}

TEST_F(HttpClientTest, TellsAResetInTheHandshake) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive(1);
    talk.reset();
  });

  EXPECT_EQ(get(tls_request_to(peer.endpoint(), "localhost")).reason, Reason::tls_reset);
}

TEST_F(HttpClientTest, TellsACloseInTheHandshake) {
  TcpPeer peer([](Conversation& talk) { talk.receive(1); });

  const HttpResponse response = get(tls_request_to(peer.endpoint(), "localhost"));

  EXPECT_EQ(response.reason, Reason::tls_reset) << response.detail;
}

TEST_F(HttpClientTest, KnowsThatAStalledHandshakeIsWhereItStands) {
  TlsPeer peer({.identity = authority_.issue(), .stalls_after_bytes = 100}, [](Conversation&) {});
  const auto exchange = start(tls_request_to(peer.endpoint(), "localhost"));
  test_.run_until([&] { return peer.connections() == 1; });
  test_.run_for(30ms);

  const HttpResponse response = exchange->so_far();

  EXPECT_EQ(response.reached, HttpPhase::tls);
  EXPECT_GT(response.tls, 0ns);
}

TEST_F(HttpClientTest, AnAnswerCutOffInsideTlsIsClosedNotGood) {
  TlsPeer peer({.identity = authority_.issue()},
               answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"));

  const HttpResponse response = get(tls_request_to(peer.endpoint(), "localhost"));

  EXPECT_EQ(response.reason, Reason::closed) << response.detail;
}

TEST_F(HttpClientTest, OffersHttp2AndTakesWhatThePeerHas) {
  TlsPeer peer({.identity = authority_.issue(), .protocols = {"http/1.1"}},
               answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));

  EXPECT_EQ(get(tls_request_to(peer.endpoint(), "localhost")).version, "1.1");
}

// RFC 9113, 4.1.
std::string http2_frame(char type, char flags, char stream, const std::string& payload) {
  const std::string length{'\0', '\0', static_cast<char>(payload.size())};
  return length + type + flags + std::string(3, '\0') + stream + payload;
}

// Reads the preface and frames up to the HEADERS of the request.
void receive_http2_request(Conversation& talk) {
  talk.receive_until("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  constexpr char headers = 1;
  char type = 0;
  while (type != headers) {
    const std::string frame = talk.receive(9);
    const auto byte = [&](std::size_t index) {
      return static_cast<std::size_t>(static_cast<unsigned char>(frame[index]));
    };
    type = frame[3];
    talk.receive(byte(0) << 16U | byte(1) << 8U | byte(2));
  }
}

// SETTINGS, HEADERS with ":status: 200" and "content-length: 2" (RFC 7541, A and B), DATA.
void answer_in_http2(Conversation& talk) {
  talk.send(http2_frame(4, 0, 0, {}));
  receive_http2_request(talk);
  talk.send(http2_frame(1, 4, 1, std::string("\x88\x0f\x0d\x01") + "2"));
  talk.send(http2_frame(0, 1, 1, "ok"));
  talk.stay_silent();
}

TEST_F(HttpClientTest, SpeaksHttp2WhereThePeerDoes) {
  TlsPeer peer({.identity = authority_.issue(), .protocols = {"h2", "http/1.1"}}, answer_in_http2);

  const HttpResponse response = get(tls_request_to(peer.endpoint(), "localhost"));

  EXPECT_EQ(response.reason, Reason::none) << response.detail;
  EXPECT_EQ(response.version, "2");
  EXPECT_EQ(response.tls_facts.alpn, "h2");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_length, 2);
  EXPECT_EQ(response.body, "ok");
}

TEST_F(HttpClientTest, SpeaksHttp2WithoutTlsWhenToldSo) {
  TcpPeer peer(answer_in_http2);
  HttpRequest request = request_to(peer.endpoint());
  request.version = HttpVersion::http_2;

  const HttpResponse response = get(request);

  EXPECT_EQ(response.version, "2") << response.detail;
  EXPECT_EQ(response.body, "ok");
}

TEST_F(HttpClientTest, DoesNotOfferHttp2WhenToldSo) {
  TlsPeer peer({.identity = authority_.issue(), .protocols = {"h2", "http/1.1"}},
               answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  HttpRequest request = tls_request_to(peer.endpoint(), "localhost");
  request.version = HttpVersion::http_1_1;

  EXPECT_EQ(get(request).version, "1.1");
}

TEST_F(HttpClientTest, GarbageInHttp2IsAFailedExchange) {
  TlsPeer peer({.identity = authority_.issue(), .protocols = {"h2"}}, [](Conversation& talk) {
    talk.receive(1);
    talk.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    talk.stay_silent();
  });

  const HttpResponse response = get(tls_request_to(peer.endpoint(), "localhost"));

  EXPECT_EQ(group(response.reason), ReasonGroup::exchange) << response.detail;
}

TEST_F(HttpClientTest, AsksThroughAProxy) {
  TcpPeer proxy(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  HttpRequest request = request_to(proxy.endpoint());
  request.url = "http://portal.test/page";
  request.proxy = "http://proxy.test:" + std::to_string(proxy.port());
  request.proxy_user = "me";
  request.proxy_password = "pw";

  EXPECT_EQ(get(request).body, "ok");

  EXPECT_TRUE(proxy.received().starts_with("GET http://portal.test/page HTTP/1.1\r\n"));
  EXPECT_NE(proxy.received().find("Proxy-Authorization: Basic "), std::string::npos);
}

TEST_F(HttpClientTest, AProxyThatRefusesTheTunnelIsToBlame) {
  TcpPeer proxy(answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"));
  HttpRequest request = tls_request_to(proxy.endpoint(), "portal.test");
  request.proxy = "http://proxy.test:" + std::to_string(proxy.port());

  const HttpResponse response = get(request);

  EXPECT_EQ(response.reason, Reason::http_proxy) << response.detail;
  EXPECT_EQ(response.status, 0);
}

TEST_F(HttpClientTest, AProxyThatIsNotThereIsToBlame) {
  const tests::RefusingPort port;
  HttpRequest request = request_to(port.endpoint());
  request.url = "http://portal.test/";
  request.proxy = "http://proxy.test:" + std::to_string(port.endpoint().port);

  EXPECT_EQ(get(request).reason, Reason::http_proxy);
}

// RFC 1928: takes the greeting without authentication, then answers the request with `reply`.
Script socks5(char reply, Script then) {
  return [reply, then = std::move(then)](Conversation& talk) {
    const std::string greeting = talk.receive(2);
    talk.receive(static_cast<std::size_t>(greeting[1]));
    talk.send(std::string("\x05\x00", 2));
    const std::string request = talk.receive(5);
    talk.receive(static_cast<std::size_t>(request[4]) + 2);
    talk.send(std::string("\x05") + reply + std::string("\x00\x01\x7f\x00\x00\x01\x00\x50", 8));
    then(talk);
  };
}

TEST_F(HttpClientTest, ASocksProxyIsGivenTheName) {
  TcpPeer proxy(socks5(0, answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")));
  for (const char* scheme : {"socks5://", "socks5h://"}) {
    HttpRequest request = request_to(proxy.endpoint());
    request.url = "http://portal.test/page";
    request.proxy = scheme + std::string("proxy.test:") + std::to_string(proxy.port());

    const HttpResponse response = get(request);

    EXPECT_EQ(response.body, "ok") << response.detail;
  }
  for (std::size_t index : {0U, 1U}) {
    EXPECT_NE(proxy.received(index).find("\x03\x0bportal.test"), std::string::npos);
    EXPECT_NE(proxy.received(index).find("GET /page HTTP/1.1\r\n"), std::string::npos);
  }
}

TEST_F(HttpClientTest, ASocksProxyThatRefusesIsToBlame) {
  constexpr char host_unreachable = 4;
  TcpPeer proxy(socks5(host_unreachable, [](Conversation&) {}));
  HttpRequest request = request_to(proxy.endpoint());
  request.url = "http://portal.test/";
  request.proxy = "socks5://proxy.test:" + std::to_string(proxy.port());

  const HttpResponse response = get(request);

  EXPECT_EQ(name(response.reason), name(Reason::http_proxy)) << response.detail;
}

TEST_F(HttpClientTest, TheEnvironmentsProxyIsNotUsed) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  setenv("http_proxy", "http://127.0.0.1:1", 1);

  const HttpResponse response = get(peer);
  unsetenv("http_proxy");

  EXPECT_EQ(response.body, "ok");
}

TEST_F(HttpClientTest, RunningOutOfDescriptorsIsTheAgentsTrouble) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  get(peer);
  std::optional<tests::DescriptorFamine> famine(std::in_place);

  const auto exchange = start(request_to(peer.endpoint()));
  famine.reset();
  test_.run_until([this] { return response_.has_value(); });

  EXPECT_EQ(response_->reason, Reason::agent_descriptors) << response_->detail;
}

TEST_F(HttpClientTest, LeavesNoDescriptorBehind) {
  TcpPeer peer([](Conversation& talk) { talk.stay_silent(); });
  start(request_to(peer.endpoint())).reset();
  test_.run_ready();
  test_.run_until([&] { return peer.connections() == 0 || peer.record(0).is_over; });
  const std::size_t before = tests::open_descriptors();

  for (int round = 0; round < 20; ++round) start(request_to(peer.endpoint())).reset();
  test_.run_until([&] { return peer.connections() < 21 || peer.record(20).is_over; });

  test_.run_until([&] { return tests::open_descriptors() <= before; });
  EXPECT_FALSE(response_.has_value());
}

TEST_F(HttpClientTest, CanBeDroppedMidway) {
  TcpPeer peer([](Conversation& talk) {
    talk.receive_until("\r\n\r\n");
    talk.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    talk.stay_silent();
  });
  auto exchange = start(request_to(peer.endpoint()));
  test_.run_until([&] { return exchange->so_far().status == 200; });

  exchange.reset();
  test_.run_until([&] { return peer.record(0).is_over; });

  EXPECT_FALSE(response_.has_value());
  EXPECT_TRUE(peer.record(0).was_reset);
}

TEST_F(HttpClientTest, CanBeDroppedInsideItsOwnCallback) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  std::unique_ptr<HttpExchange> exchange;
  bool is_done = false;
  exchange = client_->start(request_to(peer.endpoint()), [&](const HttpResponse&) {
    exchange.reset();
    is_done = true;
  });

  test_.run_until([&] { return is_done; });

  EXPECT_EQ(exchange, nullptr);
}

TEST_F(HttpClientTest, CanDropOthersAndStartAnewInsideACallback) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  TcpPeer silent([](Conversation& talk) { talk.stay_silent(); });
  std::vector<std::unique_ptr<HttpExchange>> exchanges;
  for (int count = 0; count < 3; ++count) {
    exchanges.push_back(client_->start(request_to(silent.endpoint()), [](const HttpResponse&) {}));
  }
  std::unique_ptr<HttpExchange> second;
  const auto first = client_->start(request_to(peer.endpoint()), [&](const HttpResponse&) {
    exchanges.clear();
    second = start(request_to(peer.endpoint()));
  });

  test_.run_until([this] { return response_.has_value(); });

  EXPECT_EQ(response_->body, "ok");
}

TEST_F(HttpClientTest, KeepsTheLoopAliveUntilItIsDone) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  const auto exchange = start(request_to(peer.endpoint()));

  test_.run_until_idle();

  EXPECT_TRUE(response_.has_value());
}

TEST_F(HttpClientTest, ManyAtOnceAllEnd) {
  TcpPeer peer(answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
  std::vector<std::unique_ptr<HttpExchange>> exchanges;
  int ended = 0;
  for (int count = 0; count < 100; ++count) {
    exchanges.push_back(client_->start(request_to(peer.endpoint()), [&](const HttpResponse& got) {
      EXPECT_EQ(got.body, "ok") << got.detail;
      ++ended;
    }));
  }

  test_.run_until([&] { return ended == 100; });
}

TEST(UrlTest, IsTakenApart) {
  const auto url = parse_url("https://user:pw@Portal.Test:8443/a/../b?q=1#part");

  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->text, "https://Portal.Test:8443/b?q=1");
  EXPECT_EQ(url->host, "portal.test");
  EXPECT_EQ(url->port, 8443);
  EXPECT_TRUE(url->is_tls);
}

TEST(UrlTest, RefusesWhatIsNotHttp) {
  for (const char* text : {"file:///etc/passwd", "ftp://a/", "/relative", "", "http://",
                           "gopher://a", "http://a b/", "http://a\r\nX: 1/", "HTTP", "//host/"}) {
    EXPECT_FALSE(parse_url(text).has_value()) << text;
  }
}

TEST(UrlTest, OddFormsOfAnAddressAreSeenThrough) {
  EXPECT_EQ(parse_url("http://2130706433/")->host, "127.0.0.1");
  EXPECT_EQ(parse_url("http://0x7f.1/")->host, "127.0.0.1");
  EXPECT_EQ(parse_url("http://[::1]:80/")->host, "::1");
}

// libcurl would refuse such a name when the transfer begins, which looks like the agent's trouble.
TEST(UrlTest, ANameBeyondAsciiIsWantedInItsAsciiForm) {
  const Url base = *parse_url("http://a.test/");

  EXPECT_FALSE(parse_url("http://b\u00fccher.test/").has_value());
  EXPECT_FALSE(join_url(base, "//b\u00fccher.test/").has_value());
  EXPECT_FALSE(join_url(base, "http://\xff\xfe.test/").has_value());
  EXPECT_EQ(join_url(base, "//xn--bcher-kva.test/\u00fc")->text,
            "http://xn--bcher-kva.test/%c3%bc");
}

TEST(UrlTest, ReferencesAreJoinedAsRfc3986Says) {
  const Url base = *parse_url("http://a.test/b/c/d?q");
  const std::pair<const char*, const char*> cases[] = {{"g", "http://a.test/b/c/g"},
                                                       {"./g/", "http://a.test/b/c/g/"},
                                                       {"/g", "http://a.test/g"},
                                                       {"//g.test", "http://g.test/"},
                                                       {"?y", "http://a.test/b/c/d?y"},
                                                       {"../../../g", "http://a.test/g"},
                                                       {"https://x.test/", "https://x.test/"}};
  for (const auto& [reference, expected] : cases) {
    const auto joined = join_url(base, reference);
    ASSERT_TRUE(joined.has_value()) << reference;
    EXPECT_EQ(joined->text, expected) << reference;
  }
  EXPECT_FALSE(join_url(base, "file:///etc/passwd").has_value());
  EXPECT_FALSE(join_url(base, "javascript:alert(1)").has_value());
}

TEST(HttpDateTest, AllThreeFormsAreRead) {
  const WallTime expected{784111777s};
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
  EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT"), expected);
  EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994"), expected);
  EXPECT_EQ(parse_http_date("yesterday"), std::nullopt);
  EXPECT_EQ(parse_http_date(""), std::nullopt);
}

}  // namespace
}  // namespace siaga
