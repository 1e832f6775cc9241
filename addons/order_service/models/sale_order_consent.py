from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .order_service_consent import ASKED

ASKING_FIELDS = {"service_consent_how", "service_consent_note"}
SETTLING = "order_service.settling"


class SaleOrder(models.Model):
    """The total of a routed order never passes what its customer agreed to."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    service_agreed_total = fields.Monetary(
        string="Agreed total",
        compute="_compute_service_agreed_total",
        store=True,
        copy=False,
        help="The total when the order came on its route, or of the last consent. The"
        " order may become cheaper; dearer only with the customer's consent.",
    )
    service_consent_ids = fields.One2many(
        "order.service.consent", "order_id", string="Consents", copy=False
    )
    service_consent_how = fields.Selection(
        ASKED,
        string="The customer agrees",
        store=False,
        help="Saved together with the change, it notes the customer's consent.",
    )
    service_consent_note = fields.Char(string="Remark on the consent", store=False)

    @api.depends("service_route_id")
    def _compute_service_agreed_total(self):
        """On coming to a route: what the customer was shown when ordering."""
        for order in self:
            total = order.amount_total if order.service_route_id else 0
            order.service_agreed_total = total

    @api.constrains("amount_total")
    def _check_service_total(self):
        """Whatever made the total grow (quantity, price, line, tax), it is refused."""
        settling = self._service_settling_ids()
        for order in self:
            if not order.service_route_id or order.id in settling:
                continue
            currency, agreed = order.currency_id, order.service_agreed_total
            if currency.compare_amounts(order.amount_total, agreed) > 0:
                raise ValidationError(
                    self.env._(
                        "The customer agreed to %(agreed)s for order %(order)s, it"
                        " would cost %(total)s. Ask the customer, and save the change"
                        " together with “The customer agrees”.",
                        order=order.service_number,
                        agreed=currency.format(agreed),
                        total=currency.format(order.amount_total),
                    )
                )

    def write(self, vals):
        """A change saved with ``service_consent_how`` is one the customer agreed to.

        :raises ValueError: there is no such way of asking
        """
        how = vals.get("service_consent_how")
        rest = {key: vals[key] for key in vals.keys() - ASKING_FIELDS}
        if not how:
            return super().write(rest)
        if how not in dict(ASKED):
            raise ValueError(f"service_consent_how: {how!r}")
        self.check_access("write")
        with self._service_consent(how, vals.get("service_consent_note")):
            return super().write(rest)

    @contextmanager
    def _service_consent(self, how, note=None):
        """Changes within the block are what the customer agreed to; it is recorded.

        :param str how: a key of ``order.service.consent.how``
        :param str note: words of the person who asked
        """
        consents = (
            self.env["order.service.consent"]
            .sudo()
            .create(
                [
                    {
                        "order_id": order.id,
                        "how": how,
                        "note": note,
                        "old_total": order.sudo().service_agreed_total,
                    }
                    for order in self.filtered("service_route_id")
                ]
            )
        )
        with self._service_settling():
            yield
            consents._settle()

    def _service_void_consents(self):
        """A consent to a dearer substitute that is not sent after all is void."""
        given = self.service_consent_ids
        given.filtered(lambda consent: consent._is_idle())._make_void()

    @contextmanager
    def _service_settling(self):
        """Totals and prices are checked at the end of the block, not at each step.

        For changes of several lines whose steps alone would pass the limits.
        """
        settling = self._service_settling_ids()
        added = set(self.ids) - settling
        settling.update(added)
        try:
            yield
            self.mapped("amount_total")  # computed while the steps do not count
        finally:
            settling.difference_update(added)
        self._check_service_total()
        self.order_line._check_service_price()

    @api.model
    def _service_settling_ids(self):
        """Ids of the orders that are within ``_service_settling``.

        Kept on the transaction: a context could be sent by any caller.
        """
        return self.env.cr.cache.setdefault(SETTLING, set())
