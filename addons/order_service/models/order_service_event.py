import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

FIRST_RETRY_MINUTES = 5
TRIES_BEFORE_MANAGER = 3
TRIES_AT_MOST = 8


class OrderServiceEvent(models.Model):
    """A payment, a goods receipt or a time run out that waits to move an order.

    It is a row of its own, so that a move that fails leaves the payment or the
    receipt that caused it alone.
    """

    _name = "order.service.event"
    _description = "Order event"
    _order = "at, id"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    visit = fields.Integer(required=True)
    trigger = fields.Selection(
        [
            ("payment", "The order is paid"),
            ("stock", "The goods are reserved"),
            ("timer", "Time has passed"),
            ("failed", "Put aside for the last time"),
            ("answer", "The customer did not answer"),
        ],
        required=True,
    )
    transition_id = fields.Many2one(
        "order.service.transition", ondelete="cascade", index="btree_not_null"
    )
    reason_id = fields.Many2one(
        "order.service.reason", ondelete="cascade", index="btree_not_null"
    )
    at = fields.Datetime(required=True)
    tries = fields.Integer()
    next_try = fields.Datetime(required=True)
    error = fields.Char()

    _next_try_idx = models.Index("(next_try)")
    _failed_idx = models.Index("(order_id) WHERE error IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        """Rows are due at ``at`` unless told otherwise; the cron is woken for them."""
        for vals in vals_list:
            vals.setdefault("next_try", vals["at"])
        events = super().create(vals_list)
        if events:
            events._wake_cron()
        return events

    def _wake_cron(self):
        cron = self.env.ref("order_service.cron_events", raise_if_not_found=False)
        moments = set(self.mapped("next_try"))
        if cron and moments:
            cron._trigger(at=moments)

    def action_retry(self):
        """Try again now."""
        self.check_access("write")
        self.write({"next_try": fields.Datetime.now(), "tries": 0})
        self._wake_cron()

    @api.model
    def _cron_run(self):
        """Let waiting events move their orders, each in its own savepoint."""
        domain = self._due_domain()
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=self.search_count(domain))
        for event in self.search(domain, limit=1000):
            event = event[0].try_lock_for_update()
            if event and event.exists():
                event._run()
            if not progress(1):
                break

    @api.model
    def _due_domain(self):
        return Domain("next_try", "<=", fields.Datetime.now()) & Domain(
            "tries", "<", TRIES_AT_MOST
        )

    def _run(self):
        """Move the order; a stale event goes, a failure stays on the event."""
        self.ensure_one()
        order = self.order_id
        if self.visit != order.service_visit or order.service_closed_at:
            self.unlink()
            return
        if order.service_deferral_id:
            self.next_try = fields.Datetime.now() + timedelta(
                minutes=FIRST_RETRY_MINUTES
            )
            return
        if not order.try_lock_for_update(allow_referencing=True):
            return  # somebody is working on it: the next run tries again
        order._service_lock()
        try:
            with self.env.cr.savepoint():
                self._act()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            # a guard that fails on an order must not stop the others
            if not isinstance(error, UserError):
                _logger.exception("Event %s of order %s failed", self.id, order.name)
            self._note_failure(error)
        else:
            self.unlink()

    def _act(self):
        """Do what the event is about."""
        if self.trigger == "answer":
            self.order_id._service_answer_timeout()
            return
        self.order_id._service_fire(
            self.trigger,
            transition=self.transition_id,
            actor="system",
            reason=self.reason_id,
        )

    def _note_failure(self, error):
        tries = self.tries + 1
        self.write(
            {
                "tries": tries,
                "error": str(error),
                "next_try": fields.Datetime.now()
                + timedelta(minutes=FIRST_RETRY_MINUTES * 2 ** (tries - 1)),
            }
        )
        self.order_id._service_refresh()
        if tries == TRIES_BEFORE_MANAGER:
            self._tell_manager()

    def _tell_manager(self):
        """The manager of the order's company gets a to-do on the order."""
        order = self.order_id
        for manager in order.company_id._service_managers():
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=manager.id,
                summary=self.env._("The order does not move on"),
                note=self.error,
            )
