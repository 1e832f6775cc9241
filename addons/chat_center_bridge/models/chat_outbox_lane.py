import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .once import INTERFERENCE

_logger = logging.getLogger(__name__)

LANES_PARAMETER = "chat_center_bridge.out_lanes"
CHANNEL = "root.chat_out_%s"
OVERDUE_SECONDS = 30


class ChatOutboxLane(models.AbstractModel):
    """Wakes and runs the jobs that send messages, one job a lane.

    Each lane has its share of a provider's rate, and a customer's messages are all in
    one lane.
    """

    _name = "chat.outbox.lane"
    _inherit = "chat.inbox.lane"
    _description = "Lanes of the chat outbox"

    _lock_space = 1_667_785_077

    @api.model
    def _count(self):
        """How many lanes there are: they share a provider's rate."""
        parameters = self.env["ir.config_parameter"].sudo()
        return max(int(parameters.get_param(LANES_PARAMETER, 4)), 1)

    @api.model
    def _channel(self, lane):
        return CHANNEL % lane

    @api.model
    def _title(self, lane):
        return self.env._("Chat outbox, lane %s", lane)

    @api.model
    def _cron_wake_overdue(self):
        """Wake lanes whose rows have been waiting: their job was lost."""
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT outbox.lane FROM chat_outbox outbox
                     JOIN chat_gateway gateway ON gateway.id = outbox.gateway_id
                    WHERE outbox.state = 'queued' AND outbox.expires_at < %(now)s
                       OR outbox.state = 'queued' AND outbox.next_at < %(late)s
                          AND gateway.state = 'live'
                       OR outbox.state = 'sending' AND outbox.write_date < %(late)s""",
                late=now - timedelta(seconds=OVERDUE_SECONDS),
                now=now,
            )
        )
        self._wake([lane for (lane,) in rows])

    @api.model
    def _drain_batch(self, lane):
        """Send one message of a lane, in transactions of its own.

        :return: whether there may be more
        """
        outbox = self.env["chat.outbox"]
        try:
            self.env.invalidate_all()
            outbox._settle_interrupted(lane)
            outbox._expire(lane)
            row = outbox._next(lane)
            if row:
                row._send()
            self.env.cr.commit()  # pylint: disable=invalid-commit
        except INTERFERENCE:
            # somebody changed what this transaction saw: the same again on what is now
            _logger.info("Lane %s of the chat outbox begins again", lane)
            self.env.cr.rollback()
            return True
        return bool(row)

    @api.model
    def _has_more(self, lane):
        """Whether a message of a lane may be sent now."""
        moment = self.env["chat.outbox"]._next_moment(lane)
        return bool(moment) and moment <= fields.Datetime.now()

    @api.model
    def _come_back(self, lane):
        """Leave a job for the moment when a message is to be tried again."""
        moment = self.env["chat.outbox"]._next_moment(lane)
        if moment and not self._is_expected(lane, moment):
            self._enqueue(lane, eta=moment)

    @api.model
    def _is_expected(self, lane, moment):
        """Whether a job of the lane begins not later than a moment."""
        return self.env.execute_query(
            SQL(
                """SELECT 1 FROM queue_job
                    WHERE channel = %s AND state IN ('pending', 'enqueued')
                      AND (eta IS NULL OR eta <= %s) LIMIT 1""",
                self._channel(lane),
                moment,
            )
        )
