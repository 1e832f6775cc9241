from odoo import models
from odoo.tools import SQL


class PrivacyLookupWizard(models.TransientModel):
    """What a chat center knows of a person is found, and goes with the customer.

    A customer of a gateway is one line of the list; deleting it erases messages, files
    and events as well, see ``chat.identity``.
    """

    _inherit = "privacy.lookup.wizard"

    def _get_query_models_blacklist(self):
        """Found by conditions of our own, and what goes with the partner by itself.

        A preference's ``email`` says whether one wants copies; core takes every field
        of that name for an address, and PostgreSQL refuses to compare the two.
        """
        return [
            *super()._get_query_models_blacklist(),
            "chat.identity",
            "mail.guest",
            "partner.notification.preference",
        ]

    def _get_query(self):
        """With customers linked to the person, or known by the name or the address."""
        return SQL(
            """%(query)s
               UNION ALL
               SELECT %(model)s AS res_model_id, identity.id AS res_id,
                      True AS is_active
                 FROM chat_identity identity
                WHERE identity.name ILIKE %(name)s
                   OR identity.partner_id IN (
                        SELECT id FROM res_partner
                         WHERE email_normalized = %(email)s OR name ILIKE %(name)s)
                   OR EXISTS (
                        SELECT 1 FROM chat_identity_alias alias
                         WHERE alias.identity_id = identity.id
                           AND alias.name = 'email:' || %(email)s)
               UNION ALL
               SELECT %(guest_model)s, guest.id, True
                 FROM mail_guest guest
                WHERE (guest.email ILIKE %(like)s OR guest.name ILIKE %(name)s)
                  AND NOT EXISTS (
                        SELECT 1 FROM chat_identity identity
                         WHERE identity.guest_id = guest.id)""",
            query=super()._get_query(),
            model=self.env["ir.model"]._get_id("chat.identity"),
            guest_model=self.env["ir.model"]._get_id("mail.guest"),
            name=self.name.strip(),
            email=self.email.strip().lower(),
            like=f"%{self.email.strip()}%",
        )
