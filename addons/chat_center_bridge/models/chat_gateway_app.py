import time

from odoo import fields, models

from ..rules import token
from .once import once


class ChatGateway(models.Model):
    """A gateway whose app says who is signed in, with tokens of its own server."""

    # one file a concern of the gateway
    _inherit = "chat.gateway"  # pylint: disable=consider-merging-classes-inherited

    app_subject = fields.Selection(
        [
            ("none", "None: customers are not linked"),
            ("ref", "The partner's reference"),
            ("xmlid", "The partner's external id"),
        ],
        string="Customer in the app's token",
        default="none",
        required=True,
        tracking=True,
        help="By what the token names the customer (sub).",
    )

    def _of_app(self, text):
        """The identity of who is signed in to the app.

        :param str text: JSON Web Token
        :return: chat.identity with a guest
        :raises BadToken: it proves nothing, or was taken before
        :raises ConcurrencyError: the same customer comes twice just now; the request
            is made again
        """
        self.ensure_one()
        key = self._secrets().get("app_key")
        claims = token.read(text, key, self.key, time.time())
        self.env["chat.app.token"]._use(self, claims)
        with once(self.env.cr):
            return self.env["chat.identity"]._of_app(self, claims)

    def _partner_of_app(self, subject):
        """The partner a token names; empty if none is, or it may be several.

        :param str subject: as the gateway says: reference or external id
        """
        partners = self.env["res.partner"]
        found = partners
        if self.app_subject == "ref":
            found = partners.search([("ref", "=", subject)], limit=2)
        elif self.app_subject == "xmlid" and "." in subject:
            model, number = self.env["ir.model.data"]._xmlid_to_res_model_res_id(
                subject
            )
            found = partners.browse(number if model == partners._name else ()).exists()
        visible = found.filtered_domain(
            [("company_id", "in", (False, self.company_id.id))]
        )
        return visible if len(visible) == 1 else partners
