import secrets
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

STATES = [
    ("draft", "Draft"),
    ("pending", "To approve"),
    ("queued", "Queued"),
    ("running", "Running"),
    ("paused", "Paused"),
    ("done", "Done"),
    ("stopped", "Stopped"),
]
UNFINISHED = ("draft", "pending", "queued", "running", "paused")
KEEP_EMPTY = timedelta(days=2)  # a source that is asked often finds nothing often
ORIGINS = [
    ("rule", "Rule"),
    ("upload", "Upload"),
    ("push", "Outside system"),
    ("event", "Event"),
]


class PartnerNotificationBroadcast(models.Model):
    """One wave: a rule's run, an upload, a push or a single event."""

    _name = "partner.notification.broadcast"
    _description = "Broadcast"
    _order = "id desc"
    _rec_name = "subject"

    topic_id = fields.Many2one(
        "partner.notification.topic", required=True, index=True, ondelete="restrict"
    )
    rule_id = fields.Many2one(
        "partner.notification.rule", index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    origin = fields.Selection(ORIGINS, required=True, default="upload")
    state = fields.Selection(STATES, required=True, default="draft", index=True)
    # a copy of the topic's words: who edits the topic does not change a running wave
    subject = fields.Char(translate=True)
    body = fields.Text(translate=True)
    hold_out_share = fields.Float(string="Held out, %")
    scheduled_at = fields.Datetime(help="Not sent before.")
    valid_until = fields.Datetime(help="Gone from the portal after it.")
    seed = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_hex(8),
        help="Draws who is held out: the same on a rerun, new each broadcast.",
    )
    failure = fields.Text(
        readonly=True, copy=False, help="Why the broadcast rests or ended by itself."
    )
    started_at = fields.Datetime(readonly=True)
    finished_at = fields.Datetime(readonly=True)
    author_id = fields.Many2one(
        "res.users", default=lambda self: self.env.user, readonly=True
    )
    approver_id = fields.Many2one("res.users", readonly=True)
    approved_at = fields.Datetime(readonly=True)
    candidate_count = fields.Integer(
        string="Companies found", readonly=True, help="When the wave started."
    )
    duplicate_count = fields.Integer(
        string="Duplicates",
        compute="_compute_counts",
        help="Companies that had got the very same message before.",
    )
    notification_ids = fields.One2many("partner.notification", "broadcast_id")
    sent_count = fields.Integer(string="Sent", compute="_compute_counts")
    hold_out_count = fields.Integer(string="Held out", compute="_compute_counts")
    dropped_count = fields.Integer(string="Dropped", compute="_compute_counts")
    no_portal_count = fields.Integer(
        string="Without portal access", compute="_compute_counts"
    )
    withdrawn_count = fields.Integer(string="Withdrawn", compute="_compute_counts")
    left_count = fields.Integer(string="Still to decide", compute="_compute_counts")

    # -- computed ----------------------------------------------------------------------

    @api.depends("notification_ids.outcome", "state")
    def _compute_counts(self):
        decided = self._count("partner.notification", ["broadcast_id", "outcome"])
        left = self._count("partner.notification.candidate", ["broadcast_id"])
        for wave in self:
            counts = {
                outcome: count
                for (broadcast, outcome), count in decided.items()
                if broadcast == wave
            }
            wave.sent_count = counts.get("sent", 0)
            wave.hold_out_count = counts.get("hold_out", 0)
            wave.no_portal_count = counts.get("no_portal_user", 0)
            wave.withdrawn_count = counts.get("withdrawn", 0)
            told_or_not = wave.sent_count + wave.hold_out_count + wave.withdrawn_count
            wave.dropped_count = sum(counts.values()) - told_or_not
            wave.left_count = left.get((wave,), 0)
            wave.duplicate_count = (
                wave.candidate_count - sum(counts.values()) - wave.left_count
            )

    def _count(self, model, groups):
        """dict (broadcast, ...) -> number of rows of a model."""
        rows = self.env[model]._read_group(
            [("broadcast_id", "in", self.ids)], groups, ["__count"]
        )
        return {tuple(row[:-1]): row[-1] for row in rows}

    # -- making ------------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """The words of the topic are copied in every language if none are given."""
        waves = super().create(vals_list)
        for wave in waves:
            wave._copy_words([name for name in ("subject", "body") if not wave[name]])
        return waves

    def _copy_words(self, names):
        """Take the topic's words over, in the languages it has."""
        for name in names:
            words = self.topic_id._fields[name]._get_stored_translations(self.topic_id)
            self[name] = words.get("en_US")
            self.update_field_translations(name, words)

    # -- days --------------------------------------------------------------------------

    def _zone(self):
        """The company's time zone, by its partner; UTC if it has none."""
        return self.company_id._notification_zone()

    def _moment(self):
        """When it is decided on: now, or as scheduled if that is still to come."""
        return max(fields.Datetime.now(), self.scheduled_at or datetime.min)

    def _today(self):
        """The date of the company's own calendar when it is decided on."""
        return pytz.utc.localize(self._moment()).astimezone(self._zone()).date()

    def _day_start(self, day):
        """When a day begins for the company, naive UTC."""
        local = self._zone().localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    # -- people ------------------------------------------------------------------------

    def action_pause(self):
        """Let a queued or running wave rest; what is sent stays sent."""
        self._switch({"queued", "running"}, "paused")

    def action_resume(self):
        """Go on with a paused wave."""
        self._switch({"paused"}, "queued")
        # what has started keeps its candidates: its source is not asked again
        self.sudo().filtered("started_at").state = "running"
        self.sudo().failure = False
        self.env.ref("partner_notifications.ir_cron_pipeline")._trigger()

    def action_stop(self):
        """End a wave for good; companies not decided on get nothing."""
        self._switch(set(UNFINISHED), "stopped")
        for wave in self.sudo():
            wave.candidate_count -= wave.left_count
        self._drop_candidates()

    def _drop_candidates(self):
        """In one statement: a wave has a hundred thousand of them."""
        candidates = self.env["partner.notification.candidate"]
        candidates.flush_model()
        self.env.cr.execute(
            SQL(
                "DELETE FROM partner_notification_candidate"
                " WHERE broadcast_id = ANY(%s)",
                self.ids,
            )
        )
        self.env.invalidate_all()

    @api.autovacuum
    def _gc_empty(self):
        """Runs of rules that found nobody leave the list after two days."""
        self.search(
            [
                ("origin", "=", "rule"),
                ("state", "=", "done"),
                ("candidate_count", "=", 0),
                ("finished_at", "<", fields.Datetime.now() - KEEP_EMPTY),
            ],
            limit=10_000,
        ).unlink()

    def _switch(self, allowed, state):
        self.check_access("write")
        for wave in self:
            if wave.state not in allowed:
                raise UserError(
                    self.env._(
                        "“%(wave)s” is %(state)s: this cannot be done any more.",
                        wave=wave.display_name,
                        state=dict(
                            wave._fields["state"]._description_selection(self.env)
                        )[wave.state],
                    )
                )
        # people change the state by these methods only
        self.sudo().state = state
