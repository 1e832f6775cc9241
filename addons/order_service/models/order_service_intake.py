from odoo import fields, models


class OrderServiceIntake(models.Model):
    """The key under which a source sent an order, and what it sent last."""

    _name = "order.service.intake"
    _description = "Order received from a source"
    _order = "id desc"
    _rec_name = "external_ref"

    source_id = fields.Many2one("order.service.source", required=True, index=True)
    external_ref = fields.Char(required=True)
    payload_hash = fields.Char(required=True)
    payload = fields.Json()
    order_id = fields.Many2one("sale.order", index="btree_not_null", ondelete="cascade")

    _key_unique = models.UniqueIndex(
        "(source_id, external_ref)", "This order was received already."
    )
