# shellcheck shell=bash
# ./dev package [--twice]: the packages of the tree as it is (what git knows or would add), in
# build/package: .deb, its debug symbols, .rpm. Checked by lintian, for size, for the same files in both.
# --twice builds them again in another folder, with another umask, time zone and language and without
# ccache, and compares. docs/packaging.md.

package_installed_bytes_max=15000000

dev_package() {
  local how=${1:-}
  case $how in
    '' | --twice) ;;
    *) refuse "package knows --twice, not '$how'" ;;
  esac
  package_prepare
  local out=$PWD/build/package
  rm -rf "$out"
  # What debhelper says of the language is no reason to compile anew.
  CCACHE_DIR=$(ccache --get-config cache_dir) CCACHE_SLOPPINESS=locale package_make "$out" package_tree
  package_check "$out"
  [ -z "$how" ] || package_again "$out"
  touch "$out/checked"
}

# package_unless_made: the packages, unless those in build/package are of this very tree.
package_unless_made() {
  package_prepare
  if [ -e build/package/checked ] && package_tree | cmp -s - "build/package/siaga-$package_version.tar"; then
    say "build/package holds the packages of this tree"
  else
    dev_package ''
  fi
}

package_prepare() {
  need build package
  PATH=$PATH:/usr/sbin:/sbin
  package_version=$(sed -n 's/^project(siaga VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
  # An entry of CHANGELOG.md that is not released yet, and every file, has the last commit's date.
  package_seconds=$(git log -1 --format=%ct)
  package_compare
}

# Where the .deb is.
package_deb() { echo "$PWD"/build/package/siaga_*.deb; }

# What is written twice is the same: the version, and what ./dev and debian/control install to build.
package_compare() {
  grep -q "^Version: *$package_version\$" packaging/rpm/siaga.spec ||
    refuse "packaging/rpm/siaga.spec is not of version $package_version, as CMakeLists.txt is"
  local package
  for package in $(packages_for build | grep -e '-dev$'); do
    grep -q "^ $package\(,\|$\| \)" packaging/debian/control ||
      refuse "packaging/debian/control does not build-depend on $package; build-packages.txt does"
  done
}

# package_make OUT COMMAND...: the source that COMMAND... writes as a tar to stdout, as
# OUT/siaga-VERSION, and its packages in OUT.
package_make() {
  local out=$1 source=$1/siaga-$package_version began=$SECONDS
  shift
  mkdir -p "$out"
  "$@" >"$source.tar"
  tar --extract --preserve-permissions --no-same-owner --directory="$out" --file="$source.tar"
  say "building the .deb; the log is $out/deb.log"
  package_logged "$out/deb.log" package_build_deb "$source"
  say "building the .rpm; the log is $out/rpm.log"
  package_logged "$out/rpm.log" package_build_rpm "$out" "$source"
  say "built in $((SECONDS - began)) s: $(cd "$out" && echo siaga*.deb siaga*.rpm siaga*.tar.gz)"
}

package_logged() {
  local log=$1
  shift
  # Waited for, because `set -e` does not hold within the condition of an `if`.
  ("$@") >"$log" 2>&1 &
  wait "$!" || {
    tail -n 40 "$log" >&2
    refuse "that failed; all of it is in $log"
  }
}

# What git knows or would add, all with one date and with modes that no umask has touched.
package_tree() {
  local file
  git ls-files -z -co --exclude-standard | while IFS= read -r -d '' file; do
    if [ -e "$file" ]; then printf '%s\0' "$file"; fi
  done | LC_ALL=C sort -z | tar --create --null --no-recursion --files-from=- --owner=0 --group=0 \
    --numeric-owner --mtime="@$package_seconds" --mode=a+rX,u+w,go-w --format=gnu \
    --transform="s,^,siaga-$package_version/,S"
}

package_build_deb() (
  cd "$1" || exit
  cp -a packaging/debian .
  python3 packaging/changelog.py CHANGELOG.md "$package_version" "$package_seconds" >debian/changelog
  DEB_BUILD_OPTIONS="parallel=$(jobs_at_once)" dpkg-buildpackage -b -us -uc
)

# The .deb's build, installed once more with the folders that rpm systems use; and the source, for those
# who build it there.
package_build_rpm() (
  local out=$1 source=$2 build top=$1/rpm
  build=$source/obj-$(dpkg-architecture -qDEB_HOST_MULTIARCH)
  SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$source/debian/changelog" -S Timestamp)
  export SOURCE_DATE_EPOCH
  cmake -S "$source" -B "$build" -DSIAGA_UNIT_DIR=lib/systemd/system \
    -DSIAGA_ZSH_DIR=share/zsh/site-functions
  mkdir -p "$top/SOURCES"
  gzip -9n <"$source.tar" >"$source.tar.gz"
  cp "$source.tar.gz" "$top/SOURCES"
  umask 022
  rpmbuild -bb --nodeps --define "_topdir $top" --define "siaga_build $build" \
    --define '_buildhost siaga' --define 'use_source_date_epoch_as_buildtime 1' \
    --define 'clamp_mtime_to_source_date_epoch 1' --define '_binary_payload w6.xzdio' \
    "$source/packaging/rpm/siaga.spec"
  mv "$top"/RPMS/*/*.rpm "$out"
)

package_check() {
  local out=$1 deb files=$1/files
  deb=$(echo "$out"/siaga_*.deb)
  say "lintian"
  lintian --allow-root --pedantic --display-info --tag-display-limit 0 \
    --fail-on=error,warning,info,pedantic "$out"/siaga_*.changes ||
    refuse "lintian complained"
  mkdir -p "$files"
  dpkg-deb --extract "$deb" "$files"
  package_check_pages "$files/usr/share"
  package_check_same_files "$out"
  package_check_size "$deb" "$files"
}

# Manual pages without a complaint, completions that their shells can read.
package_check_pages() {
  say "manual pages, completions"
  local page
  for page in "$1"/man/{,id/}man?/siaga*.gz; do
    zcat "$page" >"$1/page"
    mandoc -Tlint -Wwarning "$1/page" || refuse "mandoc complained of $page"
    [ -z "$(groff -man -ww -Tutf8 -K utf8 -z "$1/page" 2>&1)" ] || refuse "groff complained of $page"
  done
  bash -n "$1/bash-completion/completions/siaga"
  zsh -n "$1/zsh/vendor-completions/_siaga"
  fish -n "$1/fish/vendor_completions.d/siaga.fish"
}

# The .rpm has the files of the .deb. Different by custom: /lib, zsh's folder, what is compressed, and
# where the licence and the changes stand.
package_check_same_files() {
  say "the same files in .deb and .rpm"
  local custom='s,^/lib/,/usr/lib/,; s,vendor-completions,site-functions,; s,\.gz$,,'
  local only='/(copyright|changelog|CHANGELOG\.md|LICENSE)$|/lintian(/|$)|/licenses/|/\.build-id'
  dpkg-deb --fsys-tarfile "$1"/siaga_*.deb | tar --list | sed 's,^\.,,' | grep -v '/$' |
    sed "$custom" | grep -vE "$only" | sort >"$1/files.deb"
  rpm -qlp "$1"/siaga-*.x86_64.rpm --dump 2>/dev/null | awk '$5 !~ /^0*4[0-7][0-7][0-7][0-7]$/ {print $1}' |
    sed "$custom" | grep -vE "$only" | sort >"$1/files.rpm"
  diff "$1/files.deb" "$1/files.rpm" || refuse "the .deb (<) and the .rpm (>) have different files"
}

package_check_size() {
  local kib
  kib=$(dpkg-deb --field "$1" Installed-Size)
  say "installed $kib KiB, of it the binary $(($(stat -c %s "$2/usr/bin/siaga") / 1024)) KiB;" \
    "the .deb $(($(stat -c %s "$1") / 1024)) KiB"
  [ $((kib * 1024)) -lt $package_installed_bytes_max ] ||
    refuse "installed size: more than $package_installed_bytes_max bytes"
}

# package_again OUT: the same once more where everything that must not matter is different.
package_again() {
  local again
  again=$(mktemp -d "${TMPDIR:-/tmp}/siaga-package-again.XXXXXX")
  say "building it all again in $again"
  (
    umask 027
    unset CCACHE_DIR LC_ALL
    export CCACHE_DISABLE=1 TZ=Pacific/Kiritimati LANG=id_ID.UTF-8 LANGUAGE=id
    # The very same source: somebody may be editing the tree.
    package_make "$again" cat "$1/siaga-$package_version.tar"
  )
  local file name different=''
  for file in "$1"/siaga*.deb "$1"/siaga*.rpm "$1"/siaga*.tar.gz; do
    name=$(basename "$file")
    printf '%s %s\n%s %s, again\n' "$(package_sum "$file")" "$name" "$(package_sum "$again/$name")" "$name"
    cmp "$file" "$again/$name" || different+=" $name"
  done
  if [ -n "$different" ]; then
    ! command -v diffoscope >/dev/null || for name in $different; do
      diffoscope --max-report-size 20000 "$1/$name" "$again/$name" || true
    done
    refuse "not reproducible:$different; the second build is in $again"
  fi
  rm -rf "$again"
  say "reproducible: both builds are the same, byte by byte"
}

package_sum() { sha256sum "$1" | cut -d ' ' -f 1; }
