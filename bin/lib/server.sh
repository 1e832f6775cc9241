# shellcheck shell=bash
# The demo server in the background: where its pid is, how it stops.
# Needs common.sh.

SERVER_PID_FILE=$STATE/server.pid

# Prints the pid of the running server, if it is ours and alive.
server_pid() {
    local pid
    pid=$(cat "$SERVER_PID_FILE" 2>/dev/null) || return 1
    # a pid may have been given to another process since
    if [ -n "$pid" ] && { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -- ' -m odoo ' >/dev/null; then
        printf '%s\n' "$pid"
        return
    fi
    return 1
}

stop_server() {
    local pid waited=0
    pid=$(server_pid) || { rm -f "$SERVER_PID_FILE"; return 0; }
    kill "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do
        waited=$((waited + 1))
        if [ "$waited" -gt 50 ]; then kill -KILL "$pid" 2>/dev/null || true; fi
        if [ "$waited" -gt 100 ]; then die "the Odoo server (pid $pid) cannot be ended"; fi
        sleep 0.2
    done
    rm -f "$SERVER_PID_FILE" "$STATE/server.info"
}

port_taken() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# wait_for_login_page PORT PID LOG
wait_for_login_page() {
    "$VENV/bin/python" - "$@" <<'PYTHON'
import os, sys, time, urllib.request

port, pid = int(sys.argv[1]), int(sys.argv[2])
deadline = time.monotonic() + 180
while time.monotonic() < deadline:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        break
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/web/login", timeout=120)
        sys.exit(0)
    except OSError:
        time.sleep(0.1)
with open(sys.argv[3], errors="replace") as log:
    sys.stderr.write("".join(log.readlines()[-20:]))
sys.exit(1)
PYTHON
}
