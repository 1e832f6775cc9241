"""Point the demo's gateways to the simulator of messengers; fed to ``odoo shell``."""

# ruff: noqa: F821
import os
import sys

from odoo.exceptions import UserError

SIMULATOR = os.environ["SIMULATOR_URL"]
SERVER = os.environ["SERVER_URL"]
# where the simulator speaks as whom
PLACES = {"telegram": "telegram", "whatsapp": "graph"}

env["ir.config_parameter"].set_param("web.base.url", SERVER)
for kind, place in PLACES.items():
    gateway = env.ref(f"chat_center_bridge.demo_gateway_{kind}", False)
    if not gateway:
        sys.exit(
            "This database has no demo of the chats: make a new one with"
            " bin/db drop NAME, then bin/run --chat."
        )
    row = gateway.setting_ids.filtered(lambda one: one.name == "api_url")
    row.entered = f"{SIMULATOR}/{place}"
    try:
        gateway.action_set_webhook()
    except UserError as error:
        sys.exit(str(error))
env.cr.commit()
