import json

from odoo import models
from odoo.tools import SQL, LazyTranslate

AT_ONCE = 50  # companies told in the transaction of the one who changes them

_lt = LazyTranslate(__name__)


class PartnerNotificationSourceDetails(models.AbstractModel):
    """Details of a company that staff has changed: told at once, by no clock (K8)."""

    _name = "partner.notification.source.details"
    _inherit = "partner.notification.source"  # pylint: disable=consider-merging-classes-inherited
    _description = "Company details changed"

    _source = "details"
    _source_name = _lt("Company details changed")

    def _placeholders(self):
        return {"changes"}

    def _prepare(self, rule):
        """The change itself starts the wave."""
        return False

    def _tell(self, rule, changes):
        """Tell companies what has been changed; many of them through the queue.

        The caller has checked that the change is staff's and has been allowed.

        :param rule: active partner.notification.rule of this source
        :param dict changes: res.partner -> [[field, new value or id] ...]
        :return: partner.notification.broadcast
        """
        rule = rule.sudo()
        wave = rule.broadcast_ids.create(
            {
                "topic_id": rule.topic_id.id,
                "rule_id": rule.id,
                "company_id": rule.company_id.id,
                "origin": "event",
                "state": "queued",
            }
        )
        pipeline = self.env["partner.notification.pipeline"].sudo()
        query = self._rows_sql(wave, changes)
        if len(changes) <= AT_ONCE:
            pipeline._send_now(wave, query)
        else:
            pipeline._keep_candidates(wave, query)
            self.env.ref("partner_notifications.ir_cron_pipeline")._trigger()
        return wave

    def _rows_sql(self, wave, changes):
        """SQL of the candidates of an event, within the rule's choice of partners."""
        rows = SQL(", ").join(
            SQL("(%s, %s::jsonb)", partner.id, json.dumps({"changes": changed}))
            for partner, changed in changes.items()
        )
        return SQL(
            """
            SELECT row.partner_id AS commercial_partner_id,
                   jsonb_build_object('changes', row.changes) AS values,
                   %(key)s AS dedup_key, NULL::float8 AS amount,
                   'res.partner'::varchar AS res_model, row.partner_id AS res_id,
                   '/my/account'::varchar AS url
              FROM (VALUES %(rows)s) AS row (partner_id, changes)
             WHERE row.partner_id IN %(partners)s
            """,
            key=f"details:{wave.id}",
            rows=rows,
            partners=wave.rule_id._partners_sql(),
        )
