"""Last touches to a new demo database, fed to ``odoo shell``."""

# ruff: noqa: F821
env.ref("base.user_admin").lang = "ru_RU"
# the first page a person opens must not wait for a compiler
env["ir.qweb"]._get_asset_bundle("web.assets_frontend", js=True, css=True).css()
for bundle in ("web.assets_web", "web.assets_frontend_lazy"):
    asset = env["ir.qweb"]._get_asset_bundle(bundle, js=True, css=True)
    asset.js()
    asset.css()
env.cr.commit()
