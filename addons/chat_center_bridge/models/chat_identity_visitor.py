from odoo import api, models


class ChatIdentity(models.Model):
    """Customers who write on our own pages: signed in, or not yet known."""

    # one file a concern of the customer
    _inherit = "chat.identity"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _of_visitor(self, gateway, partner, guest):
        """Who writes in the gateway's window; made on the first word.

        :param partner: of the user who is signed in; empty: nobody is
        :param guest: mail.guest of the browser, if nobody is signed in
        """
        own = [("gateway_id", "=", gateway.id)]
        if partner:
            known = self.search([*own, ("external_id", "=", f"partner:{partner.id}")])
            return known or self.create(self._signed_in_values(gateway, partner))
        known = self.search([*own, ("guest_id", "=", guest.id)], limit=1)
        return known or self.create(self._visitor_values(gateway, guest))

    def _signed_in_values(self, gateway, partner):
        return {
            "gateway_id": gateway.id,
            "external_id": f"partner:{partner.id}",
            "name": partner.name,
            "lang": partner.lang,
            "partner_id": partner.id,
            "proof": "session",
        }

    def _visitor_values(self, gateway, guest):
        return {
            "gateway_id": gateway.id,
            "external_id": f"guest:{guest.id}",
            "name": guest.name,
            "lang": guest.lang,
            "guest_id": guest.id,
        }

    def _as_member(self):
        """Whom Discuss shows for the customer: field of a member -> id.

        Whoever signed in is shown as himself, all others as guests; even those an
        operator has linked: their words are not the partner's.
        """
        self.ensure_one()
        if self.guest_id:
            return {"guest_id": self.guest_id.id}
        return {"partner_id": self.partner_id.id}

    def _wrote_message(self, message):
        """Whether a message is the customer's own."""
        if self.guest_id:
            return message.author_guest_id == self.guest_id
        return bool(self.partner_id) and message.author_id == self.partner_id

    @api.model
    def _of_app(self, gateway, claims):
        """Who is signed in to the gateway's app; made the first time.

        :param claims: rules.token.Claims
        """
        external_id = f"app:{claims.subject}"
        known = self.search(
            [("gateway_id", "=", gateway.id), ("external_id", "=", external_id)]
        )
        if known.guest_id:
            return known
        partner = gateway._partner_of_app(claims.subject)
        name = claims.name or partner.name or claims.subject
        values = {"name": name, "partner_id": partner.id, "proof": "token"}
        values["guest_id"] = self._make_guest(name, partner.lang).id
        if known:
            known.write(values)
            return known
        return self.create(
            {
                **values,
                "gateway_id": gateway.id,
                "external_id": external_id,
                "lang": partner.lang,
            }
        )

    def _make_guest(self, name, lang):
        return self.env["mail.guest"].create({"name": name, "lang": lang})
