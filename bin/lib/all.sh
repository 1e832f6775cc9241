# shellcheck shell=bash
# Loads the parts in the order they need each other.
# shellcheck source=bin/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=bin/lib/odoo.sh
. "$ROOT/bin/lib/odoo.sh"
# shellcheck source=bin/lib/postgres.sh
. "$ROOT/bin/lib/postgres.sh"
# shellcheck source=bin/lib/server.sh
. "$ROOT/bin/lib/server.sh"
# shellcheck source=bin/lib/templates.sh
. "$ROOT/bin/lib/templates.sh"

# prepare run|test : Odoo, Python, PostgreSQL, and an environment for them
prepare() {
    take_lock setup
    fetch_odoo
    ensure_python "$1"
    ensure_system_tools "$1"
    ensure_postgres
    export_odoo_environment
    drop_lock setup
}
