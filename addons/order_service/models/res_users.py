from odoo import api, fields, models, tools


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

    @api.model
    def _get_invalidation_fields(self):
        """Record rules name the stores, and Odoo caches rules per user."""
        return super()._get_invalidation_fields() | {"service_store_ids"}

    @tools.ormcache("self.id")
    def _service_store_id_set(self):
        """Ids of the stores the person works in."""
        return frozenset(self.sudo().service_store_ids.ids)
