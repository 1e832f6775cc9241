"""Checks of the files themselves: prints findings, exits 1 when there are any.

XML      every file parses
PO       i18n/ru.po: everything translated, nothing fuzzy, no entry twice, the
         same placeholders on both sides
paths    no absolute path of somebody's machine, no address of a package mirror
endings  text files end with a newline
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import polib
from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
BINARY_SUFFIXES = {
    *(".png", ".jpg", ".jpeg", ".gif", ".ico", ".webp", ".pdf", ".xls", ".xlsx"),
    *(".ttf", ".woff", ".woff2", ".zip", ".gz", ".mp3", ".mp4", ".docx"),
}
# %s, %(name)s, {name}, ${expression}; %% is no placeholder
PLACEHOLDER = re.compile(
    r"%\([^)]+\)[-+ #0-9.]*[a-zA-Z]|%[-+#0-9.]*[sdrifgx](?![\w%])|\$?\{[^{}]*\}"
)
MACHINE_PATHS = re.compile(
    r"(?<![\w.$}])/(?:home|root|work|Users|mnt|media)/[\w.-]+"
    r"|(?<![\w.$}])/opt/(?:wheels|pypi)[\w-]*"
)
MIRRORS = re.compile(
    r"https?://[\w.-]*(?:debian\.org|ubuntu\.com|pypi\.org|pythonhosted\.org"
    r"|npmjs\.org)[\w./-]*"
    r"|(?:--|_)(?:extra-)?index-url\b\s*[= ]\s*\S+"
)


def tracked_files():
    """Files of the tree: known to git, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    paths = (ROOT / name for name in listed.split("\0") if name)
    return sorted(path for path in set(paths) if path.is_file())


def check_xml(path):
    try:
        etree.parse(path)
    except etree.XMLSyntaxError as error:
        yield f"not well-formed: {error}"


def placeholders(text):
    """How often each placeholder occurs; texts within an expression are translated."""
    found = PLACEHOLDER.findall(text.replace("%%", ""))
    return Counter(re.sub(r"'[^']*'", "''", placeholder) for placeholder in found)


def check_po_entry(entry):
    if "fuzzy" in entry.flags:
        yield "fuzzy"
    if not entry.translated() and "fuzzy" not in entry.flags:
        yield "not translated"
    elif placeholders(entry.msgid) != placeholders(entry.msgstr):
        yield f"placeholders differ from {entry.msgstr!r}"


def check_po(path):
    try:
        entries = [entry for entry in polib.pofile(str(path)) if not entry.obsolete]
    except (OSError, UnicodeDecodeError) as error:
        yield f"cannot be read: {error}"
        return
    seen = Counter((entry.msgctxt, entry.msgid) for entry in entries)
    for (_context, msgid), times in seen.items():
        if times > 1:
            yield f"{times} entries for {msgid!r}"
    for entry in entries:
        for finding in check_po_entry(entry):
            yield f"line {entry.linenum}: {entry.msgid!r}: {finding}"


def check_text(path):
    content = path.read_bytes()
    if b"\0" in content:
        return
    text = content.decode(errors="replace")
    if text and not text.endswith("\n"):
        yield "no newline at the end"
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, what in (
            (MACHINE_PATHS, "path of a machine"),
            (MIRRORS, "address of a mirror"),
        ):
            if found := pattern.search(line):
                yield f"line {number}: {what}: {found[0]}"
        if str(ROOT) in line and len(ROOT.parts) > 2:
            yield f"line {number}: path of this checkout"


def check_addons():
    """An addon without a Russian translation has forgotten it."""
    for manifest in sorted(ROOT.glob("addons/*/__manifest__.py")):
        if not (manifest.parent / "i18n" / "ru.po").is_file():
            yield manifest.parent, "has no i18n/ru.po"


def findings():
    for path in tracked_files():
        if path.suffix in BINARY_SUFFIXES:
            continue
        if path.suffix in {".xml", ".svg"}:
            yield from ((path, finding) for finding in check_xml(path))
        if path.suffix == ".po" and path.stem.startswith("ru"):
            yield from ((path, finding) for finding in check_po(path))
        yield from ((path, finding) for finding in check_text(path))
    yield from check_addons()


def main():
    count = 0
    for path, finding in findings():
        count += 1
        print(f"{path.relative_to(ROOT)}: {finding}")
    sys.exit(1 if count else 0)


if __name__ == "__main__":
    main()
