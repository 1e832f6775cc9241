# shellcheck shell=bash
# Template databases: the slow part of a test run, done once.
#
# base: the addons of others that ours need, English and Russian loaded. Keyed by Odoo's
#       version, the requirements and the manifests' `depends`.
# full: base + our addons + warm asset bundles. Keyed by base + addons' content.
# bridged: full + what our bridges wait for (website), so that Odoo installs them too.
#       Keyed by full + that.
# Needs common.sh, odoo.sh and postgres.sh.

TEMPLATE_PREFIX=os19
TEMPLATES_KEPT=3
TEMPLATE_RECIPE=2 # to be raised when the commands below change

base_template_name() {
    local depends=$1
    printf '%s_base_%s\n' "$TEMPLATE_PREFIX" "$(
        hash_text "$TEMPLATE_RECIPE|$(odoo_version)|$(hash_of "$ROOT/requirements.txt" "$ROOT/bin/lib/warm_assets.py")|$depends"
    )"
}

# A cluster can outlive the checkout's .odoo, and then the filestores are gone.
template_ready() {
    if database_exists "$1"; then
        if [ -d "$DATA_DIR/filestore/$1" ]; then return 0; fi
        drop_database "$1"
    fi
    return 1
}

# Built under another name and renamed when complete: an interrupted build is
# never taken for a template.
ensure_base_template() {
    local depends
    depends=$(addons_info depends)
    BASE_TEMPLATE=$(base_template_name "$depends")
    if template_ready "$BASE_TEMPLATE"; then return; fi
    say "Building the base template database ($depends); this takes two or three minutes ..."
    drop_database "$BASE_TEMPLATE-new"
    create_database "$BASE_TEMPLATE-new"
    install_into "$BASE_TEMPLATE-new" template-base.log "$depends" --load-language=en_US,ru_RU
    warm_assets "$BASE_TEMPLATE-new"
    rename_database "$BASE_TEMPLATE-new" "$BASE_TEMPLATE"
    drop_old_templates base "$BASE_TEMPLATE"
}

ensure_full_template() {
    local own
    ensure_base_template
    own=$(addons_info own)
    FULL_TEMPLATE=${TEMPLATE_PREFIX}_full_$(
        hash_text "$BASE_TEMPLATE|$(addons_hash)|$own|$(hash_of "$ROOT/bin/lib/finish_template.py")"
    )
    export FULL_TEMPLATE
    if template_ready "$FULL_TEMPLATE"; then return; fi
    say "Installing ${own:-nothing} into a copy of the base template ..."
    drop_database "$FULL_TEMPLATE-new"
    copy_database "$BASE_TEMPLATE" "$FULL_TEMPLATE-new"
    if [ -n "$own" ]; then install_into "$FULL_TEMPLATE-new" template-full.log "$own"; fi
    warm_assets "$FULL_TEMPLATE-new"
    run_logged template-finish.log "could not finish the template database" \
        run_in_odoo "$FULL_TEMPLATE-new" "$ROOT/bin/lib/finish_template.py"
    rename_database "$FULL_TEMPLATE-new" "$FULL_TEMPLATE"
    drop_old_templates full "$FULL_TEMPLATE"
}

ensure_bridged_template() {
    local wanted
    ensure_full_template
    wanted=$(addons_info bridge_depends)
    BRIDGED_TEMPLATE=${TEMPLATE_PREFIX}_bridged_$(hash_text "$FULL_TEMPLATE|$wanted")
    if template_ready "$BRIDGED_TEMPLATE"; then return; fi
    say "Installing $wanted and what bridges it into a copy of the full template ..."
    drop_database "$BRIDGED_TEMPLATE-new"
    copy_database "$FULL_TEMPLATE" "$BRIDGED_TEMPLATE-new"
    install_into "$BRIDGED_TEMPLATE-new" template-bridged.log "$wanted"
    # its tests open no page of the backend, and those bundles take the longest
    WARM_BUNDLES="web.assets_frontend web.assets_tests web.__assets_tests web.report" \
        warm_assets "$BRIDGED_TEMPLATE-new"
    rename_database "$BRIDGED_TEMPLATE-new" "$BRIDGED_TEMPLATE"
    drop_old_templates bridged "$BRIDGED_TEMPLATE"
}

# install_into DATABASE LOG ADDONS [OPTION...]
install_into() {
    local database=$1 log=$2 wanted=$3
    shift 3
    run_logged "$log" "Odoo could not install $wanted" \
        odoo -d "$database" -i "$wanted" "$@" --stop-after-init --no-http
    if odoo_fails_in "$log"; then
        die "Odoo reported errors while installing $wanted (log: $LOGS/$log)"
    fi
}

# Odoo can end with exit code 0 and an error in its log.
odoo_fails_in() {
    if grep -E '^[0-9-]+ [0-9:,]+ [0-9]+ (ERROR|CRITICAL) ' "$LOGS/$1" >&2; then return 0; fi
    return 1
}

# Compiling the bundles takes longer than the first step of a tour may wait.
warm_assets() {
    run_logged template-assets.log "Odoo could not compile its asset bundles" \
        run_in_odoo "$1" "$ROOT/bin/lib/warm_assets.py"
}

# run_in_odoo DATABASE FILE : `env` is there as in `odoo shell`
run_in_odoo() {
    "$VENV/bin/python" -m odoo shell -d "$1" --no-http --shell-interface=python <"$2"
}

drop_old_templates() {
    local kind=$1 newest=$2 name
    # the highest oids are the youngest
    for name in $(sql postgres "SELECT datname FROM pg_database
            WHERE datname LIKE '${TEMPLATE_PREFIX}\\_$kind\\_%' AND datname <> '$newest'
            ORDER BY oid DESC OFFSET $((TEMPLATES_KEPT - 1))"); do
        drop_database "$name" || true
    done
}

# Copies of runs that were killed: their names end with the process id.
drop_stale_copies() {
    local name pid
    for name in $(sql postgres "SELECT datname FROM pg_database
            WHERE datname LIKE '${TEMPLATE_PREFIX}\\_run\\_%'"); do
        pid=${name#"${TEMPLATE_PREFIX}_run_"}
        pid=${pid%%_*}
        kill -0 "$pid" 2>/dev/null || drop_database "$name" || true
    done
}
