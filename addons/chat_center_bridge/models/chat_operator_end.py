from odoo import fields, models
from odoo.exceptions import UserError

OPERATOR_GROUP = "chat_center_bridge.group_operator"


class ChatOperator(models.Model):
    """Operators who stop, or may not go on: others have what they had.

    An operator stays the user he was made for: stretches, figures and the conversations
    in his Discuss are that user's.
    """

    # one file a concern of the operator
    _inherit = "chat.operator"  # pylint: disable=consider-merging-classes-inherited

    def write(self, vals):
        """Whoever is archived leaves nothing behind.

        :raises UserError: the operator is to become another user
        """
        if "user_id" in vals:
            self._check_same_user(vals["user_id"])
        result = super().write(vals)
        if "active" in vals and not vals["active"]:
            # sudo: discuss.channel - slots and stretches follow, nobody writes them
            self.sudo()._stop(fields.Datetime.now())
        return result

    def _check_same_user(self, user_id):
        for operator in self:
            if operator.user_id.id != user_id:
                raise UserError(
                    self.env._(
                        "%s stays the operator of what was said: archive this operator"
                        " and make another for the other user.",
                        operator.display_name,
                    )
                )

    def _may_work(self):
        """Whether the user can sign in and has the right of an operator."""
        self.ensure_one()
        # sudo: res.users - supervisors make operators of users, and read no rights
        user = self.user_id.sudo()
        return user.active and user.has_group(OPERATOR_GROUP)

    def _stop(self, moment):
        """Be away, and give every conversation back to its queue.

        :param moment: naive UTC datetime it is now
        :raises UserError: somebody changes one of the conversations just now
        """
        for operator in self.filtered(lambda one: one.state != "away"):
            lang = operator.user_id.lang
            reason = operator.with_context(lang=lang).env._("No operator any more")
            operator._set_state("away", reason)
        held = self.env["discuss.channel"].search(
            [("chat_operator_id", "in", self.ids)]
        )
        for conversation in held:
            conversation._chat_left_by_holder(moment)

    def _stop_who_may_not(self, moment):
        """Send away operators whose right was taken, or who cannot sign in any more."""
        everybody = self.with_context(active_test=False).search([])
        everybody.filtered(lambda one: not one._may_work())._stop(moment)
