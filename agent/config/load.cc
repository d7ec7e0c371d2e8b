#include "agent/config/load.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "agent/config/file.h"
#include "agent/config/findings.h"
#include "agent/config/maintenance.h"
#include "agent/config/merge.h"
#include "agent/config/nearest.h"
#include "agent/config/settings.h"
#include "agent/config/targets.h"
#include "agent/config/toml.h"
#include "agent/config/words.h"
#include "agent/core/limits.h"
#include "agent/core/result.h"
#include "agent/core/utf8.h"

namespace siaga {
namespace {

namespace fs = std::filesystem;

std::vector<std::string_view> kind_names(const LoadOptions& options) {
  std::vector<std::string_view> names;
  for (const KindSchema& kind : options.kinds) names.push_back(kind.name);
  std::ranges::sort(names);
  return names;
}

std::vector<std::string_view> table_names(bool is_list) {
  std::vector<std::string_view> names;
  for (const OptionTable& table : option_tables()) {
    if (!table.name.empty() && table.is_list == is_list) names.push_back(table.name);
  }
  return names;
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string list;
  for (const std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

bool has(const std::vector<std::string_view>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// The top of the file: which tables there are, and in which form.
class TopLevel {
 public:
  explicit TopLevel(Findings& findings)
      : findings_(findings),
        kinds_(kind_names(findings.options())),
        tables_(table_names(false)),
        lists_(table_names(true)) {}

  void check(const TomlNode& root) const {
    for (const Entry& entry : root.entries) check_entry(entry);
  }

 private:
  template <typename... Arguments>
  std::string words_for(const Text& text, const Arguments&... arguments) const {
    return say(findings_.language(), text, arguments...);
  }

  void check_entry(const Entry& entry) const {
    const TomlNode& value = entry.value;
    if (has(tables_, entry.key)) {
      if (!value.is(TomlNode::Type::table))
        findings_.add(entry.place, words_for(config_words::write_one_table, entry.key));
    } else if (has(kinds_, entry.key) || has(lists_, entry.key)) {
      const bool is_empty_list = value.is(TomlNode::Type::array) && value.items.empty();
      const Text& wanted = has(kinds_, entry.key) ? config_words::write_many_tables
                                                  : config_words::write_several_tables;
      if (!value.is_table_array() && !is_empty_list)
        findings_.add(entry.place, words_for(wanted, entry.key));
    } else {
      check_unknown(entry);
    }
  }

  void check_unknown(const Entry& entry) const {
    const std::string name = printable(entry.key, limits::name_bytes);
    const bool is_kind = entry.value.is_table_array();
    if (!is_kind && !entry.value.is(TomlNode::Type::table)) {
      const auto example = kinds_.empty() ? std::string_view("http") : kinds_.front();
      return findings_.add(entry.place, words_for(config_words::stray_key, name),
                           words_for(config_words::stray_hint, example));
    }
    std::vector<std::string_view> known = kinds_;
    known.insert(known.end(), tables_.begin(), tables_.end());
    known.insert(known.end(), lists_.begin(), lists_.end());
    const auto near = nearest(entry.key, known);
    std::string hint;
    if (!near.empty()) hint = words_for(config_words::did_you_mean, near);
    else if (is_kind) hint = words_for(config_words::known_kinds, joined(kinds_));
    else hint = words_for(config_words::known_tables, joined(tables_) + "; " + joined(kinds_));
    findings_.add(
        entry.place,
        words_for(is_kind ? config_words::unknown_kind : config_words::unknown_table, name), hint);
  }

  Findings& findings_;
  std::vector<std::string_view> kinds_, tables_, lists_;
};

// Every file's text to one tree, and that to a Config.
std::expected<Config, Complaints> read_sources(const ConfigSources& sources, Findings& findings) {
  TomlNode root;
  bool is_whole = true;
  for (std::uint32_t file = 0; file < sources.size(); ++file) {
    Parsed parsed = parse_toml(file, findings);
    is_whole = is_whole && parsed.is_whole;
    if (file == 0) root = std::move(parsed.root);
    else merge(root, std::move(parsed.root), findings);
  }
  TopLevel(findings).check(root);
  Settings settings = read_settings(root, findings);
  std::vector<TargetDraft> drafts =
      read_targets(root, settings.target_defaults, findings, is_whole);
  std::vector<MaintenanceDraft> windows = read_maintenance(root, findings, is_whole);
  check_references(drafts, windows, findings, is_whole);
  if (!findings.empty()) return std::unexpected(findings.take());

  Config config{.office = std::move(settings.office),
                .agent = std::move(settings.agent),
                .web = std::move(settings.web),
                .journal = settings.journal,
                .defaults = settings.defaults};
  config.maintenance.reserve(windows.size());
  for (MaintenanceDraft& draft : windows) config.maintenance.push_back(std::move(draft.window));
  config.targets.reserve(drafts.size());
  for (TargetDraft& draft : drafts) config.targets.push_back(std::move(draft.target));
  return config;
}

class FileReader {
 public:
  FileReader(ConfigSources& sources, Findings& findings) : sources_(sources), findings_(findings) {}

  void read(const fs::path& path) {
    auto text = read_file(path.string(), limits::configuration_bytes);
    if (!text) return complain(path, text.error().code);
    bytes_ += text->size();
    if (bytes_ > limits::configuration_bytes_all) {
      if (!is_full_)
        findings_.add_file(path.string(), words_for(config_words::files_too_large,
                                                    size(limits::configuration_bytes_all)));
      is_full_ = true;
      return;
    }
    sources_.push_back({.name = path.string(),
                        .directory = path.parent_path().string(),
                        .text = std::move(*text)});
  }

  // The folder's *.toml in order of name. No folder: nothing.
  void read_folder(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> paths;
    fs::directory_iterator entries(folder, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
      const fs::path& path = entries->path();
      const bool is_hidden = path.filename().native().starts_with('.');
      if (path.extension() == ".toml" && !is_hidden) paths.push_back(path);
    }
    if (error && error != std::errc::no_such_file_or_directory) complain(folder, error.value());
    std::ranges::sort(paths, {}, [](const fs::path& path) { return path.filename().native(); });
    if (paths.size() > limits::configuration_files) {
      findings_.add_file(folder.string(), words_for(config_words::too_many_files,
                                                    limits::configuration_files, folder.string()));
      return;
    }
    for (const fs::path& path : paths) read(path);
  }

 private:
  template <typename... Arguments>
  std::string words_for(const Text& text, const Arguments&... arguments) const {
    return say(findings_.language(), text, arguments...);
  }
  static std::string size(std::size_t bytes) { return to_string(Bytes{bytes}); }

  void complain(const fs::path& path, int code) {
    const std::string name = path.string();
    if (code == EFBIG)
      findings_.add_file(
          name, words_for(config_words::file_too_large, name, size(limits::configuration_bytes)));
    else if (code == EINVAL)
      findings_.add_file(name, words_for(config_words::file_not_regular, name));
    else
      findings_.add_file(name, words_for(config_words::file_unreadable, name, std::strerror(code)));
  }

  ConfigSources& sources_;
  Findings& findings_;
  std::size_t bytes_ = 0;
  bool is_full_ = false;
};

}  // namespace

std::expected<Config, Complaints> parse_config(std::string_view text, std::string_view file,
                                               const LoadOptions& options) {
  ConfigSources sources;
  Findings findings(sources, options);
  if (text.size() > limits::configuration_bytes) {
    findings.add_file(std::string(file), say(options.language, config_words::file_too_large, file,
                                             to_string(Bytes{limits::configuration_bytes})));
    return std::unexpected(findings.take());
  }
  sources.push_back({.name = std::string(file),
                     .directory = fs::path(file).parent_path().string(),
                     .text = std::string(text)});
  return read_sources(sources, findings);
}

std::expected<Config, Complaints> load_config(const std::string& path, const LoadOptions& options) {
  ConfigSources sources;
  Findings findings(sources, options);
  FileReader reader(sources, findings);
  reader.read(path);
  reader.read_folder(fs::path(path).parent_path() / "conf.d");
  // Without the main file the rest would complain of what that file may contain.
  if (!findings.empty()) return std::unexpected(findings.take());
  return read_sources(sources, findings);
}

}  // namespace siaga
