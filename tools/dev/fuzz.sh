# shellcheck shell=bash
# ./dev fuzz [--seconds N] [NAME...]: every libFuzzer target for N seconds (default 60), or the named
# ones, as many at once as there are processors. What it finds is kept in build/fuzz/found/NAME; a
# finding becomes a named file of tests/fuzz/corpus/NAME together with its fix.

dev_fuzz() {
  local seconds=60 names=()
  while [ $# -gt 0 ]; do
    case $1 in
      --seconds)
        [[ ${2:-} =~ ^[0-9]+$ ]] || refuse "--seconds takes a number"
        seconds=$2
        shift 2
        ;;
      -*) refuse "fuzz knows --seconds N and names of targets, not '$1'" ;;
      *)
        names+=("$1")
        shift
        ;;
    esac
  done
  need build test clang
  build_preset fuzz
  [ ${#names[@]} = 0 ] && mapfile -t names < <(fuzz_names)
  [ ${#names[@]} = 0 ] && refuse "there is no tests/fuzz/*_fuzz.cc"
  fuzz_all "$seconds" "${names[@]}"
  say "fuzzed ${#names[@]} targets for $seconds s each, nothing found"
}

# fuzz_all SECONDS NAME...: the first that fails ends all.
fuzz_all() {
  local seconds=$1 name running=0
  shift
  trap 'trap - EXIT; kill $(jobs -p) 2>/dev/null || true' EXIT
  trap 'exit 130' INT
  for name in "$@"; do
    if [ "$running" -ge "$(nproc)" ]; then
      wait -n || exit
      running=$((running - 1))
    fi
    fuzz_one "$name" "$seconds" &
    running=$((running + 1))
  done
  while [ "$running" -gt 0 ]; do
    wait -n || exit
    running=$((running - 1))
  done
  trap - EXIT INT
}

fuzz_names() {
  local source
  for source in tests/fuzz/*_fuzz.cc; do
    [ -e "$source" ] && basename "$source" _fuzz.cc
  done
  return 0
}

fuzz_one() {
  local name=$1 seconds=$2
  local program=build/asan-ubsan/fuzz_$name work=build/fuzz/corpus/$name found=build/fuzz/found/$name
  [ -x "$program" ] || refuse "no such fuzz target: $name"
  mkdir -p "$work" "$found"
  local options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=65536
    -print_final_stats=0 -verbosity=0 -artifact_prefix="$found/")
  [ -e "tests/fuzz/$name.dict" ] && options+=(-dict="tests/fuzz/$name.dict")
  local folders=("$work")
  [ -d "tests/fuzz/corpus/$name" ] && folders+=("tests/fuzz/corpus/$name")
  say "fuzzing $name for $seconds s"
  # Every seed first, on its own: a case that was fixed once stays fixed, however short the run.
  if ! "$program" -runs=0 "${options[@]}" "${folders[@]}" >"$found/log" 2>&1 ||
    ! "$program" "${options[@]}" "${folders[@]}" >>"$found/log" 2>&1; then
    tail -60 "$found/log" >&2
    refuse "fuzz target $name failed; the input is in $found"
  fi
}
