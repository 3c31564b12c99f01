#!/bin/sh
# `./dev demo`: the shop's server as people leave it, audited, fixed, and audited again.
# Everything is in one temporary folder and belongs to the user the server runs as.
set -eu
cd "$(dirname "$0")/../.."
server=$PWD/tests/support/server.sh
typed=tests/support/server.sh
bin=${PGLEAST_PG_BIN:-$("$server" newest)}
user=$("$server" user)
as_server() { "$server" as_server "$@"; }

# A PGHOST or PGPASSWORD of one's own must not lead elsewhere.
# shellcheck disable=SC2046  # names
unset $(env | sed -n 's/^\(PG[A-Z]*\)=.*/\1/p')

# That user must get there, and the path of a socket is short.
tmp=${TMPDIR:-/tmp}
case $tmp in *[!A-Za-z0-9/._-]*) tmp=/tmp ;; esac
[ "${#tmp}" -le 60 ] && as_server test -x "$tmp" || tmp=/tmp
tmp=$(mktemp -d "$tmp/pgleast-demo.XXXXXX")
clean() {
  trap '' HUP INT TERM
  [ ! -e "$tmp/db/bindir" ] || "$server" stop "$tmp/db" || :
  rm -rf "$tmp"
}
trap clean EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
[ "$(id -u)" != 0 ] || chown "$user:" "$tmp"

# A checkout in root's home is closed to that user: the same relative paths elsewhere, then.
if ! as_server test -x "$PWD/build/pgleast" -a -r "$PWD/samples/mystore/hardened/policy.yaml"; then
  mkdir -p "$tmp/build" "$tmp/samples"
  cp build/pgleast "$tmp/build"
  cp -R samples/mystore "$tmp/samples"
  [ "$(id -u)" != 0 ] || chown -R "$user:" "$tmp/build" "$tmp/samples"
  cd "$tmp"
fi

say() { printf '\n# %s\n' "$*"; }
show() {
  printf '$'
  for word; do
    case $word in
      *[!A-Za-z0-9/._=:,@+-]* | '') printf " '%s'" "$word" ;;
      *) printf ' %s' "$word" ;;
    esac
  done
  echo
}
# Leaves the exit code in $code.
run() {
  show "$@"
  code=0
  as_server "$@" || code=$?
}
must() {
  run "$@"
  [ $code = 0 ] || fail "exit code $code"
}
fail() {
  echo "demo: $*" >&2
  exit 1
}

PATH=$bin:$PATH
insecure=samples/mystore/insecure
policy=samples/mystore/hardened/policy.yaml

say "A server of its own: PostgreSQL $("$bin/postgres" --version | sed 's/.*PostgreSQL) //')," \
  "with the configuration people really leave behind."
show $typed init "$bin" "$tmp/db"
"$server" init "$bin" "$tmp/db"
must cp $insecure/pg_hba.conf $insecure/postgresql.conf "$tmp/db/data/"
# It trusts the whole network, so it gets a network of its own.
show PGLEAST_ISOLATE=1 $typed start "$bin" "$tmp/db"
conninfo=$(PGLEAST_ISOLATE=1 "$server" start "$bin" "$tmp/db")
echo "$conninfo"
dsn="$conninfo dbname=mystore"
must createdb --maintenance-db "$conninfo dbname=postgres" mystore
must psql -X -q -v ON_ERROR_STOP=1 -d "$dsn" -f $insecure/schema.sql

say "What is wrong with it?"
run build/pgleast audit --dsn "$dsn" --policy $policy
[ $code = 1 ] || fail "exit code $code, where 1 says that there are findings"

say "The fixes that shut nobody out, and what waits for your word."
run build/pgleast fix --dsn "$dsn" --policy $policy --output-dir "$tmp/safe"
[ $code -le 1 ] || fail "exit code $code"

say "All of them. --prove applies them in a transaction, audits that and rolls it back."
run build/pgleast fix --dsn "$dsn" --policy $policy --accept all --output-dir "$tmp/fixes" --prove
[ $code -le 1 ] || fail "exit code $code"
must ls "$tmp/fixes"

say "TLS needs a certificate, which only you can get. Here, one for localhost."
run openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$tmp/db/data/server.key" \
  -out "$tmp/db/data/server.crt" 2> "$tmp/openssl.log"
[ $code = 0 ] || { cat "$tmp/openssl.log" >&2; fail "exit code $code"; }
must chmod 600 "$tmp/db/data/server.key"

say "Apply: the SQL, then the patched files and a restart."
must psql -X -q -v ON_ERROR_STOP=1 -d "$dsn" -f "$tmp/fixes/fix.sql"
for name in pg_hba.conf postgresql.conf; do
  [ ! -e "$tmp/fixes/$name" ] || must cp "$tmp/fixes/$name" "$tmp/db/data/"
done
show $typed restart "$tmp/db"
"$server" restart "$tmp/db"

say "And now?"
run build/pgleast audit --dsn "$dsn" --policy $policy
[ $code = 0 ] || fail "exit code $code, where 0 says that nothing is left"

say "Clean. The server is stopped and its folder removed."
