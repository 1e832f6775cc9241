from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .unconstrained_many2one import UnconstrainedMany2one

# rows deleted in one transaction: notifications and their copies
DELETED_AT_ONCE = 50_000
OUTCOMES = [
    ("sent", "Sent"),
    ("hold_out", "Held out for comparison"),
    ("capped", "Dropped: too many lately"),
    ("muted", "Dropped: everybody switched the topic off"),
    ("no_portal_user", "Dropped: nobody has access to the portal"),
    ("excluded", "Dropped: left out by the rule"),
    ("inactive_topic", "Dropped: the topic is retired"),
    ("withdrawn", "Withdrawn before anybody read it"),
]
# buttons of a topic -> what a person may ask for with them
ASKS = {
    "debt": ("asked",),
    "delivery": ("agreed", "other_day"),
    "waitlist": ("ordered",),
}
DECIDED = "outcome IN ('sent', 'hold_out')"


class PartnerNotification(models.Model):
    """One message to one company, or the decision not to send it.

    Content, outcome and effect live here; what each person did with it lives in
    ``partner.notification.receipt``. Rows are written by the pipeline only.
    """

    _name = "partner.notification"
    _description = "Notification"
    _order = "id desc"
    _rec_name = "subject"

    # company, topic and outcome have few values: an index of one of them finds
    # nothing faster, and is a trap for plans made while a first wave is stored
    company_id = UnconstrainedMany2one("res.company", required=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Partner", required=True, ondelete="cascade"
    )
    topic_id = UnconstrainedMany2one(
        "partner.notification.topic", required=True, ondelete="restrict"
    )
    # vouches for company and topic, which are copied from it
    broadcast_id = fields.Many2one(
        "partner.notification.broadcast",
        required=True,
        index=True,
        ondelete="restrict",
    )
    subject = fields.Char(translate=True)
    body = fields.Text(translate=True)
    amount = fields.Float(help="In the company's currency, as it stood when decided.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model")
    url = fields.Char()
    values = fields.Json()
    dedup_key = fields.Char(
        required=True,
        help="A second message with the same key is not sent to the same company.",
    )
    outcome = fields.Selection(OUTCOMES, required=True)
    valid_until = fields.Datetime()
    action_state = fields.Selection(
        [("asked", "Asked for"), ("agreed", "It suits"), ("other_day", "Another day")],
        help="What somebody of the company asked for; nobody can ask twice.",
    )
    acted_by_id = fields.Many2one("res.partner", index="btree_not_null")
    acted_at = fields.Datetime()
    corrected_at = fields.Datetime()
    receipt_ids = fields.One2many("partner.notification.receipt", "notification_id")

    _dedup_unique = models.UniqueIndex(
        f"(company_id, commercial_partner_id, topic_id, dedup_key) WHERE {DECIDED}",
        "The company got this notification already.",
    )
    _history_idx = models.Index(
        "(commercial_partner_id, topic_id, create_date) WHERE outcome = 'sent'"
    )

    # figures of a period: written in the order of time, and a hundredth of a B-tree
    _period_idx = models.Index("USING brin (create_date)")

    # -- acting ------------------------------------------------------------------------

    def _ask(self, state, person):
        """Ask for something on behalf of the company: the first colleague does.

        Two at once both write this row: the second one's transaction is repeated and
        finds that somebody has asked.

        :param str state: of ``action_state``
        :param person: res.partner who asks
        :return: whether it was the first one
        :raises UserError: the topic offers no such thing
        """
        self.ensure_one()
        if state not in ASKS.get(self.topic_id.action, ()):
            raise UserError(
                self.env._(
                    "“%(subject)s” does not offer this. Open your notifications again.",
                    subject=self.subject,
                )
            )
        if self.action_state:
            return False
        self.write(
            {
                "action_state": state,
                "acted_by_id": person.id,
                "acted_at": fields.Datetime.now(),
            }
        )
        self._asked()
        return True

    def _asked(self):
        """Do what follows from ``action_state``; each kind of topic adds its own."""

    # -- keeping -----------------------------------------------------------------------

    @api.autovacuum
    def _gc_old(self):
        """Delete what is older than its topic keeps, copies included, in chunks.

        :return: (notifications deleted, 1 if there may be more), as the vacuum counts
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH old AS (
                    SELECT message.id, 1 + (
                               SELECT count(*) FROM partner_notification_receipt copy
                                WHERE copy.notification_id = message.id) AS rows
                      FROM partner_notification message
                      JOIN partner_notification_topic topic
                        ON topic.id = message.topic_id
                     WHERE message.create_date
                           < %(now)s::timestamp - topic.keep_days * INTERVAL '1 day'
                     ORDER BY message.id LIMIT %(most)s
                ), counted AS (
                    SELECT id, rows, sum(rows) OVER (ORDER BY id) AS so_far FROM old
                )
                DELETE FROM partner_notification WHERE id IN (
                       SELECT id FROM counted
                        WHERE so_far <= %(most)s OR so_far = rows)
                """,
                now=fields.Datetime.now(),
                most=DELETED_AT_ONCE,
            )
        )
        deleted = self.env.cr.rowcount
        self.env.invalidate_all()
        return deleted, int(deleted > 0)
