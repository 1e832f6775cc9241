from odoo import fields, models


class ResCompany(models.Model):
    """How long traffic with messengers is kept."""

    # one file a concern of the company
    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    chat_inbox_days = fields.Integer(
        string="Keep events of messengers, days",
        default=90,
        help="An event that a messenger repeats is known so long. Those that failed"
        " stay until they are put aside.",
    )
    chat_outbox_days = fields.Integer(
        string="Keep the state of sent messages, days",
        default=90,
        help="Whether a message was delivered or read is shown so long; its words stay"
        " in the conversation.",
    )

    _chat_days_enough = models.Constraint(
        "CHECK(chat_inbox_days >= 30 AND chat_outbox_days >= 30)",
        "Messengers repeat what they sent: events and states are kept for 30 days at"
        " least.",
    )
