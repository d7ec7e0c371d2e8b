#include "probes/wire/dns_message.h"

#include <fmt/format.h>
#include <ldns/ldns.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <memory>
#include <unordered_map>
#include <utility>

namespace siaga {
namespace {

constexpr std::size_t header_bytes = 12;

template <auto free>
struct Free {
  template <typename Thing>
  void operator()(Thing* thing) const {
    free(thing);
  }
};
using Packet = std::unique_ptr<ldns_pkt, Free<ldns_pkt_free>>;
using Name = std::unique_ptr<ldns_rdf, Free<ldns_rdf_deep_free>>;
using Buffer = std::unique_ptr<ldns_buffer, Free<ldns_buffer_free>>;
using Bytes = std::unique_ptr<std::uint8_t, Free<std::free>>;

std::unexpected<Error> malformed(std::string text) {
  return std::unexpected(
      Error{.tried = "read", .on = "DNS message", .code = 0, .text = std::move(text)});
}

std::unexpected<Error> refused(std::string_view name, std::string text) {
  return std::unexpected(
      Error{.tried = "ask for", .on = std::string(name), .code = 0, .text = std::move(text)});
}

bool is_plain(std::string_view name) {
  return std::ranges::all_of(name, [](char letter) { return letter > ' ' && letter <= '~'; });
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return lower;
}

Result<std::vector<std::byte>> to_wire(const ldns_pkt& packet, std::string_view name) {
  std::uint8_t* raw = nullptr;
  std::size_t size = 0;
  const auto status = ldns_pkt2wire(&raw, &packet, &size);
  const Bytes bytes(raw);
  if (status != LDNS_STATUS_OK) return refused(name, ldns_get_errorstr_by_id(status));
  const auto view = std::as_bytes(std::span(bytes.get(), size));
  return std::vector(view.begin(), view.end());
}

// The text of a whole record or of one name, through one buffer that grows once.
class Writer {
 public:
  Writer() : buffer_(ldns_buffer_new(512)) {}

  Result<std::string> text(const ldns_rr& record, bool is_question) {
    ldns_buffer_clear(buffer_.get());
    const auto status =
        is_question ? write_question(record)
                    : ldns_rr2buffer_str_fmt(buffer_.get(), ldns_output_format_nocomments, &record);
    if (status != LDNS_STATUS_OK) return malformed(ldns_get_errorstr_by_id(status));
    return taken();
  }
  Result<std::string> name(const ldns_rdf& name) {
    ldns_buffer_clear(buffer_.get());
    const auto status = ldns_rdf2buffer_str_dname(buffer_.get(), &name);
    if (status != LDNS_STATUS_OK) return malformed(ldns_get_errorstr_by_id(status));
    return taken();
  }

 private:
  ldns_status write_question(const ldns_rr& record) {
    ldns_buffer* out = buffer_.get();
    if (const auto status = ldns_rdf2buffer_str_dname(out, ldns_rr_owner(&record))) return status;
    ldns_buffer_printf(out, " ");
    if (const auto status = ldns_rr_class2buffer_str(out, ldns_rr_get_class(&record)))
      return status;
    ldns_buffer_printf(out, " ");
    return ldns_rr_type2buffer_str(out, ldns_rr_get_type(&record));
  }
  std::string taken() {
    const std::size_t size = ldns_buffer_position(buffer_.get());
    std::string text;
    text.reserve(size);
    for (const std::uint8_t byte : std::span(ldns_buffer_begin(buffer_.get()), size)) {
      const char letter = byte == '\t' || byte == '\n' ? ' ' : static_cast<char>(byte);
      if (letter != ' ' || (!text.empty() && text.back() != ' ')) text.push_back(letter);
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
  }

  Buffer buffer_;
};

std::string type_name(ldns_rr_type type) {
  const ldns_rr_descriptor* known = ldns_rr_descript(static_cast<std::uint16_t>(type));
  return known != nullptr && known->_name != nullptr
             ? std::string(known->_name)
             : fmt::format("TYPE{}", static_cast<unsigned>(type));
}

// Reads sections until the text of all of them is too much.
class SectionReader {
 public:
  Result<std::vector<DnsRecord>> read(const ldns_rr_list* list) {
    std::vector<DnsRecord> records;
    const std::size_t count = list == nullptr ? 0 : ldns_rr_list_rr_count(list);
    records.reserve(count);
    for (std::size_t index = 0; index < count; ++index) {
      auto record = read(*ldns_rr_list_rr(list, index));
      if (!record) return std::unexpected(std::move(record.error()));
      taken_bytes_ += record->text.size();
      if (taken_bytes_ > dns_text_bytes) return malformed("the records' text is over 1 MiB");
      records.push_back(std::move(*record));
    }
    return records;
  }
  Result<std::string> question(const ldns_rr_list* list) {
    if (list == nullptr || ldns_rr_list_rr_count(list) == 0) return std::string();
    return writer_.text(*ldns_rr_list_rr(list, 0), true);
  }

