# shellcheck shell=bash
# ./dev coverage: which lines the tests run, as a table and as build/coverage/report/index.html.

dev_coverage() {
  need build test coverage
  build_preset coverage
  ctest --preset coverage -j "$(nproc)"
  mkdir -p build/coverage/report
  say "reading the counters"
  gcovr --root . --filter 'agent/' --filter 'probes/' --filter 'exporters/' \
    --exclude-throw-branches --html-details build/coverage/report/index.html --txt - build/coverage
}
