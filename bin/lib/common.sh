# shellcheck shell=bash
# Shared by every bin/ script: places, messages, system packages, locks.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
STATE=$ROOT/.odoo
LOGS=$STATE/log
# The checkout's own mark: two clones on one machine never share a cluster.
CHECKOUT_ID=$(printf '%s' "$ROOT" | sha256sum | cut -c1-8)
export ROOT STATE LOGS CHECKOUT_ID

# A user's own settings must not leak into ours.
unset PYTHONPATH PYTHONHOME ODOO_RC OPENERP_SERVER
export PYTHONNOUSERSITE=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# "set -e" alone ends a script without a word.
set -E
trap 'warn "error: \"$BASH_COMMAND\" failed (${BASH_SOURCE[0]##*/}, line $LINENO)"' ERR

say() { printf '%s\n' "$*"; }
warn() { printf '%s\n' "$*" >&2; }
die() {
    warn "error: $*"
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" -eq 0 ]; }

# hash_of FILE... : one short hash over the contents
hash_of() { cat -- "$@" | sha256sum | cut -c1-12; }
hash_text() { printf '%s' "$*" | sha256sum | cut -c1-12; }

# stamp_is NAME VALUE / set_stamp NAME VALUE : what was done, and from what
stamp_is() { [ "$(cat "$STATE/stamps/$1" 2>/dev/null)" = "$2" ]; }
set_stamp() {
    mkdir -p "$STATE/stamps"
    printf '%s\n' "$2" >"$STATE/stamps/$1"
}

# run_logged LOG SENTENCE COMMAND... : keeps the screen quiet, shows the end of
# the log when the command fails.
run_logged() {
    local log=$LOGS/$1 sentence=$2
    shift 2
    mkdir -p "$LOGS"
    if ! "$@" >"$log" 2>&1 </dev/null; then
        warn "--- the last lines of $log"
        tail -n 40 "$log" >&2
        die "$sentence (whole log: $log)"
    fi
}

# help_if_asked "$@" : prints the comment at the head of the script for -h or --help
help_if_asked() {
    case ${1:-} in
        -h | --help)
            sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0"
            exit 0
            ;;
    esac
}

# take_lock setup|templates|run|bench : one script at a time; held until the script
# ends or drop_lock. Each has a file descriptor of its own.
lock_fd() {
    case $1 in
        setup) echo 9 ;;
        templates) echo 8 ;;
        run) echo 7 ;;
        bench) echo 6 ;;
    esac
}

take_lock() {
    local fd file=$STATE/$1.lock
    fd=$(lock_fd "$1")
    mkdir -p "$STATE"
    eval "exec $fd>>\"\$file\""
    if ! flock -n "$fd"; then
        say "Another script is working on this checkout ($1); waiting for it to finish ..."
        flock -w 3600 "$fd" || die "waited an hour for $file: end the other script (fuser $file names it) and try again"
    fi
}
drop_lock() { eval "exec $(lock_fd "$1")>&-"; }

# Runs a command that may outlive this script, or start something that does: it
# must not keep our locks.
without_locks() { "$@" 6>&- 7>&- 8>&- 9>&-; }

as_root() {
    if is_root; then
        "$@"
    elif have sudo; then
        # without a terminal sudo cannot ask for a password: fail, do not hang
        if [ -t 0 ]; then sudo "$@"; else sudo -n "$@"; fi
    else
        return 1
    fi
}

os_field() { (
    # shellcheck disable=SC1091
    . /etc/os-release 2>/dev/null || exit 0
    eval "printf '%s' \"\${$1:-}\""
); }

# install_packages WHAT-FOR PACKAGE... : Debian only; elsewhere names them
install_packages() {
    local purpose=$1
    shift
    if [ "$(os_field ID)" != debian ] || ! have apt-get; then
        die "$purpose missing: install what Debian calls '$*' (this is $(os_field PRETTY_NAME), so I leave that to you), then run me again"
    fi
    if ! is_root && ! have sudo; then
        die "$purpose missing: ask root to run 'apt-get install $*' (there is no sudo here), then run me again"
    fi
    say "Installing $purpose with apt: $*"
    mkdir -p "$LOGS"
    # a package may start a service
    if ! {
        as_root apt-get update -qq &&
            without_locks as_root env DEBIAN_FRONTEND=noninteractive \
                apt-get install -y -qq --no-install-recommends "$@"
    } >"$LOGS/apt.log" 2>&1 </dev/null; then
        tail -n 15 "$LOGS/apt.log" >&2
        die "apt could not install '$*': check the network, the package sources and your sudo rights (log: $LOGS/apt.log)"
    fi
}

free_port() {
    "$VENV/bin/python" -c 'import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
