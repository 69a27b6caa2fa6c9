#!/usr/bin/env bash
# A private PostgreSQL for tests and benchmarks: `start` prints its URL (nothing else on standard output), `stop`
# ends it and deletes its data. Starting twice is harmless.
#   eval: export HEADWATER_TEST_POSTGRES="$(.ci/postgres.sh start)"
set -euo pipefail

home=${HEADWATER_TEST_POSTGRES_HOME:-${TMPDIR:-/tmp}/headwater-test-postgres-$(id -u)}
say() { printf '%s\n' "$*" >&2; }

programs() {
    local found
    found=$(ls -d /usr/lib/postgresql/*/bin /usr/local/pgsql/bin /opt/homebrew/opt/postgresql*/bin 2>/dev/null \
        | sort -V | tail -n 1 || true)
    if [ -z "$found" ] && command -v initdb >/dev/null; then
        found=$(dirname "$(command -v initdb)")
    fi
    printf '%s' "$found"
}

# PostgreSQL refuses to run as root.
as_server() {
    if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

running() { [ -f "$home/url" ] && as_server "$bin/pg_ctl" -D "$home/data" status >/dev/null 2>&1; }

free_port() {
    local port
    for port in $(seq 54330 54430); do
        if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            printf '%s' "$port"
            return
        fi
    done
    say "no free port between 54330 and 54430"
    exit 1
}

start() {
    if running; then
        cat "$home/url"
        return
    fi
    rm -rf "$home"
    mkdir -p "$home"
    chmod 755 "$home"
    local password port
    password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    printf '%s' "$password" >"$home/password"
    if [ "$(id -u)" = 0 ]; then chown -R postgres "$home"; fi
    chmod 600 "$home/password"
    as_server "$bin/initdb" -D "$home/data" -U headwater --pwfile="$home/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale=C >/dev/null
    port=$(free_port)
    # Everything else stays as it is delivered: benchmarks run on a default server, with fsync.
    as_server "$bin/pg_ctl" -D "$home/data" -l "$home/log" -w -t 60 \
        -o "-c port=$port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200" \
        start >/dev/null || { cat "$home/log" >&2; exit 1; }
    printf 'postgres://headwater:%s@127.0.0.1:%s/postgres' "$password" "$port" >"$home/url"
    cat "$home/url"
}

stop() {
    if running; then as_server "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null; fi
    rm -rf "$home"
}

bin=$(programs)
if [ -z "$bin" ] && [ "${1:-}" = start ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing PostgreSQL"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql; } >&2
    bin=$(programs)
fi
if [ -z "$bin" ]; then
    say "no PostgreSQL server programs were found: install PostgreSQL 15 or later"
    exit 1
fi

case "${1:-}" in
    start) start ;;
    stop) stop ;;
    *) say "usage: $0 start|stop"; exit 2 ;;
esac
