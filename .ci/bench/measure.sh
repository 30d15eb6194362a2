# The measurements. Each prints a line: ours, the reference, their ratio, and what the ratio must be.

short=0

heading() { printf '\n%-44s %12s %12s %8s %8s\n' measured ours reference ratio needed; }

# line <what> <ours> <reference> <needed ratio>
line() {
    local ratio
    ratio=$(python3 -c "print(f'{$2 / $3:.2f}')")
    printf '%-44s %12.0f %12.0f %8s %8s' "$1" "$2" "$3" "$ratio" "≥ $4"
    at_least "$ratio" "$4"
}

# limit <what> <value> <unit> <most>
limit() {
    printf '%-44s %12s %s, needed ≤ %s' "$1" "$2" "$3" "$4"
    at_least "$4" "$2"
}

at_least() {
    if python3 -c "import sys; sys.exit(float('$1') < float('$2'))"; then echo; else short=1; echo '  SHORT'; fi
}

# Requests a second; what is no success fails the run. http <script> <token>
http() {
    local out
    out=$(BENCH_TOKEN=$2 BENCH_PATHS=$folder/paths BENCH_BODY=$body \
        wrk -t 1 -c "$connections" -d "${seconds}s" --timeout 10s -s "$here/$1" "$base")
    if grep -E 'Non-2xx|Socket errors' <<<"$out" >&2; then return 1; fi
    echo "$out" >"$folder/wrk.out"
    awk '/^Requests\/sec/ { print $2 }' <<<"$out"
}

served() { awk '/requests in/ { print $1 }' "$folder/wrk.out"; }

# Transactions a second of the same statements. reference <folder of scripts>
reference() {
    local out
    mapfile -d '' -t arguments <"$1/arguments"
    out=$(cd "$1" && pgbench -h "$folder/postgres" -U postgres -n -M prepared -c "$connections" -j 1 -T "$seconds" \
        "${arguments[@]}" bench 2>"$folder/pgbench.log") || { tail "$folder/pgbench.log" >&2; return 1; }
    awk '/^tps/ { print $3 }' <<<"$out"
}

fetch() { curl -sS --fail-with-body -o /dev/null -H "Authorization: Bearer $reader" "$base$1"; }

record() {
    curl -sS --fail-with-body -o /dev/null -H "Authorization: Bearer $writer" -H 'Content-Type: application/json' \
        --data-binary "@$body" "$base/api/v1/problems"
}

# What the server sends by itself, so that it is not taken for a part of a request.
noise() { [ -s "$folder/noise" ] || postgres_overhear "$folder/noise" sleep 12; }

point_read() {
    noise
    psql_do bench -c "SELECT '/api/v1/problems/' || id FROM problem ORDER BY md5(id::text) LIMIT 100" >"$folder/paths"
    fetch "$(head -n 1 "$folder/paths")"
    postgres_overhear "$folder/heard" fetch "$(head -n 1 "$folder/paths")"
    python3 "$here/replay.py" read "$folder/noise" "$folder/heard" "$folder/point"
    # A round to warm both.
    seconds=3 http read.lua "$reader" >/dev/null
    seconds=3 reference "$folder/point" >/dev/null
    local before after ours theirs
    before=$(ticks)
    ours=$(http read.lua "$reader")
    after=$(ticks)
    theirs=$(reference "$folder/point")
    line 'one problem, a second' "$ours" "$theirs" 0.33
    limit 'own CPU of a point read' \
        "$(python3 -c "print(round(($after - $before) / $(getconf CLK_TCK) / $(served) * 1e6))")" µs 110
}

page_of_fifty() {
    echo '/api/v1/problems?limit=50' >"$folder/paths"
    fetch '/api/v1/problems?limit=50'
    postgres_overhear "$folder/heard" fetch '/api/v1/problems?limit=50'
    python3 "$here/replay.py" read "$folder/noise" "$folder/heard" "$folder/page"
    local ours theirs
    ours=$(http read.lua "$reader")
    theirs=$(reference "$folder/page")
    line 'a page of 50, a second' "$ours" "$theirs" 0.3
}

recording() {
    record
    postgres_overhear "$folder/heard" record
    postgres_overhear "$folder/heard2" record
    python3 "$here/replay.py" write "$folder/heard" "$folder/heard2" "$folder/write"
    local ours theirs
    ours=$(http record.lua "$writer")
    theirs=$(reference "$folder/write")
    line 'recordings, a second' "$ours" "$theirs" 0.5
}

memory() {
    resident() { awk "/^$1/ { printf \"%.0f\", \$2 / 1024 }" "/proc/$server_pid/status"; }
    limit 'resident memory after all that' "$(resident VmRSS)" MiB 80
    # A sign-in takes 19 MiB for a moment (Argon2id), two at a time at most.
    printf '%-44s %12s MiB\n' 'its peak, sign-ins included' "$(resident VmHWM)"
}

# depth <size>: what a page costs, first and far down, and the figures.
depth() {
    BENCH_TOKEN=$(token "$username" "$password") python3 "$here/depth.py" "$base" "$1" "$folder/depth"
}

embedded_start() {
    local file=$folder/embedded
    mkdir "$file"
    SANFUWU_SQLITE_FILE=$file/db SANFUWU_KEY_FILE=$file/key "$binary" migrate >/dev/null
    SANFUWU_SQLITE_FILE=$file/db SANFUWU_KEY_FILE=$file/key \
        "$binary" demo-data --problems "$problems" --visits "$visits" --seed "$seed" >/dev/null 2>&1
    SANFUWU_SQLITE_FILE=$file/db SANFUWU_KEY_FILE=$file/key SANFUWU_LOG=warn \
        limit 'embedded: start to first answer' "$(python3 "$here/start.py" "$binary" "$(free_port)")" s 0.2
}

verdict() {
    if [ -s "$folder/depth" ]; then python3 "$here/depth.py" compare "$folder/depth" || short=1; fi
    if [ "$short" -eq 1 ]; then
        echo 'something falls short'
        [ "${BENCH_REPORT_ONLY:-0}" = 1 ]
    fi
}
