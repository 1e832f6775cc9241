from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .given_names import given_names

# what came of it: others' suggestions are counted by it, so nobody writes it by hand
KEPT_FIELDS = {"outcome", "replaced_id"}


class SaleOrderLineSubstitute(models.Model):
    """A product the customer accepts instead, in order of preference."""

    _name = "sale.order.line.substitute"
    _description = "Substitute of an order line"
    # the line's own order would join lines and orders to the few rows of a line
    _order = "line_id.id, rank, id"

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

    @api.model_create_multi
    def create(self, vals_list):
        """What came of a substitute is not given by hand."""
        if not self.env.su:
            self._check_kept_fields(given_names(self.env, vals_list))
        return super().create(vals_list)

    def write(self, vals):
        """What came of a substitute is not written by hand, and what was sent stays."""
        if not self.env.su:
            self._check_kept_fields(vals)
            if {"line_id", "product_id"} & set(vals):
                self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_sent(self):
        if not self.env.su:
            self._check_open()

    def _check_kept_fields(self, names):
        if forbidden := KEPT_FIELDS.intersection(names):
            raise UserError(
                self.env._(
                    "“%s” of a substitute is written by the assembly and by the"
                    " customer's answer only.",
                    self._fields[min(forbidden)]._description_string(self.env),
                )
            )

    def _check_open(self):
        """Nothing has come of the substitutes yet.

        :raises UserError: one was sent, or the customer has answered about it
        """
        if kept := self.filtered("outcome"):
            raise UserError(
                self.env._(
                    "“%s” was sent already, or the customer has answered about it: it"
                    " stays as it is. Add another substitute.",
                    kept[0].product_id.display_name,
                )
            )

    @api.constrains("product_id")
    def _check_service_goods(self):
        """A routed order's substitutes are sold by its store, as its lines are.

        What was chosen was asked about then: it is kept even if its goods left the
        assortment meanwhile.
        """
        routed = self.filtered(
            lambda row: (
                row.line_id.order_id.service_route_id
                and row.product_id != row.line_id.service_chosen_id
            )
        )
        for store, rows in routed.grouped(
            lambda row: row.line_id.order_id.warehouse_id
        ).items():
            refused = store._service_list_refused(rows.product_id)
            for product, why in refused.items():
                sentence = rows.line_id._service_refusal(store, product, why)
                raise ValidationError(sentence)

    @api.constrains("product_id")
    def _check_service_age(self):
        """A substitute goes to the same person as the goods it stands for."""
        orders = self.line_id.order_id.filtered(lambda order: order.state != "cancel")
        orders._check_service_age()
        orders._service_check_pickup_only()

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
