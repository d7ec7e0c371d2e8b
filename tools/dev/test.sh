# shellcheck shell=bash
# ./dev test [PRESET | crash | power | links | dashboards | --system | --all]: builds and runs the tests; ends
# with ctest's summary. After the unit tests of `dev` the real agent is killed a few times; `crash` and --all do
# that 200 times. `power` runs it against a real upsd, `links` in offices made of namespaces,
# `dashboards` holds dashboards, rules and runbooks against it, and
# --system installs the package in a booted Debian.

dev_test() {
  local presets=(dev) kills=12 all=''
  case ${1:-} in
    '') ;;
    --all) presets=(dev asan-ubsan tsan) kills=200 all=1 ;;
    crash) presets=() kills=200 ;;
    power | links | dashboards | --system) presets=() ;;
    dev | asan-ubsan | tsan | clang) presets=("$1") ;;
    *) refuse "test takes a preset (dev, asan-ubsan, tsan, clang), crash, power, links, dashboards, --system or --all, not '$1'" ;;
  esac
  need build test
  local preset
  for preset in "${presets[@]}"; do
    case $preset in
      clang) need lint ;;
      asan-ubsan) need clang ;;
    esac
    build_preset "$preset"
    say "testing build/$preset"
    ctest --preset "$preset" -j "$(nproc)"
  done
  case ${1:-dev} in
    dev | crash | --all) crash_tests "$kills" ;;
  esac
  case ${1:-dev} in
    power | --all) power_tests ;;
  esac
  case ${1:-dev} in
    links | --all) link_tests ;;
  esac
  case ${1:-dev} in
    dashboards | --all) dashboard_tests ;;
  esac
  case ${1:-dev} in
    --system | --all) system_tests ;;
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

# A real nut-server with dummy-ups on loopback.
power_tests() {
  need power
  build_preset dev siaga
  say "running the agent against a real upsd"
  as_root /usr/bin/python3 -B tests/ups/real_nut.py build/dev/siaga || skipped $?
}

# Office, gateway, ISP and internet in network namespaces, broken in every way.
link_tests() {
  need links
  build_preset dev siaga
  say "breaking links"
  as_root /usr/bin/python3 -B tests/links/scenarios.py build/dev/siaga || skipped $?
}

# Dashboards, rules, runbooks and their preview, against the agent and Debian's Prometheus,
# Alertmanager and Chromium.
dashboard_tests() {
  need dashboards alerts
  need_node
  build_preset dev siaga
  say "testing dashboards, preview"
  SIAGA=$PWD/build/dev/siaga node --test tests/dashboards/*.test.mjs tests/preview/*.test.mjs
  say "testing rules, Alertmanager's examples, runbooks"
  SIAGA=$PWD/build/dev/siaga /usr/bin/python3 -B -m unittest discover -s tests/alerts -p '*_test.py'
}

# The package as its users meet it: installed, upgraded, cut off and purged under a real systemd.
system_tests() {
  source tools/dev/package.sh
  package_unless_made
  need system
  say "booting Debian with the package"
  as_root /usr/bin/python3 -B tests/system/run.py --deb "$(package_deb)" || skipped $?
}

# A test that cannot run here has said so and ends with 77.
skipped() {
  [ "$1" -eq 77 ] && say "skipped: this machine does not allow it"
}
