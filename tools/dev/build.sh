# shellcheck shell=bash
# ./dev build [PRESET] [TARGET...]: the agent at build/PRESET/siaga.

dev_build() {
  local preset=${1:-dev}
  [ $# -gt 0 ] && shift
  case $preset in
    dev | tsan) need build test ;;
    release) need build ;;
    bench) need build test bench ;;
    clang | tidy) need build test lint ;;
    asan-ubsan | fuzz) need build test clang ;;
    coverage) need build test coverage ;;
    *) refuse "unknown preset '$preset'; one of: dev release bench asan-ubsan tsan clang tidy fuzz coverage" ;;
  esac
  build_preset "$preset" "$@"
  [ "$preset" = fuzz ] || [ ! -x "build/$preset/siaga" ] || say "built build/$preset/siaga"
}
