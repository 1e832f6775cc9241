from odoo import models


class PartnerNotification(models.Model):
    """What follows when a partner asks for a signed statement beside its debt."""

    _inherit = "partner.notification"  # pylint: disable=consider-merging-classes-inherited

    def _asked(self):
        result = super()._asked()
        if self.topic_id.action == "debt":
            self.env["partner.statement"]._ask(
                "signed", self.commercial_partner_id, self.company_id, self.acted_by_id
            )
        return result
