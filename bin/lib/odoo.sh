# shellcheck shell=bash
# Gets Odoo 19 and a Python environment for it. Needs common.sh.

VENV=$STATE/venv
ODOO_PREFIX=$STATE/src
DATA_DIR=$STATE/data
ADDONS=$ROOT/addons
export VENV DATA_DIR

# Odoo's Debian package links its fonts and JavaScript libraries to these
# packages; without them the login page answers 500. font-awesome must come from
# the stable suite: sid's version 7 has other paths.
ODOO_COMPANIONS_STABLE="fonts-font-awesome"
ODOO_COMPANIONS_SID="libjs-jquery libjs-underscore libjs-jquery-form
    fonts-roboto-unhinted fonts-inconsolata fonts-glyphicons-halflings
    fonts-montserrat fonts-ocr-b"

# --- Odoo -------------------------------------------------------------------

# Prints the folder which `import odoo` must find.
odoo_pythonpath() {
    if [ -n "${ODOO_SOURCE:-}" ]; then
        printf '%s\n' "$ODOO_SOURCE"
    else
        printf '%s\n' "$ODOO_PREFIX/usr/lib/python3/dist-packages"
    fi
}

odoo_addons_path() {
    local base own
    base=$(odoo_pythonpath)
    own=$ADDONS
    # a git checkout keeps most addons beside the package, the .deb inside it
    if [ -f "$base/addons/web/__manifest__.py" ]; then own=$base/addons,$own; fi
    if compgen -G "$VENV/lib/python3*/site-packages/odoo/addons" >/dev/null; then
        own=$own,$(compgen -G "$VENV/lib/python3*/site-packages/odoo/addons" | head -n 1)
    fi
    printf '%s\n' "$own"
}

odoo_version() {
    if [ -n "${ODOO_SOURCE:-}" ]; then
        local commit
        commit=$(git -C "$ODOO_SOURCE" rev-parse HEAD 2>/dev/null || echo unversioned)
        printf 'source %s %s\n' "$ODOO_SOURCE" "$commit"
    else
        cat "$STATE/stamps/odoo"
    fi
}

check_odoo_source() {
    [ -f "$ODOO_SOURCE/odoo/release.py" ] ||
        die "ODOO_SOURCE=$ODOO_SOURCE is no Odoo checkout (odoo/release.py is missing there)"
    grep -q '^version_info = (19, 0' "$ODOO_SOURCE/odoo/release.py" ||
        die "ODOO_SOURCE=$ODOO_SOURCE is not Odoo 19.0"
}

# Prints "URI<TAB>keyring" of the machine's own mirror, for its stable suite.
debian_mirror() {
    local codename=$1
    {
        { cat /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } |
            awk -v code="$codename" '
                function flush() {
                    if ((" " suites " ") ~ (" " code " ") && uri != "" && types ~ /(^| )deb( |$)/) {
                        print uri "\t" key
                    }
                    uri = suites = key = types = ""
                }
                /^#/ { next }
                /^[[:space:]]*$/ { flush(); next }
                /^URIs:/ { uri = $2 }
                /^Suites:/ { sub(/^Suites:[ \t]*/, ""); suites = $0 }
                /^Types:/ { sub(/^Types:[ \t]*/, ""); types = $0 }
                /^Signed-By:/ { key = $2 }
                END { flush() }'
        { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
            awk -v code="$codename" '
                $1 == "deb" {
                    key = ""
                    if (match($0, /signed-by=[^] ]+/)) key = substr($0, RSTART + 10, RLENGTH - 10)
                    sub(/\[[^]]*\]/, "")
                    if ($3 == code) print $2 "\t" key
                }'
    } | sed -n 1p
}

