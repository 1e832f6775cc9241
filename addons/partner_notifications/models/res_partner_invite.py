from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

# each invitation is an e-mail sent at once, in one request
MOST_AT_ONCE = 100


class ResPartner(models.Model):
    """The service centre invites companies that could not be told in the portal."""

    _inherit = "res.partner"  # pylint: disable=consider-merging-classes-inherited

    notification_invite_email = fields.Char(
        string="Invitation to", compute="_compute_notification_invite_email"
    )

    @api.depends("email", "child_ids.email", "child_ids.type")
    def _compute_notification_invite_email(self):
        for partner in self:
            partner.notification_invite_email = partner._notification_invited().email

    def _notification_missed(self, which=()):
        """Companies told nothing for want of portal access, and still without it.

        Whose access was taken away is not among them: an administrator gives it back.

        :param which: domain of the notifications that count; all of them without it
        :return: Domain; who reads no journal of a company finds nobody by it
        """
        told_nothing = [("outcome", "=", "no_portal_user"), *which]
        return (
            Domain("portal_notification_ids", "any", told_nothing)
            & Domain("user_ids", "=", False)
            & Domain("child_ids", "not any", [("user_ids", "!=", False)])
        )

    def action_notification_invite(self):
        """Give the chosen companies access to the portal; each gets an e-mail.

        A door for clerks, who may not create users otherwise: it opens for companies
        of their journal only. Who cannot be invited is named, the others are invited.

        :return: action that names how many were invited, and who was not and why
        :raises AccessError: the user is no clerk, or a company is none of the list
        :raises UserError: too many are chosen at once
        """
        self._check_may_invite()
        refusals = {partner: partner._notification_invite() for partner in self}
        refused = {partner: why for partner, why in refusals.items() if why}
        message = self.env._("Invited: %s.", len(self) - len(refused))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": " ".join([message, *refused.values()]),
                "type": "warning" if refused else "success",
                "sticky": bool(refused),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_may_invite(self):
        """:raises AccessError, UserError: as ``action_notification_invite``"""
        if not self.env.user.has_group("partner_notifications.group_clerk"):
            raise AccessError(
                self.env._("Only the service centre invites companies to the portal.")
            )
        if len(self) > MOST_AT_ONCE:
            raise UserError(
                self.env._("Choose %s companies at most, then the next.", MOST_AT_ONCE)
            )
        listed = self.search(self._notification_missed() & Domain("id", "in", self.ids))
        if others := self - listed:
            raise AccessError(
                self.env._(
                    "Not in the list of companies without portal access: %s. Open the"
                    " list anew.",
                    ", ".join(others.sudo().mapped("display_name")),
                )
            )

    def _notification_invite(self):
        """Invite one company by the portal's own wizard.

        :return: a sentence why it was not invited, or None
        """
        invited = self.sudo()._notification_invited()
        if not invited:
            return self.env._(
                "%s has no e-mail address, nor one person with one: write it there.",
                self.display_name,
            )
        try:
            with self.env.cr.savepoint():
                wizard = invited.env["portal.wizard"].create(
                    {"partner_ids": [Command.set(invited.ids)]}
                )
                wizard.user_ids.action_grant_access()
        except UserError as error:
            return str(error)
        return None

    def _notification_invited(self):
        """Who of a company is invited: itself, or the only person with an address.

        :return: res.partner, empty if it is not clear who
        """
        if self.email:
            return self
        persons = self.child_ids.filtered(
            lambda person: person.email and person.type == "contact"
        )
        return persons if len(persons) == 1 else self.browse()
