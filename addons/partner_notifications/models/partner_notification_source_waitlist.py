from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL, LazyTranslate

_lt = LazyTranslate(__name__)


class PartnerNotificationSourceWaitlist(models.AbstractModel):
    """Goods that somebody waits for have come in.

    The key names the entry and the moment it is kept until: one arrival is told once,
    the next one again.
    """

    _name = "partner.notification.source.waitlist"
    _inherit = "partner.notification.source"  # pylint: disable=consider-merging-classes-inherited
    _description = "Waitlisted goods are back"

    _source = "waitlist"
    _source_name = _lt("Waitlisted goods are back")
    _any_hour = True

    def _placeholders(self):
        return {"product", "quantity", "until"}

    def _pause(self):
        """Shorter than the scheduled action's two minutes: asked each time it runs."""
        return timedelta(minutes=1)

    def _prepare(self, rule):
        """Keep what has come in; without an arrival there is no wave."""
        return bool(self.env["partner.waitlist"]._hold_arrivals(rule))

    def _candidates(self, broadcast):
        """One row an entry whose goods are kept and whose company is not decided on."""
        return SQL(
            """
            SELECT entry.partner_id AS commercial_partner_id,
                   jsonb_build_object(
                       'product', jsonb_build_object('record',
                           jsonb_build_array('product.product', entry.product_id)),
                       'quantity', jsonb_build_object('quantity',
                           jsonb_build_array(entry.quantity, template.uom_id)),
                       'until', jsonb_build_object('moment', entry.held_until::text)
                   ) AS values,
                   'waitlist:' || entry.id || ':' || entry.held_until AS dedup_key,
                   NULL::float8 AS amount,
                   'partner.waitlist'::varchar AS res_model, entry.id AS res_id,
                   '/my/waitlist'::varchar AS url
              FROM partner_waitlist entry
              JOIN product_product product ON product.id = entry.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE entry.company_id = %(company)s AND entry.state = 'held'
               AND entry.broadcast_id IS NULL AND entry.held_until > %(now)s
               AND entry.partner_id IN %(partners)s
            """,
            company=broadcast.company_id.id,
            now=fields.Datetime.now(),
            partners=broadcast.rule_id._partners_sql(),
        )

    def _looked_at(self, broadcast):
        """An arrival is decided on once: told, held out or dropped."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE partner_waitlist entry SET broadcast_id = %(wave)s
                     FROM partner_notification_candidate candidate
                    WHERE candidate.broadcast_id = %(wave)s
                      AND candidate.res_id = entry.id""",
                wave=broadcast.id,
            )
        )
        self.env["partner.waitlist"].invalidate_model()

    def _finished(self, broadcast):
        """Entries whose company was told say so; who was held out knows nothing."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE partner_waitlist entry
                      SET state = 'told', told_at = message.create_date
                     FROM partner_notification message
                    WHERE message.broadcast_id = %(wave)s AND message.outcome = 'sent'
                      AND message.res_id = entry.id AND entry.state = 'held'
                      AND entry.broadcast_id = %(wave)s""",
                wave=broadcast.id,
            )
        )
        self.env["partner.waitlist"].invalidate_model()
