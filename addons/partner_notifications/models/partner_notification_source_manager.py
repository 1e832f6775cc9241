from datetime import timedelta

from odoo import models
from odoo.tools import SQL, LazyTranslate

_lt = LazyTranslate(__name__)


class PartnerNotificationSourceManager(models.AbstractModel):
    """Companies that another person looks after since yesterday or before.

    A day is waited for: who is handed over twice, or given back, is told once or not
    at all, and a whole region handed over is one wave (K7: the day after).
    """

    _name = "partner.notification.source.manager"
    _inherit = "partner.notification.source"  # pylint: disable=consider-merging-classes-inherited
    _description = "New personal manager"

    _source = "manager"
    _source_name = _lt("New personal manager")

    def _placeholders(self):
        return {"manager", "phone", "email"}

    def _pause(self):
        """Within the first half hour of the rule's hours."""
        return timedelta(minutes=30)

    def _prepare(self, rule):
        """Whether somebody was handed over before today."""
        marks = self.env["partner.notification.mark"]
        return marks._exist(
            self._source, rule.company_id, self._day_start(rule.company_id)
        )

    def _day_start(self, company):
        """When the company's day began: later changes are told tomorrow."""
        wave = self.env["partner.notification.broadcast"].new(
            {"company_id": company.id}
        )
        return wave._day_start(wave._today())

    def _candidates(self, broadcast):
        """One row a company with another manager than before.

        A partner of no company in particular is told by its manager's company.
        """
        company = broadcast.company_id
        return SQL(
            """
            WITH mark AS (%(marks)s)
            SELECT partner.id AS commercial_partner_id,
                   jsonb_build_object('manager', contact.name,
                                      'phone', COALESCE(contact.phone, ''),
                                      'email', COALESCE(contact.email, '')) AS values,
                   'manager:' || partner.id || ':' || mark.id AS dedup_key,
                   NULL::float8 AS amount, 'res.partner'::varchar AS res_model,
                   partner.id AS res_id, NULL::varchar AS url
              FROM mark
              JOIN res_partner partner ON partner.id = mark.res_id AND partner.active
              JOIN res_users manager ON manager.id = partner.user_id AND manager.active
              JOIN res_partner contact ON contact.id = manager.partner_id
             WHERE (mark.before #>> '{}')::integer IS DISTINCT FROM manager.id
               AND COALESCE(partner.company_id, manager.company_id) = %(company)s
               AND partner.id IN %(partners)s
            """,
            company=company.id,
            marks=self.env["partner.notification.mark"]._oldest_sql(
                self._source, company, self._day_start(company)
            ),
            partners=broadcast.rule_id._partners_sql(),
        )

    def _looked_at(self, broadcast):
        """A change of yesterday is looked at once, told or not."""
        company = broadcast.company_id
        self.env["partner.notification.mark"]._take_away(
            self._source, company, self._day_start(company)
        )
