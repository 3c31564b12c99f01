#!/bin/sh
# Installs those of the Debian packages "$@" that are missing; says nothing when none is.
set -eu

if ! command -v dpkg-query > /dev/null; then
  echo "dev: not a Debian system; taking for granted: $*" >&2
  exit 0
fi

have=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2> /dev/null |
  sed -n 's/ installed$//p') || :
# A server from elsewhere (apt.postgresql.org) will do.
set -- "$@" --
while [ "$1" != -- ]; do
  case "
$have
" in
    *"
$1
"*) ;;
    *)
      if [ "$1" != postgresql ] || ! command -v psql > /dev/null ||
        ! ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1; then
        set -- "$@" "$1"
      fi
      ;;
  esac
  shift
done
shift
[ $# -gt 0 ] || exit 0

echo "dev: installing Debian packages: $*"
if [ "$(id -u)" != 0 ]; then
  command -v sudo > /dev/null || {
    echo "dev: neither root nor sudo; as root, run: apt-get install --no-install-recommends $*" >&2
    exit 1
  }
  exec sudo "$0" "$@"
fi

# One at a time: they would be in each other's way, and not every lock of apt is waited for.
exec 9< "$0"
flock 9

log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
# The package `postgresql` makes a cluster of its own and starts it on port 5432; not for us.
case " $* " in
  *" postgresql "*)
    common=/etc/postgresql-common/createcluster.d
    trap 'rm -f "$log" $common/zz-pgleast.conf; rmdir $common 2> /dev/null || :' EXIT
    mkdir -p $common
    echo 'create_main_cluster = false' > $common/zz-pgleast.conf
    ;;
esac

export DEBIAN_FRONTEND=noninteractive
apt() {
  apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" > "$log" 2>&1
}
# The lists are absent or too old when the first one fails.
apt install --no-install-recommends --download-only "$@" || apt update || :
apt install --no-install-recommends "$@" || {
  cat "$log" >&2
  exit 1
}
