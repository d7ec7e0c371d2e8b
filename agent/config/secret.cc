// Secrets: the ways to give one, and where each is read. No message contains a secret.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "agent/config/file.h"
#include "agent/config/value.h"
#include "agent/core/limits.h"

namespace siaga {
namespace {

// One line, as editors leave it: its newline does not belong to the secret.
void trim_newline(std::string& text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char letter) {
    return static_cast<unsigned char>(letter) < 0x20U && letter != '\t';
  });
}

std::string why(const Error& error, const ValueReader& reader) {
  if (error.code == EFBIG)
    return reader.words_for(config_words::secret_too_large,
                            to_string(Bytes{limits::configuration_secret_bytes}));
  return std::strerror(error.code);
}

std::optional<Secret> checked(const ValueReader& reader, const TomlNode& node, Secret secret) {
  if (secret.value.empty()) {
    reader.complain(node,
                    reader.words_for(config_words::secret_empty, reader.option.key, secret.source));
    return {};
  }
  if (has_control(secret.value)) {
    reader.complain(
        node, reader.words_for(config_words::secret_unreadable, reader.option.key, secret.source,
                               reader.words_for(config_words::secret_not_text)));
    return {};
  }
  return secret;
}

std::optional<Secret> from_file(const ValueReader& reader, const TomlNode& node,
                                const std::string& path, std::string source) {
  auto text = read_file(path, limits::configuration_secret_bytes);
  if (!text) {
    reader.complain(node, reader.words_for(config_words::secret_unreadable, reader.option.key,
                                           source, why(text.error(), reader)));
    return {};
  }
  trim_newline(*text);
  return checked(reader, node, {.value = std::move(*text), .source = std::move(source)});
}

std::optional<Secret> from_credential(const ValueReader& reader, const TomlNode& node) {
  const std::string source = "credential " + node.text;
  const auto complain = [&](const Text& text) {
    reader.complain(node, reader.words_for(config_words::secret_unreadable, reader.option.key,
                                           source, reader.words_for(text)));
    return std::nullopt;
  };
  if (node.text.contains('/') || node.text.starts_with('.'))
    return complain(config_words::bad_credential_name);
  const std::string& directory = reader.findings.options().credentials_directory;
  if (directory.empty()) return complain(config_words::no_credentials);
  // LoadCredential=siaga:FOLDER, as in our unit, names each file of the folder "siaga_FILE"
  // (systemd.exec(5)).
  std::string path = directory + "/" + node.text;
  const std::string of_folder = directory + "/siaga_" + node.text;
  if (access(path.c_str(), F_OK) != 0 && access(of_folder.c_str(), F_OK) == 0) path = of_folder;
  return from_file(reader, node, path, source);
}

std::optional<Secret> from_env(const ValueReader& reader, const TomlNode& node) {
  const std::string source = "env " + node.text;
  const char* value = std::getenv(node.text.c_str());
  if (value == nullptr) {
    reader.complain(node, reader.words_for(config_words::secret_unreadable, reader.option.key,
                                           source, reader.words_for(config_words::env_missing)));
    return {};
  }
  return checked(reader, node, {.value = value, .source = source});
}

}  // namespace

std::optional<Secret> read_secret(const ValueReader& reader, const TomlNode& node) {
  if (node.is(TomlNode::Type::text)) {
    return checked(reader, node, {.value = node.text, .source = "text"});
  }
  const Entry* only = node.entries.size() == 1 ? &node.entries.front() : nullptr;
  const bool is_named = only != nullptr && only->value.is(TomlNode::Type::text) &&
                        !only->value.text.empty() && !has_control(only->value.text);
  if (is_named && only->key == "file") {
    const std::string path = resolved_path(only->value.text, only->value, reader.findings);
    return from_file(reader, only->value, path, "file " + path);
  }
  if (is_named && only->key == "credential") return from_credential(reader, only->value);
  if (is_named && only->key == "env") return from_env(reader, only->value);
  reader.complain(node, reader.words_for(config_words::bad_secret, reader.option.key),
                  reader.words_for(config_words::secret_form));
  return {};
}

}  // namespace siaga
