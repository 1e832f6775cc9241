from datetime import timedelta

from odoo import fields, models

from .words import Words

SAMPLE_AMOUNT = 12345.67
SAMPLE_DAYS = 3  # ahead of today


class PartnerNotificationTopic(models.Model):
    """A topic's words are tried on oneself before partners get them."""

    _inherit = "partner.notification.topic"  # pylint: disable=consider-merging-classes-inherited

    def action_trial(self):
        """Send the topic's words to oneself by e-mail, with samples for its values.

        :return: action that says where the trial goes
        :raises AccessError: one may not read topics
        :raises UserError: one has no e-mail address
        """
        self.ensure_one()
        self.check_access("read")
        user = self.env.user
        wave = self.env["partner.notification.broadcast"].new(
            {"topic_id": self.id, "company_id": self.env.company.id}
        )
        row = {
            "partner": user.commercial_partner_id.name,
            "values": self._sample_values(),
        }
        subject, body = Words(wave, self).render(row)
        lang = user._notification_language()
        return user._send_notification_trial(subject[lang], body[lang])

    def _sample_values(self):
        """dict name -> value as of a candidate: what has a form is shown in it.

        What only a source or a file knows stands as its name in square brackets.
        """
        user = self.env.user
        day = fields.Date.context_today(self) + timedelta(days=SAMPLE_DAYS)
        samples = {
            "amount": {"money": [[SAMPLE_AMOUNT, self.env.company.currency_id.id]]},
            "date": {"date": day.isoformat()},
            "until": {"date": day.isoformat()},
            "manager": user.name,
            "phone": user.phone,
            "email": user.email,
        }
        return {
            name: samples.get(name) or f"[{name}]"
            for name in self._placeholder_names() - {"partner", "company"}
        }
