from odoo import fields, models

from .unconstrained_many2one import UnconstrainedMany2one


class PartnerNotificationCandidate(models.Model):
    """A company that a running broadcast has still to decide on.

    Written in one statement when a broadcast starts and taken away in the
    transaction that stores the outcome: a killed run goes on where it was, and
    nothing is decided twice.
    """

    _name = "partner.notification.candidate"
    _description = "Company a broadcast has still to decide on"
    _log_access = False

    broadcast_id = fields.Many2one(
        "partner.notification.broadcast", required=True, ondelete="cascade"
    )
    # checked when its notification is stored; ``res.partner.unlink`` takes it away
    commercial_partner_id = UnconstrainedMany2one(
        "res.partner", required=True, ondelete="cascade"
    )
    # placeholder -> text, or {"money": [[amount, currency id] ...]}, {"date": "ISO"}
    values = fields.Json()
    dedup_key = fields.Char(required=True)
    amount = fields.Float(help="In the company's currency.")
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model")
    url = fields.Char()

    _queue_idx = models.Index("(broadcast_id, id)")
