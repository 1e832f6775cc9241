from odoo import api, fields, models
from odoo.tools import SQL


class OrderServiceMessage(models.Model):
    """One mail or SMS a customer gets for a stage, once an order and stage."""

    _name = "order.service.message"
    _description = "Stage message to the customer"
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    stage_id = fields.Many2one("order.service.stage", required=True, index=True)
    kind = fields.Selection([("mail", "E-mail"), ("sms", "SMS")], required=True)
    mail_template_id = fields.Many2one("mail.template", index="btree_not_null")
    sms_template_id = fields.Many2one("sms.template", index="btree_not_null")
    state = fields.Selection(
        [("queued", "Queued"), ("sent", "Handed over"), ("failed", "Failed")],
        required=True,
        default="queued",
    )
    error = fields.Char()

    _once = models.UniqueIndex(
        "(order_id, stage_id, kind)", "The customer was told of this stage already."
    )
    _queued_idx = models.Index("(id) WHERE state = 'queued'")

    @api.model
    def _queue(self, orders, stage):
        """Rows for what ``stage`` tells its customers; a second visit adds none."""
        kinds = [
            ("mail", stage.mail_template_id.id, None),
            ("sms", None, stage.sms_template_id.id),
        ]
        rows = [
            (order.id, stage.id, kind, mail, sms, self.env.uid, self.env.uid)
            for kind, mail, sms in kinds
            if mail or sms
            for order in orders
        ]
        if not rows:
            return
        orders.flush_recordset(["name"])
        self.env.cr.execute(
            SQL(
                """INSERT INTO order_service_message
                       (order_id, stage_id, kind, mail_template_id, sms_template_id,
                        create_uid, write_uid, state, create_date, write_date)
                   SELECT order_id, stage_id, kind, mail_id::int, sms_id::int,
                          create_uid, write_uid, 'queued', now() AT TIME ZONE 'UTC',
                          now() AT TIME ZONE 'UTC'
                     FROM (VALUES %s) AS told (order_id, stage_id, kind, mail_id,
                                               sms_id, create_uid, write_uid)
                       ON CONFLICT DO NOTHING""",
                SQL(", ").join(SQL("%s", row) for row in rows),
            )
        )
        self.env.ref("order_service.cron_messages")._trigger()
