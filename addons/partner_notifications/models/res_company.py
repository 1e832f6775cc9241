import pytz

from odoo import fields, models


class ResCompany(models.Model):
    """What a company wants of its notifications as a whole."""

    _inherit = "res.company"  # pylint: disable=consider-merging-classes-inherited

    notifications_on = fields.Boolean(
        string="Send notifications",
        default=True,
        help="One switch for all: off, nothing is decided or sent; it goes on where it"
        " stopped.",
    )
    notification_cap = fields.Integer(
        string="Notifications at most",
        default=10,
        help="So many to one partner within the days beside it, whatever the topic."
        " Mandatory topics are counted and never dropped. 0: no limit.",
    )
    notification_cap_days = fields.Integer(string="Within, days", default=14)
    notification_respect_no_followup = fields.Boolean(
        string="Leave out “no follow-up”",
        default=True,
        help="Invoices marked “no follow-up” do not count as overdue.",
    )
    statement_accountant_id = fields.Many2one(
        "res.users",
        string="Accountant for statements",
        help="Gets an activity when a partner asks for a signed reconciliation"
        " statement. Empty: the partner's salesperson gets it.",
    )
    notification_approval_from = fields.Integer(
        string="Approve from, recipients",
        default=1000,
        help="An upload or a push to more companies needs a second person's approval.",
    )
    notification_effect_days = fields.Integer(
        string="Effect within, days",
        default=14,
        help="What partners pay and order within so many days of a wave counts as its"
        " effect. A rule that comes round sooner is measured until it does.",
    )

    notification_push_limit = fields.Integer(
        string="Outside systems, companies a day",
        default=5000,
        help="What an outside system asks for beyond it on a day waits for approval.",
    )

    notification_hold_hours = fields.Float(
        string="Keep waitlisted goods, hours",
        default=24.0,
        help="So long goods that came in are kept for the partner who waits for them.",
    )

    _notification_hold = models.Constraint(
        "CHECK(notification_hold_hours > 0)",
        "Goods that came in are kept some time for the partner who waits for them.",
    )
    _notification_amounts = models.Constraint(
        "CHECK(notification_cap >= 0 AND notification_cap_days > 0"
        " AND notification_approval_from >= 0 AND notification_push_limit >= 0"
        " AND notification_effect_days > 0)",
        "Limits of notifications are not below zero, and their days one at least.",
    )

    def _notification_zone(self):
        """The company's time zone, by its partner; UTC if it has none."""
        return pytz.timezone(self.partner_id.tz or "UTC")

    def _notification_today(self):
        """The date of the company's own calendar now."""
        now = pytz.utc.localize(fields.Datetime.now())
        return now.astimezone(self._notification_zone()).date()
