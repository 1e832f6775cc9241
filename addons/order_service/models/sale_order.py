import re

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from .given_names import given_names
from .order_service_stage import STATUSES

ENGINE_FIELDS = {
    "service_route_id",
    "service_stage_id",
    "service_visit",
    "service_stage_since",
    "service_closed_at",
    "service_status",
    "service_deferral_id",
    "service_seq",
    "service_source_id",
    "service_external_ref",
    "service_reason_id",
    "service_reason_stage_id",
    "service_reason_user_id",
    "service_reason_at",
    "service_reason_note",
    "service_deadline",
    "service_courier_id",
    "service_search_key",
    "service_told_payment",
    "service_closure_id",
    "service_agreed_total",
    "service_age_checked_at",
    "service_assembled_at",
    "payment_status",
}
# what an order on its route was built upon: tasks, prices and goods hang on them
SETTLED_FIELDS = {"warehouse_id", "service_fulfilment"}


class SaleOrder(models.Model):
    """An order on a route: where it stands, who gets it, when, and what is late."""

    _inherit = "sale.order"

    service_route_id = fields.Many2one(
        "order.service.route", string="Route", copy=False, index="btree_not_null"
    )
    service_stage_id = fields.Many2one(
        "order.service.stage",
        string="Stage",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    service_visit = fields.Integer(
        copy=False, help="Moves so far: the version of the screen and of the tasks."
    )
    service_stage_since = fields.Datetime(string="In the stage since", copy=False)
    service_closed_at = fields.Datetime(string="Closed at", copy=False)
    service_status = fields.Selection(
        [*STATUSES, ("postponed", "Postponed")],
        string="Service status",
        compute="_compute_service_status",
        store=True,
        copy=False,
    )
    service_seq = fields.Integer(copy=False, help="Rises by one per row of the feed.")
    service_source_id = fields.Many2one(
        "order.service.source",
        string="Order source",
        copy=False,
        index="btree_not_null",
    )
    service_external_ref = fields.Char(string="Number at the source", copy=False)
    service_placed_at = fields.Datetime(
        string="Placed at",
        copy=False,
        help="When the customer placed it; core's order date changes on confirmation.",
    )
    service_fulfilment = fields.Selection(
        [("delivery", "Delivery"), ("pickup", "Pick-up")], string="Fulfilment"
    )
    service_recipient_name = fields.Char(string="Recipient")
    service_recipient_phone = fields.Char(string="Recipient's phone")
    service_address = fields.Char(
        string="Address", compute="_compute_service_address", compute_sudo=True
    )
    service_slot_start = fields.Datetime(string="Slot from", copy=False)
    service_slot_end = fields.Datetime(string="Slot until", copy=False)
    service_slot_text = fields.Char(
        string="Slot", compute="_compute_service_slot_text", compute_sudo=True
    )
    service_on_key_missing = fields.Selection(
        [
            ("cancel_order", "Cancel the order"),
            ("drop_dependents", "Leave out the dependent lines"),
            ("call", "Call the customer"),
        ],
        string="If a key item is missing",
    )
    service_payment_method = fields.Selection(
        [
            ("online", "Online"),
            ("card_on_delivery", "Card on delivery"),
            ("cash", "Cash"),
        ],
        string="Payment by",
    )
    service_comment = fields.Text(string="Customer's comment")
    service_operator_id = fields.Many2one(
        "res.users", string="Operator", copy=False, index="btree_not_null"
    )
    service_courier_id = fields.Many2one(
        "res.users", string="Courier", copy=False, index="btree_not_null"
    )
    service_reason_id = fields.Many2one(
        "order.service.reason",
        string="Reason",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    service_reason_party = fields.Selection(
        related="service_reason_id.party", string="Reason of"
    )
    service_reason_stage_id = fields.Many2one(
        "order.service.stage", string="Refused at", copy=False
    )
    service_reason_user_id = fields.Many2one(
        "res.users", string="Refused by", copy=False, groups="base.group_user"
    )
    service_reason_at = fields.Datetime(string="Refused when", copy=False)
    service_reason_note = fields.Char(
        string="Refusal remark", copy=False, groups="base.group_user"
    )
    service_deadline = fields.Datetime(
        string="Next deadline", copy=False, help="The earliest of the open tasks."
    )
    service_late = fields.Boolean(
        string="Late", compute="_compute_service_late", search="_search_service_late"
    )
    service_attention = fields.Char(
        string="Needs attention",
        compute="_compute_service_attention",
        compute_sudo=True,
        search="_search_service_attention",
        groups="base.group_user",
    )
    service_search_key = fields.Char(
        compute="_compute_service_search_key", store=True, copy=False
    )
    service_task_ids = fields.One2many(
        "order.service.task", "order_id", string="Order tasks", copy=False
    )
    service_log_ids = fields.One2many(
        "order.service.stage.log", "order_id", string="Stage log", copy=False
    )
    service_deferral_id = fields.Many2one(
        "order.service.deferral", string="Postponement", copy=False
    )
    service_deferral_ids = fields.One2many(
        "order.service.deferral", "order_id", string="Postponements", copy=False
    )
    service_event_ids = fields.One2many(
        "order.service.event", "order_id", string="Waiting events", copy=False
    )
    service_message_ids = fields.One2many(
        "order.service.message",
        "order_id",
        string="Messages to the customer",
        copy=False,
    )
    service_buttons = fields.Json(compute="_compute_service_buttons")
    service_progress = fields.Json(compute="_compute_service_progress")
    service_by_hand = fields.Text(
        string="Left to do by hand",
        compute="_compute_service_by_hand",
        compute_sudo=True,
        groups="base.group_user",
    )

    _service_open_idx = models.Index(
        "(service_stage_id, service_deadline)"
        " WHERE service_route_id IS NOT NULL AND service_closed_at IS NULL"
    )
    _service_deadline_idx = models.Index(
        "(service_deadline) WHERE service_closed_at IS NULL"
    )
    _service_slot_idx = models.Index(
        "(service_slot_start) WHERE service_closed_at IS NULL"
    )
    _service_status_idx = models.Index("(service_status, service_deadline, id DESC)")
    _service_payment_idx = models.Index(
        "(payment_status, service_deadline, id DESC)"
        " WHERE payment_status IN ('partial', 'overpaid')"
    )
    _service_lost_idx = models.Index(
        "(id) WHERE service_fulfilment IS NOT NULL AND service_route_id IS NULL"
    )
    _service_search_key_trgm = models.Index(
        lambda registry: (
            "USING gin (service_search_key gin_trgm_ops)"
            if registry.has_trigram
            else ""
        )
    )
    _service_ref_idx = models.UniqueIndex(
        "(service_source_id, service_external_ref)"
        " WHERE service_external_ref IS NOT NULL",
        "The source has sent an order with this number already.",
    )

    # -- computed -----------------------------------------------------------------

    @api.depends("service_stage_id.status", "service_deferral_id")
    def _compute_service_status(self):
        for order in self:
            status = order.service_stage_id.status
            order.service_status = "postponed" if order.service_deferral_id else status

    @api.depends("partner_shipping_id", "service_fulfilment", "warehouse_id")
    def _compute_service_address(self):
        for order in self:
            if order.service_fulfilment == "pickup":
                order.service_address = order.warehouse_id.name
            else:
                order.service_address = order._service_delivery_address()

    def _service_delivery_address(self):
        lines = self.partner_shipping_id._display_address(without_company=True)
        parts = (" ".join(part.split()).strip(" ,") for part in lines.split("\n"))
        return ", ".join(part for part in parts if part)

    @api.depends("service_slot_start", "service_slot_end", "warehouse_id")
    def _compute_service_slot_text(self):
        for order in self:
            order.service_slot_text = order._service_slot_label()

    @api.depends("service_deadline", "service_closed_at", "service_deferral_id")
    def _compute_service_late(self):
        now = fields.Datetime.now()
        for order in self:
            runs = not order.service_closed_at and not order.service_deferral_id
            deadline = order.service_deadline
            order.service_late = runs and bool(deadline) and deadline < now

    def _search_service_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain(
            [
                ("service_deadline", "<", fields.Datetime.now()),
                ("service_closed_at", "=", False),
                ("service_deferral_id", "=", False),
            ]
        )

    @api.depends(
        "service_route_id", "service_event_ids.error", "service_task_ids.nobody"
    )
    def _compute_service_attention(self):
        for order in self:
            order.service_attention = " ".join(order._list_attention()) or False

    def _list_attention(self):
        """Sentences on what keeps the order from going on."""
        self.ensure_one()
        if self.service_fulfilment and not self.service_route_id:
            return [self.env._("The order is on no route yet.")]
        sentences = [
            self.env._("Did not move on: %s", event.error)
            for event in self.service_event_ids
            if event.error
        ]
        return sentences + [
            self.env._("Nobody on shift for “%s”.", task.name)
            for task in self.service_task_ids
            if task.nobody and task.state == "open"
        ]

    def _search_service_attention(self, operator, value):
        """Orders that need attention (True or a sentence), or do not (False)."""
        if operator != "in":
            return NotImplemented  # Odoo turns every other one into it
        needing = self._service_needing_attention()
        domain = Domain.FALSE
        if not all(value):
            domain |= ~needing
        if True in value:
            domain |= needing
        if sentences := {text for text in value if isinstance(text, str) and text}:
            orders = self.search(needing)
            told = orders.filtered(lambda order: order.service_attention in sentences)
            domain |= Domain("id", "in", told.ids)
        return domain

    @api.model
    def _service_needing_attention(self):
        """Domain of the orders that something keeps from going on."""
        events = self.env["order.service.event"].sudo()
        tasks = self.env["order.service.task"].sudo()
        orders = self.sudo().with_context(active_test=False)
        # one set of ids from three small partial indexes: an OR over them would
        # read every order
        found = SQL(
            "(%s UNION %s UNION %s)",
            events._search([("error", "!=", False)]).subselect("order_id"),
            tasks._search([("state", "=", "open"), ("nobody", "=", True)]).subselect(
                "order_id"
            ),
            orders._search(
                [
                    ("service_fulfilment", "!=", False),
                    ("service_route_id", "=", False),
                    ("state", "!=", "cancel"),
                ]
            ).subselect("id"),
        )
        return Domain("id", "in", found)

    @api.depends(
        "name",
        "service_external_ref",
        "service_recipient_name",
        "service_recipient_phone",
        "partner_id.name",
        "partner_id.phone",
        "partner_shipping_id.street",
    )
    def _compute_service_search_key(self):
        for order in self:
            order.service_search_key = order._service_search_words()

    def _service_search_words(self):
        """What one types to find the order: numbers, names, phone digits, street."""
        phones = (self.partner_id.phone, self.service_recipient_phone)
        words = [
            self.name,
            self.service_external_ref,
            self.partner_id.name,
            self.service_recipient_name,
            *(re.sub(r"\D", "", phone or "") for phone in phones),
            self.partner_shipping_id.street,
        ]
        return " ".join(word for word in dict.fromkeys(words) if word).lower()

    @api.depends_context("uid", "lang")
    @api.depends("service_stage_id", "service_deferral_id", "service_visit")
    def _compute_service_buttons(self):
        for order in self:
            order.service_buttons = order._list_service_buttons()

    def _list_service_buttons(self):
        """Buttons that stand on the order itself, not on one of its tasks."""
        if self.service_deferral_id:
            return []
        transitions = self.sudo().service_stage_id.transition_ids.filtered(
            lambda transition: (
                transition.trigger == "button"
                and not transition.template_id
                and transition._is_open_to(self.env.user)
            )
        )
        return [transition._button() for transition in transitions]

    @api.depends_context("lang")
    @api.depends("service_stage_id", "service_visit")
    def _compute_service_progress(self):
        """The stage bar: stages passed, the present one, and the way still ahead."""
        for order in self:
            order.service_progress = order._service_stage_bar()

    @api.depends("service_stage_id", "state", "invoice_status", "picking_ids.state")
    def _compute_service_by_hand(self):
        for order in self:
            order.service_by_hand = "\n".join(order._list_by_hand()) or False

    @api.model
    def _service_try_domain(self, domain):
        """Evaluate a condition of a route once, as orders will: in Python and SQL.

        :raises ValueError, TypeError, KeyError, AttributeError: it names a field that
            does not exist or compares it with a value of another type
        """
        Domain(domain).validate(self)
        self.new({"order_line": [Command.create({})]}).filtered_domain(domain)
        try:
            with self.env.cr.savepoint():
                # planned, not run: the database looks at the values all the same
                plan = SQL("EXPLAIN %s", self._search(domain).select())
                self.env.cr.execute(plan, log_exceptions=False)
        except psycopg2.DatabaseError as error:
            raise ValueError(error.diag.message_primary) from error

    # -- guards -------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse values that only the engine writes."""
        if not self.env.su:
            self._check_engine_fields(given_names(self.env, vals_list))
        return super().create(vals_list)

    def write(self, vals):
        """Refuse values that only the engine writes; a moved slot moves its dates."""
        if not self.env.su:
            self._check_engine_fields(vals)
            self._check_settled(vals)
        # other addons move deliveries as superuser, and know of no slots
        self._check_promised_moment(vals)
        moves_slot = {"service_slot_start", "service_slot_end"} & set(vals)
        before = self._service_slots() if moves_slot else {}
        result = super().write(vals)
        if moves_slot:
            self._service_slot_moved(before)
        return result

    def _check_engine_fields(self, names):
        if forbidden := ENGINE_FIELDS.intersection(names):
            raise UserError(
                self.env._(
                    "“%s” is written by the order's route only: finish a task, press"
                    " a button of the order or cancel it with a reason.",
                    self._fields[min(forbidden)]._description_string(self.env),
                )
            )

    def _check_settled(self, vals):
        """A routed order keeps its store, and is cancelled by its route only."""
        routed = self.filtered("service_route_id")
        settled = SETTLED_FIELDS.intersection(vals)
        state = vals.get("state")
        if state in ("cancel", "draft") and set(routed.mapped("state")) - {state}:
            settled.add("state")
        if settled and routed:
            raise UserError(
                self.env._(
                    "“%s” of an order on a route stays as it is: cancel the order with"
                    " a reason and make a new one.",
                    self._fields[min(settled)]._description_string(self.env),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_routed(self):
        """The site would never hear of it, and would make the order a second time."""
        if routed := self.filtered("service_route_id"):
            raise UserError(
                self.env._(
                    "%s went on a route and cannot be deleted: cancel it with a"
                    " reason.",
                    ", ".join(routed.mapped("service_number")),
                )
            )

    def _check_promised_moment(self, vals):
        """The promised moment of an order on a route is the end of its slot."""
        if "commitment_date" not in vals:
            return
        promised = fields.Datetime.to_datetime(vals["commitment_date"])
        for order in self.filtered("service_route_id"):
            slot_end = vals.get("service_slot_end", order.service_slot_end)
            if promised != fields.Datetime.to_datetime(slot_end):
                raise UserError(
                    self.env._(
                        "The promised moment of an order on a route is the end of its"
                        " slot: change the slot instead."
                    )
                )
