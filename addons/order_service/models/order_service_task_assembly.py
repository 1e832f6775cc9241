from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rules import payload

MOST_BAGS = 99


class OrderServiceTask(models.Model):
    """Assembling an order: the doors of the picker's screen.

    Each checks role, own store and the open task, then marks one line; the order is
    held meanwhile, so of two people at once neither loses a mark. Whoever of the store
    may mark lines, finishing is for the one who has the task.
    """

    # the spine of a task is in order_service_task.py, this is its assembly
    _inherit = "order.service.task"  # pylint: disable=R8180

    assembles = fields.Boolean(related="template_id.assembles")
    asks_customer = fields.Boolean(related="template_id.asks_customer")

    asked_line_ids = fields.Many2many(
        "sale.order.line",
        string="To ask about",
        compute="_compute_asked_line_ids",
        compute_sudo=True,
    )

    answered_text = fields.Text(
        string="What came of it",
        compute="_compute_answered_text",
        compute_sudo=True,
        help="What the customer said, or that nobody answered, and what is sent.",
    )

    @api.depends(
        "order_id.order_line.service_answer", "order_id.order_line.service_chosen_id"
    )
    @api.depends_context("lang")
    def _compute_answered_text(self):
        for task in self:
            answered = task.asks_customer and task.order_id.order_line.filtered(
                lambda line: line.service_answer and not line._service_is_asked()
            )
            texts = [line._service_answer_text() for line in answered or ()]
            task.answered_text = "\n".join(texts)

    @api.depends("order_id.order_line.service_answer")
    def _compute_asked_line_ids(self):
        for task in self:
            task.asked_line_ids = (
                task.asks_customer
                and task.order_id.order_line.filtered(
                    lambda line: line._service_is_asked()
                )
            )

    # -- doors -------------------------------------------------------------------------

    def action_service_assemble(self):
        """Open the assembly screen."""
        self.ensure_one()
        self._check_person()
        name = "order_service.order_service_assembly_action"
        action = self.env["ir.actions.actions"]._for_xml_id(name)
        return {**action, "name": self.display_name, "context": {"active_id": self.id}}

    def action_service_print_list(self):
        """Print the picking list: what to fetch, by place."""
        self.ensure_one()
        self._check_person()
        report = self.env.ref("order_service.report_picking_list")
        return report.report_action(self.sudo().order_id.ids)

    def action_service_print_labels(self, bags=1):
        """Print a label for each bag.

        :param int bags: how many there are, 99 at most
        """
        self.ensure_one()
        self._check_person()
        if isinstance(bags, bool) or not isinstance(bags, int):
            raise UserError(self.env._("The number of bags must be a whole number."))
        order = self.sudo().order_id
        order.service_bags = min(max(bags, 1), MOST_BAGS)
        report = self.env.ref("order_service.report_bag_labels")
        return report.report_action(order.ids)

    @api.readonly
    def get_service_assembly(self):
        """The order as the assembly screen shows it.

        :return: {"order", "number", "task", "state", "open", "marked", "total",
            "comment", "currency", "holder", "warning", "question", "checklist": [{"id",
            "name", "done", "by"}], "lines": [{"id", "name", "sku",
            "barcode", "place", "unit", "weighed", "ordered", "found", "outcome", "key",
            "wish", "substitute", "asked", "hangs_on", "comes_off", "proposals": [as of
            ``sale.order.service_suggest``]}]}, lines by place; holder: the colleague
            who has the task; warning: what finishing does to the order; question: what
            to ask before finishing, what is left on the checklist; hangs_on:
            names of lines without which this one is not wanted; comes_off: those of
            them that are missing, so that it is left out and needs no mark
        :raises AccessError: the task is not the user's to work on
        :raises UserError: the task assembles nothing
        """
        self.ensure_one()
        self._check_person()
        task = self.sudo()
        task._check_assembles()
        return task._assembly_state()

    def action_service_found(self, line_id, quantity=None):
        """Mark a line: so much of it was found.

        :param int line_id: a line of the task's order
        :param float quantity: found in all, in the line's unit; None: as ordered
        :return: as of ``get_service_assembly``
        :raises UserError: more than ordered and tolerated, a cut piece, no such line
        """
        task, line = self._open_assembly_line(line_id)
        line._service_mark(line.service_ordered_qty if quantity is None else quantity)
        return task._after_mark(line)

    def action_service_missing(self, line_id):
        """Mark a line: nothing of it is there. Who wants to be called is called.

        :param int line_id: a line of the task's order
        :return: as of ``get_service_assembly``
        """
        task, line = self._open_assembly_line(line_id)
        line._service_mark(0.0)
        return task._after_mark(line)

    def action_service_replace(self, line_id, product_id, quantity=None):
        """Choose what is sent instead of what is missing of a line.

        :param int line_id: a line of the task's order
        :param int product_id: a product the customer accepts
        :param float quantity: in the product's unit; None: what is missing
        :return: as of ``get_service_assembly``
        :raises UserError: the customer does not accept it, or nothing is missing
        """
        task, line = self._open_assembly_line(line_id)
        product = self.env["product.product"].sudo().browse(product_id).exists()
        if not product:
            raise UserError(self.env._("There is no such product (any more)."))
        task.order_id._service_replace(line, product, quantity)
        return task._after_mark(line)

    def action_service_reset(self, line_id):
        """Take the mark of a line back.

        :param int line_id: a line of the task's order
        :return: as of ``get_service_assembly``
        """
        task, line = self._open_assembly_line(line_id)
        line._service_mark(0.0)
        line.service_outcome = False
        return task._after_mark(line)

    def action_service_tick(self, item_id, done):
        """Tick or untick an item of the checklist; said twice it stays as it is.

        :param int item_id: id of an ``order.service.task.item`` of this task
        :param bool done: whether it is ticked from now on
        :return: as of ``get_service_assembly``
        :raises UserError: no such item, or a colleague has taken the task
        """
        task = self._open_assembly()
        self._check_free()
        task._checklist_item(item_id)._tick(bool(done), self.env.user)
        return task._after_mark(task.order_id.order_line.browse())

    def action_service_all_found(self):
        """Mark everything nobody has marked yet as found as ordered.

        :return: as of ``get_service_assembly``
        """
        task = self._open_assembly()
        task.order_id._service_mark_all_found()
        return task._after_mark(task.order_id.order_line.browse())

    def action_service_scan(self, barcode, token):
        """Count a scanned barcode: one piece more, or the weight on the label.

        :param str barcode: of a product of the order; labels of the scale carry the
            weight
        :param str token: names this scan; the same token again counts nothing
        :return: as of ``get_service_assembly``, with "scanned": id of the line
        :raises UserError: no such goods in the order, or all of them are found
        """
        barcode, token = self._scan_text(barcode), self._scan_text(token)
        task = self._open_assembly()
        scan = task.order_id._service_scan(barcode, token)
        return {**task._after_mark(scan.line_id), "scanned": scan.line_id.id}

    def _scan_text(self, text):
        if not isinstance(text, str) or not 0 < len(text) <= payload.SHORT_TEXT:
            raise UserError(self.env._("A scan is a text of up to 64 signs."))
        return text.strip()

    # -- checks ------------------------------------------------------------------------

    def _open_assembly(self):
        """The task as the system, for whoever may work on it, its order held."""
        self.ensure_one()
        self._check_person()
        task = self.sudo().with_company(self.sudo().company_id)
        task._check_assembles()
        task.order_id._service_wait_lock()
        task._check_open()
        if not task.taken_at:
            task._take()
        return task

    def _open_assembly_line(self, line_id):
        """(task as of ``_open_assembly``, the line of its order).

        :raises UserError: the order has no such line of goods
        """
        task = self._open_assembly()
        lines = task.order_id.order_line._service_to_assemble()
        line = lines.filtered(lambda line: line.id == line_id)
        if not line:
            raise UserError(
                self.env._(
                    "Order %s has no such line. Look at it anew.",
                    task.order_id.service_number,
                )
            )
        return task, line

    def _check_assembles(self):
        if not self.assembles:
            raise UserError(
                self.env._("“%s” is not a task of assembly.", self.display_name)
            )

    def _after_mark(self, line):
        """Ask the customer where wished, tell the other screens, show what is now."""
        order = self.order_id
        for one in line:
            order._service_ask_as_wished(one)
        order._service_void_consents()
        order._service_close_calls()
        order._service_refresh()
        return self._assembly_state()

    # -- what the screen shows ---------------------------------------------------------

    def _assembly_state(self):
        order = self.order_id
        plan = order._service_plan(priced=False)
        shown = self._assembly_lines(plan)
        is_open = self.state == "open" and not self.paused
        return {
            "order": order.id,
            "number": order.service_number,
            "task": self.name,
            "state": self.state,
            "open": is_open,
            "marked": sum(bool(line["outcome"] or line["comes_off"]) for line in shown),
            "total": len(shown),
            "comment": order.service_comment or "",
            "currency": order.currency_id.id,
            "holder": self.user_id.name if self._is_held() else "",
            "warning": order._service_finish_warning(plan) if is_open else "",
            "question": ""
            if order._service_asked_lines()
            else self.done_question or "",
            "checklist": self.checklist,
            "lines": shown,
        }

    def _assembly_lines(self, plan):
        """The lines on the screen, with what finishing would take off."""
        order = self.order_id
        leaving = order._service_leaving(plan)
        nothing = order.order_line.browse()
        return [
            line._service_on_screen(leaving.get(line, nothing))
            for line in order._service_lines_by_place()
        ]

    # -- finishing ---------------------------------------------------------------------

    def action_done(self):
        """Finish the task; an assembly asks about lines nobody marked.

        Lost key items whose customer wants to be called are asked about first; then the
        task stays open.

        :raises UserError: a colleague has taken it: take it over first; or an operator
            is asking the customer about a line
        """
        self.ensure_one()
        if not self.sudo().assembles:
            return super().action_done()
        self._check_person()
        self._check_free()
        self.sudo()._check_checklist()
        order = self.sudo().order_id
        order._service_hold()
        if asked := order._service_ask_about_keys():
            return self._tell_asked(asked)
        order._service_check_answered()
        if order._service_untouched_lines():
            return self._act_wizard("done")
        return super().action_done()

    def _tell_asked(self, lines):
        """A note for the picker: the operator calls, finish afterwards."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "%s cannot be had, and the order hangs on it: an operator asks the"
                    " customer. Finish after that.",
                    lines._service_names(),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _finish(self, state, transition=None, reason=None, note=None):
        """An assembly that is done goes to sales and stock, a call without answer to
        the customer's second choice.

        An order whose lost key item cancels it goes the way of a failed task.
        """
        self.ensure_one()
        task = self.sudo().with_company(self.sudo().company_id)
        if state == "done" and task.asks_customer:
            task._finish_call()
        if not task._ends_assembly(state, transition):
            return super()._finish(state, transition, reason, note)
        task._lock()
        task._check_free()
        if culprit := task.order_id._service_finish_assembly():
            reason = task.order_id._service_reason_no_key()
            return super()._finish("failed", reason=reason, note=culprit.display_name)
        return super()._finish(state, transition, reason, note)

    def _ends_assembly(self, state, transition):
        """Whether finishing so means that the goods are in the bags."""
        way = transition.sudo() if transition else self.env["order.service.transition"]
        refuses = way.to_stage_id.status == "cancelled"
        return self.assembles and state == "done" and not refuses

    def _finish_call(self):
        """The operator gives up: what is still open gets the second choice."""
        self._lock()
        self._check_free()
        order = self.order_id
        order._service_give_up_asking(
            order.order_line.filtered(lambda line: line._service_is_asked())
        )
