#!/bin/sh
# `./dev test-fresh`: does what the README promises hold on a machine with nothing but a clone?
# For each suite a minimal Debian, the commit HEAD in it, and `./dev demo` and `./dev test`.
#
# `./dev test-fresh --unit`: do the unit tests and cases pass on each? Here the Debian is kept with
# its packages and its build, so that the next time only what has changed is compiled.
#
# PGLEAST_FRESH_RUN replaces these commands. The exit code is 3 where no Debian can be made.
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || { echo "dev: test-fresh needs root, for chroot" >&2; exit 3; }
tests/support/install.sh debootstrap debian-archive-keyring git || exit 3

cache=${XDG_CACHE_HOME:-$HOME/.cache}/pgleast/fresh
mirror=http://deb.debian.org/debian
mkdir -p "$cache"

# What is mounted and started lives in namespaces of its own: when their first process is gone,
# so are all the others and every mount, and removing the folder removes nothing else.
work='' first=''
in_namespaces() {
  unshare --mount --pid --mount-proc --fork --kill-child "$@" &
  first=$!
  result=0
  wait "$first" || result=$?
  first=''
  return "$result"
}
clean() {
  if [ -n "$first" ]; then
    kill -s KILL "$first" 2> /dev/null || :
    wait "$first" || :
  fi
  # The last of them may still be on their way out.
  for pause in 0.1 0.5 1 2 5; do
    [ -n "$work" ] || break
    rm -rf --one-file-system "$work" 2> /dev/null && break
    sleep "$pause"
  done
  work='' first=''
}
trap "trap '' HUP INT TERM; clean" EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# Kept for the next time. A half made one has another name.
make_base() { # SUITE
  [ ! -d "$cache/$1" ] || return 0
  echo "dev: making a minimal Debian $1 in $cache/$1"
  work=$cache/$1.partial
  rm -rf --one-file-system "$work"
  in_namespaces debootstrap --variant=minbase "$1" "$work" "$mirror" > "$cache/$1.log" 2>&1 || {
    tail -n 20 "$cache/$1.log" >&2
    return 1
  }
  # What is in it need not outlast a power cut.
  echo force-unsafe-io > "$work/etc/dpkg/dpkg.cfg.d/unsafe-io"
  mv "$work" "$cache/$1"
  work=''
}

# The commit HEAD. Files that are as they were keep their times.
bring_in() { # ROOT
  { [ -d "$1/root/pgleast/.git" ] || git init --quiet --initial-branch=main "$1/root/pgleast"; } &&
    # Without the `-c` git refuses to read what another user owns.
    git -C "$1/root/pgleast" fetch --quiet --depth 1 \
      --upload-pack "git -c safe.directory='*' upload-pack" "$PWD" HEAD &&
    git -C "$1/root/pgleast" reset --quiet --hard FETCH_HEAD &&
    git -C "$1/root/pgleast" clean --quiet -df
}

run_in() { # ROOT ARCHIVES COMMAND
  mkdir -p "$2" "$1/dev/shm"
  cp -L /etc/resolv.conf "$1/etc/"
  # An installer writes it, debootstrap does not.
  [ -e "$1/etc/hosts" ] || printf '127.0.0.1 localhost\n::1 localhost\n' > "$1/etc/hosts"
  bring_in "$1" || return 1
  # shellcheck disable=SC2016  # for the inner shell
  in_namespaces env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM="${TERM:-dumb}" \
    ${http_proxy:+"http_proxy=$http_proxy"} sh -c '
      set -e
      mount -t proc proc "$1/proc"
      mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
      mount --bind "$2" "$1/var/cache/apt/archives"
      exec chroot "$1" sh -c "cd /root/pgleast && $3"' - "$@"
}

copy_base() { # SUITE
  work=$(mktemp -d "$cache/$1.work.XXXXXX") && cp -a "$cache/$1/." "$work"
}

run_fresh() { # SUITE
  copy_base "$1" || return 1
  run_in "$work" "$cache/$1.archives" "${PGLEAST_FRESH_RUN:-./dev demo && ./dev test}"
}

run_kept() { # SUITE
  kept=$cache/$1.kept
  # Two at a time would replace each other's commit.
  exec 9> "$kept.lock"
  flock 9
  if [ ! -d "$kept" ]; then
    copy_base "$1" && mv "$work" "$kept" || return 1
    work=''
  fi
  run_in "$kept" "$cache/$1.archives" "${PGLEAST_FRESH_RUN:-./dev test --unit}"
}

run_suite() { # SUITE
  make_base "$1" && in_namespaces chroot "$cache/$1" true || return 3
  if [ -n "$unit" ]; then run_kept "$1"; else run_fresh "$1"; fi || return 1
}

unit=''
if [ "${1:-}" = --unit ]; then
  unit=yes
  shift
fi
[ $# -gt 0 ] || set -- 12 13
summary='' failed=0
for version; do
  case $version in
    12) suite=bookworm ;;
    13) suite=trixie ;;
    *) echo "dev: no Debian \`$version\`; there are 12 and 13" >&2; exit 2 ;;
  esac
  echo "dev: Debian $version ($suite)"
  began=$(date +%s)
  status=0
  run_suite "$suite" || status=$?
  case $status in
    0) verdict=ok ;;
    3) verdict='CANNOT BE MADE' failed=3 ;;
    *) verdict=FAILED failed=1 ;;
  esac
  clean
  summary="$summary
Debian $version ($suite): $verdict, $(($(date +%s) - began)) s"
done
echo "$summary"
exit $failed
