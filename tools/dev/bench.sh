# shellcheck shell=bash
# ./dev bench [NAME...]: measures the agent against its peers in one run and writes
# docs/performance.md; without names everything, about half an hour. Needs root for a network
# namespace of its own.

dev_bench() {
  need build test bench
  build_preset bench
  as_root /usr/bin/python3 tests/bench/run.py --programs build/bench "$@"
}
