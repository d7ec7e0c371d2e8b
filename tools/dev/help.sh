# shellcheck shell=bash
# ./dev help

dev_help() {
  cat <<'TEXT'
./dev COMMAND: the door for people who work on Siaga (Debian 12; as root or with sudo).
Each command first installs the Debian packages that it needs and that are missing.

  run                     build, start a small demo office on loopback, watch it in a live table
  run --config FILE       build, run the agent on FILE in the foreground
  run --once              the demo without a terminal: exit 0 when every target is judged as expected
  demo [--short]          three offices, Prometheus, Alertmanager: a power cut, a broken link, an expired
                          certificate, and what the on-call person reads; needs root
  build [PRESET]          build/PRESET/siaga; PRESET: dev (default) release bench asan-ubsan tsan
                          clang tidy fuzz coverage
  test [PRESET]           build and run the tests (dev; asan-ubsan, tsan, clang); dev also kills the
                          real agent a few times
  test crash              only that, 200 times, against targets that go up and down on a script
  test power              the agent against a real upsd with UPSes that lose the mains, hang and die
  test links              the agent in offices of network namespaces whose links break in every way
  test dashboards         dashboards, rules, runbooks and preview against the agent, Prometheus, Alertmanager
                          and Chromium
  test --system           the package in a booted Debian: install, reload, watchdog, power cut, upgrade, purge
  test --all              dev, asan-ubsan, tsan, crash, power, links, --system and a short fuzz run
  truth [PATTERN...]      plays scripted faults in offices of network namespaces and judges what the agent says of
                          them; --list, --jobs N, --repeat N, --keep FOLDER; --own-tests: only the player's
  package [--twice]       build/package/: the .deb with its debug symbols and the .rpm, checked; --twice
                          builds them again elsewhere and compares byte by byte
  lint [--quick]          clang-format, codespell, shellcheck, include arrows, clang-tidy
  fuzz [--seconds N] [NAME...]
                          every fuzz target (or the named ones) for N seconds, default 60
  bench [NAME...]         speed against blackbox_exporter and fping; writes docs/performance.md
  coverage                which lines the tests run
  help                    this text
TEXT
}
