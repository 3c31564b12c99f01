#!/bin/sh
# A throwaway PostgreSQL in one folder: DIR/data, DIR/log and its socket.
#
#   server.sh start BINDIR DIR [-c name=value]...   init where DIR/data is missing, then start;
#                                                   prints `host=DIR port=PORT user=USER`
#   server.sh init  BINDIR DIR                      only initdb, to place files of one's own
#   server.sh stop | restart | reload  DIR
#   server.sh newest                                BINDIR of the newest installed server
#   server.sh user                                  who the server runs as, and its superuser
#   server.sh as_server | isolated  COMMAND...      COMMAND as that user; in such a network
#
# Run by root it all belongs to the user `postgres`, else `nobody`: PostgreSQL refuses root.
# PGLEAST_SUPERUSER names the bootstrap superuser. PGLEAST_ISOLATE=1 gives the server a network
# of its own, so that one that trusts everybody is reached by its socket alone.
# PGLEAST_INITDB_CACHE is a folder where the first cluster is kept, for the next ones of that BINDIR.
set -eu

fail() {
  echo "server.sh: $*" >&2
  exit 1
}

if [ "$(id -u)" = 0 ]; then
  server_user=postgres
  id "$server_user" > /dev/null 2>&1 || server_user=nobody
  as_server() {
    setpriv --reuid "$(id -u "$server_user")" --regid "$(id -g "$server_user")" --init-groups "$@"
  }
  new_network() { unshare --net "$@"; }
else
  server_user=$(id -un)
  as_server() { "$@"; }
  new_network() { unshare --map-current-user --keep-caps --net "$@"; }
fi

newest() {
  newest=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -n 1)
  [ -x "$newest" ] || fail "no server under /usr/lib/postgresql"
  dirname "$newest"
}

# Perl, because a small Debian has it and has no `ip`: SIOCSIFFLAGS, IFF_UP|IFF_RUNNING.
isolated() {
  # shellcheck disable=SC2016  # Perl's variables
  new_network perl -MSocket -e '
    socket(my $s, PF_INET, SOCK_DGRAM, 0) or die "socket: $!";
    my $up = pack("a16s", "lo", 0x41);
    ioctl($s, 0x8914, $up) or die "loopback: $!";
    exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!"' "$@"
}

init() {
  # The path of a socket has at most 107 bytes, and its folder stands in a list and in a conninfo.
  [ "${#dir}" -le 85 ] || fail "path too long for a socket: $dir"
  case $dir in /*) ;; *) fail "not an absolute path: $dir" ;; esac
  case $dir in *[!A-Za-z0-9/._-]*) fail "unsafe character in path: $dir" ;; esac
  mkdir -p "$dir"
  chmod 700 "$dir"
  [ "$(id -u)" != 0 ] || chown "$server_user:" "$dir"
  cd "$dir"
  echo "$bin" | as_server tee bindir > /dev/null
  cache=${PGLEAST_INITDB_CACHE:-}
  [ -z "${PGLEAST_SUPERUSER:-}" ] || cache=
  if [ -n "$cache" ] && [ -d "$cache" ]; then
    cp -a "$cache" data
  else
    setsid --wait "$self" as_server "$bin/initdb" -D "$dir/data" -A trust --no-sync -E UTF8 --locale=C \
      -U "${PGLEAST_SUPERUSER:-$server_user}" 2>&1 | as_server tee log > /dev/null
  fi
  [ -f data/PG_VERSION ] || { cat log >&2; fail "initdb failed"; }
  [ -z "$cache" ] || [ -d "$cache" ] || cp -a data "$cache"
  # In the file, not on the command line, so that a test can replace them.
  as_server tee -a data/postgresql.conf > /dev/null <<'END'
listen_addresses = '127.0.0.1'
shared_buffers = 16MB
END
}

# Below 32768, where the ports of outgoing connections begin.
free_port() {
  while :; do
    port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
    grep -Eq ":$(printf %04X "$port") [0-9A-F]+:0000 0A" /proc/net/tcp /proc/net/tcp6 2> /dev/null ||
      break
  done
}

# pg_ctl gives the options to a shell.
quoted() {
  for word; do
    printf "'%s' " "$(printf %s "$word" | sed "s/'/'\\\\''/g")"
  done
}

pg_ctl() { # ACTION [OPTION...]
  set -- "$self" as_server "$bin/pg_ctl" "$@" -D "$dir/data" -l "$dir/log" -w -t 60
  if [ -e "$dir/isolated" ]; then set -- "$self" isolated "$@"; fi
  setsid --wait "$@" > /dev/null 2>&1
}

start() {
  if [ -n "${PGLEAST_ISOLATE:-}" ]; then
    if isolated true 2> /dev/null; then
      as_server touch "$dir/isolated"
    else
      set -- "$@" -c listen_addresses=127.0.0.1
    fi
  fi
  for attempt in 1 2 3 4 5; do
    free_port
    ! pg_ctl start -o "$(quoted -c unix_socket_directories="$dir" -p "$port" -c fsync=off "$@")" ||
      return 0
    # Another one may have taken the port since.
    tail -n 20 "$dir/log" | grep -q 'Address already in use' || break
  done
  tail -n 20 "$dir/log" >&2
  fail "the server does not start (attempt $attempt)"
}

stop() {
  pg_ctl status || return 0
  pg_ctl stop -m fast || pg_ctl stop -m immediate || fail "the server in $dir does not stop"
}

self=$(realpath "$0")
action=${1:-}
[ $# -eq 0 ] || shift
case $action in
  newest) newest; exit ;;
  user) echo "$server_user"; exit ;;
  as_server | isolated) "$action" "$@"; exit ;;
esac
export LC_ALL=C
unset PGDATA PGHOST PGPORT PGOPTIONS
# An interrupted caller is to stop a server that is there, not one half made. So let it be made:
# ignore the signals, and setsid puts what does not ignore them out of reach.
trap '' HUP INT TERM
case $action in
  init | start)
    [ $# -ge 2 ] || fail "usage: server.sh $action BINDIR DIR [-c name=value]..."
    bin=$1 dir=$2
    shift 2
    [ -x "$bin/initdb" ] || fail "no initdb in $bin"
    [ -d "$dir/data" ] || init
    cd "$dir"
    [ "$action" = init ] || start "$@"
    [ "$action" = init ] || echo "host=$dir port=$port user=${PGLEAST_SUPERUSER:-$server_user}"
    ;;
  stop | restart | reload)
    [ $# -eq 1 ] || fail "usage: server.sh $action DIR"
    dir=$1
    [ -f "$dir/bindir" ] || fail "no server in $dir"
    read -r bin < "$dir/bindir"
    cd "$dir"
    case $action in
      stop) stop ;;
      reload) pg_ctl reload || fail "reload failed" ;;
      restart) pg_ctl restart -m fast || { tail -n 20 log >&2; fail "restart failed"; } ;;
    esac
    ;;
  *) fail "usage: server.sh init|start|stop|restart|reload|newest|user|as_server ..." ;;
esac
