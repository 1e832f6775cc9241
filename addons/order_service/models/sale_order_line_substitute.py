from odoo import api, fields, models
from odoo.exceptions import ValidationError


class SaleOrderLineSubstitute(models.Model):
    """A product the customer accepts instead, in order of preference."""

    _name = "sale.order.line.substitute"
    _description = "Substitute of an order line"
    _order = "line_id, rank, id"

    line_id = fields.Many2one(
        "sale.order.line", required=True, index=True, ondelete="cascade"
    )
    rank = fields.Integer(required=True, default=1)
    product_id = fields.Many2one("product.product", required=True, index=True)
    max_price = fields.Float(
        digits="Product Price", help="Per sales unit, tax included; 0: no limit."
    )
    outcome = fields.Selection(
        [("sent", "Sent"), ("accepted", "Accepted"), ("declined", "Declined")],
        readonly=True,
        copy=False,
        help="What came of it: it was sent, and what the customer said.",
    )
    replaced_id = fields.Many2one(
        "product.product",
        string="Sent for",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Written with the outcome: what others accept is counted by it.",
    )

    _taken_idx = models.Index(
        "(replaced_id, product_id) WHERE outcome IN ('sent', 'accepted')"
    )

    @api.constrains("line_id", "product_id", "rank")
    def _check_substitute(self):
        """Another product than the line's, and one place for each."""
        for line in self.line_id:
            substitutes = line.service_substitute_ids
            if line.product_id in substitutes.product_id:
                raise ValidationError(
                    self.env._(
                        "“%s” cannot be sent instead of itself.",
                        line.product_id.display_name,
                    )
                )
            ranks = substitutes.mapped("rank")
            if len(set(ranks)) < len(ranks):
                raise ValidationError(
                    self.env._(
                        "Two substitutes of “%s” have the same rank: give each its"
                        " own.",
                        line.product_id.display_name,
                    )
                )

    def _service_keep(self, outcome):
        """Keep what came of the substitutes.

        :param str outcome: a value of ``outcome``
        """
        for substitute in self:
            substitute.write(
                {
                    "outcome": outcome,
                    "replaced_id": substitute.line_id.product_id.id,
                }
            )
