from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .words import Words


class PartnerNotificationRule(models.Model):
    """A rule can be tried before it sends."""

    _inherit = "partner.notification.rule"  # pylint: disable=consider-merging-classes-inherited

    def action_dry_run(self):
        """Show who would get it now, who would not and why; nothing is sent.

        :return: window action
        """
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "partner_notifications.dry_run_action"
        )
        action["display_name"] = self.env._("Dry run: %s", self.name)
        action["context"] = {
            "dry_run_rule_id": self.id,
            "search_default_now": 1,
            "search_default_by_day": 1,
            "search_default_by_outcome": 2,
        }
        return action

    def action_trial(self):
        """Send oneself by e-mail what the first company of the dry run would read.

        :return: action that says where the trial goes
        :raises AccessError: one may not read rules
        :raises UserError: the rule finds nobody now, or one has no e-mail address
        """
        self.ensure_one()
        self.check_access("read")
        # a dry run shows the same to a clerk, who need not read the ledger
        row = self.sudo()._first_found()
        if not row:
            raise UserError(
                self.env._(
                    "Rule “%s” finds no company now: send yourself the trial of its"
                    " topic instead.",
                    self.name,
                )
            )
        user = self.env.user
        subject, body = Words(self._trial(), self.topic_id).render(row)
        lang = user._notification_language()
        return user._send_notification_trial(subject[lang], body[lang])

    def _first_found(self):
        """The first company the source finds now: dict ``partner`` and ``values``.

        :return: as ``Words.render`` takes it, or None
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT commercial_partner_id, values FROM (%s) AS found
                    ORDER BY amount DESC, commercial_partner_id LIMIT 1""",
                self._source_model()._candidates(self._trial()),
            )
        )
        for partner_id, values in rows:
            partner = self.env["res.partner"].browse(partner_id)
            return {"partner": partner.name, "values": values}
        return None

    def _trials(self):
        """Waves of the rule that are not stored: now, and on each day of a step.

        Nobody is held out of them: that is drawn when a wave starts.

        :return: list of new partner.notification.broadcast
        """
        self.ensure_one()
        now = self._trial()
        steps = self.ramp_ids.filtered(lambda step: step.date > now._today())
        return [now] + [
            self._trial(now._day_start(step.date)) for step in steps.sorted("date")
        ]

    def _trial(self, moment=False):
        return self.env["partner.notification.broadcast"].new(
            {
                "rule_id": self.id,
                "topic_id": self.topic_id.id,
                "company_id": self.company_id.id,
                "scheduled_at": moment,
                "hold_out_share": 0,
                "seed": "",
            }
        )
