#!/bin/sh
# Live tests on one server: live.sh BUILD_DIR BINDIR TESTS. One line when they pass, all when not.
set -eu
build=$(realpath "$1") bin=$2 tests=$3
support=$(dirname "$(realpath "$0")")
version=$("$bin/postgres" --version | sed 's/^postgres (PostgreSQL) //')

# The tests keep their servers in TMPDIR, so that they can be stopped whatever happened to them.
# /tmp, because the path of a socket is short, and others than root must get there.
tmp=$(mktemp -d /tmp/pgl.XXXXXX)
clean() {
  trap '' HUP INT TERM
  find "$tmp" -name bindir -exec dirname {} + | while read -r dir; do
    "$support/server.sh" stop "$dir" || :
  done
  rm -rf "$tmp"
}
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 711 "$tmp"

# psql itself: Debian's wrapper around it takes several times as long to start.
PATH=$("$support/server.sh" newest):$PATH
export PATH

LSAN_OPTIONS=suppressions=$support/lsan.supp:print_suppressions=0
export LSAN_OPTIONS
if TMPDIR=$tmp PGLEAST_INITDB_CACHE=$tmp/initdb PGLEAST_PG_BIN=$bin PGLEAST_BINARY=$build/pgleast \
  timeout --foreground 1500 "$build/pgleast-live-tests" "$tests" > "$tmp/output" 2>&1; then
  echo "PostgreSQL $version $tests: $(grep -v '^$' "$tmp/output" | tail -n 1)"
else
  echo "PostgreSQL $version $tests: FAILED (exit code $?)"
  cat "$tmp/output"
  exit 1
fi
