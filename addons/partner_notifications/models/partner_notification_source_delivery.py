from datetime import timedelta

from odoo import models
from odoo.tools import SQL, LazyTranslate

_lt = LazyTranslate(__name__)


class PartnerNotificationSourceDelivery(models.AbstractModel):
    """Orders that are to be expected on another day than before.

    The promised day is what counts. Where it stands, the day of the last transfer not
    yet made counts if it is later, or if nothing was promised: a transfer planned
    before the promise is no news to the partner. One message an order with its last
    day; moved back, or moved within the day, is nothing to tell.
    """

    _name = "partner.notification.source.delivery"
    _inherit = "partner.notification.source"  # pylint: disable=consider-merging-classes-inherited
    _description = "Delivery moved"

    _source = "delivery"
    _source_name = _lt("Delivery moved")
    _any_hour = True

    def _placeholders(self):
        return {"order", "date"}

    def _pause(self):
        """Within two hours of the signal (K6): a quarter of an hour is soon enough."""
        return timedelta(minutes=15)

    def _prepare(self, rule):
        """Whether an order was changed since the last time."""
        marks = self.env["partner.notification.mark"]
        return marks._exist(self._source, rule.company_id)

    def _expected_sql(self, orders):
        """SQL of the days of confirmed orders that are not delivered.

        :param SQL orders: their ids
        :return: rows (id, company_id, promised, expected), moments naive UTC
        """
        return SQL(
            """
            SELECT sale.id, sale.company_id, sale.commitment_date AS promised,
                   GREATEST(sale.commitment_date, MAX(picking.scheduled_date))
                       AS expected
              FROM sale_order sale
              LEFT JOIN (stock_picking picking
                         JOIN stock_picking_type kind
                           ON kind.id = picking.picking_type_id
                          AND kind.code = 'outgoing')
                ON picking.sale_id = sale.id
               AND picking.state NOT IN ('done', 'cancel')
             WHERE sale.id IN %s AND sale.state = 'sale'
               AND sale.delivery_status IS DISTINCT FROM 'full'
             GROUP BY sale.id
            """,
            orders,
        )

    def _is_moved_sql(self):
        """SQL condition on a row with ``promised``, ``expected`` and the two
        ``..._before``, moments of the company's zone: whether it is worth telling.

        An addon whose orders are promised a slot adds a change of the slot.
        """
        return SQL(
            """(promised::date <> promised_before::date
                OR expected::date <> expected_before::date)"""
        )

    def _candidates(self, broadcast):
        """One row a moved order."""
        return SQL(
            """
            WITH moved AS (%(moved)s), day AS (
                SELECT *, CASE WHEN promised::date <> promised_before::date
                               THEN promised::date ELSE expected::date END AS day
                  FROM moved WHERE %(is_moved)s
            )
            SELECT day.commercial_partner_id,
                   jsonb_build_object(
                       'order', name,
                       'date', jsonb_build_object('date', day::text)) AS values,
                   'order:' || id || ':' || mark_id AS dedup_key,
                   NULL::float8 AS amount,
                   'sale.order'::varchar AS res_model, id AS res_id,
                   '/my/orders/' || id AS url
              FROM day
             WHERE day.commercial_partner_id IN %(partners)s
               AND day::text IS DISTINCT FROM (%(last_told)s)
            """,
            moved=self._moved_sql(broadcast),
            is_moved=self._is_moved_sql(),
            partners=broadcast.rule_id._partners_sql(),
            last_told=self._last_told_sql(broadcast),
        )

    def _moved_sql(self, broadcast):
        """SQL of the marked orders as they stood and as they stand."""
        marks = self.env["partner.notification.mark"]._oldest_sql(
            self._source, broadcast.company_id
        )
        return SQL(
            """
            WITH mark AS (%(marks)s), stands AS (%(stands)s)
            SELECT stands.id, sale.name, partner.commercial_partner_id,
                   mark.id AS mark_id, %(promised)s AS promised,
                   %(expected)s AS expected, %(promised_before)s AS promised_before,
                   %(expected_before)s AS expected_before
              FROM mark
              JOIN stands ON stands.id = mark.res_id
              JOIN sale_order sale ON sale.id = stands.id
              JOIN res_partner partner ON partner.id = sale.partner_id
            """,
            marks=marks,
            stands=self._expected_sql(SQL("(SELECT res_id FROM mark)")),
            **{
                name: self._local_sql(moment, broadcast._zone())
                for name, moment in (
                    ("promised", SQL("stands.promised")),
                    ("expected", SQL("stands.expected")),
                    ("promised_before", SQL("(mark.before->>'promised')::timestamp")),
                    ("expected_before", SQL("(mark.before->>'expected')::timestamp")),
                )
            },
        )

    def _local_sql(self, moment, zone):
        """SQL of a moment, naive UTC, on the clock of a zone."""
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)", moment, zone.zone)

    def _last_told_sql(self, broadcast):
        """SQL of the day the partner was told last for the order ``day.id``."""
        return SQL(
            """SELECT earlier.values #>> '{date,date}' FROM partner_notification earlier
                WHERE earlier.commercial_partner_id = day.commercial_partner_id
                  AND earlier.topic_id = %s AND earlier.outcome = 'sent'
                  AND earlier.res_model = 'sale.order' AND earlier.res_id = day.id
                ORDER BY earlier.create_date DESC, earlier.id DESC LIMIT 1""",
            broadcast.topic_id.id,
        )

    def _looked_at(self, broadcast):
        """An order is looked at once, told or not."""
        self.env["partner.notification.mark"]._take_away(
            self._source, broadcast.company_id
        )