# A private apt state: nothing of the system is touched, no rights are needed.
prepare_private_apt() {
    local codename mirror uri key
    if [ "$(os_field ID)" != debian ] || ! have apt-get; then
        die "this is not Debian: point ODOO_SOURCE at an Odoo 19.0 checkout, or ODOO_DEB at Debian's odoo-19 package"
    fi
    codename=$(os_field VERSION_CODENAME)
    mirror=$(debian_mirror "$codename")
    uri=${mirror%%$'\t'*}
    key=${mirror#*$'\t'}
    [ -n "$uri" ] ||
        die "found no Debian mirror for '$codename' in /etc/apt: add one, or set ODOO_SOURCE or ODOO_DEB"
    [ -n "$key" ] || key=/usr/share/keyrings/debian-archive-keyring.gpg
    APT_HOME=$STATE/apt STABLE=$codename
    mkdir -p "$APT_HOME"/{sources,lists/partial,cache/archives/partial}
    cat >"$APT_HOME/sources/odoo.sources" <<SOURCES
Types: deb
URIs: $uri
Suites: sid $codename
Components: main
Signed-By: $key
SOURCES
    cat >"$APT_HOME/apt.conf" <<CONF
Dir::Etc::SourceList "/dev/null";
Dir::Etc::SourceParts "$APT_HOME/sources";
Dir::State::Lists "$APT_HOME/lists";
Dir::Cache "$APT_HOME/cache";
APT::Sandbox::User "";
CONF
}

private_apt() { APT_CONFIG=$APT_HOME/apt.conf apt-get -qq "$@"; }

download_packages() {
    local package
    local -a wanted=("$@")
    prepare_private_apt
    run_logged apt-private.log \
        "apt could not read the package lists of the machine's mirror: check the network, or set ODOO_SOURCE or ODOO_DEB" \
        private_apt update
    mkdir -p "$STATE/debs"
    for package in "${!wanted[@]}"; do
        wanted[package]=${wanted[package]/@stable/$STABLE}
    done
    (
        cd "$STATE/debs" || exit
        run_logged apt-private.log \
            "the mirror does not have ${wanted[*]}: set ODOO_SOURCE to an Odoo 19.0 checkout or ODOO_DEB to the package file" \
            private_apt download "${wanted[@]}"
    )
}

# The packages still to be downloaded, as apt-get download wants them.
missing_packages() {
    local name
    if [ -z "${ODOO_DEB:-}" ]; then have_deb odoo-19 || echo odoo-19/sid; fi
    for name in $ODOO_COMPANIONS_SID; do have_deb "$name" || echo "$name/sid"; done
    for name in $ODOO_COMPANIONS_STABLE; do have_deb "$name" || echo "$name/@stable"; done
}

# have_deb NAME : downloaded before, or lying beside ODOO_DEB
have_deb() {
    compgen -G "$STATE/debs/$1_*.deb" >/dev/null ||
        { [ -n "${ODOO_DEB:-}" ] && compgen -G "$(dirname "$ODOO_DEB")/$1_*.deb" >/dev/null; }
}

deb_path() {
    local found
    found=$(compgen -G "$STATE/debs/$1_*.deb" || true)
    if [ -z "$found" ] && [ -n "${ODOO_DEB:-}" ]; then
        found=$(compgen -G "$(dirname "$ODOO_DEB")/$1_*.deb")
    fi
    printf '%s\n' "$found" | sort -V | tail -n 1
}

# Debian leaves this file out, and every backend page says so with an error on
# its console, which fails any browser test. It only blurs video backgrounds.
ODOO_LEFT_OUT=odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js

add_left_out_file() {
    local file
    file=$1/usr/lib/python3/dist-packages/$ODOO_LEFT_OUT
    if [ -e "$file" ]; then return; fi
    mkdir -p "$(dirname "$file")"
    echo '/* Not in the Debian package; see bin/lib/odoo.sh. */' >"$file"
}

fetch_odoo() {
    local name deb odoo_deb version
    local -a missing
    if [ -n "${ODOO_SOURCE:-}" ]; then
        check_odoo_source
        return
    fi
    if [ -n "${ODOO_DEB:-}" ]; then
        [ -f "$ODOO_DEB" ] || die "ODOO_DEB=$ODOO_DEB: there is no such file"
        ODOO_DEB=$(readlink -f "$ODOO_DEB")
    fi
    if [ -z "${ODOO_DEB:-}" ] && [ -f "$STATE/stamps/odoo" ] &&
        [ -f "$(odoo_pythonpath)/odoo/release.py" ]; then
        return
    fi
    have dpkg-deb || die "dpkg-deb is missing: set ODOO_SOURCE to an Odoo 19.0 checkout"
    mapfile -t missing < <(missing_packages)
    if [ "${#missing[@]}" -gt 0 ]; then
        say "Downloading Odoo 19 (120 MB, not installed into the system) ..."
        download_packages "${missing[@]}"
    fi
    odoo_deb=${ODOO_DEB:-$(deb_path odoo-19)}
    version=$(dpkg-deb -f "$odoo_deb" Version)
    case $version in
        19.0*) ;;
        *) die "$odoo_deb holds Odoo $version, this needs 19.0" ;;
    esac
    if stamp_is odoo "odoo-19 $version" && [ -f "$(odoo_pythonpath)/odoo/release.py" ]; then
        return
    fi
    say "Unpacking Odoo $version ..."
    # beside and then renamed, so that an interrupted run leaves no half of it
    rm -rf "$ODOO_PREFIX" "$ODOO_PREFIX.new"
    mkdir -p "$ODOO_PREFIX.new"
    for name in $ODOO_COMPANIONS_SID $ODOO_COMPANIONS_STABLE; do
        deb=$(deb_path "$name")
        dpkg-deb -x "$deb" "$ODOO_PREFIX.new"
    done
    dpkg-deb -x "$odoo_deb" "$ODOO_PREFIX.new"
    add_left_out_file "$ODOO_PREFIX.new"
    mv "$ODOO_PREFIX.new" "$ODOO_PREFIX"
    set_stamp odoo "odoo-19 $version"
}

