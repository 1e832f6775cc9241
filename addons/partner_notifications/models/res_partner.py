from odoo import models


class ResPartner(models.Model):
    """Persons whose company decides which notifications they may read."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    def _compute_commercial_partner(self):
        """Who changes company reads nothing of the old one from this commit on.

        Record rules keep a user's company in a cache that core clears for changes of
        the user only.
        """
        result = super()._compute_commercial_partner()
        if (
            self.env["res.users"]
            .sudo()
            .search_count([("partner_id", "in", self._origin.ids)], limit=1)
        ):
            self.env.registry.clear_cache()
        return result
