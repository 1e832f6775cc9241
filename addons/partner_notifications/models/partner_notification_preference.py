from odoo import api, fields, models
from odoo.tools import SQL, consteq, hmac

SCOPE = "partner_notifications.unsubscribe"


class PartnerNotificationPreference(models.Model):
    """What a person wants of a topic; without a row: in the portal, no copies."""

    _name = "partner.notification.preference"
    _description = "A person's wishes on a notification topic"
    _order = "user_id, topic_id"
    _rec_name = "topic_id"

    user_id = fields.Many2one(
        "res.users", required=True, index=True, ondelete="cascade"
    )
    topic_id = fields.Many2one(
        "partner.notification.topic", required=True, index=True, ondelete="cascade"
    )
    enabled = fields.Boolean(string="In the portal", default=True)
    email = fields.Boolean(string="Copy by e-mail")
    sms = fields.Boolean(string="Copy by SMS")
    email_ended_at = fields.Datetime(
        string="E-mail copies ended",
        readonly=True,
        help="When the person had enough of them, by the link of one or in the portal.",
    )

    _person_unique = models.Constraint(
        "UNIQUE(user_id, topic_id)", "A person has one choice a topic."
    )

    # -- wishes ------------------------------------------------------------------------

    @api.model
    def _save(self, user, wishes):
        """Keep what a person wants of some topics; who may say so is checked before.

        Mandatory topics stay on; what is off has no copies. Two tabs that save at once
        leave one row a topic, the later one's.

        :param user: res.users whose wishes they are
        :param dict wishes: topic -> set of what is wanted of it: enabled, email, sms
        """
        if not wishes:
            return
        now = fields.Datetime.now()
        rows = SQL(", ").join(
            SQL("%s", (user.id, topic.id, *self._allowed(topic, wanted), now, now))
            for topic, wanted in wishes.items()
        )
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """INSERT INTO partner_notification_preference AS wish
                          (user_id, topic_id, enabled, email, sms,
                           create_date, write_date)
                   VALUES %s
                   ON CONFLICT (user_id, topic_id) DO UPDATE
                      SET enabled = excluded.enabled, email = excluded.email,
                          sms = excluded.sms, write_date = excluded.write_date,
                          email_ended_at = CASE
                              WHEN excluded.email THEN NULL
                              WHEN wish.email THEN excluded.write_date
                              ELSE wish.email_ended_at END""",
                rows,
            )
        )
        self.invalidate_model()

    def _allowed(self, topic, wanted):
        """(enabled, email, sms) of what is wanted, as far as the topic allows it."""
        enabled = topic.mandatory or "enabled" in wanted
        copies = enabled and topic.allow_copy
        return enabled, copies and "email" in wanted, copies and "sms" in wanted

    # -- unsubscribing -----------------------------------------------------------------

    @api.model
    def _unsubscribe_path(self, user, topic):
        """The address that ends e-mail copies of a topic without a log-in."""
        token = self._token(user, topic)
        return f"/notifications/unsubscribe/{user.id}/{topic.id}/{token}"

    @api.model
    def _is_token(self, user, topic, token):
        """Whether a token of an e-mail is the one of this person and topic."""
        return consteq(self._token(user, topic), token)

    def _token(self, user, topic):
        return hmac(self.env(su=True), SCOPE, (user.id, topic.id))

    @api.model
    def _unsubscribe(self, user, topic):
        """End the e-mail copies of one topic; the portal keeps what it shows."""
        wish = self.search(
            [
                ("user_id", "=", user.id),
                ("topic_id", "=", topic.id),
                ("email", "=", True),
            ]
        )
        wish.write({"email": False, "email_ended_at": fields.Datetime.now()})
