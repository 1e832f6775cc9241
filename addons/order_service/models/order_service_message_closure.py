from odoo import api, fields, models
from odoo.tools import SQL


class OrderServiceMessage(models.Model):
    """The message about a closure of the store, once an order and closure."""

    # one file a concern of the message
    _inherit = "order.service.message"  # pylint: disable=consider-merging-classes-inherited

    closure_id = fields.Many2one(
        "order.service.store.closure", index="btree_not_null", ondelete="cascade"
    )

    _once_closure = models.UniqueIndex(
        "(order_id, closure_id) WHERE closure_id IS NOT NULL",
        "The customer was told of this closure already.",
    )

    @api.model
    def _queue_closure(self, orders, closure):
        """One row an order: a mail, or an SMS if the customer has no e-mail.

        :param orders: sale.order records on a route
        :param closure: order.service.store.closure
        """
        mail = self._closure_template("mail")
        sms = self._closure_template("sms")
        rows = []
        for order in orders:
            by_mail = bool(order.partner_id.email_normalized)
            row = (
                ("mail", mail.id or None, None)
                if by_mail
                else ("sms", None, sms.id or None)
            )
            rows.append((order.id, order.service_stage_id.id, closure.id, *row))
        if not rows:
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_service_message
                       (order_id, stage_id, closure_id, kind, mail_template_id,
                        sms_template_id, state, create_uid, write_uid, create_date,
                        write_date)
                   SELECT order_id, stage_id, closure_id, kind, mail_id::int,
                          sms_id::int, 'queued', %(user)s, %(user)s,
                          now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                     FROM (VALUES %(rows)s) AS told (order_id, stage_id, closure_id,
                                                     kind, mail_id, sms_id)
                       ON CONFLICT DO NOTHING""",
                user=self.env.uid,
                rows=SQL(", ").join(SQL("%s", row) for row in rows),
            )
        )
        orders.invalidate_recordset(["service_message_ids"])

    @api.model
    def _closure_template(self, kind):
        """The template of mails or SMS about a closure; empty if it was deleted."""
        name = f"order_service.{kind}_template_closure"
        templates = self.env[f"{kind}.template"]
        return self.env.ref(name, raise_if_not_found=False) or templates
