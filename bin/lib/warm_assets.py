"""Compiles the asset bundles that pages of the database ask for.

Fed to ``odoo shell``, which provides ``env``. WARM_BUNDLES may say what the names of
the bundles begin with, separated by spaces; without it all are compiled.
"""

# ruff: noqa: F821
import os

from odoo.tools import config

# Lazy bundles are asked for from JavaScript, so no view names them.
LAZY_BUNDLES = {"web.assets_backend_lazy", "web.assets_emoji", "web.assets_web_dark"}
# Big, and opened by none of our pages or tests.
SKIPPED = (
    "api_doc.",
    "snailmail.",
    "spreadsheet.",
    "web.assets_unit_tests",
    "web.qunit",
    "web.tests_assets",
)
CHOSEN = tuple(os.environ.get("WARM_BUNDLES", "").split()) or ("",)


def wanted(bundles):
    return sorted(
        name
        for name in bundles
        if name.startswith(CHOSEN) and not name.startswith(SKIPPED)
    )


# assets_tests is only compiled as tests ask for it when in test mode
config["test_enable"] = True
qweb = env["ir.qweb"]
js_bundles, css_bundles = qweb._get_bundles_to_pregenarate()
for bundle in wanted(js_bundles | LAZY_BUNDLES):
    qweb._get_asset_bundle(bundle, css=False, js=True).js()
for bundle in wanted(css_bundles | LAZY_BUNDLES):
    qweb._get_asset_bundle(bundle, css=True, js=False).css()
env.cr.commit()
