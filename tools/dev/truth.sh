# shellcheck shell=bash
# ./dev truth [--own-tests | OPTION... | PATTERN...]: plays faults in offices of namespaces and judges what
# the agent says of them (tests/truth/README.md). The player's own tests come first; --own-tests
# runs nothing else. SIAGA_BIN is another agent than build/dev/siaga.

dev_truth() {
  need truth
  say "testing the player itself"
  /usr/bin/python3 -B -m unittest discover -s tests/truth -p '*_test.py'
  [ "${1:-}" = --own-tests ] && return
  local options=()
  while [ $# -gt 0 ]; do
    case $1 in
      --list | --first) options+=("$1") ;;
      --only | --jobs | --repeat | --keep | --again)
        [ $# -gt 1 ] || refuse "truth: $1 needs a value; ./dev help says which"
        options+=("$1" "$2")
        shift
        ;;
      -*) refuse "truth knows --list, --first, --only, --jobs, --repeat, --keep, --again and --own-tests, not '$1'" ;;
      *) options+=(--only "$1") ;;
    esac
    shift
  done
  local agent=${SIAGA_BIN:-build/dev/siaga}
  if [ -z "${SIAGA_BIN:-}" ]; then build_preset dev siaga; fi
  say "playing faults, judging $agent"
  as_root /usr/bin/python3 -B tests/truth/truth.py "$agent" "${options[@]}" || not_allowed $?
}

# A machine that allows no namespaces has said so; everything else is a failure.
not_allowed() {
  [ "$1" -eq 77 ] && say "skipped: this machine does not allow it"
}
