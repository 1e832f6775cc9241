from odoo import models


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
