from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules import allocation

STATES = [
    ("waiting", "Waiting"),
    ("held", "Kept, not told"),
    ("told", "Told"),
    ("done", "In an order"),
    ("cancelled", "Cancelled"),
]
OPEN = ("waiting", "held", "told")
HERE = ("held", "told")  # the goods came in for it
# written by the allocation and by what follows from it, never by hand
KEPT = {
    "state",
    "held_warehouse_id",
    "held_until",
    "told_at",
    "broadcast_id",
    "sale_line_id",
}


class PartnerWaitlist(models.Model):
    """A company waits for a quantity of goods.

    When they come in they are kept for it some hours: kept means not given to anybody
    else who waits. The stock itself is not touched. When the hours are over the goods
    go to the next; the entry waits again as soon as they are gone, so the company is
    told of the next arrival and not twice of the same.
    """

    _name = "partner.waitlist"
    _description = "Waitlist entry"
    _order = "id desc"
    _rec_name = "product_id"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="cascade",
        help="The company that waits; a person's entry is its company's.",
    )
    person_id = fields.Many2one(
        "res.partner", string="Entered by", ondelete="set null", readonly=True
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('is_storable', '=', True)]",
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse",
        check_company=True,
        ondelete="restrict",
        help="Empty: any warehouse of the company.",
    )
    quantity = fields.Float(digits="Product Unit", required=True, default=1.0)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    state = fields.Selection(STATES, required=True, default="waiting", readonly=True)
    held_warehouse_id = fields.Many2one(
        "stock.warehouse", string="Kept at", readonly=True, copy=False
    )
    held_until = fields.Datetime(string="Kept until", readonly=True, copy=False)
    told_at = fields.Datetime(readonly=True, copy=False)
    broadcast_id = fields.Many2one(
        "partner.notification.broadcast",
        string="Told by",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        help="The wave that decided on the last arrival.",
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
    )
    order_id = fields.Many2one(related="sale_line_id.order_id")

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity waited for is above zero."
    )
    _open_unique = models.UniqueIndex(
        "(company_id, partner_id, product_id, COALESCE(warehouse_id, 0))"
        " WHERE state IN ('waiting', 'held', 'told')",
        "The company waits for these goods already: change the quantity there.",
    )
    _queue_idx = models.Index(
        "(company_id, product_id, id) WHERE state IN ('waiting', 'held', 'told')"
    )

    # -- invariants --------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """A person's entry is the one of the person's company."""
        partners = self.env["res.partner"]
        for vals in vals_list:
            self._refuse_by_hand(vals)
            if vals.get("partner_id"):
                partner = partners.browse(vals["partner_id"])
                vals["partner_id"] = partner.commercial_partner_id.id
        return super().create(vals_list)

    def write(self, vals):
        """Who wants more, or wants it elsewhere, waits for it again."""
        self._refuse_by_hand(vals)
        if "quantity" in vals or "warehouse_id" in vals:
            self.filtered(lambda entry: entry._asks_more(vals)).sudo()._wait_again()
        return super().write(vals)

    def _refuse_by_hand(self, vals):
        """What the allocation finds out is not written by a person, over RPC neither.

        :raises AccessError: one of ``KEPT`` is among the values
        """
        if not self.env.su and KEPT & vals.keys():
            raise AccessError(
                self.env._(
                    "What is kept for whom comes from the stock. Change the quantity,"
                    " or cancel the entry."
                )
            )

    def _asks_more(self, vals):
        self.ensure_one()
        if self.state not in HERE:
            return False
        place = vals.get("warehouse_id", self.warehouse_id.id) or False
        served = (False, self.warehouse_id.id, self.held_warehouse_id.id)
        return vals.get("quantity", 0) > self.quantity or place not in served

    @api.constrains("product_id")
    def _check_product(self):
        """Only goods that are counted can come in."""
        for entry in self:
            if not entry.product_id.is_storable:
                raise ValidationError(
                    self.env._(
                        "“%s” is not kept in stock: nobody can wait for it.",
                        entry.product_id.display_name,
                    )
                )

    # -- people ------------------------------------------------------------------------

    @api.model
    def _enter(self, partner, person, line, quantity, warehouse):
        """Enter goods of an earlier order; who waits already gets the new quantity.

        :param partner: commercial res.partner that waits
        :param person: res.partner who enters it
        :param line: sale.order.line of the company that names the goods and the seller
        :param float quantity: in the unit of the product
        :param warehouse: stock.warehouse of the seller, or none for any
        :return: partner.waitlist
        :raises UserError: the seller has no waitlist, or the warehouse is another's
        """
        company = line.company_id
        self._check_offered(company)
        if warehouse and warehouse.company_id != company:
            raise UserError(
                self.env._(
                    "%s has no such warehouse. Choose another one.", company.name
                )
            )
        values = {
            "company_id": company.id,
            "partner_id": partner.id,
            "product_id": line.product_id.id,
            "warehouse_id": warehouse.id,
        }
        entry = self._open_like(values)
        if not entry:
            return self.create(values | {"quantity": quantity, "person_id": person.id})
        entry.quantity = quantity
        return entry

    def _wish_for(self, quantity, warehouse):
        """Wait for another quantity, or at another warehouse.

        :param float quantity: in the unit of the product
        :param warehouse: stock.warehouse of the seller, or none for any
        :raises UserError: the company waits for the goods there already, or it is in
            an order
        """
        self.ensure_one()
        self._check_state(OPEN)
        twin = self._open_like(
            {
                "company_id": self.company_id.id,
                "partner_id": self.partner_id.id,
                "product_id": self.product_id.id,
                "warehouse_id": warehouse.id,
            }
        )
        if twin - self:
            raise UserError(
                self.env._(
                    "Your company waits for “%s” there already: change the quantity of"
                    " that entry.",
                    self.product_id.display_name,
                )
            )
        self.write({"quantity": quantity, "warehouse_id": warehouse.id})

    @api.model
    def _open_like(self, values):
        """The open entry with these values, or none; two at once stop at the index."""
        return self.search(
            [(name, "=", value) for name, value in values.items()]
            + [("state", "in", OPEN)]
        )

    @api.model
    def _offering(self):
        """The companies that tell their partners when goods are back."""
        return self.env["partner.notification.rule"]._watching("waitlist")

    def _check_offered(self, company):
        """Nobody is left waiting for what no rule will ever tell.

        :raises UserError: the company has no active rule for the waitlist
        """
        if company not in self._offering():
            raise UserError(
                self.env._(
                    "%s keeps no waitlist at present. Ask your manager for the goods.",
                    company.name,
                )
            )

    @api.model
    def _awaited(self, partner, company):
        """The goods a partner waits for at a seller's.

        :param partner: commercial res.partner
        :param company: res.company
        """
        domain = [
            ("partner_id", "=", partner.id),
            ("company_id", "=", company.id),
            ("state", "in", OPEN),
        ]
        return self.search(domain).product_id

    def action_cancel(self):
        """Stop waiting; what was kept is free for the next.

        :raises UserError: the entry is in an order, or cancelled already
        """
        self.check_access("write")
        for entry in self:
            entry._check_state(OPEN)
        self.sudo().write({"state": "cancelled", "held_until": False})
        # the unique index lets the goods be entered again in the same transaction
        self.flush_recordset(["state"])

    def _check_state(self, states):
        self.ensure_one()
        if self.state not in states:
            known = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(product)s” on the waitlist: %(state)s. This cannot be done"
                    " any more.",
                    product=self.product_id.display_name,
                    state=known[self.state],
                )
            )

    # -- into the order ----------------------------------------------------------------

    def _order_for(self, user):
        """Put the goods into the order as the answer to the person's notification.

        Colleagues read there who did it; without a notification the entry alone says.

        :param user: res.users of the portal
        """
        self.ensure_one()
        receipt = self.env["partner.notification.receipt"].search(
            [
                ("partner_id", "=", user.partner_id.id),
                ("commercial_partner_id", "=", self.partner_id.id),
                ("notification_id.res_model", "=", self._name),
                ("notification_id.res_id", "=", self.id),
                ("notification_id.broadcast_id", "=", self.broadcast_id.id),
                ("notification_id.action_state", "=", False),
            ],
            limit=1,
        )
        if self.broadcast_id and receipt:
            receipt.with_user(user)._ask("ordered")
        else:
            self._put_into_order(user.partner_id)

    def _put_into_order(self, person):
        """Add the goods to the company's open draft quotation.

        :param person: res.partner who wants it
        :return: the sale.order
        :raises UserError: the goods are not here, or in an order already
        """
        self.ensure_one()
        self._check_state(HERE)
        order = self._draft_order()
        line = self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": self.product_id.id,
                "product_uom_id": self.uom_id.id,
                "product_uom_qty": self.quantity,
            }
        )
        self.write({"state": "done", "sale_line_id": line.id})
        order.message_post(
            body=self.env._(
                "%(person)s added %(product)s from the waitlist.",
                person=person.name,
                product=self.product_id.display_name,
            ),
            author_id=person.id,
            subtype_xmlid="mail.mt_note",
        )
        return order

    def _draft_order(self):
        """The newest draft quotation of the company at the warehouse that keeps it."""
        self._take_turns()
        values = {
            "company_id": self.company_id.id,
            "warehouse_id": self.held_warehouse_id.id,
        }
        drafts = self.env["sale.order"].with_company(self.company_id)
        found = drafts.search(
            [(name, "=", value) for name, value in values.items()]
            + [
                ("state", "=", "draft"),
                ("partner_id", "child_of", self.partner_id.id),
            ],
            order="id desc",
            limit=1,
        )
        return found or drafts.create(values | {"partner_id": self.partner_id.id})

    def _take_turns(self):
        """Two colleagues at once share a draft instead of opening two.

        The update changes nothing; the second transaction fails on it, is repeated by
        the server and finds the first one's draft.
        """
        self.env.cr.execute(
            SQL("UPDATE res_partner SET id = id WHERE id = %s", self.partner_id.id)
        )

    # -- keeping -----------------------------------------------------------------------

    @api.model
    def _hold_arrivals(self, rule):
        """Keep what has come in for those who wait for it, in order of entry.

        :param rule: partner.notification.rule whose partners are served
        :return: the entries the goods are kept for from now on
        """
        company = rule.company_id
        waitlist = self.sudo().with_company(company)
        free = waitlist._free_quantities(company)
        waitlist._send_back(company, free)
        there = {
            product for (product, _place), quantity in free.items() if quantity > 0
        }
        waiting = waitlist.search(
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "waiting")
            & Domain("product_id", "in", list(there))
            & Domain("partner_id", "any", rule._partners_sql()),
            order="id",
        )
        given = allocation.give(waiting._wishes(), free)
        return waitlist._keep(given, company.notification_hold_hours)

    @api.model
    def _held_now(self, company):
        """Domain of the entries whose goods are kept at this moment.

        What is in a draft order is kept to the end of its hours too: only confirming
        takes it out of the free stock.
        """
        in_draft = Domain("state", "=", "done") & Domain(
            "sale_line_id.state", "in", ("draft", "sent")
        )
        return (
            Domain("company_id", "=", company.id)
            & Domain("held_until", ">", fields.Datetime.now())
            & (Domain("state", "in", HERE) | in_draft)
        )

    def _free_quantities(self, company):
        """dict (product id, warehouse id) -> what is in stock and kept for nobody.

        Of the goods somebody waits for or was told of and let go. Three queries a
        warehouse, whatever the number of entries.
        """
        awaited = self._read_group(
            [("company_id", "=", company.id), ("state", "in", OPEN)],
            ["product_id"],
        )
        ids = [product.id for [product] in awaited]
        free = {}
        for warehouse in self._warehouses(company):
            products = (
                self.env["product.product"]
                .with_company(company)
                .with_context(warehouse_id=warehouse.id)
                .browse(ids)
            )
            for product in products:
                free[product.id, warehouse.id] = product.free_qty
        held = self._read_group(
            self._held_now(company),
            ["product_id", "held_warehouse_id"],
            ["quantity:sum"],
        )
        for product, warehouse, quantity in held:
            if (product.id, warehouse.id) in free:
                free[product.id, warehouse.id] -= quantity
        return free

    @api.model
    def _warehouses(self, company):
        return self.env["stock.warehouse"].search([("company_id", "=", company.id)])

    def _send_back(self, company, free):
        """Let those wait again whose hours are over and whose goods are gone.

        Those too on whom no wave has decided, as while all sending was off: they are
        not told yet of the goods that are still here.

        :param dict free: as of ``_free_quantities``
        """
        over = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "in", HERE),
                ("held_until", "<=", fields.Datetime.now()),
            ]
        )
        untold = over.filtered(
            lambda entry: entry.state == "held" and not entry.broadcast_id
        )
        gone = {
            wish.key for wish in over._wishes() if allocation.find(wish, free) is None
        }
        (untold | self.browse(gone))._wait_again()

    def _wait_again(self):
        self.write(
            {
                "state": "waiting",
                "held_warehouse_id": False,
                "held_until": False,
                "told_at": False,
                "broadcast_id": False,
            }
        )

    def _wishes(self):
        """The entries as the rule of allocation sees them, in their order here."""
        places = tuple(self._warehouses(self.company_id).ids) if self else ()
        return [
            allocation.Wish(
                key=entry.id,
                product=entry.product_id.id,
                places=tuple(entry.warehouse_id.ids) or places,
                quantity=entry.quantity,
            )
            for entry in self
        ]

    def _keep(self, given, hours):
        """Keep the goods of some entries, each at its warehouse.

        :param dict given: entry id -> warehouse id
        :param float hours: how long
        :return: the entries
        """
        until = fields.Datetime.now() + timedelta(hours=hours)
        by_place = {}
        for entry_id, warehouse_id in given.items():
            by_place.setdefault(warehouse_id, []).append(entry_id)
        for warehouse_id, entry_ids in by_place.items():
            self.browse(entry_ids).write(
                {
                    "state": "held",
                    "held_warehouse_id": warehouse_id,
                    "held_until": until.replace(microsecond=0),
                    "broadcast_id": False,
                }
            )
        return self.browse(given)
