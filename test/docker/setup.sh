#!/bin/sh
# Brings up what the Docker tests need: a real engine, and a PostgreSQL image made from Debian's packages.
#
# Uses the engine that answers already, else starts a dockerd of its own (own folders, own pid file: `setup.sh stop`
# ends exactly that one). Installs docker.io and docker-compose from Debian only when NEXUSHUB_DUMP_APT=1.
# Prints `DOCKER_HOST=…` last. Exit code 77: cannot be done here, and the line on stderr says why.
set -eu

cache=${NEXUSHUB_DUMP_DOCKER_CACHE:-/var/cache/nexushub-dump-docker}
image=nexushub-dump-test/postgres:debian
run=$cache/run
socket=unix://$run/docker.sock

skip() { echo "docker tests skipped: $*" >&2; exit 77; }

if [ "${1:-}" = stop ]; then
  [ -f "$run/dockerd.pid" ] || exit 0
  pid=$(cat "$run/dockerd.pid")
  kill "$pid" 2>/dev/null || exit 0
  for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || exit 0; sleep 0.2; done
  echo "dockerd $pid does not end" >&2
  exit 1
fi

missing() { ! command -v "$1" >/dev/null 2>&1; }

# Asks for newer lists of packages only when those at hand do not serve: that takes longer than all the rest.
with_lists() { "$@" >/dev/null 2>&1 || { apt-get update >/dev/null && "$@" >/dev/null; }; }

install_packages() {
  packages=""
  { missing docker || { missing dockerd && ! docker info >/dev/null 2>&1; }; } && packages="docker.io iptables"
  missing docker-compose && ! docker compose version >/dev/null 2>&1 && packages="$packages docker-compose"
  [ -n "$packages" ] || return 0
  [ "${NEXUSHUB_DUMP_APT:-}" = 1 ] || { echo "set NEXUSHUB_DUMP_APT=1 to have installed:$packages" >&2; return 0; }
  [ "$(id -u)" = 0 ] && ! missing apt-get || return 0
  # RUNLEVEL=1 keeps the package from starting its own daemon.
  # shellcheck disable=SC2086
  with_lists env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages ||
    skip "apt-get could not install: $packages"
}

start_engine() {
  docker info >/dev/null 2>&1 && return 0
  DOCKER_HOST=$socket
  export DOCKER_HOST
  docker info >/dev/null 2>&1 && return 0
  [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] || skip "no engine answers, and starting one takes root on Linux"
  missing dockerd && skip "no engine answers, and dockerd is not installed"
  mkdir -p "$run" "$cache/data"
  rm -f "$run/dockerd.pid" "$run/docker.sock"
  dockerd --host "$socket" --data-root "$cache/data" --exec-root "$run/exec" --pidfile "$run/dockerd.pid" \
    >"$run/dockerd.log" 2>&1 &
  pid=$!
  for _ in $(seq 150); do
    docker info >/dev/null 2>&1 && return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.2
  done
  tail -5 "$run/dockerd.log" >&2
  skip "dockerd does not start; its log is $run/dockerd.log"
}

# The packages that PostgreSQL needs on an empty machine, from the mirrors that this machine's apt uses.
# bash, grep and mawk are for testcontainers, which looks for open ports with them.
# All are unpacked and not configured, and what only just-in-time compilation, translations and scripts need is left out.
download_packages() {
  cd "$1"
  : >installed
  list() {
    apt-get --simulate -o Dir::State::status="$PWD/installed" install --no-install-recommends \
      postgresql bash coreutils dash grep libc-bin mawk perl-base util-linux >plan
  }
  with_lists list || return 1
  # shellcheck disable=SC2046
  with_lists apt-get -o APT::Sandbox::User=root download $(
    awk '$1 == "Inst" { print $2 }' plan |
      grep -vE '^(libllvm|libz3|locales|libc-l10n|perl$|perl-modules|libperl|postgresql-common|debconf|openssl|dpkg|gcc-)'
  )
}

# In the shape of the official image: its variables, its user, its pg_hba.conf, its port, no TLS.
build_image() {
  docker image inspect "$image" >/dev/null 2>&1 && return 0
  { missing apt-get || missing dpkg-deb; } && skip "the image is made from Debian's packages, and there is no apt here"
  [ "$(id -u)" = 0 ] || skip "making an image from Debian's packages takes root"
  work=$(mktemp -d "$cache/image.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mkdir "$work/debs" "$work/root"
  (download_packages "$work/debs") || skip "apt-get could not download the packages of PostgreSQL"
  root=$work/root
  # Older packages have files in /bin, newer ones in /usr/bin; both find them in one place.
  mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib" "$root/usr/lib64" "$root/etc" "$root/tmp" "$root/proc" "$root/dev" "$root/sys"
  for each in bin sbin lib lib64; do ln -s "usr/$each" "$root/$each"; done
  for package in "$work"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$package" |
      tar -C "$root" -x --keep-directory-symlink --exclude './usr/share/doc' --exclude './usr/share/man' --exclude '*/bitcode'
  done
  chmod 1777 "$root/tmp"
  # PostgreSQL goes without it where it is missing, and fails where only its library is.
  rm -f "$root"/usr/lib/postgresql/*/lib/llvmjit.so
  printf '%s\n' 'root:x:0:0::/root:/bin/sh' 'postgres:x:999:999::/var/lib/postgresql:/bin/sh' >"$root/etc/passwd"
  printf '%s\n' 'root:x:0:' 'postgres:x:999:' >"$root/etc/group"
  cp "$(dirname "$0")/entrypoint.sh" "$root/usr/bin/docker-entrypoint.sh"
  chmod 0755 "$root/usr/bin/docker-entrypoint.sh"
  for programs in "$root"/usr/lib/postgresql/*/bin; do programs=${programs#"$root"}; done
  tar -C "$root" -c . | docker import \
    --change "ENV PATH=$programs:/usr/sbin:/usr/bin" --change 'ENV PGDATA=/var/lib/postgresql/data' \
    --change 'EXPOSE 5432' --change 'ENTRYPOINT ["docker-entrypoint.sh"]' - "$image" >/dev/null ||
    skip "the engine takes no image"
}

install_packages
missing docker && skip "docker is not installed"
mkdir -p "$cache" 2>/dev/null || skip "$cache cannot be made"
start_engine
build_image
echo "DOCKER_HOST=${DOCKER_HOST:-}"
