from odoo import fields, models


class ResUsers(models.Model):
    """Whether Discuss is an operator's window for a user."""

    _inherit = "res.users"

    chat_operator_ids = fields.One2many(
        "chat.operator",
        "user_id",
        string="Operator of the chat center",
        groups="chat_center_bridge.group_operator",
    )

    def _init_store_data(self, store):
        result = super()._init_store_data(store)
        # sudo: chat.operator - whether one is an operator oneself is no secret
        operators = self.env["chat.operator"].sudo()
        is_operator = operators.search_count([("user_id", "=", self.env.uid)], limit=1)
        store.add_global_values(
            is_chat_operator=bool(is_operator),
            has_access_chat_center=self.env.user.has_group(
                "chat_center_bridge.group_operator"
            ),
        )
        return result
