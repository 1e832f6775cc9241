# shellcheck shell=bash
# The demo server in the background, and the simulator of messengers beside it: where
# their pids are, how they stop. Needs common.sh.

SERVER_PID_FILE=$STATE/server.pid
SIMULATOR_PID_FILE=$STATE/simulator.pid
SIMULATOR_INFO=$STATE/simulator.info

# Prints the pid that a file holds, if that process is alive and has a word in its
# command line: a pid may have been given to another process since.
pid_in() {
    local pid
    pid=$(cat "$1" 2>/dev/null) || return 1
    if [ -n "$pid" ] && { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -- "$2" >/dev/null; then
        printf '%s\n' "$pid"
        return
    fi
    return 1
}

# Print the pid of what is running, if it is ours and alive.
server_pid() { pid_in "$SERVER_PID_FILE" ' -m odoo '; }
simulator_pid() { pid_in "$SIMULATOR_PID_FILE" ' -m support.provider '; }

# end_process PID WHAT : as an administrator would; what does not obey is killed
end_process() {
    local waited=0
    kill "$1" 2>/dev/null || true
    while kill -0 "$1" 2>/dev/null; do
        waited=$((waited + 1))
        if [ "$waited" -gt 50 ]; then kill -KILL "$1" 2>/dev/null || true; fi
        if [ "$waited" -gt 100 ]; then die "$2 (pid $1) cannot be ended"; fi
        sleep 0.2
    done
}

stop_server() {
    local pid
    if pid=$(server_pid); then end_process "$pid" "the Odoo server"; fi
    rm -f "$SERVER_PID_FILE" "$STATE/server.info"
}

stop_simulator() {
    local pid
    if pid=$(simulator_pid); then end_process "$pid" "the simulator of messengers"; fi
    rm -f "$SIMULATOR_PID_FILE" "$SIMULATOR_INFO"
}

# Starts the simulator of messengers, unless it runs; its address is in SIMULATOR_INFO.
start_simulator() {
    local log=$LOGS/simulator.log waited=0
    if simulator_pid >/dev/null && [ -s "$SIMULATOR_INFO" ]; then return; fi
    stop_simulator
    PYTHONPATH=$ROOT/tests${PYTHONPATH:+:$PYTHONPATH} \
        without_locks exec setsid "$VENV/bin/python" -m support.provider --port 0 \
        >"$SIMULATOR_INFO" 2>"$log" </dev/null &
    echo "$!" >"$SIMULATOR_PID_FILE"
    until [ -s "$SIMULATOR_INFO" ]; do
        waited=$((waited + 1))
        if [ "$waited" -gt 150 ] || ! kill -0 "$(cat "$SIMULATOR_PID_FILE")" 2>/dev/null; then
            stop_simulator
            die "the simulator of messengers did not start (log: $log)"
        fi
        sleep 0.2
    done
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
