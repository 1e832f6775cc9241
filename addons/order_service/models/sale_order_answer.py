from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

CUSTOMER_ANSWERS = ("accept", "decline", "call")
BEFORE_HAND_OVER = ("new", "registered", "packed")


class SaleOrder(models.Model):
    """What the customer says to substitutes, and asking the customer about them.

    A line with the answer “call” is being asked about by an operator; the task and its
    timer stand on the order's present stage, so the order waits.
    """

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    # -- doors -------------------------------------------------------------------------

    @api.model
    def service_answer(self, order_ref, line_ref, answer):
        """Pass on what the customer says to what is sent instead of a line.

        :param dict order_ref: {"source", "external_ref"}
        :param str line_ref: the line's ref at its source
        :param str answer: accept, decline (it comes off) or call (an operator rings up)
        :return: {"result": updated | unchanged | rejected, "errors"}; ``unchanged``:
            the customer said so before
        :raises AccessError: the caller is no user of the API
        """
        self._service_check_api()
        entry = self._service_named(order_ref)
        line = self._service_line_named(entry, line_ref)
        if answer not in CUSTOMER_ANSWERS:
            options = ", ".join(CUSTOMER_ANSWERS)
            entry.refuse("bad_value", "answer", "not_choice", options=options)
        if entry.order and not entry.problems:
            self._service_answer_named(entry, line, answer)
        return self._service_told(entry)

    @api.model
    def _service_answer_named(self, entry, line, answer):
        if line.service_answer == answer:
            entry.result = "unchanged"
            return
        self._service_try(entry, entry.order._service_answer_line, line, answer)

    def _service_answer_online(self, line_id, answer):
        """Keep what the customer pressed on the order page.

        :param str line_id: as the form sent it
        :raises UserError: no such line or answer, or it is too late
        """
        self.ensure_one()
        line = self.order_line.filtered(lambda line: str(line.id) == line_id)
        if not line or answer not in CUSTOMER_ANSWERS:
            raise UserError(self.env._("Choose one of the answers."))
        if line.service_answer != answer:
            self._service_answer_line(line, answer)

    # -- answering ---------------------------------------------------------------------

    def _service_answer_line(self, line, answer):
        """Do what the customer says; whoever may say so is checked before.

        :param line: a line of this order
        :param str answer: accept, decline or call
        :raises UserError: it is too late, or nobody asked
        """
        self.ensure_one()
        order, line = self.sudo(), line.sudo()
        order._service_hold()
        line.invalidate_recordset()
        order._service_check_awaited(line)
        if answer == "call":
            order._service_call(line)
        elif answer == "accept":
            order._service_accept(line)
        else:
            order._service_decline(line)
        order._service_close_calls()
        order._service_refresh()

    def _service_check_operator(self):
        """The current user speaks with customers, and about this order.

        :raises AccessError: no operator, or the order is not the user's
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("order_service.group_operator"):
            raise AccessError(
                self.env._(
                    "What the customer of order %s says is taken down by operators.",
                    self.service_number,
                )
            )

    def _service_check_awaited(self, line):
        if not line._service_awaits_answer():
            raise UserError(
                self.env._(
                    "An answer about “%(product)s” of order %(order)s is not awaited"
                    " (any more).",
                    product=line.product_id.display_name,
                    order=self.service_number,
                )
            )

    def _service_accept(self, line):
        """The substitute stays; without one the order goes on without the goods."""
        asked = line._service_is_asked()
        if asked and line.service_chosen_id and self._service_is_packing():
            self._service_choose(line, line.service_chosen_id, line.service_chosen_qty)
        if asked:
            line.service_answer_until = False
        line.service_answer = "accept"
        if line.service_outcome == "replaced" and self.service_assembled_at:
            line._service_chosen_substitutes()._service_keep("accepted")

    def _service_decline(self, line):
        """What is sent instead comes off; a lost key item does what was chosen."""
        lost_key = line.service_key and not line.service_chosen_id
        line._service_chosen_substitutes()._service_keep("declined")
        self._service_leave_out(line, "decline")
        if lost_key and self._service_key_wish() == "call":
            self._service_refuse_for(line.product_id)
        elif self.service_assembled_at:
            self._service_resettle()

    def _service_leave_out(self, line, answer):
        self._service_choose(line, line.service_chosen_id.browse(), 0.0)
        line.write({"service_answer": answer, "service_answer_until": False})

    def _service_resettle(self):
        """Settle an assembled order anew after an answer."""
        plan = self._service_plan()
        if plan.cancels:
            self._service_refuse_for(self._service_plan_culprit(plan))
            return
        self._service_settle(plan)

    def _service_refuse_for(self, product):
        """Refuse the order because ``product`` cannot be had."""
        note = product.display_name
        self._service_refuse(self._service_reason_no_key(), actor="system", note=note)

    def _service_reason_no_key(self):
        """The technical reason “no key item”, as shipped or as the company has it.

        :raises UserError: there is no technical reason at all
        """
        self.ensure_one()
        reasons = self.env["order.service.reason"].search(
            [
                ("party", "=", "technical"),
                ("company_id", "in", (False, self.company_id.id)),
            ]
        )
        known = reasons.filtered(lambda reason: reason.code == "no_key_item") or reasons
        if not known:
            raise UserError(
                self.env._(
                    "Order %s is to be cancelled for want of a key item, but there is"
                    " no technical reason: ask the manager to add one.",
                    self.service_number,
                )
            )
        return known[0]

    # -- asking ------------------------------------------------------------------------

    def _service_ask_as_wished(self, line):
        """Ask about a missing line whose customer wants to be called, once."""
        wished = line.service_policy == "call" and line.service_outcome == "missing"
        if not wished or line.service_answer:
            return
        for best in self._service_suggestions(line, 1):
            line.service_chosen_id = best["product_id"]
            line.service_chosen_qty = best["quantity"]
        self._service_call(line)

    def _service_ask_about_keys(self):
        """Ask about lost key items where the customer wants to be called.

        :return: the lines that are being asked about now
        """
        self.ensure_one()
        lost = self._service_keys_to_ask(self._service_plan(priced=False))
        if lost:
            self._service_call(lost)
        return lost

    def _service_keys_to_ask(self, plan):
        """Lost key items about which finishing asks the customer first.

        :param plan: rules.assembly.Plan
        """
        lost = self.order_line.browse(plan.lost_keys)
        return lost.filtered(
            lambda line: line.id not in plan.dropped and line._service_is_to_ask()
        )

    def _service_call(self, lines):
        """An operator is to ring the customer up about ``lines``, against a timer."""
        now = fields.Datetime.now()
        until = fields.Datetime.add(now, minutes=self.company_id.service_call_minutes)
        lines.write({"service_answer": "call", "service_answer_until": until})
        self._service_create_call(now, until)
        self.env["order.service.event"].create(
            {
                "order_id": self.id,
                "visit": self.service_visit,
                "trigger": "answer",
                "at": until,
            }
        )
        self._service_feed_lines(lines)
        self._service_refresh(arrived=True)

    def _service_create_call(self, now, until):
        """The operator's task on the present stage, one at a time."""
        template = self.service_stage_id._call_template()
        if self._service_open_calls():
            return
        values = self._service_task_values(template, now)
        tasks = self.env["order.service.task"].create(
            [{**one, "deadline": until} for one in values]
        )
        self.env["order.service.task.item"].create(
            [
                {"task_id": task.id, "line_id": line_id}
                for task in tasks
                for line_id in template._line_ids()
            ]
        )
        self._service_set_deadline()

    def _service_open_calls(self):
        return self._service_open_tasks().filtered(
            lambda task: (
                task.template_id.asks_customer and task.visit == self.service_visit
            )
        )

    def _service_close_calls(self):
        """Nothing is left to ask: the call is done, and the order may go on."""
        if any(line._service_is_asked() for line in self.order_line):
            return
        for task in self._service_open_calls():
            task._close("done")
            if not task._is_waited_for():
                self._service_fire("done", actor="system", task=task)
        self._service_set_deadline()

    # -- no answer ---------------------------------------------------------------------

    def _service_expire_answers(self):
        """Lines nobody answered about in time get what the customer listed."""
        now = fields.Datetime.now()
        self._service_give_up_asking(
            self.order_line.filtered(
                lambda line: (
                    line._service_is_asked() and line.service_answer_until <= now
                )
            )
        )

    def _service_give_up_asking(self, lines):
        """Go on without an answer about ``lines``.

        What is in the bags already, as the customer wished or an operator was told,
        stays there: silence is no refusal.
        """
        for line in lines:
            if line._service_sent_instead():
                line.write({"service_answer": "silent", "service_answer_until": False})
                self._service_feed_lines(line)
            else:
                self._service_fall_back(line)
        if lines and self.service_assembled_at:
            self._service_resettle()

    def _service_fall_back(self, line):
        """Send the first of what the customer listed, else leave the line out.

        To be called was the customer's first choice, what was listed the second: also
        what was to be proposed in the call, for nobody has declined it.
        """
        self._service_leave_out(line, "silent")
        listed = self._service_listed(line)
        if listed and self._service_is_packing():
            product, missing, _free = listed[0]
            self._service_choose(line, product, missing)

    def _service_answer_timeout(self):
        """The timer of a call has run out."""
        self.ensure_one()
        self._service_expire_answers()
        self._service_close_calls()
        self._service_refresh()

    # -- telling -----------------------------------------------------------------------

    def _service_outcome_rows(self):
        """What the portal shows of the assembly: lines that came out otherwise."""
        self.ensure_one()
        lines = self.sudo().order_line.filtered(
            lambda line: line.service_outcome and not line.service_replaces_line_id
        )
        return lines.filtered(
            lambda line: (
                line._service_awaits_answer()
                or (self.service_assembled_at and line._service_is_otherwise())
            )
        )
