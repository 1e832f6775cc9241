"""Demo data that no data file can hold: sealed accounts, and a day relative to today.

Loaded once, by ``post_init_hook``, after the files of the manifest's ``demo``.
"""

import logging

from odoo.exceptions import UserError

from odoo.addons.order_service.demo.master_data import set_passwords

from .day import load_day
from .gateways import load_gateways, load_people

_logger = logging.getLogger(__name__)


def load(env):
    """Gateways, customers and their conversations.

    An installation without a key for secrets cannot have gateways: it gets people and
    directions only.

    :param env: of the superuser
    """
    env = env(
        context={
            **env.context,
            "allowed_company_ids": env.ref("order_service.demo_company").ids,
            "lang": "ru_RU",
            "no_reset_password": True,
            "tracking_disable": True,
        }
    )
    # the shop is Russian, whatever the company is that came with the database
    env.ref("chat_center_bridge.partner_queue").name = "Чат-центр"
    set_passwords(env, "chat_center_bridge/demo/password_hashes.csv")
    try:
        env["chat.gateway.setting"]._vault()
    except UserError as error:
        _logger.warning("The demo has no conversations: %s", error)
        return
    load_day(env, load_people(env, load_gateways(env)))
