"""Reads the manifests of a folder of addons, for the shell scripts.

``manifests.py own FOLDER``             addons to install, comma-separated
``manifests.py depends FOLDER``         what they need beside each other
``manifests.py bridges FOLDER``         addons that Odoo installs by itself, one a line
``manifests.py bridge_depends FOLDER``  what these need that the others do not
``manifests.py names FOLDER``           all addons, one a line
"""

import ast
import sys
from pathlib import Path

# Before there is an addon the base template is built with these.
DEFAULT_DEPENDS = ["portal", "sale_management", "sale_stock"]


def read_manifests(folder):
    """Return {addon name: manifest} of the installable addons."""
    manifests = {}
    for path in sorted(Path(folder).glob("*/__manifest__.py")):
        try:
            manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError) as error:
            sys.exit(f"error: {path} cannot be read: {error}")
        if manifest.get("installable", True):
            manifests[path.parent.name] = manifest
    return manifests


def own(manifests):
    """Addons to name at installation: Odoo adds the auto_install ones itself."""
    return [name for name, manifest in manifests.items() if not is_bridge(manifest)]


def bridges(manifests):
    """Addons that come by themselves once all they depend on is there."""
    return [name for name, manifest in manifests.items() if is_bridge(manifest)]


def is_bridge(manifest):
    return bool(manifest.get("auto_install"))


def depends(manifests):
    """What the addons to install need from elsewhere."""
    if not manifests:
        return DEFAULT_DEPENDS
    return needed(manifests, own(manifests))


def bridge_depends(manifests):
    """What only the bridges need: with it installed they come by themselves."""
    return sorted(set(needed(manifests, bridges(manifests))) - set(depends(manifests)))


def needed(manifests, names):
    """The dependencies of the named addons that are none of ours."""
    found = set()
    for name in names:
        found.update(manifests[name].get("depends", []))
    return sorted(found - set(manifests))


def main(what, folder):
    manifests = read_manifests(folder)
    if what == "own":
        print(",".join(own(manifests)))
    elif what == "depends":
        print(",".join(depends(manifests)))
    elif what == "bridges":
        print("\n".join(bridges(manifests)))
    elif what == "bridge_depends":
        print(",".join(bridge_depends(manifests)))
    elif what == "names":
        print("\n".join(manifests))
    else:
        sys.exit(f"error: unknown question {what}")


if __name__ == "__main__":
    main(*sys.argv[1:])
