#!/usr/bin/env bash
# Private stores for the tests: `scripts/services.sh run COMMAND…` starts
# MariaDB, PostgreSQL and an S3 server (moto) under target/services, runs the
# command with their addresses in the environment, and stops just what it
# started, whatever became of the command.
#
#   BONAFIDE_TEST_MYSQL     mysql://root@127.0.0.1:PORT/bonafide
#   BONAFIDE_TEST_POSTGRES  postgres://postgres@127.0.0.1:PORT/bonafide
#   BONAFIDE_TEST_S3        s3+http://ACCESS:SECRET@127.0.0.1:PORT/BUCKET
#   BONAFIDE_TEST_KMS       http://127.0.0.1:PORT, where moto answers as AWS KMS
#
# and, for tests that start and kill servers of their own:
#
#   BONAFIDE_TEST_MARIADBD       the program `mariadbd`
#   BONAFIDE_TEST_POSTGRES_BIN   the folder of `initdb` and `postgres`
#   BONAFIDE_TEST_SERVICE_USER   who must run PostgreSQL (empty: whoever we are)
#   BONAFIDE_TEST_SMTP           a Python that has aiosmtpd, a mail server
#   BONAFIDE_TEST_SOFTHSM        the PKCS#11 library of SoftHSM; `softhsm2-util` is in PATH
#
# Data written by these servers is not flushed to the disk: they are for tests
# of what is written, not of what survives. `scripts/services.sh install`
# installs what is missing: Debian packages when we are root (else it says
# which), moto into target/services/moto, aiosmtpd into target/services/smtp. No service
# of the system is started.
set -euo pipefail
cd "$(dirname "$0")/.."
home="$PWD/target/services"
debian_packages=()

say() { echo "services: $*" >&2; }

find_programs() {
    debian_packages=()
    mariadbd=$(PATH="$PATH:/usr/sbin:/usr/libexec" type -P mariadbd || true)
    mariadb_install=$(type -P mariadb-install-db || true)
    [[ -n $mariadbd && -n $mariadb_install ]] || debian_packages+=(mariadb-server-core)
    mariadb=$(type -P mariadb || true)
    [[ -n $mariadb ]] || debian_packages+=(mariadb-client-core)
    # The newest version that is there.
    postgres_bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
    [[ -n $postgres_bin && -x $postgres_bin/initdb ]] || debian_packages+=(postgresql)
    python3 -c 'import venv, ensurepip' 2>/dev/null || debian_packages+=(python3-venv)
    # A certificate for the mail server; a world of one's own for a few tests.
    [[ -n $(type -P openssl) ]] || debian_packages+=(openssl)
    [[ -n $(PATH="$PATH:/usr/sbin" type -P ip) ]] || debian_packages+=(iproute2)
    [[ -n $(type -P unshare) ]] || debian_packages+=(util-linux)
    # The browser of the pages' tests.
    [[ -n $(type -P chromium) ]] || debian_packages+=(chromium)
    # Writes the clips that videos are tested with, and reads them for comparison.
    [[ -n $(type -P ffmpeg) ]] || debian_packages+=(ffmpeg)
    # A hardware module in software.
    softhsm=$(ls /usr/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so 2>/dev/null |
        head -1 || true)
    [[ -n $softhsm && -n $(type -P softhsm2-util) ]] || debian_packages+=(softhsm2)
}

