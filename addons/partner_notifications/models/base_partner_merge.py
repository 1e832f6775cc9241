from odoo import api, models
from odoo.tools import SQL


class BasePartnerMerge(models.TransientModel):
    """Two partners that become one wait once for the same goods."""

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Cancel the later one of two open entries for the same goods first.

        Core would delete every entry of the merged partners when one meets the unique
        index.
        """
        self._fold_waitlist(src_partners | dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _fold_waitlist(self, partners):
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE partner_waitlist SET state = 'cancelled', held_until = NULL
                    WHERE id IN (
                        SELECT id FROM (
                            SELECT id, row_number() OVER (
                                       PARTITION BY company_id, product_id, warehouse_id
                                       ORDER BY id) AS place
                              FROM partner_waitlist
                             WHERE partner_id IN %s
                               AND state IN ('waiting', 'held', 'told')) AS entry
                         WHERE place > 1)""",
                tuple(partners.ids),
            )
        )
        self.env["partner.waitlist"].invalidate_model()
