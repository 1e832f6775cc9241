from odoo import fields, models
from odoo.exceptions import UserError


class PartnerNotification(models.Model):
    """What follows when a partner wants the goods that came in."""

    _inherit = "partner.notification"  # pylint: disable=consider-merging-classes-inherited

    action_state = fields.Selection(
        selection_add=[("ordered", "Put into the order")],
        ondelete={"ordered": "set null"},
    )

    def _asked(self):
        result = super()._asked()
        if self.topic_id.action == "waitlist" and self.res_model == "partner.waitlist":
            self._waitlist_entry()._put_into_order(self.acted_by_id)
        return result

    def _waitlist_entry(self):
        """The entry the message is about.

        :raises UserError: it is deleted
        """
        entry = self.env["partner.waitlist"].browse(self.res_id).exists()
        if not entry:
            raise UserError(
                self.env._(
                    "“%s”: this is not on your waitlist any more. Enter it again.",
                    self.subject,
                )
            )
        return entry
