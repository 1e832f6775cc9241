# shellcheck shell=bash
# The PostgreSQL server: the one that PGHOST or odoo.conf names, else a cluster
# of this checkout's own. Needs common.sh and odoo.sh.

CLUSTER_SOCKET_PORT=5432 # only names the socket file: nothing listens on TCP
CLUSTER_EXTENSIONS="pg_trgm unaccent"

conf_value() { sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" "$ROOT/odoo.conf" | tail -n 1; }

# Sets PG* for every client, Odoo's among them, and starts the cluster if it is
# ours. The variables win over odoo.conf.
ensure_postgres() {
    local host
    host=${PGHOST:-$(conf_value db_host)}
    if [ -n "$host" ] && [ "$host" != False ]; then
        use_given_server "$host"
    else
        use_own_cluster
    fi
}

use_given_server() {
    local value
    export PGHOST=$1
    value=${PGPORT:-$(conf_value db_port)}
    if [ -n "$value" ] && [ "$value" != False ]; then export PGPORT=$value; fi
    value=${PGUSER:-$(conf_value db_user)}
    if [ -n "$value" ] && [ "$value" != False ]; then export PGUSER=$value; fi
    value=${PGPASSWORD:-$(conf_value db_password)}
    if [ -n "$value" ] && [ "$value" != False ]; then export PGPASSWORD=$value; fi
    export PGUSER=${PGUSER:-$(id -un)}
    have psql || install_packages "PostgreSQL's client" postgresql-client
    [ "$PGUSER" != postgres ] ||
        die "Odoo refuses the database user 'postgres': set PGUSER to a role with CREATEDB"
    psql -XAtq -d postgres -c 'SELECT 1' >/dev/null 2>"$STATE/psql.err" </dev/null ||
        die "PostgreSQL on PGHOST=$PGHOST does not answer ($(head -n 1 "$STATE/psql.err")): start it, or unset PGHOST to use a cluster of this checkout's own"
    [ "$(psql -XAtq -d postgres -c 'SHOW lc_ctype' </dev/null)" != C ] ||
        warn "warning: the PostgreSQL server on $PGHOST has LC_CTYPE C, where searches in Cyrillic find nothing: use C.UTF-8 or ru_RU.UTF-8"
}

# --- our own cluster ----------------------------------------------------------

# Root may not run PostgreSQL, and the user who may ("postgres") is often unable
# to enter root's checkout: then the cluster lives in that user's own place.
cluster_places() {
    if is_root; then
        CLUSTER=/var/lib/postgresql/order-service-$CHECKOUT_ID
        CLUSTER_SOCKETS=$CLUSTER
    else
        CLUSTER=$STATE/pg
        CLUSTER_SOCKETS=$CLUSTER
        # the kernel allows 107 bytes for the path of a socket
        if [ "${#CLUSTER}" -gt 85 ]; then
            CLUSTER_SOCKETS=/tmp/order-service-$(id -u)-$CHECKOUT_ID
        fi
    fi
}

as_postgres() {
    # "cd /": the unprivileged user may be unable to enter the current folder
    if is_root; then
        (cd / && runuser -u postgres -- env -u PGHOST -u PGPORT -u PGUSER "$@")
    else
        (cd / && env -u PGHOST -u PGPORT -u PGUSER "$@")
    fi
}

find_postgres_binaries() {
    local folder
    PG_BIN=
    for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
        if [ -x "$folder/initdb" ]; then PG_BIN=$folder; fi
    done
    if [ -z "$PG_BIN" ] && have initdb && have pg_ctl; then
        PG_BIN=$(dirname "$(readlink -f "$(command -v initdb)")")
    fi
    [ -n "$PG_BIN" ]
}

use_own_cluster() {
    cluster_places
    find_postgres_binaries ||
        { install_packages "PostgreSQL" postgresql && find_postgres_binaries; } ||
        die "found no initdb after installing postgresql: set PGHOST to a running server"
    if is_root && ! id postgres >/dev/null 2>&1; then
        die "root may not run PostgreSQL and there is no user 'postgres': create one, or run me as an ordinary user"
    fi
    export PGHOST=$CLUSTER_SOCKETS PGPORT=$CLUSTER_SOCKET_PORT PGUSER=odoo
    unset PGPASSWORD PGSERVICE PGDATABASE
    if ! as_postgres test -f "$CLUSTER/PG_VERSION"; then create_cluster; fi
    cluster_runs || start_cluster
    if ! psql -XAtq -d template1 -c 'SELECT 1' >/dev/null 2>&1 </dev/null; then prepare_cluster; fi
}

cluster_runs() { as_postgres "$PG_BIN/pg_ctl" status -D "$CLUSTER" >/dev/null 2>&1; }

create_cluster() {
    say "Creating a PostgreSQL cluster in $CLUSTER ..."
    # C.UTF-8, not C: in the C locale Cyrillic letters are no letters, trigram
    # indexes come out empty and searches find nothing.
    run_logged initdb.log "initdb failed" \
        as_postgres "$PG_BIN/initdb" -D "$CLUSTER" -U postgres \
        --encoding=UTF8 --locale=C.UTF-8 --auth=trust
    as_postgres tee -a "$CLUSTER/postgresql.conf" >/dev/null <<CONF
include 'order_service.conf'
CONF
    CREATED_CLUSTER=yes
}

# Rewritten at every start: the checkout may have been moved.
write_cluster_settings() {
    as_postgres tee "$CLUSTER/order_service.conf" >/dev/null <<CONF
# Written by bin/lib/postgres.sh at every start.
listen_addresses = ''
port = $CLUSTER_SOCKET_PORT
unix_socket_directories = '$CLUSTER_SOCKETS'
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 512MB
work_mem = 16MB
maintenance_work_mem = 128MB
random_page_cost = 1.1
jit = off
# For development and tests only: a power cut may ruin this cluster, and nothing
# in it is worth waiting for the disk. Never use these four in production.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
CONF
}

start_cluster() {
    if [ "$CLUSTER_SOCKETS" != "$CLUSTER" ]; then
        (umask 077 && mkdir -p "$CLUSTER_SOCKETS")
        [ -O "$CLUSTER_SOCKETS" ] || die "$CLUSTER_SOCKETS belongs to somebody else: remove it"
    fi
    write_cluster_settings
    mkdir -p "$LOGS"
    # The server outlives this script: its output goes to a file, or whoever reads
    # ours would wait for it for ever.
    if ! without_locks as_postgres "$PG_BIN/pg_ctl" start -w -t 60 \
        -D "$CLUSTER" -l "$CLUSTER/server.log" >"$LOGS/pg_ctl.log" 2>&1 </dev/null; then
        as_postgres tail -n 15 "$CLUSTER/server.log" >&2 || true
        die "PostgreSQL does not start (log: $CLUSTER/server.log): repair the cause, or remove the cluster with bin/clean"
    fi
    STARTED_CLUSTER=yes
}

stop_cluster() {
    cluster_places
    find_postgres_binaries || return 0
    as_postgres test -f "$CLUSTER/PG_VERSION" 2>/dev/null || return 0
    cluster_runs || return 0
    as_postgres "$PG_BIN/pg_ctl" stop -m fast -D "$CLUSTER" >/dev/null 2>&1 </dev/null ||
        warn "PostgreSQL in $CLUSTER did not stop"
}

# In CI nothing may stay behind: a server that this script started is stopped, a
# cluster that it created is removed. Elsewhere both serve the next run.
tidy_up_after_ci() {
    [ "${CI:-}" = true ] || return 0
    if [ "${STARTED_CLUSTER:-}" = yes ]; then stop_cluster; fi
    if [ "${CREATED_CLUSTER:-}" = yes ]; then remove_cluster; fi
}

remove_cluster() {
    cluster_places
    # only ever a folder that initdb made for this checkout
    if as_postgres test -f "$CLUSTER/order_service.conf" 2>/dev/null; then rm -rf "${CLUSTER:?}"; fi
    if [ "$CLUSTER_SOCKETS" != "$CLUSTER" ]; then rm -rf "${CLUSTER_SOCKETS:?}"; fi
}

# Odoo refuses the user "postgres", so it gets a role of its own. template1
# carries the extensions into every database made from it.
prepare_cluster() {
    local extension
    {
        echo "CREATE ROLE odoo LOGIN CREATEDB;"
        for extension in $CLUSTER_EXTENSIONS; do
            echo "CREATE EXTENSION IF NOT EXISTS $extension;"
        done
        # as Odoo's --unaccent does: only an immutable function can be indexed
        echo "ALTER FUNCTION unaccent(text) IMMUTABLE;"
    } | run_sql_as_superuser
}

run_sql_as_superuser() {
    as_postgres psql -Xq -v ON_ERROR_STOP=1 -h "$CLUSTER_SOCKETS" -p "$CLUSTER_SOCKET_PORT" \
        -U postgres -d template1 >"$LOGS/psql.log" 2>&1 ||
        die "could not prepare the PostgreSQL cluster: $(head -n 1 "$LOGS/psql.log")"
}

# --- databases ------------------------------------------------------------------

sql() {
    local database=$1
    shift
    psql -XAtq -v ON_ERROR_STOP=1 -d "$database" -c "$*" </dev/null
}

database_exists() {
    [ "$(sql postgres "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]
}

# An empty database with what Odoo needs in it, whoever runs the server.
create_database() {
    local extension
    createdb --template=template1 --encoding=UTF8 "$1" </dev/null ||
        die "could not create the database $1: may the role $PGUSER create databases?"
    for extension in $CLUSTER_EXTENSIONS; do
        sql "$1" "CREATE EXTENSION IF NOT EXISTS $extension" >/dev/null 2>&1 ||
            die "the PostgreSQL extension $extension is missing on $PGHOST: install postgresql-contrib there, or let a superuser create it in template1"
    done
}

# The filestore goes with the database: without it every asset answers 500.
drop_database() {
    if database_exists "$1"; then
        dropdb --if-exists --force "$1" </dev/null 2>/dev/null || dropdb --if-exists "$1" </dev/null
    fi
    rm -rf "${DATA_DIR:?}/filestore/$1"
}

copy_database() {
    local from=$1 to=$2
    createdb --template="$from" "$to" </dev/null || die "could not copy the database $from to $to: is somebody connected to $from?"
    copy_filestore "$from" "$to"
}

# Hard links: Odoo never changes a file of the filestore in place.
copy_filestore() {
    rm -rf "${DATA_DIR:?}/filestore/$2"
    if [ -d "$DATA_DIR/filestore/$1" ]; then
        cp -al "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$2" 2>/dev/null ||
            cp -a "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$2"
    fi
}

rename_database() {
    sql postgres "ALTER DATABASE \"$1\" RENAME TO \"$2\""
    rm -rf "${DATA_DIR:?}/filestore/$2"
    if [ -d "$DATA_DIR/filestore/$1" ]; then mv "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$2"; fi
}
