from odoo import fields, models


class ResUsers(models.Model):
    """Where a person works."""

    _inherit = "res.users"

    service_store_ids = fields.Many2many(
        "stock.warehouse",
        "order_service_user_store",
        "user_id",
        "store_id",
        string="Stores",
        help="Administrators and couriers see the orders and tasks of these stores.",
    )
