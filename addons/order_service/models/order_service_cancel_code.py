import secrets
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, consteq
from odoo.tools.misc import hmac

DIGITS = 6
VALID_MINUTES = 10
TRIES_AT_MOST = 5
CODES_AN_HOUR = 3


class OrderServiceCancelCode(models.Model):
    """A code sent to an order's phone, with which a guest proves to be its customer.

    Only a keyed hash is kept. Nobody has access: the portal works as superuser after
    its own checks.
    """

    _name = "order.service.cancel.code"
    _description = "Cancellation code"
    _order = "id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one(
        "sale.order", required=True, index=True, ondelete="cascade"
    )
    code_hash = fields.Char(required=True, groups=fields.NO_ACCESS)
    expires_at = fields.Datetime(required=True)
    tries = fields.Integer()
    used = fields.Boolean()

    @api.model
    def _send(self, order):
        """Make a code and queue it to the order's phone, or e-mail without a phone.

        :param order: one sale.order
        :return: the masked address it goes to
        :raises UserError: too many codes this hour, or no way to reach the customer
        """
        order = order.sudo()
        order._service_hold()
        channel, address = self._channel(order)
        self._check_not_too_many(order)
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        self.sudo().search([("order_id", "=", order.id), ("used", "=", False)]).write(
            {"used": True}
        )
        self.sudo().create(
            {
                "order_id": order.id,
                "code_hash": self._hash(order, code),
                "expires_at": fields.Datetime.now() + timedelta(minutes=VALID_MINUTES),
            }
        )
        getattr(self.sudo(), f"_send_by_{channel}")(order, address, code)
        return order._service_mask(address)

    @api.model
    def _channel(self, order):
        """("sms" | "mail", address) by which a code can reach the customer now."""
        number = order._service_sms_number()
        if number and order.company_id.service_sms_ready:
            return "sms", number
        email = order.partner_id.email_normalized
        if email and self.env["order.service.message"]._has_mail_server():
            return "mail", email
        raise UserError(
            self.env._("We cannot send you a code just now. Please call us to cancel.")
        )

    @api.model
    def _check_not_too_many(self, order):
        an_hour_ago = fields.Datetime.now() - timedelta(hours=1)
        sent = self.sudo().search_count(
            [("order_id", "=", order.id), ("create_date", ">", an_hour_ago)]
        )
        if sent >= CODES_AN_HOUR:
            raise UserError(
                self.env._("Too many codes were asked for. Try again in an hour.")
            )

    @api.model
    def _send_by_sms(self, order, number, code):
        self.env["sms.sms"].create(
            {
                "number": number,
                "body": self._text(order, code),
                "partner_id": order.partner_id.id,
            }
        )

    @api.model
    def _send_by_mail(self, order, email, code):
        """A mail that hangs on no document, so that no colleague reads the code."""
        text = self._text(order, code)
        self.env["mail.mail"].create(
            {
                "subject": self._text(order, None),
                "body_html": Markup("<p>%s</p>") % text,
                "email_from": order.company_id.email_formatted,
                "email_to": email,
                "auto_delete": True,
            }
        )
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    @api.model
    def _text(self, order, code):
        env = self.with_context(lang=order.partner_id.lang or self.env.lang).env
        number = order.service_external_ref or order.name
        if not code:
            return env._("Code to cancel order %s", number)
        return env._(
            "%(code)s is the code to cancel order %(order)s. If you did not ask for it,"
            " do nothing.",
            code=code,
            order=number,
        )

    @api.model
    def _hash(self, order, code):
        return hmac(self.env(su=True), "order_service.cancel_code", (order.id, code))

    @api.model
    def _redeem(self, order, code):
        """Whether ``code`` is the order's valid one; each try counts and it works once.

        :param str code: as typed
        """
        digits = "".join(filter(str.isdigit, code or ""))
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE order_service_cancel_code SET tries = COALESCE(tries, 0) + 1
                    WHERE id = (SELECT MAX(id) FROM order_service_cancel_code
                                 WHERE order_id = %s)
                      AND used IS NOT TRUE AND COALESCE(tries, 0) < %s
                      AND expires_at > %s
                RETURNING id, code_hash""",
                order.id,
                TRIES_AT_MOST,
                fields.Datetime.now(),
            )
        )
        row = self.env.cr.fetchone()
        if not row or not consteq(row[1], self._hash(order, digits)):
            return False
        self.invalidate_model(["tries"])
        self.sudo().browse(row[0]).used = True
        return True

    @api.autovacuum
    def _gc_codes(self):
        """Codes older than a day serve nobody."""
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.sudo().search([("create_date", "<", yesterday)], limit=10000).unlink()
