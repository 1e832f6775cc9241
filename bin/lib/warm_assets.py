"""Compiles every asset bundle that a page of the database asks for.

Fed to ``odoo shell``, which provides ``env``.
"""

# ruff: noqa: F821
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


def wanted(bundles):
    return sorted(name for name in bundles if not name.startswith(SKIPPED))


# assets_tests is only compiled as tests ask for it when in test mode
config["test_enable"] = True
qweb = env["ir.qweb"]
js_bundles, css_bundles = qweb._get_bundles_to_pregenarate()
for bundle in wanted(js_bundles | LAZY_BUNDLES):
    qweb._get_asset_bundle(bundle, css=False, js=True).js()
for bundle in wanted(css_bundles | LAZY_BUNDLES):
    qweb._get_asset_bundle(bundle, css=True, js=False).css()
env.cr.commit()
