// `siaga init`: five questions, or their flags, to a first configuration.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iostream>

#include <fmt/format.h>

#include "agent/cli/commands.h"
#include "agent/cli/init_file.h"
#include "agent/cli/init_questions.h"
#include "agent/cli/loading.h"
#include "agent/doctor/surroundings.h"

namespace siaga {
namespace {

constexpr Text flags_missing{
    "not a terminal, so nothing can be asked; give {}, or --yes to take what is found\n",
    "bukan terminal, jadi tidak dapat bertanya; berikan {}, atau --yes untuk memakai yang "
    "ditemukan\n"};
constexpr Text wrong_flag{"{}: {}\n", "{}: {}\n"};
constexpr Text nothing_written{"Nothing was written.\n", "Tidak ada yang ditulis.\n"};
constexpr Text is_changed{
    "{} is there, and is not the packaged default: nothing was written.\nsiaga init --force "
    "replaces it and keeps a backup; --output FILE writes elsewhere, --output - shows it\n",
    "{} sudah ada, dan bukan bawaan paket: tidak ada yang ditulis.\nsiaga init --force "
    "menggantinya dan menyimpan cadangan; --output FILE menulis ke tempat lain, --output - "
    "menampilkannya\n"};
constexpr Text is_bad{
    "This would not load together with conf.d beside {}: nothing was written.\n",
    "Ini tidak dapat dimuat bersama conf.d di samping {}: tidak ada yang ditulis.\n"};
constexpr Text no_permission{"run it with sudo, or --output FILE\n",
                             "jalankan dengan sudo, atau --output FILE\n"};
constexpr Text backup_kept{"What was there is now {}\n", "Yang tadinya ada kini {}\n"};
constexpr Text file_written{
    "Wrote {}. Next:\n  siaga check                   is it right?\n"
    "  sudo systemctl reload siaga   let the agent take it up\n"
    "  siaga status                  what it sees\n",
    "{} ditulis. Berikutnya:\n  siaga check                   apakah benar?\n"
    "  sudo systemctl reload siaga   agar agen memakainya\n"
    "  siaga status                  apa yang dilihatnya\n"};

template <typename... Arguments>
void say_wrong(const CommonOptions& common, const Text& text, const Arguments&... arguments) {
  fmt::print(stderr, fmt::runtime(text.in(common.language)), arguments...);
}

std::optional<std::string> joined_or_none(const std::vector<std::string>& values) {
  if (values.empty()) return {};
  return fmt::format("{}", fmt::join(values, " "));
}

// In the order of the questions.
GivenAnswers given_by(const InitOptions& options) {
  return {options.office_id, options.office_name, options.timezone,
          joined_or_none(options.websites), joined_or_none(options.upses)};
}

std::string missing_flags(const GivenAnswers& given) {
  std::string flags;
  for (std::size_t number = 0; number < init_question_count; ++number) {
    if (given.at(number)) continue;
    flags += (flags.empty() ? "" : ", ") + std::string(init_questions().at(number).flag);
  }
  return flags;
}

OfficeDraft draft_of(const Surroundings& around) {
  // In UTC nobody chose a zone: Debian's installer leaves servers so.
  const bool is_chosen = !around.timezone.ends_with("UTC");
  return {.id = office_id_of(around.host),
          .name = {},
          .timezone = is_chosen ? around.timezone : std::string(),
          .websites = {},
          .upses = around.upses,
          .gateways = around.gateways,
          .resolvers = around.resolvers};
}

// What the loader, who has the last word, says of it.
std::string complaint_about(const OfficeDraft& draft, const CommonOptions& common) {
  const auto config = parse_config(toml_of(draft, common.language), "", load_options(common));
  if (config) return {};
  const Complaint& first = config.error().front();
  return first.hint.empty() ? first.message : first.message + "; " + first.hint;
}

std::expected<OfficeDraft, int> decide(const CommonOptions& common, const InitOptions& options) {
  const GivenAnswers given = given_by(options);
  const bool may_ask = !options.accepts_all && isatty(STDIN_FILENO) == 1;
  const std::string missing = missing_flags(given);
  if (!missing.empty() && !may_ask && !options.accepts_all) {
    say_wrong(common, flags_missing, missing);
    return std::unexpected(exit_usage);
  }
  const auto complaint = [&common](const OfficeDraft& draft) {
    return complaint_about(draft, common);
  };
  auto draft = with_answers(draft_of(look_around()), given, complaint);
  if (!draft) {
    say_wrong(common, wrong_flag, draft.error().flag, draft.error().complaint);
    return std::unexpected(exit_usage);
  }
  if (missing.empty() || !may_ask) return *std::move(draft);
  auto answered = interview(
      {.in = std::cin, .out = std::cerr, .language = common.language, .complaint = complaint},
      *std::move(draft), given);
  if (answered) return *std::move(answered);
  say_wrong(common, nothing_written);
  return std::unexpected(exit_errors);
}

bool loads(const std::string& temporary, const CommonOptions& common) {
  const auto config = load_config(temporary, load_options(common));
  if (!config) print_complaints(config.error(), common);
  return config.has_value();
}

int say_why(const CommonOptions& common, const std::string& path, const PlacingTrouble& trouble) {
  if (trouble.error.code != 0) {
    fmt::print(stderr, "{}\n", describe(trouble.error));
    if (trouble.error.code == EACCES || trouble.error.code == EPERM || trouble.error.code == EROFS)
      say_wrong(common, no_permission);
    return exit_agent;
  }
  say_wrong(common, trouble.refusal == Refusal::is_changed ? is_changed : is_bad, path);
  return exit_errors;
}

int put_in_place(const CommonOptions& common, const InitOptions& options, const std::string& text) {
  const std::string path = options.output_path.empty() ? default_config_path : options.output_path;
  std::error_code ignored;
  // The package makes it; a binary that was copied here has none yet.
  if (options.output_path.empty())
    std::filesystem::create_directory(std::filesystem::path(path).parent_path(), ignored);
  const auto placed = place_file(
      {.path = path,
       .text = text,
       .may_replace = options.replaces,
       .now = SystemClock().wall_now(),
       .is_good = [&common](const std::string& temporary) { return loads(temporary, common); }});
  if (!placed) return say_why(common, path, placed.error());
  if (!placed->backup.empty())
    fmt::print(fmt::runtime(backup_kept.in(common.language)), placed->backup);
  fmt::print(fmt::runtime(file_written.in(common.language)), placed->path);
  return exit_ok;
}

}  // namespace

int write_first_config(const CommonOptions& common, const InitOptions& options) {
  const auto draft = decide(common, options);
  if (!draft) return draft.error();
  const std::string text = toml_of(*draft, common.language);
  if (options.output_path != "-") return put_in_place(common, options, text);
  fmt::print("{}", text);
  return exit_ok;
}

}  // namespace siaga
