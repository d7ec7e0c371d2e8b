# shellcheck shell=bash
# ./dev run: the agent on a demo office, with its live table; ./dev run --config FILE: on FILE.

dev_run() {
  case ${1:-} in
    '') run_demo watch ;;
    --once) run_demo once ;;
    --config)
      [ -e "${2:-}" ] || refuse "--config takes a file that exists"
      need build
      build_preset dev siaga
      run_prepare
      exec "$run_agent" run --config "$2"
      ;;
    *) refuse "run knows --config FILE and --once, not '$1'" ;;
  esac
}

# Raw sockets for ping: root has them; for others a copy of the agent is given the capability.
run_prepare() {
  run_agent=build/dev/siaga
  [ "$(id -u)" = 0 ] && return
  run_agent=build/dev/siaga.ping
  if ! cmp -s build/dev/siaga $run_agent; then
    say "giving $run_agent the capability to ping (setcap cap_net_raw+ep)"
    cp build/dev/siaga $run_agent
    as_root setcap cap_net_raw+ep $run_agent
  fi
}

run_demo() {
  local how=$1
  say "1 of 4: Debian packages"
  need build demo
  say "2 of 4: the agent, compiled: one and a half minutes the first time, on two fast processors"
  build_preset dev siaga
  run_prepare
  PATH=$PATH:/usr/sbin:/sbin
  source tests/demo/office.sh
  demo_folder=$(mktemp -d "${TMPDIR:-/tmp}/siaga-demo.XXXXXX")
  agent_pid='' watch_pid=''
  trap run_end EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  say "3 of 4: the demo office, in $demo_folder"
  office_start "$demo_folder"
  say "4 of 4: the agent"
  "$run_agent" check --config "$demo_folder/siaga.toml"
  "$run_agent" run --config "$demo_folder/siaga.toml" >"$demo_folder/log/siaga" 2>&1 &
  agent_pid=$!
  run_wait_ready
  say "the agent runs; its log is $demo_folder/log/siaga"
  say "metrics: http://127.0.0.1:$WEB_PORT/metrics"
  "run_$how"
}

# Until the agent answers, or is gone.
run_wait_ready() {
  local tries
  for tries in $(seq 100); do
    (exec 3<>"/dev/tcp/127.0.0.1/$WEB_PORT") 2>/dev/null && return
    kill -0 "$agent_pid" 2>/dev/null || break
    sleep 0.1
  done
  tail -n 30 "$demo_folder/log/siaga" >&2
  refuse "the agent did not start (after $tries looks); that was its log"
}

run_watch() {
  say "Ctrl-C ends everything"
  sleep 1
  if [ -t 1 ]; then
    # Not in the foreground: bash would put off a signal until it ends.
    "$run_agent" status --watch --config "$demo_folder/siaga.toml" &
    watch_pid=$!
    wait "$watch_pid"
  else
    say "this is no terminal: one table after 15 s, then the agent runs on"
    sleep 15
    "$run_agent" status --config "$demo_folder/siaga.toml" || true
    wait "$agent_pid"
  fi
}

run_once() {
  local judged=0
  /usr/bin/python3 tests/demo/expect.py "http://127.0.0.1:$WEB_PORT/metrics" tests/demo/expected.txt 60 || judged=$?
  "$run_agent" status --config "$demo_folder/siaga.toml" || true
  [ "$judged" = 0 ] || tail -n 30 "$demo_folder/log/siaga" >&2
  say "stopping the agent"
  kill "$agent_pid"
  local status=0
  wait "$agent_pid" || status=$?
  agent_pid=''
  [ "$status" = 0 ] || refuse "the agent ended with status $status, not 0"
  exit "$judged"
}

run_end() {
  trap '' INT TERM HUP
  local pid
  for pid in $watch_pid $agent_pid; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  office_stop
  rm -rf "$demo_folder"
}
