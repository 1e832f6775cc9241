from odoo import models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html


class ResUsers(models.Model):
    """Who writes notifications looks at them in their own mailbox first."""

    _inherit = "res.users"  # pylint: disable=consider-merging-classes-inherited

    def _send_notification_trial(self, subject, body):
        """Send a text to the person by e-mail.

        Its own words to its own address: the right to send mail is not needed. The
        caller has checked that the person may read them.

        :param str subject, body: plain text
        :return: action that says where the trial goes
        :raises UserError: the person has no e-mail address
        """
        self.ensure_one()
        if not self.email:
            raise UserError(
                self.env._("Give yourself an e-mail address in your preferences first.")
            )
        self.env["mail.mail"].sudo().create(
            {
                # a value may have several lines, a subject has one
                "subject": self.env._("Trial: %s", " ".join(subject.split())),
                "body_html": plaintext2html(body),
                "email_to": self.email_formatted,
                "email_from": self.email_formatted,
                "auto_delete": True,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        message = self.env._("The trial is on its way to %s.", self.email_formatted)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": "success"},
        }

    def _notification_language(self):
        """Code of the installed language the person reads."""
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return self.lang if self.lang in installed else "en_US"
