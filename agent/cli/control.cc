#include "agent/cli/control.h"

#include <sys/stat.h>
#include <sys/un.h>

#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "agent/core/limits.h"
#include "agent/loop/timer.h"
#include "agent/net/http_client.h"
#include "agent/net/tls.h"

namespace siaga {
namespace {

constexpr auto poll_pause = std::chrono::milliseconds(20);

HttpResponse exchange(HttpRequest request) {
  const SystemClock clock;
  Loop loop;
  const auto tls = TlsContexts::create(loop, clock);
  const auto client = HttpClient::create(loop, *tls);
  HttpResponse response;
  response.reason = Reason::reply_timeout;
  Timer patience(loop, [&loop] { loop.stop(); });
  patience.start_after(limits::control_wait);
  const auto under_way = client->start(std::move(request), [&](HttpResponse answer) {
    response = std::move(answer);
    loop.stop();
  });
  loop.run();
  return response;
}

Error failed(const std::string& state_dir, std::string text) {
  return {.tried = "ask the running agent", .on = control_path(state_dir), .text = std::move(text)};
}

Result<nlohmann::json> ask_for_json(const std::string& state_dir, const std::string& method,
                                    const std::string& path) {
  auto answer = ask_agent(state_dir, method, path);
  if (!answer) return std::unexpected(answer.error());
  if (!*answer) return nlohmann::json();
  nlohmann::json value = nlohmann::json::parse((*answer)->body, nullptr, false);
  if ((*answer)->status >= 300 || !value.is_object())
    return std::unexpected(
        failed(state_dir, fmt::format("status {}: {}", (*answer)->status, (*answer)->body)));
  return value;
}

// Values of hostile or later answers: what is not there or of another type counts as the fallback.
template <typename Value>
Value value_or(const nlohmann::json& object, const char* key, Value fallback) {
  try {
    return object.value(key, fallback);
  } catch (const nlohmann::json::exception&) {
    return fallback;
  }
}

}  // namespace

bool is_socket(const std::string& path) {
  struct stat facts{};
  return stat(path.c_str(), &facts) == 0 && S_ISSOCK(facts.st_mode);
}

std::string control_path(const std::string& state_dir) { return state_dir + "/control.sock"; }

std::string percent_encoded(std::string_view text) {
  std::string encoded;
  for (const char letter : text) {
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                          (letter >= '0' && letter <= '9') ||
                          std::string_view("-._~").contains(letter);
    if (is_plain) encoded += letter;
    else encoded += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
  }
  return encoded;
}

Result<std::optional<ControlAnswer>> ask_agent(const std::string& state_dir,
                                               const std::string& method,
                                               const std::string& path_and_query) {
  const std::string path = control_path(state_dir);
  // Nobody can listen at a path that does not fit into the address (unix(7): 108 bytes).
  if (path.size() >= sizeof(sockaddr_un::sun_path) || !is_socket(path))
    return std::optional<ControlAnswer>();
  HttpResponse response = exchange({.url = "http://localhost" + path_and_query,
                                    .method = method,
                                    .version = HttpVersion::http_1_1,
                                    .body_limit_bytes = limits::control_answer_bytes,
                                    .unix_socket = path});
  // The file of an agent that was killed stays behind; connecting to it is refused (unix(7)).
  if (response.reason == Reason::connect_refused) return std::optional<ControlAnswer>();
  if (response.reason != Reason::none) {
    const auto why = response.detail.empty() ? meaning(response.reason) : response.detail;
    return std::unexpected(failed(state_dir, std::string(why)));
  }
  return ControlAnswer{.status = response.status, .body = std::move(response.body)};
}

Freshness wait_until_durable(const std::string& state_dir, std::uint64_t ticket) {
  Freshness freshness{.is_agent_running = true};
  const SystemClock clock;
  const Instant deadline = clock.now() + limits::control_durable;
  while (true) {
    const auto journal = ask_for_json(state_dir, "GET", "/api/v1/journal");
    if (!journal) freshness.trouble = describe(journal.error());
    else if (journal->is_null()) freshness.trouble = "the agent stopped meanwhile";
    else if (value_or<std::uint64_t>(*journal, "durable_ticket", 0) >= ticket) return freshness;
    else if (!value_or(*journal, "is_durable", false))
      freshness.trouble = value_or<std::string>(*journal, "trouble", "the journal is not durable");
    else if (clock.now() >= deadline) freshness.trouble = "the disk is slow";
    if (!freshness.trouble.empty()) return freshness;
    std::this_thread::sleep_for(poll_pause);
  }
}

Freshness flush_agent(const std::string& state_dir) {
  const auto flushed = ask_for_json(state_dir, "POST", "/api/v1/flush");
  if (!flushed) return {.is_agent_running = true, .trouble = describe(flushed.error())};
  if (flushed->is_null()) return {};
  return wait_until_durable(state_dir, value_or<std::uint64_t>(*flushed, "ticket", 0));
}

}  // namespace siaga
