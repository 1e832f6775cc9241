from odoo import api, fields, models

from .order_service_slot_pattern import KINDS


class OrderServiceSlotException(models.Model):
    """Days on which slots have other places than in the week, or are not there."""

    _name = "order.service.slot.exception"
    _description = "Days with other slots"
    _order = "date_from desc, id desc"

    name = fields.Char(string="Why", required=True, translate=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    store_id = fields.Many2one(
        "stock.warehouse",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        domain=[("service_code", "!=", False)],
        help="Empty: every store of the company.",
    )
    kind = fields.Selection(KINDS, help="Empty: deliveries and pick-ups.")
    date_from = fields.Date(string="First day", required=True)
    date_to = fields.Date(string="Last day", required=True)
    places = fields.Integer(
        string="Places a slot",
        aggregator=None,
        help="Instead of those of the week. 0: there are no slots on these days.",
    )

    _dates = models.Constraint(
        "CHECK(date_from <= date_to)", "The first day must not be after the last."
    )
    _places_positive = models.Constraint(
        "CHECK(places >= 0)", "The places of a slot cannot be below zero."
    )

    _check_company_auto = True

    @api.model_create_multi
    def create(self, vals_list):
        """The coming slots follow at once."""
        exceptions = super().create(vals_list)
        exceptions._replan(exceptions._stores())
        return exceptions

    def write(self, vals):
        """The coming slots follow; places that were taken stay taken."""
        stores = self._stores()
        result = super().write(vals)
        self._replan(stores | self._stores())
        return result

    def unlink(self):
        """The coming slots are those of the week again."""
        stores = self._stores()
        result = super().unlink()
        self._replan(stores)
        return result

    def _stores(self):
        """The stores whose slots these days change."""
        whole = self.filtered(lambda row: not row.store_id).company_id
        return self.store_id | self.env["stock.warehouse"].search(
            [("company_id", "in", whole.ids), ("service_code", "!=", False)]
        )

    def _replan(self, stores):
        """Slots are the system's: who may change the days need not write them."""
        self.env["order.service.slot"].sudo()._plan(stores.sudo(), refit=True)
