from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from .closing_note import closing_note


class OrderServiceAct(models.TransientModel):
    """What a person still has to say before a task or a button takes effect."""

    _name = "order.service.act"
    _description = "Finish a task or press a button"

    order_id = fields.Many2one("sale.order", required=True)
    order_text = fields.Char(related="order_id.display_name", string="Order number")
    recipient_name = fields.Char(related="order_id.service_recipient_name")
    task_id = fields.Many2one("order.service.task")
    transition_id = fields.Many2one("order.service.transition")
    state = fields.Selection([("done", "Done"), ("failed", "Failed")], default="done")
    visit = fields.Integer()
    stage_id = fields.Many2one(related="transition_id.stage_id")
    reason_party = fields.Selection(related="transition_id.reason_party")
    reason_id = fields.Many2one(
        "order.service.reason",
        domain="[('party', '=', reason_party), ('for_staff', '=', True),"
        " '|', ('stage_ids', '=', False), ('stage_ids', '=', stage_id)]",
    )
    note_required = fields.Boolean(related="reason_id.note_required")
    note = fields.Char(string="Remark")
    asks_courier = fields.Boolean(compute="_compute_asks_courier")
    courier_id = fields.Many2one("res.users")
    courier_ids = fields.Many2many(
        "res.users", string="Couriers of the store", compute="_compute_asks_courier"
    )

    untouched_text = fields.Char(string="Not marked", compute="_compute_untouched_text")
    unticked_text = fields.Char(related="task_id.unticked_text")

    @api.depends("task_id", "state")
    def _compute_untouched_text(self):
        """Lines of an assembly nobody has marked, in a sentence that asks."""
        for act in self:
            task = act.task_id.sudo()
            assembles = act.state == "done" and task.assembles
            lines = assembles and task.order_id._service_untouched_lines()
            act.untouched_text = bool(lines) and self.env._(
                "Nobody has marked %s. Was all of it found as ordered?",
                lines._service_names(),
            )

    @api.depends("task_id", "state")
    def _compute_asks_courier(self):
        for act in self:
            task = act.task_id.sudo()
            act.asks_courier = act.state == "done" and task.asks_courier
            act.courier_ids = act.asks_courier and task.order_id._service_couriers()

    asks_age = fields.Boolean(compute="_compute_asks_age")
    age_goods = fields.Char(string="Against a document", compute="_compute_asks_age")
    age_check = fields.Selection(
        [
            ("of_age", "Document seen: of age"),
            ("refused", "Under age or no document: these goods come off"),
        ],
        string="The recipient",
    )
    money_text = fields.Char(related="task_id.money_text", string="Money")
    age_refused_text = fields.Char(
        string="Without these goods", compute="_compute_asks_age"
    )

    @api.depends("task_id", "state")
    def _compute_asks_age(self):
        for act in self:
            task = act.task_id.sudo()
            act.asks_age = act.state == "done" and bool(task) and task._asks_age()
            lines = act.asks_age and task.order_id._service_restricted_lines()
            act.age_goods = lines and lines._service_names()
            act.age_refused_text = lines and act._without(task.order_id, lines)

    def _without(self, order, lines):
        """What is to be done if the recipient may not have ``lines``."""
        if not order._service_besides(lines):
            return self.env._(
                "Nothing else is in the order: go back and refuse the hand-over."
            )
        left = max(order.service_amount_due - sum(lines.mapped("price_total")), 0)
        return self.env._(
            "Keep %(goods)s back. Left to pay without them: %(amount)s.",
            goods=lines._service_names(),
            amount=format_amount(self.env, left, order.currency_id),
        )

    def action_confirm(self):
        """Do what was asked, with the reason or the courier now known.

        :return: an action that closes the dialog, with a note if a colleague was first
        """
        self.ensure_one()
        if sentence := self._too_late_sentence():
            return closing_note(sentence)
        if self.task_id:
            self._finish_task()
        else:
            self._check_order_button()
            self.order_id._service_fire(
                "button",
                transition=self.transition_id,
                visit=self.visit,
                reason=self.reason_id,
                note=self.note,
            )
        return {"type": "ir.actions.act_window_close"}

    def _too_late_sentence(self):
        """Who did it while the dialog stood open; empty: nobody."""
        if self.task_id:
            self.task_id._check_person()
            return self.task_id.sudo()._finished_sentence()
        self.order_id._service_check_staff()
        return self.order_id._service_moved_sentence(self.visit)

    def _check_order_button(self):
        """The transition is a button of the order that stands open to the person.

        :raises UserError: it is not; a task's way is taken by its task only
        """
        order = self.order_id
        order._service_check_staff()
        if self.transition_id.id not in order._service_button_ids():
            raise UserError(
                self.env._(
                    "Order %s has no such button at its stage.", order.service_number
                )
            )

    def _finish_task(self):
        task = self.task_id
        task._check_person()
        if self.transition_id and self.state == "done":
            task._check_button(self.transition_id)
        if self.asks_courier:
            task.sudo().order_id._service_set_courier(self.courier_id)
        if self.asks_age:
            self._note_document(task.sudo().order_id)
        task._finish(
            self.state,
            transition=self.transition_id if self.state == "done" else None,
            reason=self.reason_id,
            note=self.note,
        )

    def _note_document(self, order):
        if not self.age_check:
            raise UserError(
                self.env._(
                    "Say whether the recipient of order %s showed a document.",
                    order.service_number,
                )
            )
        order._service_hold()
        order._service_note_document(self.age_check == "of_age")
