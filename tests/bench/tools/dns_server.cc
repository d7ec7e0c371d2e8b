// dns_server port=P: UDP on every loopback address. Every name has the A record 127.0.0.1, other
// types have no record, and names with a label that begins with "dead" are never answered.
#include <unistd.h>

#include <array>
#include <cstring>

#include "tests/bench/tools/common.h"

namespace siaga::bench {
namespace {

// RFC 1035, 4.1.
constexpr std::size_t header_bytes = 12;
constexpr std::size_t answer_bytes = 16;
constexpr std::size_t question_tail_bytes = 5;  // root label, type, class

// The end of the one question; 0 when the query is not one.
std::size_t question_end(const std::uint8_t* query, std::size_t size) {
  std::size_t at = header_bytes;
  while (at < size && query[at] != 0) at += query[at] + 1U;
  return at + question_tail_bytes <= size ? at + question_tail_bytes : 0;
}

// Turns the query in place into its answer; the answer's size, 0 for silence.
std::size_t answer(std::uint8_t* message, std::size_t size) {
  const std::size_t end = size > header_bytes ? question_end(message, size) : 0;
  if (end == 0 || memmem(message + header_bytes, end - header_bytes, "dead", 4) != nullptr)
    return 0;
  const bool asks_for_address = message[end - 4] == 0 && message[end - 3] == 1;
  message[2] = static_cast<std::uint8_t>(message[2] | 0x84);  // QR, AA
  message[3] = 0x80;                                          // RA, NOERROR
  std::memset(message + 6, 0, 6);
  if (!asks_for_address) return end;
  message[7] = 1;
  constexpr std::array<std::uint8_t, answer_bytes> record = {0xc0, 12, 0, 1, 0,   1, 0, 0,
                                                             0,    60, 0, 4, 127, 0, 0, 1};
  std::memcpy(message + end, record.data(), record.size());
  return end + record.size();
}

}  // namespace
}  // namespace siaga::bench

int main(int argc, char** argv) {
  using namespace siaga::bench;
  const Options options(argc, argv);
  const int port = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int buffer = 4 << 20;
  setsockopt(port, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
  const sockaddr_in address = any_address(options.number("port", 5353));
  if (bind(port, raw(address), sizeof address) != 0) die("bind");
  // Several addresses are served: the answer must leave from the one that was asked.
  const int yes = 1;
  setsockopt(port, IPPROTO_IP, IP_PKTINFO, &yes, sizeof yes);
  std::array<std::uint8_t, 2048> message{};
  alignas(cmsghdr) std::array<char, 256> control{};
  while (true) {
    sockaddr_in peer{};
    iovec part{message.data(), message.size() - answer_bytes};
    msghdr header{};
    header.msg_name = &peer;
    header.msg_namelen = sizeof peer;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    const ssize_t size = recvmsg(port, &header, 0);
    if (size <= 0) continue;
    part.iov_len = answer(message.data(), static_cast<std::size_t>(size));
    if (part.iov_len != 0) sendmsg(port, &header, 0);
  }
}
