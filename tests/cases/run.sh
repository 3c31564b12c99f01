#!/bin/sh
# One whole run: run.sh CASE_DIR, with the binary in $PGLEAST. In the folder:
#
#   cmd    shell, run in a copy of the folder; $PGLEAST is the binary, $TOP this repository
#   out    what it prints
#   err    what it prints on standard error; not looked at where the file is missing
#   code   its exit code; 0 where the file is missing
#
# PGLEAST_ACCEPT=1 writes what came as what is expected: read the diff before you commit it.
set -eu
case_dir=$(realpath "$1")
PGLEAST=$(realpath "$PGLEAST")
TOP=$(realpath "$(dirname "$0")/../..")
export PGLEAST TOP LC_ALL=C.UTF-8 TERM=dumb
# What a developer's own shell says must not matter: PGHOST and the like, colours.
# shellcheck disable=SC2046  # names
unset NO_COLOR COLUMNS $(env | sed -n 's/^\(PG[A-Z]*\)=.*/\1/p' | grep -vx PGLEAST)

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
cp -R "$case_dir" "$tmp/case"
chmod -R u+w "$tmp/case"
cd "$tmp/case"
code=0
sh cmd > "$tmp/out" 2> "$tmp/err" < /dev/null || code=$?
cd "$case_dir"

if [ -n "${PGLEAST_ACCEPT:-}" ]; then
  cp "$tmp/out" out
  [ ! -e err ] || cp "$tmp/err" err
  rm -f code
  [ $code = 0 ] || echo $code > code
  exit 0
fi

status=0
compare() { # EXPECTED ACTUAL
  diff -u --label "$1 expected" --label "$1 actual" "$([ -e "$1" ] && echo "$1" || echo /dev/null)" "$2" ||
    status=1
}
compare out "$tmp/out"
[ ! -e err ] || compare err "$tmp/err"
expected=0
[ ! -e code ] || read -r expected < code
if [ "$code" != "$expected" ]; then
  echo "exit code $code, expected $expected"
  status=1
fi
# The reason is mostly there.
[ $status = 0 ] || [ -e err ] || sed 's/^/stderr: /' "$tmp/err"
exit $status
