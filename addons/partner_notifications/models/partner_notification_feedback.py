from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, date_utils

ASKED_FROM_VISIT = 3
COMMENT_MOST = 2_000  # characters
SCORES = range(1, 6)


class PartnerNotificationFeedback(models.Model):
    """What a person thinks of the section; asked at most once a quarter.

    "Not now" is an answer too: a row without a score.
    """

    _name = "partner.notification.feedback"
    _description = "Rating of the Notifications section"
    _order = "id desc"
    _log_access = False
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", string="Person", required=True, ondelete="cascade"
    )
    commercial_partner_id = fields.Many2one(
        "res.partner", string="Partner", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, ondelete="cascade"
    )
    quarter = fields.Date(required=True, help="Its first day.")
    answered_at = fields.Datetime(required=True)
    score = fields.Integer(
        aggregator="avg", help="1 is bad, 5 is excellent; empty: “not now”."
    )
    comment = fields.Text()

    _quarter_unique = models.Constraint(
        "UNIQUE(user_id, quarter)", "A person is asked once a quarter."
    )
    _score_range = models.Constraint(
        "CHECK(score BETWEEN 1 AND 5)", "A score is a number from 1 to 5."
    )

    @api.model
    def _is_time_to_ask(self, user):
        """Whether to ask a person now: from the third visit on, once a quarter."""
        visits = self.env["partner.notification.visit"].search_count(
            [("user_id", "=", user.id)], limit=ASKED_FROM_VISIT
        )
        if visits < ASKED_FROM_VISIT:
            return False
        domain = [("user_id", "=", user.id), ("quarter", "=", self._quarter(user))]
        return not self.search_count(domain, limit=1)

    @api.model
    def _answer(self, user, score=None, comment=None):
        """Keep a person's answer of this quarter; the first one counts.

        :param int score: 1 to 5; None is "not now"
        :param str comment: cut at 2 000 characters
        :raises UserError: the score is none of these
        """
        # JSON's true is 1 to Python
        if score is not None and (type(score) is not int or score not in SCORES):
            raise UserError(self.env._("“%s” is not a score: choose 1 to 5.", score))
        self.env.cr.execute(
            SQL(
                """INSERT INTO partner_notification_feedback
                          (user_id, commercial_partner_id, company_id, quarter,
                           answered_at, score, comment)
                   VALUES (%s, %s, %s, %s, %s, %s, %s)
                   ON CONFLICT (user_id, quarter) DO NOTHING""",
                user.id,
                user.partner_id.commercial_partner_id.id,
                user.company_id.id,
                self._quarter(user),
                fields.Datetime.now(),
                score,
                (comment or "").strip()[:COMMENT_MOST] or None,
            )
        )

    def _quarter(self, user):
        return date_utils.start_of(user._notification_today(), "quarter")
