"""A partner gets another manager, and another one's address is corrected."""

from datetime import timedelta

from odoo import fields

from .waves import move_back, send, switch_on

NEW_MANAGER = 1  # days ago it was told
NEW_ADDRESS = 3


def tell_news(env):
    """Both are changes that staff makes on the partner; the rules tell them."""
    _correct_address(env)
    _hand_over(env)


def _hand_over(env):
    """The partner is told the day after."""
    rule = switch_on(env, "manager")
    romashka = env.ref("partner_notifications.demo_romashka")
    romashka.user_id = env.ref("partner_notifications.demo_user_seller")
    env["partner.notification.mark"].search([("source", "=", "manager")]).left_at = (
        fields.Datetime.now() - timedelta(days=2)
    )
    move_back(env, send(rule), NEW_MANAGER)


def _correct_address(env):
    """Told at once, because a person of the staff changes it."""
    rule = switch_on(env, "details")
    staff = env.ref("base.user_admin")
    vasilek = env.ref("partner_notifications.demo_vasilek").with_user(staff)
    vasilek.street = "Лиговский проспект, д. 52, лит. А"
    move_back(env, rule.broadcast_ids, NEW_ADDRESS)
