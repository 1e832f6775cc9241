from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_amount

from .sale_order_screen import COUNT_LIMIT, lateness


class OrderServiceTask(models.Model):
    """What the task screens show beside the task's own fields."""

    _name = "order.service.task"
    _inherit = ["order.service.task", "order.service.screen.mixin"]

    service_tz = fields.Char(
        related="order_id.service_tz", string="Time zone of the store"
    )
    slot_date = fields.Date(related="order_id.service_slot_date")
    external_ref = fields.Char(related="order_id.service_external_ref")
    order_number = fields.Char(related="order_id.service_number")
    order_name = fields.Char(related="order_id.name", string="Our number")
    store_code = fields.Char(related="store_id.service_code")
    customer_comment = fields.Text(related="order_id.service_comment")
    courier_id = fields.Many2one(related="order_id.service_courier_id")
    operator_id = fields.Many2one(related="order_id.service_operator_id")
    payment_method = fields.Selection(related="order_id.service_payment_method")
    lateness = fields.Selection(
        [
            ("late", "Late"),
            ("soon", "Due soon"),
            ("fine", "In time"),
            ("closed", "Finished"),
        ],
        compute="_compute_lateness",
    )
    can_act = fields.Boolean(
        compute="_compute_can_act", help="The task is open and yours to finish."
    )
    can_take = fields.Boolean(
        compute="_compute_can_act",
        help="The task is open and yours to take, from the queue or from a colleague.",
    )
    my_store = fields.Boolean(compute="_compute_my_store", search="_search_my_store")
    checklist = fields.Json(string="Things to tick", compute="_compute_checklist")
    left_to_pay = fields.Monetary(related="order_id.service_amount_due")
    money_text = fields.Char(
        string="Money",
        compute="_compute_money_text",
        compute_sudo=True,
        help="What to collect from whom the goods are handed over to.",
    )
    money_due = fields.Boolean(compute="_compute_money_text", compute_sudo=True)
    document_text = fields.Char(
        string="Document",
        compute="_compute_document_text",
        compute_sudo=True,
        help="Goods of the order that are handed out only against a document.",
    )
    done_question = fields.Char(
        compute="_compute_done_question",
        compute_sudo=True,
        help="Asked before the goods count as handed over, against a mistaken tap, and"
        " where something on the checklist is left.",
    )
    hands_over = fields.Boolean(
        compute="_compute_done_question",
        compute_sudo=True,
        help="The recipient gets the goods with this task.",
    )
    unticked_text = fields.Char(
        string="Not ticked", compute="_compute_unticked_text", compute_sudo=True
    )

    @api.depends("deadline", "state", "paused")
    def _compute_lateness(self):
        now = fields.Datetime.now()
        for task in self:
            running = task.state == "open" and not task.paused
            task.lateness = lateness(task.deadline, now) if running else "closed"

    @api.depends_context("uid")
    @api.depends("state", "paused", "user_id", "taken_at")
    def _compute_can_act(self):
        for task in self:
            running = task.state == "open" and not task.paused
            fits = running and task._is_for_me()
            task.can_act = fits and not task._is_held()
            task.can_take = fits and task.user_id != self.env.user

    def _is_for_me(self):
        try:
            self._check_person()
        except AccessError:
            return False
        return True

    @api.depends_context("uid")
    @api.depends("store_id")
    def _compute_my_store(self):
        for task in self:
            task.my_store = task.store_id in self.env.user.service_store_ids

    def _search_my_store(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("store_id", "in", self.env.user.service_store_ids.ids)

    @api.depends("item_ids.done")
    @api.depends_context("lang")
    def _compute_checklist(self):
        for task in self:
            task.checklist = [
                {
                    "id": item.id,
                    "name": item.name,
                    "done": item.done,
                    "by": item.done_by.sudo().name or "",
                }
                for item in task.item_ids
            ]

    @api.depends("left_to_pay", "payment_method", "role", "state")
    @api.depends_context("lang")
    def _compute_money_text(self):
        for task in self:
            task.money_due = bool(task.left_to_pay)
            task.money_text = task._hands_over() and task._money_text()

    @api.depends("item_ids.done", "state")
    @api.depends_context("lang")
    def _compute_unticked_text(self):
        """What is left of a checklist that need not be ticked as a whole."""
        for task in self:
            optional = task.state == "open" and not task.template_id.checklist_required
            left = optional and task._unticked_names()
            task.unticked_text = left and self.env._("Not ticked: %s.", left)

    @api.depends(
        "money_text", "state", "recipient_name", "unticked_text", "asked_line_ids"
    )
    @api.depends_context("lang")
    def _compute_done_question(self):
        for task in self:
            task.hands_over = task.state == "open" and task._hands_over()
            # where a document or a courier is asked for a dialog opens anyway
            asks = not (task._asks_age() or task.asks_courier)
            task.done_question = asks and task._done_question()

    def _done_question(self):
        """What to ask before the task is done; empty: nothing."""
        asked = [self._hand_over_question()] if self.hands_over else []
        if lines := self.asked_line_ids:
            asked.append(
                self.env._(
                    "Did nobody answer about %s? Then the customer's list decides.",
                    lines.sudo()._service_names(),
                )
            )
        if self.unticked_text:
            asked += [self.unticked_text, self.env._("Finish all the same?")]
        return " ".join(asked)

    def _hand_over_question(self):
        return self.env._(
            "Has %(recipient)s got order %(order)s? %(money)s.",
            recipient=self.recipient_name or self.partner_id.name,
            order=self.order_id.display_name,
            money=self.money_text,
        )

    def _hands_over(self):
        """Whether the recipient gets the goods from whoever does this task."""
        if self.role == "courier":
            return True
        stage = self.stage_id
        return self.fulfilment == "pickup" and stage.status == "packed"

    def _money_text(self):
        online = self.payment_method == "online"
        if not self.left_to_pay:
            if online:
                return self.env._("Paid online: do not collect money")
            return self.env._("Paid: do not collect money")
        amount = format_amount(self.env, self.left_to_pay, self.currency_id)
        texts = {
            "cash": self.env._("Collect %s, cash", amount),
            "card_on_delivery": self.env._("Collect %s, by card", amount),
            "online": self.env._(
                "%s to be paid online has not come in: ask the operator first", amount
            ),
        }
        return texts.get(self.payment_method) or self.env._("Collect %s", amount)

    @api.depends(
        "state",
        "order_id.service_age_checked_at",
        "order_id.order_line.product_uom_qty",
    )
    @api.depends_context("lang")
    def _compute_document_text(self):
        for task in self:
            asks = task.state == "open" and task._asks_age()
            task.document_text = asks and self.env._(
                "Look at a document, from the age of %(age)s: %(goods)s",
                age=task.order_id.service_minimum_age,
                goods=task.order_id._service_restricted_lines()._service_names(),
            )

    @api.model
    @api.readonly
    def get_my_overdue_count(self):
        """How many of my tasks are overdue, counted up to 100."""
        self.browse().check_access("read")
        return self.search_count(
            [("mine", "=", True), ("overdue", "=", True)], limit=COUNT_LIMIT
        )
