// DNS messages written by hand, for scripted servers. Shares nothing with the code under test.
#pragma once

#include <arpa/inet.h>

#include <cctype>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace siaga::tests {

inline std::string word(unsigned value) {
  return {static_cast<char>(value >> 8U), static_cast<char>(value & 0xffU)};
}

// "www.example" -> "\3www\7example\0".
inline std::string wire_name(std::string_view name) {
  std::string wire;
  while (!name.empty()) {
    const auto dot = std::min(name.find('.'), name.size());
    wire += static_cast<char>(dot);
    wire += name.substr(0, dot);
    name.remove_prefix(std::min(dot + 1, name.size()));
  }
  return wire + '\0';
}

inline constexpr unsigned type_a = 1, type_cname = 5, type_soa = 6, type_aaaa = 28;

struct Record {
  std::string name;
  unsigned type = type_a;
  std::uint32_t ttl = 60;
  std::string data;
  unsigned klass = 1;

  std::string wire() const {
    return wire_name(name) + word(type) + word(klass) + word(ttl >> 16U) + word(ttl & 0xffffU) +
           word(static_cast<unsigned>(data.size())) + data;
  }
};

inline Record a_record(std::string name, const std::string& address, std::uint32_t ttl = 60) {
  std::string data(4, '\0');
  inet_pton(AF_INET, address.c_str(), data.data());
  return {.name = std::move(name), .type = type_a, .ttl = ttl, .data = data};
}
inline Record aaaa_record(std::string name, const std::string& address, std::uint32_t ttl = 60) {
  std::string data(16, '\0');
  inet_pton(AF_INET6, address.c_str(), data.data());
  return {.name = std::move(name), .type = type_aaaa, .ttl = ttl, .data = data};
}
inline Record cname_record(std::string name, std::string_view target) {
  return {.name = std::move(name), .type = type_cname, .data = wire_name(target)};
}
inline Record soa_record(std::string name, std::uint32_t serial) {
  const std::string numbers = word(serial >> 16U) + word(serial & 0xffffU) + std::string(16, '\1');
  return {.name = std::move(name),
          .type = type_soa,
          .data = wire_name("ns.example") + wire_name("host.example") + numbers};
}

inline std::string query_bytes(std::string_view name, unsigned type, unsigned id = 0) {
  return word(id) + word(0x0100) + word(1) + word(0) + word(0) + word(0) + wire_name(name) +
         word(type) + word(1);
}

// Name in lower case with dots, of a query's question.
inline std::string asked_name(std::string_view query) {
  std::string name;
  for (std::size_t at = 12; at < query.size() && query[at] != 0;) {
    const auto size = static_cast<std::size_t>(query[at]);
    for (const char letter : query.substr(at + 1, size))
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    name += '.';
    at += size + 1;
  }
  if (!name.empty()) name.pop_back();
  return name;
}
inline std::string question_of(std::string_view query) {
  std::size_t end = 12;
  while (query[end] != 0) end += static_cast<std::size_t>(query[end]) + 1;
  return std::string(query.substr(12, end + 5 - 12));
}
inline unsigned asked_type(std::string_view query) {
  const std::string question = question_of(query);
  return static_cast<unsigned char>(question[question.size() - 3]);
}

inline constexpr unsigned noerror = 0, servfail = 2, nxdomain = 3, refused = 5;

// `flags` are added to QR, RD and RA: 0x0200 is TC, 0x0400 AA.
inline std::string reply_bytes(std::string_view query, unsigned rcode,
                               const std::vector<Record>& answers = {}, unsigned flags = 0) {
  std::string reply(query.substr(0, 2));
  reply += word(0x8180U | flags | rcode) + word(1) + word(static_cast<unsigned>(answers.size())) +
           word(0) + word(0) + question_of(query);
  for (const Record& record : answers) reply += record.wire();
  return reply;
}

}  // namespace siaga::tests