install() {
    find_programs
    if ((${#debian_packages[@]})); then
        if [[ $(id -u) != 0 ]]; then
            say "install these and repeat: sudo apt-get install ${debian_packages[*]}"
            exit 1
        fi
        say "installing ${debian_packages[*]}"
        quiet_apt "${debian_packages[@]}"
        find_programs
        if ((${#debian_packages[@]})); then
            say "still missing: ${debian_packages[*]}"
            exit 1
        fi
    fi
    if [[ ! -x $home/moto/bin/moto_server ]]; then
        say "installing moto into target/services/moto"
        mkdir -p "$home"
        rm -rf "$home/moto"
        python3 -m venv "$home/moto"
        "$home/moto/bin/pip" install --quiet --disable-pip-version-check 'moto[server]==5.2.1'
    fi
    if [[ ! -x $home/smtp/bin/python ]]; then
        say "installing aiosmtpd into target/services/smtp"
        mkdir -p "$home"
        rm -rf "$home/smtp"
        python3 -m venv "$home/smtp"
        "$home/smtp/bin/pip" install --quiet --disable-pip-version-check 'aiosmtpd==1.4.6'
    fi
}

# Installs without starting the services of the packages: no cluster is made,
# and for as long as it takes nothing may start one (policy-rc.d is Debian's way).
quiet_apt() {
    local policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.conf
    local made_policy='' made_cluster=''
    if [[ ! -e $policy ]]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod +x "$policy"
        made_policy=$policy
    fi
    if [[ ! -e $cluster ]]; then
        mkdir -p "${cluster%/*}"
        echo 'create_main_cluster = false' >"$cluster"
        made_cluster=$cluster
    fi
    local done=0
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o DPkg::Lock::Timeout=300 update &&
        apt-get -qq -o DPkg::Lock::Timeout=300 install -y --no-install-recommends \
            -o Dpkg::Options::=--force-confdef "$@" >/dev/null || done=$?
    [[ -z $made_policy ]] || rm -f "$made_policy"
    [[ -z $made_cluster ]] || rm -f "$made_cluster"
    return $done
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Waits until a command succeeds, or its server is gone.
wait_for() {
    local name=$1 pid=$2 log=$3
    shift 3
    for _ in $(seq 600); do
        if "$@" >/dev/null 2>&1; then return; fi
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    say "$name did not start:"
    tail -20 "$log" >&2
    exit 1
}

start_mariadb() {
    local data=$run/mariadb port log=$run/mariadb.log
    "$mariadb_install" --no-defaults --datadir="$data" --auth-root-authentication-method=normal \
        --skip-test-db ${service_user:+--user="$service_user"} >"$log" 2>&1 ||
        { say "MariaDB cannot make its data:"; tail -20 "$log" >&2; exit 1; }
    port=$(free_port)
    "$mariadbd" --no-defaults --datadir="$data" --socket="$sockets/mariadb.sock" \
        --bind-address=127.0.0.1 --port="$port" --pid-file="$data/pid" \
        ${service_user:+--user="$service_user"} --max-connections=300 \
        --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M --skip-log-bin \
        --skip-name-resolve --skip-slave-start --performance-schema=OFF >>"$log" 2>&1 &
    pids+=($!)
    wait_for MariaDB $! "$log" "$mariadb" --no-defaults -u root --protocol=tcp -h 127.0.0.1 \
        -P "$port" -e 'CREATE DATABASE IF NOT EXISTS bonafide'
    export BONAFIDE_TEST_MYSQL="mysql://root@127.0.0.1:$port/bonafide"
}

start_postgres() {
    local data=$run/postgres port log=$run/postgres.log
    "${as_service[@]}" "$postgres_bin/initdb" --pgdata="$data" --username=postgres --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$log" 2>&1 ||
        { say "PostgreSQL cannot make its data:"; tail -20 "$log" >&2; exit 1; }
    port=$(free_port)
    "${as_service[@]}" "$postgres_bin/postgres" -D "$data" -k "$sockets" -h 127.0.0.1 -p "$port" \
        -c fsync=off -c full_page_writes=off -c max_connections=300 >>"$log" 2>&1 &
    postgres_pid=$!
    pids+=($!)
    local connect=(-h 127.0.0.1 -p "$port" -U postgres)
    wait_for PostgreSQL $! "$log" "$postgres_bin/pg_isready" "${connect[@]}"
    "$postgres_bin/createdb" "${connect[@]}" bonafide
    export BONAFIDE_TEST_POSTGRES="postgres://postgres@127.0.0.1:$port/bonafide"
}

start_s3() {
    local port log=$run/moto.log
    port=$(free_port)
    "$home/moto/bin/moto_server" -H 127.0.0.1 -p "$port" >"$log" 2>&1 &
    pids+=($!)
    wait_for moto $! "$log" python3 -c "
import urllib.request as u
u.urlopen(u.Request('http://127.0.0.1:$port/bonafide-test', method='PUT'), timeout=2)"
    export BONAFIDE_TEST_S3="s3+http://test:test@127.0.0.1:$port/bonafide-test"
    export BONAFIDE_TEST_KMS="http://127.0.0.1:$port"
}

# What they wrote is thrown away, so nobody needs to shut down in good order;
# PostgreSQL alone has children, which it takes with it on SIGQUIT.
stop() {
    local pid
    for pid in "${pids[@]}"; do
        if [[ $pid == "${postgres_pid:-}" ]]; then
            kill -QUIT "$pid" 2>/dev/null || true
        else
            kill -KILL "$pid" 2>/dev/null || true
        fi
    done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$run" "$sockets"
}

run() {
    install
    pids=()
    service_user=''
    as_service=()
    # Both refuse to work as root. `setpriv` becomes the program, so that the
    # process we start is the one we stop.
    if [[ $(id -u) == 0 ]]; then
        service_user=postgres
        as_service=(setpriv --reuid=postgres --regid=postgres --init-groups)
    fi
    # Not under target/: its way may be closed to the service user, and a
    # socket's path may have 107 characters at most.
    run=$(mktemp -d "${TMPDIR:-/tmp}/bonafide-services.XXXXXX")
    sockets=$(mktemp -d "${TMPDIR:-/tmp}/bonafide-sockets.XXXXXX")
    trap stop EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    if [[ -n $service_user ]]; then chown "$service_user" "$run" "$sockets"; fi
    start_mariadb
    start_postgres
    start_s3
    export BONAFIDE_TEST_MARIADBD=$mariadbd BONAFIDE_TEST_POSTGRES_BIN=$postgres_bin
    export BONAFIDE_TEST_SERVICE_USER=$service_user
    export BONAFIDE_TEST_SMTP=$home/smtp/bin/python
    export BONAFIDE_TEST_SOFTHSM=$softhsm
    say "MariaDB, PostgreSQL and S3 are up"
    "$@"
}

case "${1:-}" in
install) install ;;
run)
    shift
    (($#)) || { say "run what?"; exit 2; }
    run "$@"
    ;;
*)
    say "scripts/services.sh install | run COMMAND…"
    exit 2
    ;;
esac
