#include "exporters/endpoint/web_endpoint.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>

#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "agent/core/address.h"
#include "agent/loop/timer.h"
#include "exporters/endpoint/listener.h"
#include "tests/exporters/world.h"

namespace siaga {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;

// A raw peer on a non-blocking socket.
class Client {
 public:
  explicit Client(const std::string& address, int receive_bytes = 0) {
    sockaddr_storage storage{};
    socklen_t size = 0;
    if (address.starts_with("unix:")) {
      auto& path = reinterpret_cast<sockaddr_un&>(storage);
      path.sun_family = AF_UNIX;
      std::strncpy(path.sun_path, address.c_str() + 5, sizeof path.sun_path - 1);
      size = sizeof(sockaddr_un);
    } else {
      size = to_sockaddr(*parse_endpoint(address), storage);
    }
    socket_ = socket(storage.ss_family, SOCK_STREAM, 0);
    if (receive_bytes != 0)
      setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    is_connected_ = connect(socket_, reinterpret_cast<const sockaddr*>(&storage), size) == 0;
  }
  ~Client() { close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool is_connected() const { return is_connected_; }
  void send(std::string_view text) {
    ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  // Takes what is there; true once the peer has closed.
  bool take() {
    std::array<char, 65536> piece;
    while (true) {
      const ssize_t count = recv(socket_, piece.data(), piece.size(), MSG_DONTWAIT);
      if (count > 0) text_.append(piece.data(), static_cast<std::size_t>(count));
      else return count == 0 || errno != EAGAIN;
    }
  }
  const std::string& text() const { return text_; }
  std::string body() const {
    const std::size_t end = text_.find("\r\n\r\n");
    return end == std::string::npos ? std::string() : text_.substr(end + 4);
  }

 private:
  int socket_ = -1;
  bool is_connected_ = false;
  std::string text_;
};

class WebEndpointTest : public ::testing::Test {
 protected:
  void open(const std::vector<std::string>& listen = {"127.0.0.1:0"},
            const WebLimits& limits = {}) {
    auto opened = WebEndpoint::open(loop, listen, site, limits);
    ASSERT_TRUE(opened) << describe(opened.error());
    endpoint = std::move(*opened);
  }

  // Turns the loop until `done` or a bound that only a broken endpoint reaches.
  template <typename Done>
  bool turn_until(const Done& done, Duration bound = 20s) {
    const Instant begun = loop.now();
    while (!done()) {
      if (loop.now() - begun > bound) return false;
      Timer wake(loop, [this] { loop.stop(); });
      wake.start_after(1ms);
      loop.run();
    }
    return true;
  }

  std::string ask(std::string_view request, std::size_t door = 0) {
    Client client(endpoint->addresses().at(door));
    client.send(request);
    EXPECT_TRUE(turn_until([&] { return client.take(); })) << request;
    return client.text();
  }
  std::string get(const std::string& path, const std::string& headers = {}) {
    return ask("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers + "\r\n");
  }

  Loop loop;
  std::shared_ptr<const Snapshot> snapshot =
      world::snapshot({world::http_up("portal"), world::ping_down("router")});
  Readiness readiness;
  ReloadAnswer reloaded;
  int reloads = 0;
  Expositions expositions{world::office()};
  std::array<std::string_view, 1> kinds{"http"};
  AgentMetrics metrics{kinds, kinds};
  Site site{{.snapshot = [this] { return snapshot; },
             .totals = [] { return AgentTotals{}; },
             .ready = [this] { return readiness; },
             .reload =
                 [this] {
                   ++reloads;
                   return reloaded;
                 }},
            expositions,
            metrics,
            3};
  std::unique_ptr<WebEndpoint> endpoint;
};

std::string without_chunks(std::string_view body) {
  std::string text;
  while (true) {
    const std::size_t line = body.find("\r\n");
    if (line == std::string_view::npos) return "broken chunks";
    const std::size_t size = std::stoul(std::string(body.substr(0, line)), nullptr, 16);
    if (size == 0) return text;
    text += body.substr(line + 2, size);
    body.remove_prefix(line + 2 + size + 2);
  }
}

std::string body_of(const std::string& answer) {
  const std::string body = answer.substr(answer.find("\r\n\r\n") + 4);
  return answer.find("Transfer-Encoding: chunked") != std::string::npos ? without_chunks(body)
                                                                        : body;
}

std::string gunzip(std::string packed) {
  std::string text(64U << 20U, '\0');
  z_stream state{};
  inflateInit2(&state, 31);
  state.next_in = reinterpret_cast<Bytef*>(packed.data());
  state.avail_in = static_cast<uInt>(packed.size());
  state.next_out = reinterpret_cast<Bytef*>(text.data());
  state.avail_out = static_cast<uInt>(text.size());
  const int result = inflate(&state, Z_FINISH);
  text.resize(state.total_out);
  inflateEnd(&state);
  return result == Z_STREAM_END ? text : "broken gzip";
}

TEST_F(WebEndpointTest, ServesMetricsInTheFormatAskedFor) {
  open();

  const std::string text = get("/metrics");
  const std::string openmetrics = get("/metrics", "Accept: application/openmetrics-text\r\n");

  EXPECT_TRUE(text.starts_with("HTTP/1.1 200")) << text.substr(0, 300);
  EXPECT_NE(text.find("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"),
            std::string::npos);
  EXPECT_NE(body_of(text).find("probe_success{"), std::string::npos);
  EXPECT_NE(body_of(text).find("siaga_scrapes_total{"), std::string::npos);
  EXPECT_NE(openmetrics.find("Content-Type: application/openmetrics-text; version=1.0.0;"),
            std::string::npos);
  EXPECT_TRUE(body_of(openmetrics).ends_with("# EOF\n"));
}

TEST_F(WebEndpointTest, GzipUnpacksToTheSameText) {
  snapshot = world::many(3000);
  open();

  const std::string packed = get("/metrics", "Accept-Encoding: gzip\r\n");
  const std::string text = gunzip(body_of(packed));

  EXPECT_NE(packed.find("Content-Encoding: gzip"), std::string::npos);
  const auto from = [](const std::string& all) {
    return all.substr(all.find("# HELP probe_success"));
  };
  EXPECT_TRUE(from(text) == from(body_of(get("/metrics")))) << text.substr(0, 300);
}

TEST_F(WebEndpointTest, AnOldClientGetsPlainTextAndTheEndOfTheConnection) {
  snapshot = world::many(500);
  open();

  const std::string answer = ask("GET /metrics HTTP/1.0\r\n\r\n");

  EXPECT_EQ(answer.find("chunked"), std::string::npos);
  EXPECT_NE(answer.find("target-499"), std::string::npos);
}

TEST_F(WebEndpointTest, HeadHasNoBody) {
  open();

  const std::string answer = ask("HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
  EXPECT_EQ(site.scrapes(), 0U);
}

TEST_F(WebEndpointTest, AConnectionServesSeveralRequests) {
  open();
  Client client(endpoint->addresses()[0]);
  const std::string request = "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n";

  client.send(request + request);

  EXPECT_TRUE(turn_until([&] {
    client.take();
    const std::size_t first = client.text().find("Siaga is healthy.");
    return first != std::string::npos &&
           client.text().find("Siaga is healthy.", first + 1) != std::string::npos;
  }));
}

TEST_F(WebEndpointTest, ReadinessSaysWhatCannotBeDone) {
  open();
  EXPECT_TRUE(get("/-/ready").starts_with("HTTP/1.1 200"));

  readiness = {.is_ready = false, .lines = {"ping: no capability"}};
  const std::string answer = get("/-/ready");

  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503"));
  EXPECT_NE(answer.find("ping: no capability\n"), std::string::npos);
}

TEST_F(WebEndpointTest, ReloadIsForPostAndPutAndSaysHowItWent) {
  open();
  const std::string post = "POST /-/reload HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";

  EXPECT_TRUE(ask(post + "Content-Length: 3\r\n\r\nabc").starts_with("HTTP/1.1 200"));
  reloaded = {.end = ReloadAnswer::End::refused, .text = "siaga.toml:3: no such key"};
  const std::string refused = ask(post + "Content-Length: 0\r\n\r\n");
  reloaded.end = ReloadAnswer::End::failed;
  EXPECT_TRUE(ask(post + "Content-Length: 0\r\n\r\n").starts_with("HTTP/1.1 500"));

  EXPECT_TRUE(refused.starts_with("HTTP/1.1 400"));
  EXPECT_NE(refused.find("siaga.toml:3: no such key"), std::string::npos);
  const std::string got = get("/-/reload");
  EXPECT_TRUE(got.starts_with("HTTP/1.1 405"));
  EXPECT_NE(got.find("Allow: POST, PUT\r\n"), std::string::npos);
  EXPECT_TRUE(ask(post + "Sec-Fetch-Site: cross-site\r\nContent-Length: 0\r\n\r\n")
                  .starts_with("HTTP/1.1 403"));
  EXPECT_EQ(reloads, 3);
}

TEST_F(WebEndpointTest, TheLandingPageEscapesWhatTargetsSay) {
  snapshot = world::snapshot({world::ping_down("<script>alert(1)</script>")});
  open();

  const std::string english = get("/");
  const std::string indonesian = get("/", "Accept-Language: id\r\n");

  EXPECT_EQ(english.find("<script"), std::string::npos);
  EXPECT_NE(english.find("&lt;script&gt;"), std::string::npos);
  EXPECT_NE(english.find("ping_no_reply: 3 of 3 &lt;lost&gt; &amp; &quot;gone&quot;"),
            std::string::npos);
  EXPECT_NE(english.find("Content-Security-Policy: default-src 'none'"), std::string::npos);
  EXPECT_NE(english.find("X-Content-Type-Options: nosniff"), std::string::npos);
  EXPECT_NE(indonesian.find(">mati<"), std::string::npos);
}

TEST_F(WebEndpointTest, StatusIsJsonOfTheSnapshot) {
  auto bad = world::ping_down("bad\xff");
  snapshot = world::snapshot({world::http_up("portal"), bad});
  open();

  const auto json = nlohmann::json::parse(body_of(get("/api/v1/status")), nullptr, false);

  ASSERT_FALSE(json.is_discarded());
  EXPECT_EQ(json["office"]["id"], "dinas");
  ASSERT_EQ(json["targets"].size(), 2U);
  EXPECT_EQ(json["targets"][0]["state"], "up");
  EXPECT_FALSE(json["targets"][0].contains("reason"));
  EXPECT_EQ(json["targets"][0]["last_run"]["duration_seconds"], 0.125);
  EXPECT_EQ(json["targets"][1]["reason"], "ping_no_reply");
  EXPECT_EQ(json["targets"][1]["runs"]["failed"], 2);
}

TEST_F(WebEndpointTest, BadRequestsGetAnErrorAndHarmNobody) {
  WebLimits limits;
  limits.idle = 1s;
  open({"127.0.0.1:0"}, limits);

  EXPECT_TRUE(get("/nothing").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(get("/%2e%2e/etc/passwd").starts_with("HTTP/1.1 404"));
  const std::string deleted =
      ask("DELETE /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(deleted.starts_with("HTTP/1.1 405"));
  EXPECT_NE(deleted.find("Allow: GET, HEAD\r\n"), std::string::npos);
  EXPECT_NE(get("/", "X: " + std::string(20'000, 'x') + "\r\n").find(" 431 "), std::string::npos);
  for (const std::string& garbage :
       {std::string("\x16\x03\x01\x02"), std::string("GET\r\n\r\n"), std::string(300'000, 'A'),
        "GET /" + std::string(200'000, 'a') + " HTTP/1.1\r\n\r\n",
        std::string("POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n")})
    ask(garbage);
  EXPECT_EQ(reloads, 0);
  EXPECT_TRUE(get("/-/healthy").starts_with("HTTP/1.1 200"));
}

TEST_F(WebEndpointTest, ReadersThatStopReadingHarmNobody) {
  snapshot = world::many(10'000);
  open();
  std::vector<std::unique_ptr<Client>> stopped;
  for (int count = 0; count < 2; ++count) {
    stopped.push_back(std::make_unique<Client>(endpoint->addresses()[0], 4096));
    stopped.back()->send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  ASSERT_TRUE(turn_until([&] { return site.scrapes() == 2; }));

  const std::string answer = get("/metrics");

  EXPECT_NE(answer.find("target-9999"), std::string::npos);
  EXPECT_EQ(site.scrapes(), 2U);
}

TEST_F(WebEndpointTest, TooManyScrapesAreRefusedAndCounted) {
  snapshot = world::many(10'000);
  open();
  std::vector<std::unique_ptr<Client>> stopped;
  for (int count = 0; count < 3; ++count) {
    stopped.push_back(std::make_unique<Client>(endpoint->addresses()[0], 4096));
    stopped.back()->send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  ASSERT_TRUE(turn_until([&] { return site.scrapes() == 3; }));

  const std::string refused = get("/metrics");
  stopped.clear();
  ASSERT_TRUE(turn_until([&] { return site.scrapes() == 0; }));
  snapshot = world::snapshot({});
  const std::string served = get("/metrics");

  EXPECT_TRUE(refused.starts_with("HTTP/1.1 503"));
  EXPECT_NE(refused.find("Retry-After: 1\r\n"), std::string::npos);
  EXPECT_NE(served.find("siaga_scrapes_dropped_total{office=\"dinas\",reason=\"refused\"} 1"),
            std::string::npos);
  EXPECT_NE(served.find("siaga_scrapes_dropped_total{office=\"dinas\",reason=\"broken\"} 3"),
            std::string::npos);
}

TEST_F(WebEndpointTest, AReaderThatTakesNothingIsDropped) {
  snapshot = world::many(10'000);
  WebLimits limits;
  limits.idle = 1s;
  open({"127.0.0.1:0"}, limits);
  Client stopped(endpoint->addresses()[0], 4096);
  stopped.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
  ASSERT_TRUE(turn_until([&] { return site.scrapes() == 1; }));

  EXPECT_TRUE(turn_until([&] { return site.scrapes() == 0 && endpoint->connections() == 0; }));
  snapshot = world::snapshot({});
  EXPECT_NE(get("/metrics").find("reason=\"idle\"} 1"), std::string::npos);
}

TEST_F(WebEndpointTest, ARequestThatDripsIsEnded) {
  WebLimits limits;
  limits.request = 1s;
  open({"127.0.0.1:0"}, limits);
  Client slow(endpoint->addresses()[0]);
  slow.send("GET /metrics HTTP/1.1\r\n");

  EXPECT_TRUE(turn_until([&] {
    slow.send("X: y\r\n");
    return slow.take();
  }));
}

// libmicrohttpd stops listening at its limit, and listens again only in the run after one ended.
TEST_F(WebEndpointTest, AnswersAtOnceAfterABurstThatTookAllConnections) {
  open();
  const unsigned limit = WebLimits{}.connections;
  for (const unsigned burst : {limit - 1, limit, limit + 1, 2 * limit, limit, limit}) {
    std::vector<std::unique_ptr<Client>> idle;
    for (unsigned count = 0; count < burst; ++count)
      idle.push_back(std::make_unique<Client>(endpoint->addresses()[0]));
    ASSERT_TRUE(turn_until([&] { return endpoint->connections() >= std::min(burst, limit); }));
    idle.clear();
    EXPECT_TRUE(turn_until([&] { return endpoint->connections() == 0; })) << burst;

    Client late(endpoint->addresses()[0]);
    late.send("GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

    ASSERT_TRUE(turn_until([&] { return late.take(); }, 1s)) << "after a burst of " << burst;
    EXPECT_TRUE(late.text().starts_with("HTTP/1.1 200")) << late.text();
  }
}

TEST_F(WebEndpointTest, DestroyingItEndsAllConnectionsAtOnce) {
  snapshot = world::many(10'000);
  open();
  Client waiting(endpoint->addresses()[0]);
  Client stopped(endpoint->addresses()[0], 4096);
  stopped.send("GET /metrics HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
  ASSERT_TRUE(turn_until([&] { return site.scrapes() == 1 && endpoint->connections() == 2; }));

  endpoint.reset();

  EXPECT_EQ(site.scrapes(), 0U);
  EXPECT_TRUE(turn_until([&] { return waiting.take(); }));
}

TEST_F(WebEndpointTest, SeveralListenersServeTheSame) {
  const std::string path = ::testing::TempDir() + "siaga-web-" + std::to_string(getpid());
  open({"127.0.0.1:0", "[::1]:0", "unix:" + path});
  struct stat file{};
  ASSERT_EQ(stat(path.c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0660U);

  for (std::size_t door = 0; door < 3; ++door)
    EXPECT_NE(ask("GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", door)
                  .find("Siaga is healthy."),
              std::string::npos)
        << door;

  endpoint.reset();
  EXPECT_NE(stat(path.c_str(), &file), 0) << "the socket file is removed";
}

TEST_F(WebEndpointTest, APortInUseIsAnErrorThatSaysWhatToChange) {
  open();
  const std::string taken = endpoint->addresses()[0];

  const auto second = WebEndpoint::open(loop, {taken}, site);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, EADDRINUSE);
  const std::string line = describe(second.error());
  EXPECT_NE(line.find(taken), std::string::npos) << line;
  EXPECT_NE(line.find("`listen` under [web]"), std::string::npos) << line;
}

TEST_F(WebEndpointTest, ASocketThatListensAlreadyIsServedAndKeepsItsClients) {
  auto listener = Listener::open("127.0.0.1:0");
  ASSERT_TRUE(listener);
  const std::string address = (*listener)->address();
  Client early(address);
  early.send("GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(early.is_connected()) << "the service manager's socket takes it meanwhile";

  auto adopted = WebEndpoint::adopt(loop, Descriptor((*listener)->release()), site);

  ASSERT_TRUE(adopted) << describe(adopted.error());
  EXPECT_EQ((*adopted)->addresses(), std::vector<std::string>{address});
  EXPECT_TRUE(turn_until([&] { return early.take(); }));
  EXPECT_NE(early.text().find("Siaga is healthy."), std::string::npos) << early.text();
}

TEST_F(WebEndpointTest, OnlyADeadSocketFileIsReplaced) {
  const std::string path = ::testing::TempDir() + "siaga-stale-" + std::to_string(getpid());
  {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const int dead = socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    close(dead);
  }
  open({"unix:" + path});
  EXPECT_FALSE(WebEndpoint::open(loop, {"unix:" + path}, site)) << "somebody answers there";
  endpoint.reset();

  std::ofstream(path) << "precious";
  EXPECT_FALSE(WebEndpoint::open(loop, {"unix:" + path}, site)) << "not a socket";
  std::string kept;
  std::ifstream(path) >> kept;
  EXPECT_EQ(kept, "precious");
  unlink(path.c_str());
}

TEST_F(WebEndpointTest, AnAddressThatIsNoneIsAnError) {
  for (const char* where : {"", "localhost", "9790", "unix:relative", "1.2.3.4"})
    EXPECT_FALSE(WebEndpoint::open(loop, {where}, site)) << where;
}

}  // namespace
}  // namespace siaga
