# shellcheck shell=bash
# ./dev test [PRESET | --all]: builds and runs the tests; ends with ctest's summary.

dev_test() {
  local presets=(dev) all=''
  case ${1:-} in
    '') ;;
    --all) presets=(dev asan-ubsan tsan) all=1 ;;
    dev | asan-ubsan | tsan | clang) presets=("$1") ;;
    *) refuse "test takes a preset (dev, asan-ubsan, tsan, clang) or --all, not '$1'" ;;
  esac
  need build test
  local preset
  for preset in "${presets[@]}"; do
    [ "$preset" = clang ] && need lint
    build_preset "$preset"
    say "testing build/$preset"
    ctest --preset "$preset" -j "$(nproc)"
  done
  if [ -n "$all" ]; then
    source tools/dev/fuzz.sh
    dev_fuzz --seconds 20
  fi
}
