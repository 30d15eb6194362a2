# A throw-away PostgreSQL below $folder, listening on a Unix socket only. It syncs its log as a production server does.

postgres_bin() {
    local found
    found=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1)
    echo "${found:-$(dirname "$(command -v postgres)")}"
}

postgres_version() { "$(postgres_bin)/postgres" --version; }

# As user postgres where we are root: PostgreSQL refuses root.
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --reuid postgres --regid postgres --clear-groups "$@"
    else
        "$@"
    fi
}

postgres_start() {
    mkdir "$folder/postgres"
    if [ "$(id -u)" -eq 0 ]; then chown postgres: "$folder/postgres"; fi
    (cd "$folder/postgres" && as_postgres "$(postgres_bin)/initdb" -U postgres -A trust -E UTF8 --locale=C.UTF-8 -D data >/dev/null)
    (cd "$folder/postgres" && exec setpriv --pdeathsig TERM -- bash -c 'exec "$@"' bash \
        $([ "$(id -u)" -eq 0 ] && echo setpriv --reuid postgres --regid postgres --clear-groups) \
        "$(postgres_bin)/postgres" -D data -k "$folder/postgres" -c listen_addresses= -c max_connections=200 \
        -c shared_buffers=1GB -c max_wal_size=4GB -c log_line_prefix='@@%p ' -c log_parameter_max_length=-1) \
        >"$folder/postgres.log" 2>&1 &
    postgres_pid=$!
    for _ in $(seq 300); do
        if psql_do postgres -c 'SELECT 1' >/dev/null 2>&1; then return; fi
        sleep 0.1
    done
    tail "$folder/postgres.log"
    return 1
}

postgres_stop() {
    if [ -n "${postgres_pid:-}" ]; then
        kill -INT "$postgres_pid" 2>/dev/null || true
        wait "$postgres_pid" 2>/dev/null || true
        postgres_pid=
    fi
}

psql_do() { psql -X -q -A -t -v ON_ERROR_STOP=1 -h "$folder/postgres" -U postgres -d "$@"; }

postgres_url() { echo "postgres://postgres@${folder//\//%2F}%2Fpostgres/$1"; }

# Makes a database, migrates and fills it, and leaves it as autovacuum would in time.
postgres_fill() {
    local began=$SECONDS
    psql_do postgres -c "CREATE DATABASE $1"
    keys=${keys:-$("$binary" keygen)}
    SANFUWU_KEYS=$keys SANFUWU_DATABASE_URL=$(postgres_url "$1") "$binary" migrate >/dev/null
    SANFUWU_KEYS=$keys SANFUWU_DATABASE_URL=$(postgres_url "$1") \
        "$binary" demo-data --problems "$2" --visits "$3" --seed "$seed" >/dev/null 2>"$folder/demo-data.log" ||
        { tail "$folder/demo-data.log"; return 1; }
    psql_do "$1" -c 'VACUUM ANALYZE' -c CHECKPOINT
    printf '%s problems in %d s\n' "$2" $((SECONDS - began))
}

postgres_drop() { psql_do postgres -c "DROP DATABASE $1 WITH (FORCE)"; }

# What the server is sent while a command runs, into a file; the log is the only place that has statements and values.
postgres_overhear() {
    local into=$1
    shift
    psql_do postgres -c "ALTER SYSTEM SET log_statement = 'all'" -c 'SELECT pg_reload_conf()' >/dev/null
    sleep 0.5
    local from
    from=$(stat --format=%s "$folder/postgres.log")
    "$@"
    sleep 0.5
    tail -c +$((from + 1)) "$folder/postgres.log" >"$into"
    psql_do postgres -c 'ALTER SYSTEM RESET log_statement' -c 'SELECT pg_reload_conf()' >/dev/null
    sleep 0.5
}
