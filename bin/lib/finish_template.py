"""Last touches to a template with our addons, fed to ``odoo shell``."""

# ruff: noqa: F821
# Without demo data administrators are shown Odoo's onboarding, which clicks and
# points while our own tours run.
env["res.users"].search([("tour_enabled", "=", True)]).tour_enabled = False
env.cr.commit()
