from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, LockError, UserError
from odoo.http import request
from odoo.tools import SQL

TRIES_FOR_A_LOCK = 3  # core waits up to 2, then up to 4 seconds between them

# all a move without effect reads of its order: core would read every column
READ_BY_A_MOVE = [
    "name",
    "company_id",
    "warehouse_id",
    "currency_id",
    "amount_total",
    "payment_status",
    "service_route_id",
    "service_stage_id",
    "service_visit",
    "service_stage_since",
    "service_closed_at",
    "service_status",
    "service_seq",
    "service_source_id",
    "service_external_ref",
    "service_slot_start",
    "service_slot_end",
    "service_operator_id",
    "service_courier_id",
    "service_reason_id",
    "service_deadline",
    "service_deferral_id",
]


class SaleOrder(models.Model):
    """The engine: every change of stage goes through ``_service_move``."""

    # one file a concern of the order, which is the spine of the addon
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    # -- doors -------------------------------------------------------------------------

    def action_service_start(self):
        """Put orders made by hand on the route whose condition they meet."""
        self.check_access("write")
        without_route = self.filtered(lambda order: not order.service_route_id)
        without_route.sudo()._service_start()
        without_route.order_line._check_service_quantity()
        without_route.order_line._check_service_goods()
        if lost := without_route.filtered(lambda order: not order.service_route_id):
            raise UserError(
                self.env._(
                    "No route in use fits: %s. Ask the manager to look at the"
                    " conditions of the routes.",
                    ", ".join(lost.mapped("service_number")),
                )
            )
        return True

    def action_service_button(self, transition_id, visit=None):
        """Press a button that stands on the order.

        :param int transition_id: an entry of ``service_buttons``
        :param int visit: ``service_visit`` as the screen showed it
        :raises UserError: no such button, or the screen shows an earlier state
        """
        self.ensure_one()
        self._service_check_staff()
        if transition_id not in self._service_button_ids():
            self._service_check_visit(visit)
            raise UserError(
                self.env._(
                    "Order %s has no such button at its stage.", self.service_number
                )
            )
        transition = self.env["order.service.transition"].browse(transition_id)
        if transition.sudo().reason_party:
            return self._service_act_wizard(transition, visit)
        self._service_fire("button", transition=transition, visit=visit)
        return True

    def action_service_resume(self):
        """Take a postponed order back to work."""
        if not self.env.user.has_group("order_service.group_operator"):
            raise AccessError(
                self.env._("Only operators take a postponed order back to work.")
            )
        for order in self:
            order._service_check_staff()
            order.sudo().service_deferral_id._close()
        return True

    def _service_button_ids(self):
        """Ids of the transitions that stand on the order as buttons, for the user."""
        self.ensure_one()
        return [button["id"] for button in self._list_service_buttons()]

    def _service_act_wizard(self, transition, visit):
        return {
            "type": "ir.actions.act_window",
            "name": transition.display_name,
            "res_model": "order.service.act",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_order_id": self.id,
                "default_transition_id": transition.id,
                "default_visit": visit or self.service_visit,
            },
        }

    def _service_check_staff(self):
        """The current user may steer this order: it is in reach and in the role.

        :raises AccessError: the order is not the user's, or the role is missing
        """
        self.ensure_one()
        self.check_access("read")
        user = self.env.user
        if not (
            user.has_group("order_service.group_operator")
            or user.has_group("order_service.group_storeadmin")
            or user.has_group("order_service.group_courier")
        ):
            raise AccessError(
                self.env._(
                    "Your role reads order %s but does not steer it.",
                    self.service_number,
                )
            )

    # -- firing ------------------------------------------------------------------------

    def _service_start(self, actor="staff"):
        """Enter the first stage of the route each order fits; the rest stays."""
        now = fields.Datetime.now()
        by_route = {}
        for order, route in self.env["order.service.route"]._choose(self).items():
            by_route.setdefault(route, self.browse())
            by_route[route] |= order
        for route, orders in by_route.items():
            orders.write({"service_route_id": route.id})
            orders._service_enter(
                route._first_stage(), now, trigger="submit", actor=actor
            )

    def _service_find_transition(self, trigger, actor="staff"):
        """The first transition of the stage with this trigger whose guard lets pass.

        :return: order.service.transition, empty if there is none
        """
        self.ensure_one()
        order = self.sudo()
        for transition in order.service_stage_id._ways(trigger):
            if (
                actor != "staff" or transition._is_open_to(self.env.user)
            ) and transition._guard_lets(order):
                return transition
        return order.env["order.service.transition"]

    def _service_fire(
        self, trigger, transition=None, visit=None, actor="staff", **details
    ):
        """Take the way ``trigger`` opens, if there is one.

        :param str trigger: a trigger of order.service.transition
        :param transition: the one way meant, where a person or a timer names it
        :param int visit: the screen's version; another one is refused
        :param str actor: ``staff`` (roles are checked), ``customer`` or ``system``
        :param details: task, reason, note: kept in the log
        :return: the transition taken, empty if none was open
        :raises UserError: a person asked and no way is open
        """
        self.ensure_one()
        order = self.sudo()
        if transition and transition.sudo().trigger != trigger:
            raise UserError(
                self.env._(
                    "“%s” is not taken that way.", transition.sudo().display_name
                )
            )
        way = transition or order._service_find_transition(trigger, actor)
        if not way:
            if actor == "staff" and trigger == "done":
                order._service_refresh()
            return way
        order._service_move(way.sudo(), visit=visit, actor=actor, **details)
        return way

    def _service_move(
        self, transition, visit=None, actor="staff", task=None, reason=None, note=None
    ):
        """Move the order along one transition; all of it or nothing.

        :param transition: order.service.transition leaving the order's stage
        :param int visit: the version of the screen that asked, if a screen asked
        :param str actor: ``staff``, ``customer`` or ``system``
        :param task: the order.service.task whose finish moves it
        :param reason: order.service.reason, where the transition asks for one
        :param str note: words kept beside the reason
        :raises UserError: somebody moved it meanwhile (named), the guard or the role
            forbids it, a reason is missing or of another party, the effect failed
        """
        self.ensure_one()
        self._service_hold()
        self._service_check_visit(visit)
        self._service_check_transition(transition, actor, reason)
        self._service_check_reason(transition, actor, reason, note)
        stage = transition.to_stage_id
        (self.service_stage_id | stage).mapped("code")  # both read in one query
        self._service_run_effect(stage)
        self._service_keep_reason(transition, reason, note)
        self._service_enter(
            stage,
            fields.Datetime.now(),
            trigger=transition.trigger,
            transition=transition,
            actor=actor,
            task=task,
            reason=reason if transition.reason_party else None,
            note=note,
        )

    def _service_hold(self):
        """Lock the order; whoever comes second reads what the first one did.

        In a request core begins the call anew after a moment, and by then the first
        one is done. Where that does not help, one reads that a colleague is at it.
        """
        try:
            self._service_lock()
        except LockError as error:
            if self._service_may_begin_anew():
                raise ConcurrencyError from error
            raise UserError(
                self.env._(
                    "A colleague is working on order %s this very moment. Try again.",
                    ", ".join(self.mapped("service_number")),
                )
            ) from error

    @api.model
    def _service_may_begin_anew(self):
        """Whether the request that waits for an order may try it once more."""
        if not request:
            return False
        tries = getattr(request, "order_service_tries", 0) + 1
        request.order_service_tries = tries
        return tries < TRIES_FOR_A_LOCK

    def _service_lock(self):
        """Lock the rows, once a transaction, and touch them.

        The touch makes a transaction that began before ours and waits to read what
        we write start anew (REPEATABLE READ): two people finishing two tasks of one
        order would otherwise both see the other's task open.
        """
        held = self.env.cr.cache.setdefault("order_service.held", set())
        orders = self.filtered(lambda order: order.id not in held)
        if not orders:
            return
        orders.lock_for_update(allow_referencing=True)
        self.env.cr.execute(
            SQL(
                "UPDATE sale_order SET write_date = now() AT TIME ZONE 'UTC'"
                " WHERE id IN %s",
                tuple(orders.ids),
            )
        )
        held.update(orders.ids)
        orders.fetch(READ_BY_A_MOVE)

    # -- checks ------------------------------------------------------------------------

    def _service_check_visit(self, visit):
        """Refuse a screen that shows an earlier state, naming who moved the order."""
        if sentence := self._service_moved_sentence(visit):
            raise UserError(sentence)

    def _service_moved_sentence(self, visit):
        """Who moved the order since a screen was opened; empty: nobody has.

        :param visit: the order's ``service_visit`` on that screen; None: not known
        """
        if visit is None or visit is False or visit == self.service_visit:
            return ""
        last = self.sudo().service_log_ids.sorted("id")[-1:]
        return self.env._(
            "Order %(order)s has moved on: %(user)s took it to “%(stage)s” at"
            " %(moment)s. Look at it anew.",
            order=self.service_number,
            user=last.user_id.name or self.env._("the system"),
            stage=self.sudo().service_stage_id.name,
            moment=self._service_local_text(last.at or self.service_stage_since),
        )

    def _service_check_transition(self, transition, actor, reason):
        if transition.stage_id != self.service_stage_id:
            raise UserError(
                self.env._(
                    "Order %(order)s is at “%(stage)s”: “%(transition)s” does not"
                    " start there.",
                    order=self.service_number,
                    stage=self.service_stage_id.name,
                    transition=transition.display_name,
                )
            )
        if self.service_deferral_id:
            raise UserError(
                self.env._(
                    "Order %s is postponed. Take it back to work first.",
                    self.service_number,
                )
            )
        if actor == "staff" and not transition._is_open_to(self.env.user):
            raise UserError(
                self.env._("“%s” is not for your role.", transition.display_name)
            )
        if not transition._guard_lets(self):
            raise UserError(
                self.env._(
                    "Order %(order)s does not meet the condition of “%(transition)s”.",
                    order=self.service_number,
                    transition=transition.display_name,
                )
            )

    def _service_check_reason(self, transition, actor, reason, note):
        transition._check_reason(reason)
        if not transition.reason_party:
            return
        if actor == "staff":
            reason._check_usable_by(self.env.user, transition.stage_id)
        if actor == "staff" and reason.sudo().note_required and not note:
            raise UserError(
                self.env._("“%s”: add a few words of your own.", reason.sudo().name)
            )

    def _service_keep_reason(self, transition, reason, note):
        """The reason, its stage, who and when stay on the order (S14)."""
        if not transition.reason_party:
            return
        self.write(
            {
                "service_reason_id": reason.id,
                "service_reason_stage_id": self.service_stage_id.id,
                "service_reason_user_id": self.env.uid,
                "service_reason_at": fields.Datetime.now(),
                "service_reason_note": note,
            }
        )

    # -- entering a stage --------------------------------------------------------------

    def _service_enter(self, stage, now, trigger, actor, transition=None, **details):
        """Bring orders of one route into ``stage``: log, tasks, messages, feed.

        :param stage: order.service.stage all orders enter
        :param now: naive UTC datetime
        :param details: task, reason, note for the log
        """
        # the engine keeps a log of its own: core need not look for tracked values
        self = self.with_context(tracking_disable=True)
        left = {order: order.service_stage_id.code for order in self}
        self._service_log_leaving(stage, now, trigger, actor, transition, **details)
        self._service_drop_tasks(now)
        visits = set(self.mapped("service_visit"))
        for visit in visits:
            orders = self.filtered(
                lambda order, visit=visit: order.service_visit == visit
            )
            orders.write(
                {
                    "service_stage_id": stage.id,
                    "service_visit": visit + 1,
                    "service_stage_since": now,
                    "service_closed_at": now if stage.outcome else False,
                }
            )
        self._service_create_tasks(stage, now)
        self._service_wait(stage, now)
        self.env["order.service.message"]._queue(self, stage)
        self._service_feed_stage(stage, trigger, actor, transition, left)
        if stage.outcome:
            self.filtered(lambda order: order._should_be_locked()).action_lock()
        self._service_refresh(arrived=True)

    def _service_log_leaving(
        self, stage, now, trigger, actor, transition, task=None, reason=None, note=None
    ):
        self.env["order.service.stage.log"].create(
            [
                {
                    "order_id": order.id,
                    "company_id": order.company_id.id,
                    "store_id": order.warehouse_id.id,
                    "visit": order.service_visit,
                    "route_id": order.service_route_id.id,
                    "from_id": order.service_stage_id.id,
                    "to_id": stage.id,
                    "transition_id": transition.id if transition else False,
                    "trigger": trigger,
                    "actor": actor,
                    "task_id": task.id if task else False,
                    "reason_id": reason.id if reason else False,
                    "note": note,
                    "user_id": self.env.uid,
                    "at": now,
                    "seconds": (now - order.service_stage_since).total_seconds(),
                }
                for order in self
                if order.service_stage_id
            ]
        )

    def _service_open_tasks(self):
        return self.env["order.service.task"].search(
            [("order_id", "in", self.ids), ("state", "=", "open")]
        )

    def _service_drop_tasks(self, now):
        """What is still open is dropped, visibly: who and when stay on the task."""
        moved = self.filtered("service_stage_id")
        if moved and (tasks := moved._service_open_tasks()):
            tasks.write({"state": "dropped", "done_by": self.env.uid, "done_at": now})

    def _service_create_tasks(self, stage, now):
        values = []
        for template in stage._task_templates():
            values += self._service_task_values(template, now)
        tasks = self.env["order.service.task"].create(values)
        self.env["order.service.task.item"].create(
            [
                {"task_id": task.id, "line_id": line_id}
                for task in tasks
                for line_id in task.template_id._line_ids()
            ]
        )
        self._service_set_deadline(tasks)
        if lonely := tasks.filtered("nobody"):
            lonely._tell_nobody()

    def _service_task_values(self, template, now):
        moments = template._moments(self, now)
        people = self._service_people(template, now)
        return [
            {
                "order_id": order.id,
                "visit": order.service_visit,
                "template_id": template.id,
                "role": template.role,
                "company_id": order.company_id.id,
                "store_id": order.warehouse_id.id,
                "user_id": people.get(order),
                "nobody": not template.queue
                and template.role != "operator"
                and not people.get(order),
                "appears_at": moments[order][0],
                "deadline": moments[order][1],
            }
            for order in self
        ]

    def _service_people(self, template, now):
        """Who gets the task of each order: dict order -> user id."""
        if template.queue:
            return {}
        if template.role == "operator":
            return {order: order.service_operator_id.id for order in self}
        if template.role == "courier":
            return {order: order.service_courier_id.id for order in self}
        on_duty = self.env["order.service.shift"]._on_duty(
            self.warehouse_id, template.role, now
        )
        people = {}
        for index, order in enumerate(self):
            users = on_duty.get(order.warehouse_id)
            people[order] = users[index % len(users)].id if users else False
        return people

    def _service_wait(self, stage, now):
        """Set the stage's timers, and note what it waits for that is there already."""
        if timers := stage._ways("timer"):
            self._service_create_timers(timers, now)
        if stage._ways("payment"):
            self._service_note_paid()
        if stage._ways("stock"):
            self._service_note_reserved()

    def _service_create_timers(self, timers, now):
        self.env["order.service.event"].create(
            [
                {
                    "order_id": order.id,
                    "visit": order.service_visit,
                    "trigger": "timer",
                    "transition_id": timer.id,
                    "at": fields.Datetime.add(now, minutes=timer.minutes),
                }
                for timer in timers
                for order in self
            ]
        )

    def _service_set_deadline(self, tasks=None):
        """Keep the earliest deadline of the open tasks on the order, for sorting."""
        tasks = self._service_open_tasks() if tasks is None else tasks
        earliest = {}
        for task in tasks:
            if task.deadline:
                known = earliest.get(task.order_id)
                earliest[task.order_id] = min(known or task.deadline, task.deadline)
        for order in self:
            if order.service_deadline != earliest.get(order, False):
                order.service_deadline = earliest.get(order, False)

    def _service_force(self, stage, note):
        """The manager's move to any stage of the route; effects neither run nor undo.

        :param stage: order.service.stage of the order's route
        :param str note: why, kept in the log
        :raises UserError: no words, another route, or the order is there already
        """
        self.ensure_one()
        if not note:
            raise UserError(
                self.env._("Say why you move order %s.", self.service_number)
            )
        if stage.route_id != self.service_route_id or stage == self.service_stage_id:
            raise UserError(
                self.env._(
                    "Order %s cannot be moved to that stage.", self.service_number
                )
            )
        order = self.sudo()
        order._service_hold()
        order._service_enter(
            stage, fields.Datetime.now(), trigger="manager", actor="staff", note=note
        )

    # -- couriers ----------------------------------------------------------------------

    def _service_couriers(self):
        """Couriers who may carry the order: those of its store."""
        self.ensure_one()
        couriers = self.env.ref("order_service.group_courier").sudo().all_user_ids
        return couriers.filtered(
            lambda user: self.warehouse_id in user.service_store_ids and user.active
        )

    def action_service_set_courier(self):
        """Open the choice of the order's courier, also after the hand-over.

        :raises AccessError: neither an administrator of the store nor a manager
        :raises UserError: the order is closed or on no route
        """
        self.ensure_one()
        self._service_check_courier_change()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Courier of order %s", self.service_number),
            "res_model": "order.service.set.courier",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": self.id},
        }

    def _service_check_courier_change(self):
        """The user may name another courier: it is the store's decision.

        :raises AccessError: neither an administrator of the store nor a manager
        :raises UserError: the order is closed or on no route
        """
        self.ensure_one()
        self.check_access("read")
        if not self._service_is_store_of(self.env.user):
            raise AccessError(
                self.env._(
                    "The courier of order %(order)s is named by an administrator of the"
                    " store “%(store)s”: ask there.",
                    order=self.service_number,
                    store=self.sudo().warehouse_id.name,
                )
            )
        if not self.service_stage_id or self.service_closed_at:
            raise UserError(
                self.env._(
                    "Order %s is not on its way: it needs no courier.",
                    self.service_number,
                )
            )

    def _service_is_store_of(self, user):
        """Whether ``user`` decides for the order's store."""
        if user.has_group("order_service.group_manager"):
            return True
        return (
            user.has_group("order_service.group_storeadmin")
            and self.warehouse_id in user.service_store_ids
        )

    def _service_set_courier(self, courier):
        """Give the order, and its deliveries still to be made, to a courier.

        :param courier: res.users, a courier of the order's store
        :raises UserError: nobody was chosen, or not a courier of the store
        """
        self.ensure_one()
        if not courier or courier not in self._service_couriers():
            raise UserError(
                self.env._(
                    "Choose a courier of the store “%s” for the order.",
                    self.warehouse_id.name,
                )
            )
        self.write({"service_courier_id": courier.id})
        self._service_give_tasks(courier)
        self._service_refresh()

    def _service_give_tasks(self, courier):
        """Open work of couriers goes to ``courier``, who has yet to take it."""
        tasks = self._service_open_tasks().filtered(
            lambda task: task.role == "courier" and task.user_id != courier
        )
        tasks.write({"user_id": courier.id, "taken_at": False, "nobody": False})

    # -- small helpers -----------------------------------------------------------------

    def _service_stage_bar(self):
        """Stages passed, the present one and the way ahead, as data for screens.

        :return: list of {"name", "state": passed | here | ahead, "at": when entered}
        """
        self.ensure_one()
        order = self.sudo()
        if not order.service_stage_id:
            return []
        return [
            {"name": stage.name, "state": state, "at": self._service_iso(moment)}
            for stage, state, moment in order._service_steps()
        ]

    @api.model
    def _service_iso(self, moment):
        """A naive UTC datetime as ISO 8601 with offset."""
        return moment.isoformat(timespec="seconds") + "+00:00" if moment else None
