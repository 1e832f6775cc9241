from odoo import api, fields, models
from odoo.exceptions import UserError

from .closing_note import closing_note

MOVE, DEFER, LEAVE = "move", "defer", "leave"
SHOWN_ORDERS = 10


class OrderServiceCloseStore(models.TransientModel):
    """Closes a store for a time, and moves or postpones the orders hit (one action)."""

    _name = "order.service.close.store"
    _description = "Close a store for a time"

    store_id = fields.Many2one(
        "stock.warehouse",
        required=True,
        domain="[('id', 'in', possible_store_ids)]",
        default=lambda self: self.env.user.service_store_ids[:1],
    )
    possible_store_ids = fields.Many2many(
        "stock.warehouse", compute="_compute_possible_store_ids"
    )
    start = fields.Datetime(required=True, default=fields.Datetime.now)
    end = fields.Datetime(string="Until", required=True)
    store_time = fields.Char(string="By the store's clock", compute="_compute_orders")
    reason = fields.Char(required=True, help="Told to the customers and to the site.")
    order_ids = fields.Many2many(
        "sale.order", string="Orders that can be moved", compute="_compute_orders"
    )
    carried_text = fields.Char(
        string="On their way",
        compute="_compute_orders",
        help="Orders of this time that a courier has already: they stay as they are.",
    )
    decision = fields.Selection(
        [
            (MOVE, "Move to the next free time; postpone if there is none"),
            (DEFER, "Postpone until the store opens"),
            (LEAVE, "Leave as they are"),
        ],
        string="These orders",
        required=True,
        default=MOVE,
    )

    @api.depends_context("uid")
    def _compute_possible_store_ids(self):
        """Administrators close their own stores, managers any."""
        stores = self.env.user.service_store_ids
        if self.env.user.has_group("order_service.group_manager"):
            stores = self.env["stock.warehouse"].search([("service_code", "!=", False)])
        self.possible_store_ids = stores

    @api.depends("store_id", "start", "end")
    def _compute_orders(self):
        """The orders that would be hit, as far as the person may see them."""
        closures = self.env["order.service.store.closure"]
        for dialog in self:
            known = dialog.store_id and dialog.start and dialog.end
            closure = closures.new(dialog._closure_values())
            dialog.store_time = bool(known) and closure.store_time
            dialog.order_ids = closure._hit_orders() if known else False
            dialog.carried_text = known and dialog._carried_sentence(closure)

    def _carried_sentence(self, closure):
        """How many orders no longer can be moved, and which; empty: there are none."""
        carried = closure._carried_orders()
        numbers = carried[:SHOWN_ORDERS].mapped("service_number")
        if len(carried) > SHOWN_ORDERS:
            numbers.append("…")
        return bool(carried) and self.env._(
            "With a courier already, they stay as they are: %(count)s (%(orders)s).",
            count=len(carried),
            orders=", ".join(numbers),
        )

    def _closure_values(self):
        return {
            "store_id": self.store_id.id,
            "start": self.start,
            "end": self.end,
            "reason": self.reason,
        }

    def action_close(self):
        """Close the store; answer a note with what was done and what was not.

        :raises AccessError: the store is not the person's to close
        :raises UserError: the time is over already
        """
        self.ensure_one()
        if self.end <= fields.Datetime.now():
            raise UserError(self.env._("The time is over: choose an end to come."))
        closure = self.env["order.service.store.closure"].create(self._closure_values())
        closure.flush_recordset()  # slots moved below must not meet it
        left = []
        if self.decision != LEAVE:
            left = self._treat(closure, closure._hit_orders())
        return self._note(closure, left)

    def _treat(self, closure, orders):
        """Move or postpone each order; answer sentences about those that could not."""
        act = closure._move if self.decision == MOVE else closure._defer
        treated, left = orders.browse(), []
        for order in orders:
            try:
                with self.env.cr.savepoint():
                    act(order)
            except UserError as error:
                left.append(f"{order.service_number}: {error}")
            else:
                treated |= order
        closure._tell(treated)
        return left

    def _note(self, closure, left):
        """A notification, sticky if a person must look at some orders."""
        told = closure.sudo().order_ids
        # an order that was postponed before may have been moved all the same
        postponed = told.filtered_domain(closure._hit_domain())
        done = self.env._(
            "%(store)s is closed. Orders moved: %(moved)s, postponed: %(postponed)s.",
            store=closure.store_id.name,
            moved=len(told - postponed),
            postponed=len(postponed),
        )
        unplaced = postponed if self.decision == MOVE else postponed.browse()
        no_room = [
            self.env._("%s: no free time, postponed.", order.service_number)
            for order in unplaced
        ]
        lines = [done, *no_room, *left]
        open_points = bool(lines[1:])
        kind = "warning" if open_points else "success"
        return closing_note("\n".join(lines), kind, sticky=open_points)
