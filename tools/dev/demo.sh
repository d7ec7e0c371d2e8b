# shellcheck shell=bash
# ./dev demo [--short] [--lang id|en] [--pictures FOLDER] [--keep]: three offices, a real Prometheus and
# a real Alertmanager, and a story of five minutes with a power cut. Ctrl-C ends everything.

dev_demo() {
  local word
  for word in "$@"; do
    [ "$word" = --pictures ] && demo_pictures
  done
  need build test province
  build_preset dev siaga
  PATH=$PATH:/usr/sbin:/sbin
  local status=0
  demo_run "$@" || status=$?
  [ "$status" -eq 77 ] && say "skipped: this machine does not allow it"
  return "$status"
}

# Network namespaces: root may make them; others where the kernel gives them namespaces of users; else
# through sudo. Without any of these the demo plays on loopback, and says so.
demo_run() {
  local demo=(/usr/bin/python3 -B tests/province/demo.py build/dev/siaga "$@")
  if [ "$(id -u)" = 0 ] || unshare --user --map-root-user --net true 2>/dev/null; then
    "${demo[@]}"
  elif sudo -n true 2>/dev/null; then
    say "network namespaces need root here: running the demo with sudo"
    as_root "${demo[@]}"
  else
    "${demo[@]}"
  fi
}

# What draws dashboards: a browser, and the packages of dashboards/package.json.
demo_pictures() {
  need dashboards
  need_node
}
