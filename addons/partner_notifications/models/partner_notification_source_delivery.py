from datetime import timedelta

from odoo import models
from odoo.tools import SQL


class PartnerNotificationSourceDelivery(models.AbstractModel):
    """Orders whose promised day is another one than it was.

    One message an order with its last day; moved back or moved within the day is
    nothing to tell.
    """

    _name = "partner.notification.source.delivery"
    _inherit = "partner.notification.source"
    _description = "Delivery moved"

    _source = "delivery"
    _source_name = "Delivery moved"

    def _placeholders(self):
        return {"order", "date"}

    def _pause(self):
        """Within two hours of the signal (K6): a quarter of an hour is soon enough."""
        return timedelta(minutes=15)

    def _candidates(self, broadcast):
        """One row a moved order."""
        zone = broadcast._zone().zone
        return SQL(
            """
            WITH mark AS (%(marks)s), moved AS (
                SELECT sale.id, sale.name, mark.id AS mark_id,
                       partner.commercial_partner_id,
                       (sale.commitment_date AT TIME ZONE 'UTC'
                        AT TIME ZONE %(zone)s)::date AS day,
                       ((mark.before #>> '{}')::timestamp AT TIME ZONE 'UTC'
                        AT TIME ZONE %(zone)s)::date AS day_before
                  FROM mark
                  JOIN sale_order sale ON sale.id = mark.res_id
                  JOIN res_partner partner ON partner.id = sale.partner_id
                 WHERE sale.state = 'sale' AND sale.commitment_date IS NOT NULL
            )
            SELECT %(company)s AS company_id, commercial_partner_id,
                   jsonb_build_object(
                       'order', name,
                       'date', jsonb_build_object('date', day::text)) AS values,
                   'order:' || id || ':' || mark_id AS dedup_key,
                   NULL::float8 AS amount,
                   'sale.order'::varchar AS res_model, id AS res_id,
                   '/my/orders/' || id AS url
              FROM moved
             WHERE day <> day_before AND commercial_partner_id IN %(partners)s
            """,
            company=broadcast.company_id.id,
            marks=self.env["partner.notification.mark"]._oldest_sql(
                self._source, broadcast.company_id
            ),
            zone=zone,
            partners=broadcast.rule_id._partners_sql(),
        )

    def _looked_at(self, broadcast):
        """An order is looked at once, told or not."""
        self.env["partner.notification.mark"]._take_away(
            self._source, broadcast.company_id
        )
