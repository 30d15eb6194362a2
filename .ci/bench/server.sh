# The server that is measured, and how to speak to it.

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Requests are counted as everywhere, and none is refused.
# server_start <database url>
server_start() {
    port=$(free_port)
    base=http://127.0.0.1:$port
    (cd "$folder" && SANFUWU_KEYS=$keys SANFUWU_DATABASE_URL=$1 SANFUWU_LISTEN=127.0.0.1:$port SANFUWU_PUBLIC_URL=$base \
        SANFUWU_RATE_LIMIT_ADDRESS=1000000000 SANFUWU_RATE_LIMIT_PUBLIC=1000000000 SANFUWU_RATE_LIMIT_CALLER=1000000000 \
        SANFUWU_LOG=warn exec "$binary" serve --clock 2019-01-14T17:00:00+08:00 >"$folder/server.log" 2>&1) &
    server_pid=$!
    for _ in $(seq 300); do
        if curl -sf -o /dev/null "$base/readyz"; then return; fi
        sleep 0.1
    done
    tail "$folder/server.log"
    return 1
}

server_stop() {
    if [ -n "${server_pid:-}" ]; then
        kill -INT "$server_pid" 2>/dev/null || true
        wait "$server_pid" 2>/dev/null || true
        server_pid=
    fi
}

# token <user name> <password>
token() {
    curl -sS --fail-with-body "$base/api/v1/auth/token" --data-urlencode grant_type=password \
        --data-urlencode "username=$1" --data-urlencode "password=$2" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])'
}

# Ticks of CPU that the server has used, of its own and of the kernel on its behalf.
ticks() { awk '{ print $14 + $15 }' "/proc/$server_pid/stat"; }

# Waits until the server has nothing left to do by itself: generated rows are found by words once it has indexed them, and
# that is no request's cost.
server_settle() {
    local before
    for _ in $(seq 1800); do
        before=$(ticks)
        sleep 2
        if [ $(($(ticks) - before)) -le 2 ]; then return; fi
    done
    echo 'the server does not come to rest'
    return 1
}
