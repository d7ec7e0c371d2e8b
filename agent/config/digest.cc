#include "agent/config/digest.h"

#include <bit>
#include <string>
#include <string_view>
#include <utility>

namespace siaga {
namespace {

// Every value with its length or count before it, so that no two sequences of values look alike.
class Digester {
 public:
  template <typename Number>
    requires std::is_arithmetic_v<Number>
  void add(Number number) {
    add_bytes({reinterpret_cast<const char*>(&number), sizeof number});
  }
  void add(std::monostate) { add(std::uint8_t{0}); }
  void add(std::string_view text) {
    add(text.size());
    add_bytes(text);
  }
  void add(const std::string& text) { add(std::string_view(text)); }
  void add(Duration duration) { add(duration.count()); }
  void add(Bytes bytes) { add(bytes.count); }
  void add(const Pattern& pattern) { add(pattern.text()); }
  void add(const NamedPattern& named) { add_all(named.name, named.pattern); }
  void add(StatusRange range) { add_all(range.first, range.last); }
  void add(const HostPort& host_port) { add_all(host_port.host, host_port.port); }
  void add(const IpNetwork& network) {
    for (const std::uint8_t octet : network.base.octets()) add(octet);
    add_all(network.base.scope, network.prefix);
  }
  void add(const Secret& secret) { add_all(secret.value, secret.source); }
  void add(const Location& location) { add_all(location.latitude, location.longitude); }
  void add(const DialogueStep& step) { add_all(step.send, step.expect, step.starttls); }
  void add(const WeeklyTimes& times) { add_all(times.days, times.from_minute, times.until_minute); }
  void add(const LocalTime& local) {
    add_all(local.year, local.month, local.day, local.hour, local.minute, local.second);
  }
  template <typename Value>
  void add(const std::vector<Value>& values) {
    add(values.size());
    for (const Value& value : values) add(value);
  }
  template <typename Value>
  void add(const std::map<std::string, Value>& values) {
    add(values.size());
    for (const auto& [key, value] : values) add_all(key, value);
  }
  void add(const OptionValue& value) {
    add(value.index());
    std::visit([this](const auto& held) { add(held); }, value);
  }
  template <typename... Values>
  void add_all(const Values&... values) {
    (add(values), ...);
  }

  ConfigDigest result() const { return digest_; }

 private:
  // FNV-1a with two offsets and two primes.
  void add_bytes(std::string_view bytes) {
    for (const char letter : bytes) {
      const auto byte = static_cast<unsigned char>(letter);
      digest_.first = (digest_.first ^ byte) * 1099511628211U;
      digest_.second = (std::rotl(digest_.second, 5) ^ byte) * 0x9e3779b97f4a7c15U;
    }
  }

  ConfigDigest digest_{.first = 14695981039346656037U, .second = 0x2545f4914f6cdd1dU};
};

}  // namespace

ConfigDigest digest(const TargetConfig& target) {
  Digester digester;
  digester.add_all(target.kind, target.name, target.interval, target.timeout, target.retry_interval,
                   target.confirm, target.recover, target.priority, target.needs, target.via,
                   target.labels, target.options);
  return digester.result();
}

}  // namespace siaga
