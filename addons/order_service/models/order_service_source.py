from odoo import api, fields, models


class OrderServiceSource(models.Model):
    """A site or another outside system that sends orders and reads them back.

    A caller of the API sees and changes only the orders of its own sources.
    """

    _name = "order.service.source"
    _description = "Order source"
    _order = "name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="Sent in every order; also the module of the customers' external ids.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    store_ids = fields.Many2many(
        "stock.warehouse",
        string="Stores",
        domain="[('company_id', '=', company_id), ('service_code', '!=', False)]",
        help="Empty: every store of the company.",
    )
    user_ids = fields.Many2many("res.users", string="Users of the API")

    _code_unique = models.Constraint(
        "UNIQUE(code)", "Another source has this code already."
    )

    @api.model
    def _of_user(self):
        """The sources the current user may speak for."""
        return self.sudo().search([("user_ids", "in", self.env.uid)])

    def _stores(self):
        """The stores orders of this source may name."""
        self.ensure_one()
        return self.store_ids or self.env["stock.warehouse"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("service_code", "!=", False),
            ]
        )
