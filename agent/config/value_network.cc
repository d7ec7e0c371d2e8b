// Hosts, addresses, networks, URLs and HTTP statuses.
#include <algorithm>
#include <charconv>

#include "agent/config/value.h"

namespace siaga {
namespace {

using Value = std::optional<OptionValue>;

constexpr int status_min = 100;
constexpr int status_max = 599;

bool is_host(std::string_view text) { return parse_address(text) || is_host_name(text); }

std::optional<int> parse_status(std::string_view text) {
  int status = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), status);
  const bool is_whole = error == std::errc{} && end == text.data() + text.size();
  if (!is_whole || text.size() != 3 || status < status_min || status > status_max) return {};
  return status;
}

std::optional<StatusRange> parse_statuses(std::string_view text) {
  if (text.size() == 3 && text.ends_with("xx") && text[0] >= '1' && text[0] <= '5') {
    const int hundred = (text[0] - '0') * 100;
    return StatusRange{hundred, hundred + 99};
  }
  const auto dash = text.find('-');
  const auto first = parse_status(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_status(text.substr(dash + 1));
  if (!first || !last || *first > *last) return {};
  return StatusRange{*first, *last};
}

std::optional<StatusRange> read_status(const ValueReader& reader, const TomlNode& node) {
  std::string text = node.text;
  if (node.is(TomlNode::Type::integer)) text = std::to_string(node.integer);
  else if (!node.is(TomlNode::Type::text)) {
    reader.complain_type(node, config_words::a_status, reader.words_for(config_words::status_form));
    return {};
  }
  const auto range = parse_statuses(text);
  if (!range) {
    TomlNode shown = node;
    shown.text = text;
    reader.complain_value(shown, config_words::a_status,
                          reader.words_for(config_words::status_form));
  }
  return range;
}

std::optional<IpNetwork> read_network(const ValueReader& reader, const TomlNode& node) {
  const auto* text = reader.text(node, config_words::some_networks);
  if (text == nullptr) return {};
  const auto network = parse_network(*text);
  if (!network)
    reader.complain_value(node, config_words::a_network,
                          reader.words_for(config_words::network_form));
  return network;
}

template <typename Item, typename Read>
Value read_list(const ValueReader& reader, const TomlNode& node, const Read& read) {
  std::vector<Item> list;
  bool is_good = true;
  const auto take = [&](const TomlNode& item) {
    if (auto value = read(reader, item)) list.push_back(*value);
    else is_good = false;
  };
  if (node.is(TomlNode::Type::array)) std::ranges::for_each(node.items, take);
  else take(node);
  if (!is_good) return std::nullopt;
  return list;
}

Value read_host(const ValueReader& reader, const TomlNode& node) {
  const auto* text = reader.text(node, config_words::a_host);
  if (text == nullptr) return {};
  if (is_host(*text)) return *text;
  reader.complain_value(node, config_words::a_host, reader.words_for(config_words::host_only));
  return {};
}

Value read_host_port(const ValueReader& reader, const TomlNode& node) {
  const auto* text = reader.text(node, config_words::a_host_port);
  if (text == nullptr) return {};
  if (auto value = parse_host_port(*text, reader.option.fallback_port)) return std::move(*value);
  reader.complain_value(node, config_words::a_host_port,
                        reader.words_for(config_words::host_port_form));
  return {};
}

Value read_address(const ValueReader& reader, const TomlNode& node) {
  const auto* text = reader.text(node, config_words::an_address);
  if (text == nullptr) return {};
  if (parse_address(*text)) return *text;
  reader.complain_value(node, config_words::an_address,
                        reader.words_for(config_words::address_form));
  return {};
}

Value read_url(const ValueReader& reader, const TomlNode& node) {
  const auto* text = reader.text(node, config_words::a_url);
  if (text == nullptr) return {};
  if (is_web_url(*text)) return *text;
  const auto host = std::string_view(*text).substr(0, text->find_first_of("/:?#"));
  const bool is_bare = !text->contains("://") && is_host(host);
  reader.complain_value(node, config_words::a_url,
                        is_bare ? reader.words_for(config_words::write_this,
                                                   quoted_text(without_user("https://" + *text)))
                                : reader.words_for(config_words::url_form));
  return {};
}

}  // namespace

bool is_web_url(std::string_view text) {
  const bool is_printable = std::ranges::all_of(text, [](char letter) {
    return static_cast<unsigned char>(letter) > 0x20U && letter != 0x7F;
  });
  const auto scheme = text.find("://");
  if (!is_printable || scheme == std::string_view::npos) return false;
  if (text.substr(0, scheme) != "http" && text.substr(0, scheme) != "https") return false;
  const auto behind = text.substr(scheme + 3);
  auto authority = behind.substr(0, behind.find_first_of("/?#"));
  if (const auto at = authority.rfind('@'); at != std::string_view::npos)
    authority.remove_prefix(at + 1);
  // A bare IPv6 address would be read as host and port.
  if (!authority.starts_with('[') && std::ranges::count(authority, ':') > 1) return false;
  return parse_host_port(authority, 80).has_value();
}

std::optional<OptionValue> read_network_value(const ValueReader& reader, const TomlNode& node) {
  switch (reader.option.type) {
    case OptionType::statuses: return read_list<StatusRange>(reader, node, read_status);
    case OptionType::networks: return read_list<IpNetwork>(reader, node, read_network);
    case OptionType::host_port: return read_host_port(reader, node);
    case OptionType::host: return read_host(reader, node);
    case OptionType::address: return read_address(reader, node);
    default: return read_url(reader, node);
  }
}

}  // namespace siaga
