# shellcheck shell=bash
# What the commands of ./dev share: words on the terminal, root, packages, one build.

if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$'\e[1m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' red='' plain=''
fi

say() { printf '%s==>%s %s\n' "$bold" "$plain" "$*" >&2; }
refuse() {
  printf '%sdev:%s %s\n' "$red" "$plain" "$*" >&2
  exit 2
}

# as_root COMMAND...: runs it as root, through sudo where we are not.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    refuse "this needs root and there is no sudo: $*"
  fi
}

# packages_for PURPOSE...: the packages of packaging/build-packages.txt, one a line.
packages_for() {
  local purpose
  for purpose in "$@"; do
    sed -n "s/^$purpose: *//p" packaging/build-packages.txt
  done | tr ' ' '\n' | sort -u
}

missing_of() {
  local installed
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
  local package
  for package in "$@"; do
    grep -qx "$package installed" <<<"$installed" || echo "$package"
  done
}

# need PURPOSE...: Debian packages that are missing, and nothing else. A service that comes with
# one of them (nginx, nsd, an exporter) is neither started now nor at the next boot: the programs
# are only used by our own scripts.
need() {
  local packages missing
  mapfile -t packages < <(packages_for "$@")
  mapfile -t missing < <(missing_of "${packages[@]}")
  [ ${#missing[@]} = 0 ] && return
  command -v apt-get >/dev/null || refuse "not Debian: please install ${missing[*]}"
  say "installing ${#missing[@]} Debian packages with apt-get: ${missing[*]}"
  mkdir -p build
  if ! as_root bash tools/dev/apt-install "${missing[@]}" 2>&1 |
    tee build/apt.log | sed -un 's/^Setting up \([^ ]*\).*/    installed \1/p' >&2; then
    tail -20 build/apt.log >&2
    refuse "apt-get failed; all of it is in build/apt.log"
  fi
}

# need_node: node and npm, this machine's own where it has them (Debian's npm cannot stand beside
# another node), and the modules of dashboards/package-lock.json, whose scripts are not run.
need_node() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then need node; fi
  local modules=dashboards/node_modules/.package-lock.json
  [ "$modules" -nt dashboards/package-lock.json ] && return
  say "installing the modules of dashboards/package-lock.json with npm"
  (cd dashboards && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
  touch "$modules"
}

# As many compilers at once as there are processors, but no more than memory carries.
jobs_at_once() {
  local processors memory_mb by_memory
  processors=$(nproc)
  memory_mb=$(awk '/MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)
  by_memory=$((memory_mb / 1200))
  [ "$by_memory" -lt 1 ] && by_memory=1
  echo $((processors < by_memory ? processors : by_memory))
}

# build_preset PRESET [TARGET...]: configures when needed and builds into build/PRESET.
build_preset() {
  local preset=$1
  shift
  if [ ! -e "build/$preset/build.ninja" ] || [ CMakePresets.json -nt "build/$preset/build.ninja" ]; then
    say "configuring build/$preset"
    mkdir -p "build/$preset"
    if ! cmake --preset "$preset" >"build/$preset/configure.log" 2>&1; then
      tail -30 "build/$preset/configure.log" >&2
      refuse "cmake failed; all of it is in build/$preset/configure.log"
    fi
    touch "build/$preset/build.ninja"
  fi
  say "building build/$preset"
  cmake --build --preset "$preset" -j "$(jobs_at_once)" ${1:+--target "$@"}
}
