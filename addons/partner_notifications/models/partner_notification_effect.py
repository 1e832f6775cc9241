from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import LazyTranslate, format_amount, formatLang

from ..rules import effect, statistics

_lt = LazyTranslate(__name__)

MEASURES = [
    ("settled", "Paid all they owed"),
    ("paid", "Debt paid"),
    ("ordered", "Ordered"),
    ("turnover", "Turnover"),
]
VERDICTS = [
    ("more", "More, hardly by chance"),
    ("less", "Less, hardly by chance"),
    ("unclear", "May be chance"),
    ("too_few", "Too few to tell"),
]
# what both arms did
DEEDS = {
    "settled": _lt(
        "Paid all they owed within %(days)s days: %(told)s of the companies told"
        " (%(told_count)s), %(held_out)s of those held out (%(held_out_count)s)."
    ),
    "paid": _lt(
        "Paid within %(days)s days: %(told)s on average by a company told"
        " (%(told_count)s), %(held_out)s by one held out (%(held_out_count)s)."
    ),
    "ordered": _lt(
        "Ordered within %(days)s days: %(told)s of the companies told (%(told_count)s),"
        " %(held_out)s of those held out (%(held_out_count)s)."
    ),
    "turnover": _lt(
        "Turnover within %(days)s days: %(told)s on average with a company told"
        " (%(told_count)s), %(held_out)s with one held out (%(held_out_count)s)."
    ),
}
# what may be said of the difference
MEANINGS = {
    "more": _lt(
        "The notification brought %(difference)s more (95 %% interval: %(lower)s to"
        " %(upper)s): chance hardly explains that."
    ),
    "less": _lt(
        "The notification lessened it by %(difference)s (95 %% interval: %(lower)s to"
        " %(upper)s): chance hardly explains that."
    ),
    "unclear": _lt(
        "The difference of %(difference)s (95 %% interval: %(lower)s to %(upper)s) may"
        " be chance."
    ),
    "too_few": _lt("That is too few to tell: each side needs %(least)s companies."),
}


