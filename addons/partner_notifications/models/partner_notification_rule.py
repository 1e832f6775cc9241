import ast
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .partner_notification_broadcast import UNFINISHED


class PartnerNotificationRule(models.Model):
    """Who gets a topic by themselves, how often and from which amount on."""

    _name = "partner.notification.rule"
    _description = "Notification rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    topic_id = fields.Many2one(
        "partner.notification.topic", required=True, index=True, ondelete="restrict"
    )
    source = fields.Selection(
        selection="_list_sources",
        required=True,
        help="Where the companies and the values of the text come from.",
    )
    sending_on = fields.Boolean(related="company_id.notifications_on")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    domain = fields.Char(
        string="Only partners", default="[]", help="Such as those without a risk tag."
    )
    amount_from = fields.Float(
        string="Amount from", help="In the company's currency; less is not told."
    )
    ramp_ids = fields.One2many("partner.notification.rule.ramp", "rule_id")
    team_ids = fields.Many2many(
        "crm.team",
        string="Sales channels",
        help="Of the partner, else of its last order. Empty: all.",
    )
    exclusion_ids = fields.One2many("partner.notification.rule.exclusion", "rule_id")
    every_days = fields.Integer(
        string="Every, days",
        default=14,
        help="To the same company not sooner, counted from the last decision.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Hours",
        help="Nothing is sent outside them. Empty: the company's working hours; goods"
        " back in stock and moved deliveries at any hour.",
    )
    hold_out_share = fields.Float(
        string="Held out, %",
        help="So many companies of a hundred are left without it by lot, to measure"
        " what the notification changes.",
    )
    next_run = fields.Datetime(default=fields.Datetime.now, required=True)
    broadcast_ids = fields.One2many("partner.notification.broadcast", "rule_id")

    _amounts = models.Constraint(
        "CHECK(every_days > 0 AND amount_from >= 0"
        " AND hold_out_share >= 0 AND hold_out_share < 100)",
        "The rhythm is a day at least, the amount not below zero, and less than 100 %"
        " are held out.",
    )

    @api.model
    def _list_sources(self):
        """The sources there are, for the list of choices."""
        return [
            (model._source, self.env._(model._source_name))
            for model in self.env["partner.notification.source"]._all_sources()
        ]

    @api.constrains("topic_id", "source")
    def _check_words(self):
        """A topic asks only for values the rule's source knows."""
        for rule in self:
            known = rule._source_model()._placeholders() | {"partner", "company"}
            unknown = rule.topic_id._placeholder_names() - known
            if unknown:
                raise ValidationError(
                    rule.env._(
                        "“%(topic)s” asks for %(unknown)s, which the source of rule"
                        " “%(rule)s” does not know. It knows: %(known)s.",
                        topic=rule.topic_id.name,
                        unknown=", ".join(sorted(unknown)),
                        rule=rule.name,
                        known=", ".join(sorted(known)),
                    )
                )

    @api.constrains("domain")
    def _check_domain(self):
        """The choice of partners names fields there are and no variables."""
        for rule in self:
            try:
                rule._partners_sql()
            except (SyntaxError, ValueError) as error:
                raise ValidationError(
                    rule.env._(
                        "“Only partners” of rule “%(rule)s” cannot be read: %(error)s."
                        " Choose the partners again with the field's editor.",
                        rule=rule.name,
                        error=error,
                    )
                ) from error

    @api.constrains("hold_out_share", "topic_id")
    def _check_hold_out(self):
        """Nobody is held out of a topic that does not allow it."""
        for rule in self:
            if rule.hold_out_share and not rule.topic_id.allow_hold_out:
                raise ValidationError(
                    rule.env._(
                        "Topic “%s” is for everybody: nobody is held out of it.",
                        rule.topic_id.name,
                    )
                )

    def _source_model(self):
        self.ensure_one()
        return self.env[f"partner.notification.source.{self.source}"]

    def _threshold(self, day):
        """The amount from which on the rule tells, on a day, in company currency."""
        self.ensure_one()
        steps = self.ramp_ids.filtered(lambda step: step.date <= day).sorted("date")
        return steps[-1].amount_from if steps else self.amount_from

    # -- whom ------------------------------------------------------------------------

    def _partners_sql(self):
        """SQL of the ids of the partners whom domain and sales channels let in."""
        self.ensure_one()
        domain = Domain(ast.literal_eval(self.domain or "[]"))
        found = self.env["res.partner"].sudo()._search(domain)
        if not self.team_ids:
            return found.subselect()
        return SQL(
            """(SELECT partner.id FROM res_partner partner
                 WHERE partner.id IN %s AND %s IN %s)""",
            found.subselect(),
            self._team_sql(),
            tuple(self.team_ids.ids),
        )

    def _team_sql(self):
        """SQL of a partner's sales channel: its own, else the one of its last order."""
        last = SQL(
            """(SELECT sale.team_id FROM sale_order sale
                  JOIN res_partner buyer ON buyer.id = sale.partner_id
                 WHERE buyer.commercial_partner_id = partner.id
                   AND sale.company_id = %s AND sale.state = 'sale'
                 ORDER BY sale.date_order DESC, sale.id DESC LIMIT 1)""",
            self.company_id.id,
        )
        # partners have a sales channel of their own only with the addon crm
        if "team_id" in self.env["res.partner"]._fields:
            return SQL("COALESCE(partner.team_id, %s)", last)
        return last

    # -- running -----------------------------------------------------------------------

    @api.model
    def _cron_run(self):
        """Start a broadcast for each rule whose time has come.

        A rule waits until its last broadcast is done or stopped.
        """
        ready = self.search(
            [
                ("next_run", "<=", fields.Datetime.now()),
                # two unfinished waves would both tell the same company
                ("broadcast_ids", "not any", [("state", "in", UNFINISHED)]),
            ]
        )
        for rule in ready:
            if rule.company_id.notifications_on and rule._is_open():
                rule._run()

    def _run(self):
        """Start a wave if the source has something to tell, else look again later."""
        source = self._source_model()
        if source._prepare(self):
            self._start()
            self.env.ref("partner_notifications.ir_cron_pipeline")._trigger()
        else:
            self.next_run = fields.Datetime.now() + source._pause()

    @api.model
    def _watching(self, source):
        """The companies whose active rules look at a source.

        Whoever changes what a source watches need not be allowed to read rules.

        :param str source: code of the source
        :return: res.company
        """
        return self.sudo().search([("source", "=", source)]).company_id

    def _is_open(self):
        """Whether now is within the rule's hours."""
        now = fields.Datetime.now()
        calendar = self.calendar_id
        if not self._source_model()._any_hour:
            calendar = calendar or self.company_id.resource_calendar_id
        if not calendar:
            return True
        hours = calendar.get_work_hours_count(now, now + timedelta(minutes=1))
        return hours > 0

    def _start(self):
        """One broadcast of the rule, and the day of its next one.

        :return: partner.notification.broadcast
        """
        self.ensure_one()
        now = fields.Datetime.now()
        # no person may make a wave that nobody uploaded or approved
        broadcast = (
            self.env["partner.notification.broadcast"]
            .sudo()
            .create(
                {
                    "rule_id": self.id,
                    "topic_id": self.topic_id.id,
                    "company_id": self.company_id.id,
                    "origin": "rule",
                    "state": "queued",
                    "hold_out_share": self.hold_out_share,
                }
            )
        )
        self.next_run = now + self._source_model()._pause()
        return broadcast
