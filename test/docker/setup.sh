#!/bin/sh
# Brings up what the Docker tests need: a real engine, and a PostgreSQL image made from Debian's packages.
#
# Uses the engine that answers already, else starts a dockerd of its own (own folders, own pid file: `setup.sh stop`
# ends exactly that one). Installs docker.io, docker-compose and debootstrap from Debian only when NEXUSHUB_DUMP_APT=1.
# Prints `DOCKER_HOST=…` last. Exit code 77: cannot be done here, and the line on stderr says why.
set -eu

cache=${NEXUSHUB_DUMP_DOCKER_CACHE:-/var/cache/nexushub-dump-docker}
image=nexushub-dump-test/postgres:bookworm
suite=bookworm
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

install_packages() {
  packages=""
  { missing docker || { missing dockerd && ! docker info >/dev/null 2>&1; }; } && packages="docker.io iptables"
  missing docker-compose && ! docker compose version >/dev/null 2>&1 && packages="$packages docker-compose"
  missing debootstrap && ! docker image inspect "$image" >/dev/null 2>&1 && packages="$packages debootstrap"
  [ -n "$packages" ] || return 0
  [ "${NEXUSHUB_DUMP_APT:-}" = 1 ] || { echo "set NEXUSHUB_DUMP_APT=1 to have installed:$packages" >&2; return 0; }
  [ "$(id -u)" = 0 ] && ! missing apt-get || return 0
  # RUNLEVEL=1 keeps the package from starting its own daemon.
  apt-get update >/dev/null || skip "apt-get update failed"
  # shellcheck disable=SC2086
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages >/dev/null ||
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

# The mirror that this machine's own apt uses; empty when it has none of the suite.
debian_mirror() {
  apt-get indextargets --format '$(REPO_URI)' "Codename: $suite" 'Component: main' 'Created-By: Packages' 2>/dev/null |
    head -n 1
}

# In the shape of the official image: its variables, its user, its pg_hba.conf, its port, no TLS.
build_image() {
  docker image inspect "$image" >/dev/null 2>&1 && return 0
  missing debootstrap && skip "debootstrap is not installed"
  [ "$(id -u)" = 0 ] || skip "making an image from Debian's packages takes root"
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || skip "apt on this machine knows no mirror of Debian's $suite"
  work=$(mktemp -d "$cache/rootfs.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  timeout 300 debootstrap --variant=minbase --include=postgresql-15 "$suite" "$work" "$mirror" >"$cache/debootstrap.log" 2>&1 ||
    skip "debootstrap failed; its log is $cache/debootstrap.log"
  # Only just-in-time compilation needs this third of the image.
  rm -rf "$work"/var/cache/apt "$work"/var/lib/apt/lists "$work"/usr/share/doc "$work"/usr/share/locale \
    "$work"/usr/lib/*/libLLVM* "$work"/usr/lib/postgresql/15/lib/bitcode "$work"/var/lib/postgresql/15
  cp "$(dirname "$0")/entrypoint.sh" "$work/usr/local/bin/docker-entrypoint.sh"
  chmod 0755 "$work/usr/local/bin/docker-entrypoint.sh"
  tar -C "$work" -c . | docker import \
    --change 'ENV PATH=/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change 'ENV PGDATA=/var/lib/postgresql/data' --change 'EXPOSE 5432' \
    --change 'ENTRYPOINT ["docker-entrypoint.sh"]' - "$image" >/dev/null || skip "the engine takes no image"
}

install_packages
missing docker && skip "docker is not installed"
mkdir -p "$cache" 2>/dev/null || skip "$cache cannot be made"
start_engine
build_image
echo "DOCKER_HOST=${DOCKER_HOST:-}"
