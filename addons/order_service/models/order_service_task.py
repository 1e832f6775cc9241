from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .order_service_task_template import ROLE_GROUPS, ROLES

TOLD_AT_ONCE = 500


class OrderServiceTask(models.Model):
    """One piece of work on one order; finishing it moves the order.

    Rows are written by the engine and by the methods below, which check the person
    first: nobody has the right to write them directly.
    """

    _name = "order.service.task"
    _description = "Order task"
    _order = "deadline, id"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    visit = fields.Integer(
        required=True, help="The order's count of moves when the task was made."
    )
    template_id = fields.Many2one(
        "order.service.task.template", string="Task", required=True, index=True
    )
    name = fields.Char(related="template_id.name")
    text = fields.Text(related="template_id.text")
    instruction = fields.Html(related="template_id.instruction")
    stage_id = fields.Many2one(related="template_id.stage_id")
    mandatory = fields.Boolean(related="template_id.mandatory")
    can_fail = fields.Boolean(related="template_id.can_fail")
    asks_courier = fields.Boolean(related="template_id.asks_courier")
    observer_ids = fields.Many2many(related="template_id.observer_ids")
    role = fields.Selection(ROLES, required=True)
    company_id = fields.Many2one("res.company", required=True)
    store_id = fields.Many2one("stock.warehouse", required=True)
    user_id = fields.Many2one("res.users", string="Responsible")
    nobody = fields.Boolean(
        string="Nobody was there",
        help="A person should have got the task but none of the role was on shift.",
    )
    taken_at = fields.Datetime(readonly=True)
    appears_at = fields.Datetime(required=True)
    deadline = fields.Datetime()
    paused = fields.Boolean(help="The order is postponed: the clock stands still.")
    state = fields.Selection(
        [
            ("open", "Open"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("dropped", "Dropped"),
        ],
        required=True,
        default="open",
    )
    transition_id = fields.Many2one("order.service.transition", string="Button")
    reason_id = fields.Many2one("order.service.reason", ondelete="restrict")
    note = fields.Char(string="Remark")
    done_by = fields.Many2one("res.users", string="Finished by")
    done_at = fields.Datetime(string="Finished at")
    told_at = fields.Datetime(help="When people were told that it is overdue.")
    item_ids = fields.One2many("order.service.task.item", "task_id", string="Checklist")
    overdue = fields.Boolean(compute="_compute_overdue", search="_search_overdue")
    mine = fields.Boolean(compute="_compute_mine", search="_search_mine")

    source_id = fields.Many2one(related="order_id.service_source_id")
    partner_id = fields.Many2one(related="order_id.partner_id", string="Customer")
    recipient_name = fields.Char(related="order_id.service_recipient_name")
    recipient_phone = fields.Char(related="order_id.service_recipient_phone")
    address = fields.Char(related="order_id.service_address")
    slot_start = fields.Datetime(related="order_id.service_slot_start")
    slot_end = fields.Datetime(related="order_id.service_slot_end")
    slot_text = fields.Char(related="order_id.service_slot_text")
    fulfilment = fields.Selection(related="order_id.service_fulfilment")
    order_stage_id = fields.Many2one(
        related="order_id.service_stage_id", string="Order stage"
    )
    amount_total = fields.Monetary(related="order_id.amount_total")
    payment_status = fields.Selection(related="order_id.payment_status")
    currency_id = fields.Many2one(related="order_id.currency_id")
    order_line = fields.One2many(related="order_id.order_line", string="Goods")
    buttons = fields.Json(compute="_compute_buttons")

    _nobody_idx = models.Index("(order_id) WHERE state = 'open' AND nobody")
    _order_idx = models.Index("(order_id, visit) WHERE state = 'open'")
    _overdue_idx = models.Index(
        "(deadline) WHERE state = 'open' AND NOT paused AND told_at IS NULL"
    )
    _user_idx = models.Index("(user_id, deadline) WHERE state = 'open'")
    _store_idx = models.Index("(store_id, role, deadline) WHERE state = 'open'")

    @api.depends("template_id", "order_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for task in self:
            number = task.order_id.sudo().service_number
            task.display_name = f"{number}: {task.template_id.name}"

    @api.depends("deadline", "state", "paused")
    def _compute_overdue(self):
        now = fields.Datetime.now()
        for task in self:
            running = task.state == "open" and not task.paused
            task.overdue = running and bool(task.deadline) and task.deadline < now

    def _search_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain(
            [
                ("state", "=", "open"),
                ("paused", "=", False),
                ("deadline", "<", fields.Datetime.now()),
            ]
        )

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_mine(self):
        for task in self:
            task.mine = task.user_id == self.env.user

    def _search_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("user_id", "=", self.env.uid)

    @api.depends_context("uid", "lang")
    @api.depends("state", "template_id")
    def _compute_buttons(self):
        """Buttons with own text and colour that choose the next stage."""
        for task in self:
            task.buttons = task._list_buttons() if task.state == "open" else []

    def _list_buttons(self):
        transitions = self.sudo().stage_id.transition_ids.filtered(
            lambda transition: (
                transition.trigger == "button"
                and transition.template_id == self.template_id
                and transition._is_open_to(self.env.user)
            )
        )
        return [transition._button() for transition in transitions]

    # -- doors ------------------------------------------------------------------

    def action_take(self):
        """Take the task from its queue, or over from the colleague who has it."""
        self.ensure_one()
        self._check_person()
        task = self.sudo()
        task._lock()
        task._check_open()
        task._take()
        return True

    def action_done(self):
        """Finish the task; asks for the courier first where the task says so.

        :raises UserError: a colleague has taken it: take it over first
        """
        self.ensure_one()
        self._check_person()
        self._check_free()
        if self.asks_courier or self.sudo()._asks_age():
            return self._act_wizard("done")
        self._finish("done")
        return True

    def action_fail(self):
        """Open the choice of a reason and send the order the refusal way.

        :raises UserError: a colleague has taken the task: take it over first
        """
        self.ensure_one()
        self._check_person()
        self._check_free()
        transition = self.sudo()._failure_transition()
        if transition.reason_party:
            return self._act_wizard("failed", transition)
        self._finish("failed")
        return True

    def action_button(self, transition_id):
        """Finish the task by one of its own buttons.

        :param int transition_id: an entry of ``buttons``
        :raises UserError: no such button, or a colleague has taken the task
        """
        self.ensure_one()
        self._check_person()
        self._check_free()
        ways = self.sudo().stage_id.transition_ids
        transition = ways.filtered(lambda way: way.id == transition_id).sudo(False)
        self._check_button(transition)
        if transition.sudo().reason_party:
            return self._act_wizard("done", transition)
        self._finish("done", transition)
        return True

    def action_tick(self, item_id):
        """Tick or untick an item of the checklist.

        :param int item_id: id of an ``order.service.task.item`` of this task
        :raises UserError: no such item, or a colleague has taken the task
        """
        self.ensure_one()
        self._check_person()
        self._check_free()
        item = self._checklist_item(item_id)
        item._tick(not item.done, self.env.user)
        return True

    def action_open_order(self):
        """Open the order's own form."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.sudo().order_id.id,
            "views": [
                (self.env.ref("order_service.sale_order_view_form_service").id, "form")
            ],
        }

    def _act_wizard(self, state, transition=None):
        return {
            "type": "ir.actions.act_window",
            "name": transition.display_name if transition else self.display_name,
            "res_model": "order.service.act",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_task_id": self.id,
                "default_order_id": self.sudo().order_id.id,
                "default_state": state,
                "default_transition_id": transition.id if transition else False,
                "default_visit": self.visit,
                "default_courier_id": self._known_courier().id,
            },
        }

    def _known_courier(self):
        """The order's courier, for the one who may name another."""
        order = self.sudo().order_id
        return order.service_courier_id & order._service_couriers()

    # -- who may ------------------------------------------------------------------

    def _check_person(self):
        """The current user may act on the task: role, own store, own delivery.

        :raises AccessError: naming what is missing
        """
        self.ensure_one()
        self.check_access("read")
        if sentence := self.sudo()._not_for_user():
            raise AccessError(sentence)

    def _not_for_user(self):
        """Why the current user may not act on the task; empty: they may."""
        user = self.env.user
        if user.has_group("order_service.group_manager"):
            return ""
        if not user.has_group(ROLE_GROUPS[self.role]):
            return self.env._(
                "“%(task)s” is work of the role “%(role)s”.",
                task=self.display_name,
                role=self._role_name(),
            )
        stores = user._service_store_id_set()
        if self.role != "operator" and self.store_id.id not in stores:
            return self.env._(
                "“%(task)s” belongs to the store “%(store)s”, which is not yours.",
                task=self.display_name,
                store=self.store_id.name,
            )
        if self.role == "courier" and self.user_id and self.user_id != user:
            return self.env._(
                "“%(task)s” is the delivery of %(user)s.",
                task=self.display_name,
                user=self.user_id.name,
            )
        return ""

    def _role_name(self):
        return dict(self._fields["role"]._description_selection(self.env))[self.role]

    def _check_open(self):
        """The task still waits to be finished.

        :raises UserError: naming who finished it, how and when
        """
        self.ensure_one()
        if self.state == "open" and not self.paused:
            return
        if self.paused:
            raise UserError(
                self.env._(
                    "Order %s is postponed. Take it back to work first.",
                    self.order_id.service_number,
                )
            )
        raise UserError(self._finished_sentence())

    def _finished_sentence(self):
        """Who finished the task, how and when; empty: it is open."""
        self.ensure_one()
        if self.state == "open":
            return ""
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "“%(task)s” is finished already: %(state)s, %(user)s, %(moment)s.",
            task=self.display_name,
            state=states[self.state],
            user=self.done_by.name or self.env._("the system"),
            moment=self.order_id._service_local_text(self.done_at),
        )

    def _is_held(self):
        """A colleague has taken the task; being assigned to one is not enough."""
        self.ensure_one()
        user = self.env.user
        return bool(self.taken_at) and self.user_id != user and not user._is_superuser()

    def _check_free(self):
        """The task waits to be finished and no colleague has taken it.

        :raises UserError: naming who has it or finished it, and when
        """
        task = self.sudo()
        task._check_open()
        if task._is_held():
            raise UserError(
                self.env._(
                    "%(user)s has had “%(task)s” since %(moment)s. Take it over first"
                    " if you want to go on with it.",
                    user=task.user_id.name,
                    task=task.display_name,
                    moment=task.order_id._service_local_text(task.taken_at),
                )
            )

    def _check_button(self, transition):
        stage_transition = transition.sudo()
        if (
            stage_transition.trigger != "button"
            or stage_transition.template_id != self.template_id
        ):
            raise UserError(
                self.env._("Task “%s” has no such button.", self.display_name)
            )

    def _asks_age(self):
        """Whether the recipient's document has to be looked at in this task."""
        self.ensure_one()
        return self.template_id.checks_age and self.order_id._service_needs_document()

    def _check_age(self):
        if self._asks_age():
            raise UserError(
                self.env._(
                    "Look at the recipient's document first: order %s holds goods sold"
                    " from an age on.",
                    self.order_id.service_number,
                )
            )

    def _checklist_item(self, item_id):
        """An item of this task's checklist, as the system.

        :raises UserError: there is no such item
        """
        item = self.sudo().item_ids.filtered(lambda item: item.id == item_id)
        if not item:
            raise UserError(
                self.env._(
                    "The checklist of “%s” has no such item. Look at it anew.",
                    self.display_name,
                )
            )
        return item

    def _unticked_names(self):
        """What nobody has ticked on the checklist, by commas; empty: all is ticked."""
        left = self.item_ids.filtered(lambda item: not item.done)
        return ", ".join(left.mapped("name"))

    def _check_checklist(self):
        if self.template_id.checklist_required and (left := self._unticked_names()):
            raise UserError(self.env._("Tick the checklist first: %s.", left))

    # -- finishing ----------------------------------------------------------------

    def _lock(self):
        """Hold the order, so that one of two people wins and the other is told."""
        self.order_id._service_hold()

    def _take(self):
        if self.taken_at and self.user_id == self.env.user:
            return
        self.write(
            {
                "user_id": self.env.uid,
                "taken_at": fields.Datetime.now(),
                "nobody": False,
            }
        )
        if self.role == "operator" and not self.order_id.service_operator_id:
            self.order_id.service_operator_id = self.env.uid
        if self.role == "courier" and not self.order_id.service_courier_id:
            self.order_id.service_courier_id = self.env.uid
        self.order_id._service_refresh()

    def _finish(self, state, transition=None, reason=None, note=None):
        """Finish the task and move the order if this was what it waited for.

        :param str state: ``done`` or ``failed``
        :param transition: the button that finishes it
        :param reason: order.service.reason, where the way asks for one
        :param str note: words kept on task and order
        :raises UserError: the task is finished already, a colleague has it, it may
            not fail, its checklist is open, a reason is missing; then nothing happened
        """
        self.ensure_one()
        task = self.sudo()
        task._lock()
        task._check_free()
        if state == "failed" and not task.can_fail:
            raise UserError(
                self.env._("“%s” can only be finished as done.", task.display_name)
            )
        if state == "done" and not transition:
            task._check_checklist()
            task._check_age()
        if not task.taken_at:
            task._take()
        task._close(state, transition, reason, note)
        task._fire_after(state, transition, reason, note)

    def _close(self, state, transition=None, reason=None, note=None):
        self.write(
            {
                "state": state,
                "transition_id": transition.id if transition else False,
                "reason_id": reason.id if reason else False,
                "note": note,
                "done_by": self.env.uid,
                "done_at": fields.Datetime.now(),
            }
        )

    def _fire_after(self, state, transition, reason, note):
        order = self.order_id
        details = {"task": self, "reason": reason, "note": note}
        if transition:
            order._service_fire("button", transition=transition, **details)
        elif state == "failed":
            order._service_fire(
                "failed", transition=self._failure_transition(), **details
            )
        elif not self._is_waited_for():
            order._service_fire("done", **details)
        else:
            order._service_set_deadline()
            order._service_refresh()

    def _is_waited_for(self):
        """Whether another mandatory task of this visit is still open."""
        self.flush_model(["state", "order_id", "visit", "template_id"])
        template = self.env["order.service.task.template"]
        template.flush_model(["mandatory"])
        [[waits]] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (
                    SELECT FROM order_service_task task
                      JOIN order_service_task_template template
                        ON template.id = task.template_id
                     WHERE task.order_id = %s AND task.visit = %s
                       AND task.state = 'open' AND template.mandatory)""",
                self.order_id.id,
                self.visit,
            )
        )
        return waits

    def _failure_transition(self):
        """The way an order takes when this task fails.

        :raises UserError: the stage has no such way
        """
        transition = self.order_id._service_find_transition("failed")
        if not transition:
            raise UserError(
                self.env._(
                    "Stage “%s” has no way for a failed task. Ask the manager to add"
                    " one to the route.",
                    self.order_id.service_stage_id.name,
                )
            )
        return transition

    # -- overdue ------------------------------------------------------------------

    @api.model
    def _cron_tell_overdue(self):
        """Tell people of tasks whose deadline has passed, each person once a run."""
        told, rules = {}, self._overdue_rules()
        domain = self._untold_domain()
        remaining = self.search_count(domain, limit=100_000)
        self.env["ir.cron"]._commit_progress(remaining=remaining)
        while tasks := self.search(domain, limit=TOLD_AT_ONCE, order="deadline, id"):
            tasks = tasks.try_lock_for_update()
            if not tasks:
                break
            tasks._count_people_to_tell(told, rules)
            tasks.write({"told_at": fields.Datetime.now()})
            if not self.env["ir.cron"]._commit_progress(len(tasks)):
                break
        self._tell(told)

    @api.model
    def _untold_domain(self):
        return [
            ("state", "=", "open"),
            ("paused", "=", False),
            ("told_at", "=", False),
            ("deadline", "<", fields.Datetime.now()),
        ]

    @api.model
    def _overdue_rules(self):
        """Who is told of overdue tasks, read once a run: a commit empties the cache.

        :return: (dict template id -> (whether its responsible is told, ids of the
            observers told, whether managers are), dict company id -> managers' ids)
        """
        templates = self.env["order.service.task.template"]
        managers = {
            company.id: set(company._service_managers().ids)
            for company in self.env["res.company"].search([])
        }
        rules = {
            template.id: (
                template.tell_responsible,
                set(template.observer_ids.ids if template.tell_observers else ()),
                template.tell_manager,
            )
            for template in templates.with_context(active_test=False).search([])
        }
        return rules, managers

    def _count_people_to_tell(self, told, rules):
        """Add one for each of the tasks to the people its template names.

        :param dict told: user id -> number of tasks, added to
        :param tuple rules: from ``_overdue_rules``
        """
        templates, managers = rules
        for task in self:
            responsible, observers, manager = templates[task.template_id.id]
            people = observers | (managers[task.company_id.id] if manager else set())
            if responsible:
                people = people | set(task.user_id.ids)
            for user_id in people:
                told[user_id] = told.get(user_id, 0) + 1

    def _tell_nobody(self):
        """Managers read that a task found nobody of its role on shift.

        Each reads it in the own language, not in that of whoever moved the order.
        """
        for task in self:
            for manager in task.company_id._service_managers():
                told = task.with_context(lang=manager.lang)
                manager._bus_send("order_service/nobody", {"task": told.display_name})

    @api.model
    def _tell(self, told):
        """One bus message a person: the number of tasks that became overdue."""
        users = self.env["res.users"].browse(told)
        for user in users:
            user._bus_send("order_service/overdue", {"count": told[user.id]})
        self.env["ir.cron"]._commit_progress()