 private:
  Result<DnsRecord> read(const ldns_rr& record) {
    auto name = writer_.name(*ldns_rr_owner(&record));
    if (!name) return std::unexpected(std::move(name.error()));
    auto text = writer_.text(record, false);
    if (!text) return std::unexpected(std::move(text.error()));
    return DnsRecord{.name = std::move(*name),
                     .type = type_name(ldns_rr_get_type(&record)),
                     .ttl = ldns_rr_ttl(&record),
                     .text = std::move(*text)};
  }

  Writer writer_;
  std::size_t taken_bytes_ = 0;
};

void count_answers(const ldns_pkt& packet, DnsMessage& message) {
  const ldns_rr_list* questions = ldns_pkt_question(&packet);
  const ldns_rr_type asked = questions != nullptr && ldns_rr_list_rr_count(questions) > 0
                                 ? ldns_rr_get_type(ldns_rr_list_rr(questions, 0))
                                 : LDNS_RR_TYPE_ANY;
  const ldns_rr_list* answers = ldns_pkt_answer(&packet);
  const std::size_t count = answers == nullptr ? 0 : ldns_rr_list_rr_count(answers);
  for (std::size_t index = 0; index < count; ++index) {
    const ldns_rr* record = ldns_rr_list_rr(answers, index);
    const ldns_rr_type type = ldns_rr_get_type(record);
    if (type == asked || asked == LDNS_RR_TYPE_ANY) ++message.typed_answers;
    message.has_alias |= type == LDNS_RR_TYPE_CNAME || type == LDNS_RR_TYPE_DNAME;
    if (type == LDNS_RR_TYPE_SOA && !message.soa_serial && ldns_rr_rd_count(record) >= 3)
      message.soa_serial = ldns_rdf2native_int32(ldns_rr_rdf(record, 2));
  }
}

std::uint16_t word(std::span<const std::byte> wire, std::size_t offset) {
  return static_cast<std::uint16_t>((std::to_integer<unsigned>(wire[offset]) << 8U) |
                                    std::to_integer<unsigned>(wire[offset + 1]));
}

DnsMessage header_of(const ldns_pkt& packet, std::span<const std::byte> wire) {
  const auto upper = ldns_pkt_edns(&packet) ? ldns_pkt_edns_extended_rcode(&packet) : 0U;
  return {.id = word(wire, 0),
          .rcode = static_cast<std::uint16_t>((upper << 4U) | (word(wire, 2) & 0xfU)),
          .is_authoritative = ldns_pkt_aa(&packet),
          .is_truncated = ldns_pkt_tc(&packet),
          .is_recursive = ldns_pkt_rd(&packet),
          .can_recurse = ldns_pkt_ra(&packet),
          .is_authentic = ldns_pkt_ad(&packet),
          .answer_count = word(wire, 6),
          .authority_count = word(wire, 8),
          .additional_count = word(wire, 10)};
}

Result<void> read_records(const ldns_pkt& packet, DnsMessage& message) {
  SectionReader reader;
  auto question = reader.question(ldns_pkt_question(&packet));
  auto answers = reader.read(ldns_pkt_answer(&packet));
  if (!question || !answers) return std::unexpected(!question ? question.error() : answers.error());
  auto authorities = reader.read(ldns_pkt_authority(&packet));
  if (!authorities) return std::unexpected(std::move(authorities.error()));
  auto additionals = reader.read(ldns_pkt_additional(&packet));
  if (!additionals) return std::unexpected(std::move(additionals.error()));
  message.question = std::move(*question);
  message.answers = std::move(*answers);
  message.authorities = std::move(*authorities);
  message.additionals = std::move(*additionals);
  return {};
}

}  // namespace

Result<std::vector<std::byte>> make_dns_query(const DnsQuestion& question) {
  if (question.name.empty() || !is_plain(question.name))
    return refused(question.name, "a DNS name is written in ASCII without spaces (IDN as xn--)");
  const std::string absolute = question.name.ends_with('.') ? question.name : question.name + '.';
  Name name(ldns_dname_new_frm_str(absolute.c_str()));
  if (!name) return refused(question.name, "labels have 1 to 63 bytes, names at most 253");
  const auto type = ldns_get_rr_type_by_name(question.type.c_str());
  if (type == 0) return refused(question.type, "no such record type");
  const auto klass = ldns_get_rr_class_by_name(question.klass.c_str());
  if (klass == 0) return refused(question.klass, "no such class");
  const auto flags = static_cast<std::uint16_t>(question.is_recursive ? LDNS_RD : 0);
  const Packet packet(ldns_pkt_query_new(name.get(), type, klass, flags));
  if (!packet) return refused(question.name, "no memory");
  static_cast<void>(name.release());  // now the packet's
  ldns_pkt_set_id(packet.get(), 0);
  if (question.edns_bytes > 0) ldns_pkt_set_edns_udp_size(packet.get(), question.edns_bytes);
  if (question.wants_dnssec) ldns_pkt_set_edns_do(packet.get(), true);
  return to_wire(*packet, question.name);
}

std::string reverse_dns_name(const Address& address) {
  std::string name;
  for (std::size_t left = address.octets().size(); left > 0; --left) {
    const unsigned octet = address.octets()[left - 1];
    name += address.family == Family::ip4 ? fmt::format("{}.", octet)
                                          : fmt::format("{:x}.{:x}.", octet & 0xfU, octet >> 4U);
  }
  return name + (address.family == Family::ip4 ? "in-addr.arpa." : "ip6.arpa.");
}

std::string_view DnsRecord::data() const {
  std::string_view rest = text;
  for (int field = 0; field < 4; ++field) {
    const auto space = rest.find(' ');
    if (space == std::string_view::npos) return {};
    rest.remove_prefix(space + 1);
  }
  return rest;
}

Result<DnsMessage> parse_dns_message(std::span<const std::byte> wire, DnsRecords records) {
  if (wire.size() < header_bytes)
    return malformed(fmt::format("{} bytes, a header alone has 12", wire.size()));
  if ((word(wire, 2) & 0x8000U) == 0) return malformed("a query, not a reply");
  // RFC 1035, 4.1.4 forbids nothing here; ldns takes any number of questions, we asked one.
  if (word(wire, 4) > 1) return malformed("more than one question");
  ldns_pkt* raw = nullptr;
  const auto status =
      ldns_wire2pkt(&raw, std::bit_cast<const std::uint8_t*>(wire.data()), wire.size());
  const Packet packet(status == LDNS_STATUS_OK ? raw : nullptr);
  if (!packet) return malformed(ldns_get_errorstr_by_id(status));
  DnsMessage message = header_of(*packet, wire);
  count_answers(*packet, message);
  if (records == DnsRecords::counted) return message;
  if (auto read = read_records(*packet, message); !read)
    return std::unexpected(std::move(read.error()));
  return message;
}

std::string dns_rcode_name(std::uint16_t rcode) {
  if (rcode < dns_rcodes.size()) return std::string(dns_rcodes[rcode]);
  return fmt::format("RCODE{}", rcode);
}

std::string dns_flag_names(const DnsMessage& message) {
  std::string names;
  const auto add = [&names](bool is_set, std::string_view name) {
    if (is_set) names.append(names.empty() ? "" : " ").append(name);
  };
  add(message.is_authoritative, "aa");
  add(message.is_truncated, "tc");
  add(message.is_recursive, "rd");
  add(message.can_recurse, "ra");
  add(message.is_authentic, "ad");
  return names;
}

bool has_cname_loop(std::span<const DnsRecord> records) {
  // Each owner points to one target; a walk that meets its own mark again is a circle, one that
  // meets an older mark was walked before: linear in the number of records.
  struct Alias {
    std::string target;
    std::size_t walk = 0;
  };
  std::unordered_map<std::string, Alias> aliases;
  for (const DnsRecord& record : records) {
    if (record.type == "CNAME")
      aliases.try_emplace(lower_case(record.name), lower_case(record.data()));
  }
  std::size_t walk = 0;
  for (auto start = aliases.begin(); start != aliases.end(); ++start) {
    ++walk;
    for (auto at = start; at != aliases.end(); at = aliases.find(at->second.target)) {
      if (at->second.walk == walk) return true;
      if (at->second.walk != 0) break;
      at->second.walk = walk;
    }
  }
  return false;
}

}  // namespace siaga