# --- Python -----------------------------------------------------------------

python_fits() {
    "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
    local name
    # 3.11 is Debian 12's and the one the pins were tested with
    for name in python3.11 python3 python3.12 python3.13 python3.10; do
        if have "$name" && python_fits "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

choose_python() {
    if ! have python3 && ! have python3.11; then
        install_packages "Python" python3 python3-venv
    fi
    PYTHON=$(find_python) ||
        die "Odoo 19 needs Python 3.10 to 3.13, found $(python3 --version 2>&1): put a python3.11 on PATH"
    if ! "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; then
        install_packages "Python's venv module" python3-venv
        "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null ||
            die "$PYTHON has no venv and ensurepip modules: install them, or put another python3.11 on PATH"
    fi
}

pip_install() {
    "$VENV/bin/python" -m pip install --quiet "$@"
}

# install_requirements FILE... : wheels first; a compiler only where one lacks
install_requirements() {
    local -a arguments=()
    local file
    for file in "$@"; do arguments+=(-r "$ROOT/$file"); done
    mkdir -p "$LOGS"
    if pip_install "${arguments[@]}" >"$LOGS/pip.log" 2>&1 </dev/null; then return; fi
    if grep -qiE "building wheel|gcc|Python\.h|xslt-config|subprocess-exited" "$LOGS/pip.log" &&
        ! have gcc; then
        install_packages "a compiler (some Python packages have no wheel here)" \
            build-essential python3-dev libxml2-dev libxslt1-dev libjpeg-dev zlib1g-dev
        if pip_install "${arguments[@]}" >>"$LOGS/pip.log" 2>&1 </dev/null; then return; fi
    fi
    tail -n 15 "$LOGS/pip.log" >&2
    die "pip could not install $*: check the network and pip's index (log: $LOGS/pip.log)"
}

# Makes `import odoo` work and lets pip see odoo 19.0, so that OCA's packages
# (odoo-addon-*) resolve against it.
link_odoo_into_venv() {
    local site
    site=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    odoo_pythonpath >"$site/odoo-src.pth"
    rm -rf "$site/odoo-19.0.dist-info"
    # a git checkout carries no metadata; the .deb does
    if ! "$VENV/bin/python" -c 'import importlib.metadata as m; m.version("odoo")' 2>/dev/null; then
        mkdir -p "$site/odoo-19.0.dist-info"
        printf 'Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n' \
            >"$site/odoo-19.0.dist-info/METADATA"
        echo 'bin/lib/odoo.sh' >"$site/odoo-19.0.dist-info/INSTALLER"
        : >"$site/odoo-19.0.dist-info/RECORD"
    fi
}

# ensure_python run|test
ensure_python() {
    local kind=$1 key
    local -a files=(requirements.txt)
    if [ "$kind" = test ]; then files+=(requirements-test.txt); fi
    key="$ROOT $(odoo_pythonpath) $(cd "$ROOT" && hash_of "${files[@]}")"
    if [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -c '' 2>/dev/null &&
        stamp_is "venv-$kind" "$key"; then
        return
    fi
    choose_python
    if ! { [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -m pip --version; } >/dev/null 2>&1; then
        say "Creating a virtual environment with $("$PYTHON" --version) ..."
        rm -rf "$VENV"
        rm -f "$STATE"/stamps/venv-*
        run_logged venv.log "could not create a virtual environment" "$PYTHON" -m venv "$VENV"
    fi
    say "Installing Python packages (${files[*]}) ..."
    # first: OCA's packages are only found fitting where pip sees Odoo
    link_odoo_into_venv
    install_requirements "${files[@]}"
    set_stamp "venv-$kind" "$key"
}

# What Odoo calls at run time. Chromium is only needed by the tests.
ensure_system_tools() {
    local kind=$1
    local -a packages=()
    have wkhtmltopdf || packages+=(wkhtmltopdf)
    ldconfig_has libmagic.so.1 || packages+=(libmagic1)
    if ! cyrillic_font; then packages+=(fontconfig fonts-dejavu-core); fi
    if [ "$kind" = test ] && ! chromium_path >/dev/null; then packages+=(chromium); fi
    if [ "${#packages[@]}" -gt 0 ]; then
        install_packages "what prints PDF files and drives a browser" "${packages[@]}"
    fi
    if [ "$kind" = test ]; then
        chromium_path >/dev/null ||
            die "Chromium is missing, so the browser tests cannot run: install 'chromium' (or google-chrome) and try again"
    fi
}

# Not grep -q: it ends at the first hit, ldconfig then fails writing, and with pipefail
# a library that is there counts as missing.
ldconfig_has() { PATH=$PATH:/sbin:/usr/sbin ldconfig -p 2>/dev/null | grep "$1" >/dev/null; }

cyrillic_font() {
    have fc-list && [ -n "$(fc-list :lang=ru family | head -n 1)" ]
}

# the names Odoo's own test browser looks for, in its order
chromium_path() {
    local name
    for name in google-chrome chromium chromium-browser google-chrome-stable; do
        if have "$name"; then
            command -v "$name"
            return
        fi
    done
    return 1
}

# --- Odoo's environment -------------------------------------------------------

# Machine paths reach Odoo by environment variables: odoo.conf holds none.
export_odoo_environment() {
    export ODOO_RC=$ROOT/odoo.conf
    ODOO_ADDONS_PATH=$(odoo_addons_path)
    export ODOO_ADDONS_PATH
    export ODOO_DATA_DIR=$DATA_DIR ODOO_SCREENSHOTS=$STATE/screenshots
    mkdir -p "$DATA_DIR" "$LOGS"
    export PATH=$VENV/bin:$PATH
    export_chat_keys
}

# The key that seals the secrets of chat gateways: what the environment has, else one
# of this checkout's own, which nobody else may read.
export_chat_keys() {
    local file=$STATE/chat-keys
    if [ -z "${CHAT_CENTER_KEYS:-}" ]; then
        if [ ! -s "$file" ]; then
            (umask 077 && "$VENV/bin/python" -c \
                'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())' >"$file")
        fi
        CHAT_CENTER_KEYS=$(cat "$file")
    fi
    export CHAT_CENTER_KEYS
}

odoo() { "$VENV/bin/python" -m odoo "$@"; }

# What addons are here and what they need: see manifests.py
addons_info() { "$VENV/bin/python" "$ROOT/bin/lib/manifests.py" "$1" "$ADDONS"; }

# addons_hash [ADDON] : everything that ends up in a database
addons_hash() {
    local where=$ADDONS${1:+/$1}
    [ -d "$where" ] || { hash_text none; return; }
    (
        cd "$where" || exit
        find . -type f \
            ! -path '*/__pycache__/*' ! -name '*.pyc' \
            ! -path '*/tests/*.py' ! -path '*/readme/*' ! -name '*.md' ! -name '*.rst' ! -name '*.pot' \
            -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -c1-12
    )
}
