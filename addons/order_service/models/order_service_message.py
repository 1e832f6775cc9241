from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL, config

BATCH = 100
NOTED_AT_ONCE = 10000
NO_MAIL_SERVER = "no_mail_server"
NO_SMS_PROVIDER = "no_sms_provider"


class OrderServiceMessage(models.Model):
    """One mail or SMS a customer gets for a stage, once an order and stage.

    A row waits (``queued``) until somebody is there to carry it: core marks a mail
    that meets no server as failed for good, so it gets it only when there is one.
    """

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
        [("queued", "Queued"), ("sent", "Handed over"), ("failed", "Not sent")],
        required=True,
        default="queued",
    )
    failure = fields.Selection(
        [
            (NO_MAIL_SERVER, "Waits: no outgoing mail server is set up."),
            (NO_SMS_PROVIDER, "Waits: no SMS provider is connected (Settings)."),
            ("archived", "The customer's contact is archived."),
            ("no_email", "The customer has no valid e-mail address."),
            ("no_phone", "Neither customer nor recipient has a valid phone number."),
            ("no_template", "The template was deleted."),
            ("template", "The template cannot be filled in."),
        ],
        readonly=True,
    )
    failure_detail = fields.Char(readonly=True)
    error = fields.Char(compute="_compute_error")
    mail_id = fields.Many2one(
        "mail.mail", index="btree_not_null", readonly=True, groups="base.group_system"
    )
    sms_id = fields.Many2one(
        "sms.sms", index="btree_not_null", readonly=True, groups="base.group_system"
    )

    _once = models.UniqueIndex(
        "(order_id, stage_id, kind) WHERE closure_id IS NULL",
        "The customer was told of this stage already.",
    )
    _queued_idx = models.Index("(id) WHERE state = 'queued'")

    @api.depends_context("lang")
    @api.depends("failure", "failure_detail", "mail_id.state", "sms_id.state")
    def _compute_error(self):
        labels = dict(self._fields["failure"]._description_selection(self.env))
        for message in self:
            words = [labels.get(message.failure), message.failure_detail]
            words.append(message.sudo()._carrier_failure())
            message.error = " ".join(word for word in words if word) or False

    def _carrier_failure(self):
        """What became of it after the hand-over, if it did not arrive."""
        self.ensure_one()
        if self.mail_id.state == "exception":
            return self.env._("Not sent: %s", self.mail_id.failure_reason or "?")
        if self.sms_id.state == "error":
            causes = self.sms_id._fields["failure_type"]._description_selection(
                self.env
            )
            cause = dict(causes).get(self.sms_id.failure_type)
            return self.env._("Not sent: %s", cause or "?")
        return False

    @api.model
    def _queue(self, orders, stage):
        """Rows for what ``stage`` tells its customers; a second visit adds none.

        The cron looks every minute: waking it at each move would cost the move a
        connection of its own.
        """
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
        orders.invalidate_recordset(["service_message_ids"])

    def action_send_again(self):
        """Queue anew what failed, here or on its way.

        :raises AccessError: the user is no operator, or may not see the messages
        """
        self.check_access("read")
        if not self.env.user.has_group("order_service.group_operator"):
            raise AccessError(self.env._("Messages are sent again by operators."))
        failed = self.sudo().filtered(
            lambda message: message.state == "failed" or message._carrier_failure()
        )
        failed.write({"state": "queued", "failure": False, "failure_detail": False})
        self.env.ref("order_service.cron_messages").sudo()._trigger()

    # -- sending --------------------------------------------------------------------

    @api.model
    def _cron_send(self):
        """Hand queued messages over to mail and SMS, in batches.

        A batch becomes ``sent`` in the transaction that creates its mails: a worker
        that dies leaves both or none. Rows that another transaction holds, or whose
        order it holds, wait for the next run.
        """
        self._note_waiting()
        domain = self._ready_domain()
        progress = self.env["ir.cron"]._commit_progress
        progress(remaining=self.search_count(domain))
        while messages := self._take(domain):
            messages._send()
            if not progress(len(messages)):
                break

    @api.model
    def _ready_domain(self):
        """Queued rows for which there is a carrier."""
        carried = Domain("kind", "=", "sms") & Domain(
            "order_id.company_id.service_sms_ready", "=", True
        )
        if self._has_mail_server():
            carried |= Domain("kind", "=", "mail")
        return Domain("state", "=", "queued") & carried

    @api.model
    def _has_mail_server(self):
        """Whether mails can leave: a server on record, or one named in the config.

        The config's default (``localhost``, named by nobody) is no server: a mail
        handed to it fails for good on most machines.
        """
        servers = self.env["ir.mail_server"].sudo()
        if servers.search_count(servers._find_mail_server_allowed_domain(), limit=1):
            return True
        chosen = config.options.maps[:-1]
        return any(options.get("smtp_server") for options in chosen)

    @api.model
    def _note_waiting(self):
        """Say on the rows without a carrier what they wait for."""
        new = Domain("state", "=", "queued") & Domain("failure", "=", False)
        no_sms = Domain("kind", "=", "sms") & Domain(
            "order_id.company_id.service_sms_ready", "=", False
        )
        self._note(new & no_sms, NO_SMS_PROVIDER)
        if not self._has_mail_server():
            self._note(new & Domain("kind", "=", "mail"), NO_MAIL_SERVER)

    @api.model
    def _note(self, domain, failure):
        rows = self.search(domain, limit=NOTED_AT_ONCE).try_lock_for_update()
        rows.write({"failure": failure})

    @api.model
    def _take(self, domain):
        """The next batch of rows that nobody holds, locked; oldest first."""
        rows = self.search(domain, order="id", limit=BATCH * 10)
        free = rows.order_id._service_free_orders()
        rows = rows.filtered(lambda message: message.order_id in free)
        return rows.try_lock_for_update(allow_referencing=True, limit=BATCH)

    def _send(self):
        """Create the mails and SMS of these rows, grouped by what they share."""
        for message in self:
            if failure := message._find_failure():
                message.write({"state": "failed", "failure": failure})
        queued = self.filtered(lambda message: message.state == "queued")
        for (kind, company, lang, template), messages in queued.grouped(
            lambda message: message._send_key()
        ).items():
            hand_over = getattr(messages, f"_hand_over_{kind}")
            messages._send_together(
                hand_over, template.with_company(company).with_context(lang=lang)
            )
        if queued.mail_id:
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _send_key(self):
        order = self.order_id
        template = self.mail_template_id or self.sms_template_id
        return self.kind, order.company_id, order.partner_id.lang, template

    def _find_failure(self):
        """Why this row can never be sent: a key of ``failure``, or None."""
        self.ensure_one()
        order = self.order_id
        if not (self.mail_template_id or self.sms_template_id):
            return "no_template"
        if not order.partner_id.active:
            return "archived"
        if self.kind == "mail" and not order.partner_id.email_normalized:
            return "no_email"
        if self.kind == "sms" and not order._service_sms_number():
            return "no_phone"
        return None

    def _send_together(self, hand_over, template):
        """Hand a group over; if the template fails for one, each goes alone.

        :param hand_over: bound method of this recordset's kind
        :param template: mail.template or sms.template in company and language
        """
        try:
            with self.env.cr.savepoint():
                hand_over(template)
        except UserError as error:
            if len(self) == 1:
                self.write(
                    {
                        "state": "failed",
                        "failure": "template",
                        "failure_detail": str(error),
                    }
                )
                return
            for message in self:
                alone = getattr(message, hand_over.__name__)
                message._send_together(alone, template)

    def _hand_over_mail(self, template):
        mails = template.send_mail_batch(self.order_id.ids, force_send=False)
        by_order = {mail.res_id: mail for mail in mails}
        for message in self:
            message.mail_id = by_order[message.order_id.id]
        self.write({"state": "sent", "failure": False})

    def _hand_over_sms(self, template):
        texts = template._render_field("body", self.order_id.ids, compute_lang=True)
        sms = self.env["sms.sms"].create(
            [
                {
                    "body": texts[message.order_id.id],
                    "number": message.order_id._service_sms_number(),
                    "partner_id": message.order_id.partner_id.id,
                }
                for message in self
            ]
        )
        for message, text_message in zip(self, sms, strict=True):
            message.sms_id = text_message
        self.write({"state": "sent", "failure": False})
