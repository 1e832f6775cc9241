from odoo import fields, models

# how a person asked the customer; the site's own way is not theirs to note
ASKED = [
    ("phone", "In a call"),
    ("written", "In writing"),
    ("person", "In person"),
]


class OrderServiceConsent(models.Model):
    """That the customer agreed to another total: who noted it, when and how.

    Written by ``sale.order`` only and never deleted. One that was given for a single
    substitute is void once that substitute is not sent, and says since when.
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
    line_id = fields.Many2one(
        "sale.order.line",
        string="Instead of",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="The line for which the customer agreed to a dearer substitute.",
    )
    product_id = fields.Many2one("product.product", string="For", readonly=True)
    void_at = fields.Datetime(
        string="Void since",
        readonly=True,
        help="The substitute agreed to is not sent: its price counts no longer.",
    )
    service_tz = fields.Char(related="order_id.service_tz", string="Time zone")

    def _settle(self):
        """The limits of the orders and their lines become what they cost now.

        What is agreed to for substitutes still to be packed comes on top. A consent
        that changed nothing is not kept.
        """
        for consent in self:
            order = consent.order_id
            raised = order.order_line._service_raise_seen_prices()
            awaited = order.service_consent_ids.filtered(lambda one: one._is_awaited())
            consent.new_total = order.amount_total + awaited._amount()
            order.service_agreed_total = consent.new_total
            if not raised and not order.currency_id.compare_amounts(
                consent.new_total, consent.old_total
            ):
                consent.unlink()

    # -- for one substitute ------------------------------------------------------------

    def _amount(self):
        """By how much these consents together raised what was agreed to."""
        return sum(consent.new_total - consent.old_total for consent in self)

    def _is_awaited(self):
        """Whether the substitute agreed to is still to be packed: not in the total."""
        self.ensure_one()
        return bool(self.line_id) and not self.void_at and not self._is_sent()

    def _is_idle(self):
        """Whether the substitute agreed to is neither sent nor chosen any more."""
        self.ensure_one()
        line = self.line_id
        chosen = line.service_chosen_price and line.service_chosen_id == self.product_id
        return self._is_awaited() and not chosen

    def _is_sent(self):
        return self.product_id in self.line_id._service_sent_instead().product_id

    def _make_void(self):
        """Take the limits of the orders down to what is still agreed to."""
        for consent in self:
            order = consent.order_id
            order.service_agreed_total = max(
                order.service_agreed_total - consent._amount(), order.amount_total
            )
        self.void_at = fields.Datetime.now()
