# shellcheck shell=bash
# ./dev test [PRESET | crash | --all]: builds and runs the tests; ends with ctest's summary. After
# the unit tests of `dev` the real agent is killed a few times; `crash` and --all do that 200 times.

dev_test() {
  local presets=(dev) kills=12 all=''
  case ${1:-} in
    '') ;;
    --all) presets=(dev asan-ubsan tsan) kills=200 all=1 ;;
    crash) presets=() kills=200 ;;
    dev | asan-ubsan | tsan | clang) presets=("$1") ;;
    *) refuse "test takes a preset (dev, asan-ubsan, tsan, clang), crash or --all, not '$1'" ;;
  esac
  need build test
  local preset
  for preset in "${presets[@]}"; do
    [ "$preset" = clang ] && need lint
    build_preset "$preset"
    say "testing build/$preset"
    ctest --preset "$preset" -j "$(nproc)"
  done
  case ${1:-dev} in
    dev | crash | --all) crash_tests "$kills" ;;
  esac
  if [ -n "$all" ]; then
    source tools/dev/fuzz.sh
    dev_fuzz --seconds 20
  fi
}

# crash_tests KILLS: the real agent under kill -9 (3 agents for a few, 8 for many) and on state
# directories that it cannot use.
crash_tests() {
  local kills=$1 agents=8
  [ "$kills" -lt 50 ] && agents=3
  build_preset dev siaga
  say "killing the agent $kills times"
  /usr/bin/python3 -B tests/crash/kill_nine.py build/dev/siaga --kills "$kills" --agents "$agents"
  say "giving the agent bad state directories"
  as_root /usr/bin/python3 -B tests/crash/bad_state.py build/dev/siaga
}
