from odoo import models


class MailActivity(models.Model):
    """An accountant's activity that is done closes the statement it was for."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """However it is marked done, the partner may ask for another one then."""
        # administrators may delete types of activities; the others go on being done
        signed = self.env.ref(
            "partner_notifications.activity_signed_statement", raise_if_not_found=False
        )
        statements = self.env["partner.statement"].browse(
            self.filtered(
                lambda activity: (
                    activity.res_model == "partner.statement"
                    and activity.activity_type_id == signed
                )
            ).mapped("res_id")
        )
        done = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        statements.sudo().exists().state = "ready"
        return done
