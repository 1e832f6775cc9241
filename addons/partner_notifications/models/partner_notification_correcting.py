import json

from psycopg2.extras import execute_values

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..rules import placeholders
from .partner_notification_pipeline import BATCH_SIZE, WAVE_SPREAD_SECONDS
from .words import Words

TOLD_ONE_BY_ONE = 200  # persons; more are told by one message to all


class PartnerNotification(models.Model):
    """Sent messages corrected in place, and withdrawn while nobody has read them."""

    _inherit = "partner.notification"  # pylint: disable=consider-merging-classes-inherited

    correction_ids = fields.One2many(
        "partner.notification.correction", "notification_id"
    )
    person_count = fields.Integer(string="Persons", compute="_compute_read_count")
    read_count = fields.Integer(string="Have read", compute="_compute_read_count")

    @api.depends("receipt_ids.read_at")
    def _compute_read_count(self):
        counts = {
            notification: (persons, read)
            for notification, persons, read in self.env[
                "partner.notification.receipt"
            ]._read_group(
                [("notification_id", "in", self.ids)],
                ["notification_id"],
                ["__count", "read_at:count"],
            )
        }
        for notification in self:
            persons, read = counts.get(notification, (0, 0))
            notification.person_count, notification.read_count = persons, read

    # -- correcting --------------------------------------------------------------------

    def _correct(self, texts, reason):
        """Put new words in place of the sent ones; the old ones are kept beside.

        The door checks who corrects. All messages come from one broadcast, so that
        the same placeholders are known; each is filled in again from its own values.

        :param dict texts: language code -> (subject, body) with placeholders
        :param str reason: kept in the journal
        :raises UserError: too many, not sent, of several broadcasts, or the words ask
            for values the messages do not have
        """
        self._check_correctable()
        self._check_known(texts)
        words = Words(self.broadcast_id)
        words.texts = {
            code: texts.get(code, known) for code, known in words.texts.items()
        }
        self._keep_words("corrected", reason)
        now = fields.Datetime.now()
        rows = [
            (
                message.id,
                *map(
                    json.dumps,
                    words.render(
                        {
                            "partner": message.commercial_partner_id.name,
                            "values": message.values,
                        }
                    ),
                ),
                now,
            )
            for message in self
        ]
        self._write_words(rows)

    def _write_words(self, rows):
        """Store corrected words.

        :param rows: (id, subject by language as JSON, body as JSON, moment)
        """
        self.flush_model()
        execute_values(
            self.env.cr._obj,
            """UPDATE partner_notification message
                  SET subject = row.subject::jsonb, body = row.body::jsonb,
                      corrected_at = row.at::timestamp
                 FROM (VALUES %s) AS row (id, subject, body, at)
                WHERE message.id = row.id""",
            rows,
            page_size=BATCH_SIZE,
        )
        self.invalidate_model(["subject", "body", "corrected_at"])

    def _check_correctable(self):
        if len(self) > BATCH_SIZE:
            raise UserError(
                self.env._(
                    "%(count)s messages are too many: choose %(limit)s or less.",
                    count=len(self),
                    limit=BATCH_SIZE,
                )
            )
        if len(self.broadcast_id) != 1:
            raise UserError(
                self.env._(
                    "Choose messages of one broadcast: each has its own placeholders."
                )
            )
        if any(message.outcome != "sent" for message in self):
            raise UserError(
                self.env._(
                    "Only what was sent can be corrected. Filter the journal by “Sent”."
                )
            )

    def _check_known(self, texts):
        """Every placeholder has a value in every message."""
        known = set.intersection(*(set(message.values or {}) for message in self))
        known |= {"partner", "company"}
        for text in (text for pair in texts.values() for text in pair):
            try:
                unknown = placeholders.names(text or "") - known
            except placeholders.PlaceholderError as error:
                raise UserError(
                    self.env._(
                        "“%s” is not a placeholder. Write a plain name in braces; a"
                        " brace itself is written twice.",
                        error.part,
                    )
                ) from error
            if unknown:
                raise UserError(
                    self.env._(
                        "The messages have no value for %(unknown)s. They have:"
                        " %(known)s.",
                        unknown=", ".join(sorted(unknown)),
                        known=", ".join(sorted(known)),
                    )
                )

    def _keep_words(self, kind, reason):
        """A row of the journal with the words as they stand now, in every language.

        :param str kind: corrected or withdrawn
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO partner_notification_correction
                          (notification_id, kind, subject, body, reason,
                           create_uid, create_date, write_uid, write_date)
                   SELECT id, %(kind)s, subject, body, %(reason)s,
                          %(user)s, %(now)s, %(user)s, %(now)s
                     FROM partner_notification WHERE id IN %(ids)s""",
                kind=kind,
                reason=reason,
                user=self.env.uid,
                now=fields.Datetime.now(),
                ids=tuple(self.ids),
            )
        )
        self.invalidate_recordset(["correction_ids"])

    # -- withdrawing -------------------------------------------------------------------

    def _withdrawable(self):
        """Those of these messages that were sent and that nobody has read."""
        unread = Domain("receipt_ids", "not any", [("read_at", "!=", False)])
        return self.search(
            Domain("id", "in", self.ids) & Domain("outcome", "=", "sent") & unread
        )

    def _withdraw(self, reason):
        """Take unread messages out of the portal; the journal keeps them.

        The door checks who withdraws. A colleague who reads one at this very moment
        writes a copy this deletes: one of the two transactions is repeated.

        :param str reason: kept in the journal
        :return: the messages withdrawn; who has read one keeps it
        """
        messages = self._withdrawable()
        if not messages:
            return messages
        messages._keep_words("withdrawn", reason)
        persons = messages._delete_receipts()
        self.env.cr.execute(
            SQL(
                "UPDATE partner_notification SET outcome = 'withdrawn' WHERE id IN %s",
                tuple(messages.ids),
            )
        )
        self.env.invalidate_all()
        self._tell_browsers(persons)
        return messages

    def _delete_receipts(self):
        """Delete the copies of these messages.

        :return: the persons who had one
        """
        self.env.cr.execute(
            SQL(
                "DELETE FROM partner_notification_receipt WHERE notification_id IN %s"
                " RETURNING partner_id",
                tuple(self.ids),
            )
        )
        return self.env["res.partner"].browse(
            {partner_id for (partner_id,) in self.env.cr.fetchall()}
        )

    def _tell_browsers(self, persons):
        """Open tabs count anew."""
        if len(persons) <= TOLD_ONE_BY_ONE:
            persons._bus_send("partner_notifications/new", {})
        else:
            self.env.ref("base.group_portal")._bus_send(
                "partner_notifications/wave", {"spread_s": WAVE_SPREAD_SECONDS}
            )
