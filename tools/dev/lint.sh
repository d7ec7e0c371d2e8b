# shellcheck shell=bash
# ./dev lint [--quick]: layout, spelling, shell scripts, includes, clang-tidy. --quick leaves out what
# needs a compiler.

dev_lint() {
  local quick=''
  case ${1:-} in
    '') ;;
    --quick) quick=1 ;;
    *) refuse "lint knows --quick, not '$1'" ;;
  esac
  need build test lint
  local failed=()
  lint_step "clang-format-19: layout" lint_format || failed+=(clang-format)
  lint_step "codespell: spelling" codespell || failed+=(codespell)
  lint_step "shellcheck: shell scripts" lint_shell || failed+=(shellcheck)
  if [ -z "$quick" ]; then
    lint_step "conformance: arrows, doors, files" lint_conformance || failed+=(conformance)
    lint_step "clang-tidy-19 (results of unchanged files are kept)" lint_tidy || failed+=(clang-tidy)
  fi
  [ ${#failed[@]} = 0 ] || refuse "lint: ${failed[*]} complained"
  say "lint: no complaints"
}

lint_step() {
  say "$1"
  shift
  "$@"
}

# The files that git knows or would add.
all_files() {
  git ls-files -co --exclude-standard | while read -r file; do
    if [ -f "$file" ]; then echo "$file"; fi
  done
}

lint_format() {
  all_files | grep -E '\.(cc|h)$' |
    xargs -P "$(nproc)" -n 40 clang-format-19 --dry-run -Werror --ferror-limit=3
}

lint_shell() {
  all_files | while read -r file; do
    if head -n 1 "$file" | grep -aqE '^#!/bin/(ba)?sh|^# shellcheck shell'; then echo "$file"; fi
  done | xargs shellcheck -x
}

lint_conformance() {
  build_preset dev test_conformance && build/dev/test_conformance --gtest_brief=1
}

lint_tidy() {
  if [ ! -e build/tidy/compile_commands.json ] || [ CMakePresets.json -nt build/tidy/compile_commands.json ]; then
    cmake --preset tidy >/dev/null
  else
    cmake build/tidy >/dev/null
  fi
  /usr/bin/python3 tools/dev/tidy.py build/tidy "$(nproc)"
}
