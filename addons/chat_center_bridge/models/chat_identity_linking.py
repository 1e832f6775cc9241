from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# proven by the customer himself: nobody else knows better
OWN_PROOFS = ("session", "token", "link")
MOST_SUGGESTIONS = 5


class ChatIdentity(models.Model):
    """Who a customer of a gateway is in the ERP: suggested, linked, undone.

    Each method says who may: whoever holds the customer's conversation, and who
    supervises its direction.
    """

    # one file a concern of the customer
    _inherit = "chat.identity"  # pylint: disable=consider-merging-classes-inherited

    link_ids = fields.One2many("chat.identity.link", "identity_id", string="Links")

    def _of_same_customer(self):
        """The customer as all gateways of the company know him, this one included."""
        if not self.partner_id:
            return self
        return self | self.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )

    # -- doors -------------------------------------------------------------------------

    def chat_suggestions(self):
        """Partners who have the customer's phone or e-mail: perhaps it is one of them.

        :return: list of dicts: partner_id, name, by (list of phone, email)
        :raises AccessError: the user does not serve the customer
        """
        self._check_served()
        phones, emails = self._known_phones(), self._known_emails()
        return [
            {
                "partner_id": partner.id,
                "name": partner.display_name,
                "by": ["phone"] * (partner.phone_sanitized in phones)
                + ["email"] * (partner.email_normalized in emails),
            }
            for partner in self._suggested_partners()
        ]

    def chat_link(self, partner_id):
        """Say who the customer is.

        :param int partner_id: id of a res.partner the user may read
        :return: True
        :raises AccessError: the user does not serve the customer, or may not read the
            partner
        :raises UserError: the customer proved to be somebody, or the partner is another
            company's
        """
        self._check_served()
        partner = self._linkable(partner_id)
        # sudo: chat.identity - who serves the customer links him, and writes no more
        self.sudo()._link(partner, "operator")
        return True

    def chat_undo_link(self):
        """Take the last link back: the customer is who he was before.

        :return: True
        :raises AccessError: the user does not serve the customer
        :raises UserError: there is no link to take back
        """
        self._check_served()
        # sudo: chat.identity - as in chat_link
        self.sudo()._undo_link()
        return True

    def chat_send_proof_link(self, partner_id):
        """Ask a partner whether it is he who writes, where we know him already.

        :param int partner_id: id of a res.partner the user may read
        :return: ``chat`` or ``email``: where the question went
        :raises AccessError: as of ``chat_link``
        :raises UserError: as of ``chat_link``, or we know no other way to the partner
        """
        self._check_served()
        partner = self._linkable(partner_id)
        # sudo: chat.proof.link - its secret is for the partner only
        return self.env["chat.proof.link"].sudo()._ask(self.sudo(), partner)

    # -- who may -----------------------------------------------------------------------

    def _check_served(self):
        self.ensure_one()
        self.check_access("read")
        if not self._is_served_by(self.env.user):
            raise AccessError(
                self.env._(
                    "Only the operator who has %s and the supervisors of the direction"
                    " may do that: take the conversation first.",
                    self.display_name,
                )
            )

    def _is_served_by(self, user):
        """Whether a user leads the customer's last conversation, or his direction."""
        conversation = self._last_conversation()
        return conversation._chat_is_led_by(user) or self._is_supervised_by(user)

    def _is_supervised_by(self, user):
        """Whether a user supervises the direction in which the customer wrote last."""
        # sudo: chat.direction - only who supervises it is asked
        customer = self.sudo()
        direction = customer.direction_id or customer.gateway_id.direction_id
        return direction._is_led_by(user)

    def _last_conversation(self):
        """The customer's last conversation, as the system; may be empty."""
        # sudo: discuss.channel - only who leads it is asked
        conversations = self.env["discuss.channel"].sudo()
        own = [("chat_identity_id", "=", self.id)]
        return conversations.search(own, order="id desc", limit=1)

    def _linkable(self, partner_id):
        """The partner, if the customer may still be said to be him."""
        partner = self.env["res.partner"].browse(partner_id).exists()
        if not partner:
            raise UserError(self.env._("This partner is not there any more."))
        partner.check_access("read")
        if partner.company_id and partner.company_id != self.company_id:
            raise UserError(
                self.env._(
                    "%(partner)s is a partner of %(company)s: choose one of yours.",
                    partner=partner.name,
                    company=partner.company_id.name,
                )
            )
        if self.proof in OWN_PROOFS:
            raise UserError(
                self.env._(
                    "The customer has proven to be %s: that stays as it is.",
                    self.partner_id.name or self.name or self.external_id,
                )
            )
        return partner

    # -- linking -----------------------------------------------------------------------

    def _link(self, partner, proof):
        """From now on the customer is the partner; what was before is kept in the log.

        :param str proof: a value of ``proof``
        """
        self.ensure_one()
        self.env["chat.identity.link"].create(
            {
                "identity_id": self.id,
                "partner_id": partner.id,
                "proof": proof,
                "former_partner_id": self.partner_id.id,
                "former_proof": self.proof,
                "user_id": self.env.uid,
            }
        )
        self.write({"partner_id": partner.id, "proof": proof})

    def _undo_link(self):
        last = self._last_link()
        if not last:
            raise UserError(self.env._("There is no link to take back."))
        last.write({"undone_at": fields.Datetime.now(), "undone_by_id": self.env.uid})
        self.write(
            {"partner_id": last.former_partner_id.id, "proof": last.former_proof}
        )

    def _last_link(self):
        """The link that can be taken back; may be empty."""
        return self.link_ids.filtered(lambda link: not link.undone_at)[:1]

    # -- what is known -----------------------------------------------------------------

    def _suggested_partners(self):
        """Partners the reader may see who have the customer's phone or e-mail."""
        phones, emails = self._known_phones(), self._known_emails()
        domain = Domain("phone_sanitized", "in", phones)
        domain |= Domain("email_normalized", "in", emails)
        domain &= Domain("company_id", "in", (False, self.company_id.id))
        return self.env["res.partner"].search(domain, limit=MOST_SUGGESTIONS)

    def _known_phones(self):
        """The customer's phones as the ERP keeps them (E.164)."""
        country = self.company_id.country_id
        format_phone = self.env["res.partner"]._phone_format
        numbers = [f"+{phone}" for phone in self._aliases("phone")]
        found = [format_phone(number=number, country=country) for number in numbers]
        return [phone for phone in found if phone]

    def _known_emails(self):
        """The customer's addresses as the ERP keeps them."""
        told = [*self._aliases("email"), self.guest_id.sudo().email]
        return [address.strip().lower() for address in told if address]

    def _aliases(self, kind):
        """What providers call the customer, without the kind before it."""
        names = self.alias_ids.mapped("name")
        return [name.partition(":")[2] for name in names if name.startswith(f"{kind}:")]
