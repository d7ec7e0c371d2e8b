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
  if ! as_root bash tools/dev/apt-install "${missing[@]}" 2>&1 | tee build/apt.log | apt_progress >&2; then
    tail -20 build/apt.log >&2
    refuse "apt-get failed; all of it is in build/apt.log"
  fi
}

# What apt-get says, as far as it tells how far it is.
apt_progress() {
  awk '/newly installed/ { all = $3 }
    /^Need to get/ { print "    " all " packages with what they need; to fetch: " $4 " " $5; fflush() }
    /^Setting up/ { print "    installed " ++done " of " all ": " $3; fflush() }'
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

# build_preset PRESET [TARGET...]: configures when needed and builds into the preset's folder.
build_preset() {
  local preset=$1 folder=build/$1
  shift
  [ "$preset" = fuzz ] && folder=build/asan-ubsan
  mkdir -p "$folder"
  # One at a time: ninja does not expect another one in its folder.
  exec {build_lock}>"$folder.lock"
  flock "$build_lock"
  ! must_configure "$folder" "$@" || configure_preset "$preset" "$folder"
  say "building $folder${1:+: $*}"
  local began=$SECONDS
  NINJA_STATUS='    [%f of %t, %e s] ' cmake --build --preset "$preset" -j "$(jobs_at_once)" ${1:+--target "$@"}
  say "built in $((SECONDS - began)) s"
  exec {build_lock}>&-
}

# must_configure FOLDER [TARGET...]: not configured yet, or the presets or the installed packages have
# changed since; or all is to be built, tests too, and there was no GoogleTest then.
must_configure() {
  local folder=$1 made=$1/build.ninja
  shift
  [ ! -e "$made" ] || [ CMakePresets.json -nt "$made" ] || [ build/apt.log -nt "$made" ] ||
    { [ $# = 0 ] && grep -q '^GTest_DIR.*NOTFOUND' "$folder/CMakeCache.txt"; }
}

configure_preset() {
  local preset=$1 folder=$2
  say "configuring $folder"
  if ! cmake --preset "$preset" >"$folder/configure.log" 2>&1; then
    tail -30 "$folder/configure.log" >&2
    refuse "cmake failed; all of it is in $folder/configure.log"
  fi
  touch "$folder/build.ninja"
}