class PartnerNotificationEffect(models.Model):
    """What a notification brought: companies told against companies held out.

    Of one broadcast, or of all a rule sent in a month with the same share held out:
    rules that run often tell a few companies at a time. Worked out by night and kept,
    also when the notifications themselves are deleted.
    """

    _name = "partner.notification.effect"
    _description = "Effect of notifications against a hold-out"
    _order = "since desc, broadcast_id, measure"
    _rec_name = "topic_id"

    company_id = fields.Many2one("res.company", required=True, index=True)
    topic_id = fields.Many2one(
        "partner.notification.topic", required=True, index=True, ondelete="cascade"
    )
    rule_id = fields.Many2one(
        "partner.notification.rule", index="btree_not_null", ondelete="cascade"
    )
    broadcast_id = fields.Many2one(
        "partner.notification.broadcast", index="btree_not_null", ondelete="cascade"
    )
    month = fields.Date(help="Its first day; empty: of one broadcast.")
    hold_out_share = fields.Float(string="Held out, %")
    since = fields.Datetime(required=True, help="When the first wave started.")
    wave_count = fields.Integer(string="Broadcasts")
    days = fields.Integer(help="What was done within so many days counts.")
    final = fields.Boolean(help="The days are over and what was paid is entered.")
    measure = fields.Selection(MEASURES, required=True)
    verdict = fields.Selection(VERDICTS, required=True)
    told_count = fields.Integer(string="Told, companies")
    held_out_count = fields.Integer(string="Held out, companies")
    told_mean = fields.Float(string="Told", help="Share, or amount a company.")
    held_out_mean = fields.Float(string="Held out", help="Share, or amount a company.")
    difference = fields.Float(help="Of shares, or of the amounts a company.")
    lower = fields.Float(help="Newcombe for shares, Welch for money; 95 %.")
    upper = fields.Float(help="Newcombe for shares, Welch for money; 95 %.")
    resampled_lower = fields.Float(help="Bootstrap, money only; 95 %.")
    resampled_upper = fields.Float(help="Bootstrap, money only; 95 %.")
    least_difference = fields.Float(help="Smaller ones of shares would not show.")
    told_owed = fields.Float(string="Told owed", help="In all, when told.")
    held_out_owed = fields.Float(string="Held out owed", help="In all, at the draw.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    sentence = fields.Text(compute="_compute_sentence")
    chart = fields.Html(compute="_compute_chart", sanitize=False)

    _broadcast_unique = models.UniqueIndex(
        "(broadcast_id, measure) WHERE broadcast_id IS NOT NULL",
        "The broadcast has this figure already.",
    )
    _month_unique = models.UniqueIndex(
        "(rule_id, topic_id, month, hold_out_share, measure)"
        " WHERE broadcast_id IS NULL",
        "The month of the rule has this figure already.",
    )

    # -- in words ----------------------------------------------------------------------

    @api.depends("difference", "lower", "upper", "verdict", "final")
    @api.depends_context("lang")
    def _compute_sentence(self):
        for figure in self:
            parts = (
                figure._say_what_they_did(),
                figure._say_what_it_means(),
                figure._say_how_much(),
                figure._say_if_open(),
            )
            figure.sentence = " ".join(part for part in parts if part)

    def _say_what_they_did(self):
        sentence = self.env._(DEEDS[self.measure])
        return sentence % {
            "days": self.days,
            "told": self._number(self.told_mean),
            "told_count": self.told_count,
            "held_out": self._number(self.held_out_mean),
            "held_out_count": self.held_out_count,
        }

    def _say_what_it_means(self):
        low, high = self._interval()
        # what is unclear has a sign too; more and less say it in words
        clear = self.verdict in ("more", "less")
        difference = abs(self.difference) if clear else self.difference
        sentence = self.env._(MEANINGS[self.verdict])
        return sentence % {
            "difference": self._number(difference, points=True),
            "lower": self._number(low, points=True),
            "upper": self._number(high, points=True),
            "least": statistics.LEAST_AN_ARM,
        }

    def _say_how_much(self):
        """The money it brought in all, or the smallest share that would show."""
        share = self.measure in effect.SHARES
        if self.verdict == "more" and not share:
            total = self._number(self.difference * self.told_count)
            # no sentence ends with a number: its unit may have a point of its own
            return self.env._("Of all companies told that is about %s more.", total)
        if self.verdict == "unclear" and share:
            least = self._number(self.least_difference, points=True)
            return self.env._(
                "So many companies show differences from about %s on.", least
            )
        return ""

    def _say_if_open(self):
        if self.final:
            return ""
        return self.env._("The days are not over: the figures still change.")

    def _interval(self):
        """What both methods leave open: the wider of their intervals."""
        return (
            min(self.lower, self.resampled_lower),
            max(self.upper, self.resampled_upper),
        )

    def _number(self, number, points=False):
        """A share or an amount as the reader's language writes it.

        :param bool points: a difference of shares, not a share
        """
        if self.measure not in effect.SHARES:
            return format_amount(self.env, number, self.currency_id)
        text = formatLang(self.env, 100 * number, digits=1)
        if points:
            return self.env._("%s points", text)
        return self.env._("%s %%", text)

    # -- as a picture ------------------------------------------------------------------

    @api.depends("told_mean", "held_out_mean", "lower", "upper")
    @api.depends_context("lang")
    def _compute_chart(self):
        for figure in self:
            low, high = figure._interval()
            figure.chart = self.env["ir.qweb"]._render(
                "partner_notifications.effect_chart",
                {
                    "figure": figure,
                    "bars": effect.bars(figure.told_mean, figure.held_out_mean),
                    "band": effect.band(low, high),
                    "lower": figure._number(low, points=True),
                    "upper": figure._number(high, points=True),
                },
            )

    # -- working out -------------------------------------------------------------------

    @api.model
    def _cron_run(self):
        """Work out the waves whose figures may have changed, a rule's month at a time.

        A month and its waves are kept in one transaction: killed, it is done again.
        """
        groups = self._due_groups()
        for left, waves in zip(range(len(groups))[::-1], groups, strict=True):
            self._work_out_group(waves)
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                break

    @api.model
    def _due_groups(self):
        """The waves that may still change their figures, as they are worked out.

        :return: list of partner.notification.broadcast
        """
        due = self.env["partner.notification.broadcast"].search(
            [
                ("state", "in", ("done", "stopped")),
                ("hold_out_share", ">", 0),
                ("started_at", "!=", False),
                ("effect_final", "=", False),
            ]
        )
        return list(due.grouped(self._group_of).values())

    @api.model
    def _group_of(self, wave):
        """What a wave is worked out with: its rule's month, or nothing.

        Waves of another share would mix months with arms: they stand apart.
        """
        if not wave.rule_id:
            return wave
        return (
            wave.rule_id,
            wave.topic_id,
            wave.company_id,
            wave.hold_out_share,
            self._month_of(wave),
        )

    @api.model
    def _month_of(self, wave):
        return wave.started_at.date().replace(day=1)

    def _work_out_group(self, waves):
        """Keep the figures of waves of one group, and of its whole month.

        :param waves: partner.notification.broadcast, as of ``_group_of``
        """
        for wave in waves:
            wave.effect_final = wave._effect_is_over()
        for wave in self._with_both_arms(waves):
            self._work_out(wave, {"broadcast_id": wave.id})
        if waves.rule_id:
            first_day = self._month_of(waves[0])
            self._work_out(self._waves_of_month(waves[0]), {"month": first_day})

    def _with_both_arms(self, waves):
        """The waves that told somebody and held somebody out."""
        told, held_out = (
            self.env["partner.notification"]._read_group(
                [("broadcast_id", "in", waves.ids), ("outcome", "=", outcome)],
                aggregates=["broadcast_id:recordset"],
            )[0][0]
            for outcome in ("sent", "hold_out")
        )
        return told & held_out

    def _waves_of_month(self, wave):
        """All waves of the group that a rule's wave belongs to."""
        month = self._month_of(wave)
        return wave.search(
            [
                ("rule_id", "=", wave.rule_id.id),
                ("topic_id", "=", wave.topic_id.id),
                ("company_id", "=", wave.company_id.id),
                ("hold_out_share", "=", wave.hold_out_share),
                ("state", "in", ("done", "stopped")),
                ("started_at", ">=", month),
                ("started_at", "<", month + relativedelta(months=1)),
            ]
        )

    def _work_out(self, waves, subject):
        """Keep the figures of waves measured together, if both arms have somebody.

        :param dict subject: ``broadcast_id``, or ``month`` of a rule
        """
        found = waves._measure()
        owed = found.pop("owed", effect.Arms([], []))
        for measure, arms in found.items():
            if effect.can_compare(arms):
                self._keep(
                    {
                        **subject,
                        **self._values_of(waves),
                        **effect.work_out(measure, arms, waves[-1].seed),
                        "measure": measure,
                        "told_owed": sum(owed.told),
                        "held_out_owed": sum(owed.held_out),
                    }
                )

    def _values_of(self, waves):
        """What the figures of some waves are about."""
        return {
            "company_id": waves.company_id.id,
            "topic_id": waves.topic_id.id,
            "rule_id": waves.rule_id.id,
            "hold_out_share": waves[0].hold_out_share,
            "since": min(waves.mapped("started_at")),
            "wave_count": len(waves),
            "days": waves._effect_days(),
            "final": all(waves.mapped("effect_final")),
        }

    def _keep(self, values):
        """Store a figure in the place of its earlier one."""
        keys = (
            "broadcast_id",
            "rule_id",
            "topic_id",
            "month",
            "hold_out_share",
            "measure",
        )
        earlier = self.search([(name, "=", values.get(name, False)) for name in keys])
        if earlier:
            earlier.write(values)
        else:
            self.create(values)
