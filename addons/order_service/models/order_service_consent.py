from odoo import fields, models

# how a person asked the customer; the site's own way is not theirs to note
ASKED = [
    ("phone", "In a call"),
    ("written", "In writing"),
    ("person", "In person"),
]


class OrderServiceConsent(models.Model):
    """That the customer agreed to another total: who noted it, when and how.

    Written by ``sale.order._service_consent`` only, never changed or deleted.
    """

    _name = "order.service.consent"
    _description = "Customer's consent to another total"
    _order = "id desc"
    _rec_name = "how"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade", readonly=True
    )
    how = fields.Selection(
        [*ASKED, ("site", "On the site")], required=True, readonly=True
    )
    note = fields.Char(string="Remark", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Noted by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    currency_id = fields.Many2one(related="order_id.currency_id")
    old_total = fields.Monetary(readonly=True, help="What was agreed to before.")
    new_total = fields.Monetary(readonly=True)
    service_tz = fields.Char(related="order_id.service_tz", string="Time zone")

    def _settle(self):
        """The limits of the orders and their lines become what they cost now.

        A consent that changed nothing is not kept.
        """
        for consent in self:
            order = consent.order_id
            raised = order.order_line._service_raise_seen_prices()
            consent.new_total = order.amount_total
            if not raised and not order.currency_id.compare_amounts(
                consent.new_total, consent.old_total
            ):
                consent.unlink()
            order.service_agreed_total = order.amount_total
