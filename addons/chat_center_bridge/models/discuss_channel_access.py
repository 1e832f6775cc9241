from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

# what core shows and does follows from customer and queue; nobody sets it past them
ROUTED_FIELDS = {
    "active",
    "channel_type",
    "description",
    "group_ids",
    "group_public_id",
    "image_128",
    "livechat_channel_id",
    "livechat_end_dt",
    "livechat_operator_id",
    "livechat_status",
    "name",
    "parent_channel_id",
    "uuid",
}


class DiscussChannel(models.Model):
    """Who may see a conversation, write in it and change it.

    Core lets each user of live chats read and join every live chat; of a conversation
    of ours it is members, and who serves or supervises its direction. Members are
    made by the queue alone.
    """

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    chat_is_visible = fields.Boolean(
        compute="_compute_chat_is_visible",
        search="_search_chat_is_visible",
        compute_sudo=True,
        help="What the record rules of channels ask for.",
    )
    chat_is_shown = fields.Boolean(
        compute="_compute_chat_is_visible",
        search="_search_chat_is_shown",
        compute_sudo=True,
        help="The same of conversations of the chat center alone: found by indexes.",
    )

    # with it every part of the rule is found by an index, however many conversations
    # have ended; without it each search of an operator would read them all
    _chat_none_idx = models.Index("(id) WHERE chat_state IS NULL")

    # core offers a conversation that needs help to every user of live chats
    _chat_status = models.Constraint(
        "CHECK(chat_state IS NULL OR livechat_status IS NULL"
        " OR livechat_status = 'in_progress')",
        "A conversation of the chat center is handed on by a transfer,"
        " not by a call for help.",
    )

    # -- seeing ------------------------------------------------------------------------

    @api.depends_context("uid", "guest", "allowed_company_ids")
    @api.depends(
        "channel_member_ids",
        "chat_state",
        "chat_direction_id.supervisor_ids",
        "chat_direction_id.operator_line_ids.operator_id",
    )
    def _compute_chat_is_visible(self):
        ours = self.filtered("chat_state")
        domain = self._chat_shown_domain() & Domain("id", "in", ours.ids)
        visible = ours.with_context(active_test=False).search(domain) if ours else ours
        for channel in self:
            channel.chat_is_shown = channel in visible
            channel.chat_is_visible = channel not in ours or channel in visible

    def _search_chat_is_visible(self, operator, _value):
        if operator != "in":
            return NotImplemented
        return Domain("chat_state", "=", False) | self._chat_shown_domain()

    def _search_chat_is_shown(self, operator, _value):
        if operator != "in":
            return NotImplemented
        return self._chat_shown_domain() & Domain("chat_state", "!=", False)

    @api.model
    def _chat_shown_domain(self):
        """What makes a conversation of ours one that the user may see.

        Ids of directions stand in it instead of joins, so that the list of channels
        costs whoever is no operator one comparison more.
        """
        domain = Domain("is_member", "=", True)
        if not self.env.user.has_group("chat_center_bridge.group_operator"):
            return domain
        directions = self.env["chat.direction"]
        served = Domain("chat_direction_id", "in", directions._served_ids())
        return (
            domain
            | Domain("chat_direction_id", "in", directions._supervised_ids())
            | served & Domain("chat_state", "=", "queued")
        )

    # -- changing ----------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        """Conversations begin with a customer's message, never by hand.

        :raises AccessError: somebody makes up what the queue writes
        """
        self._chat_check_written(set().union(*vals_list))
        return super().create(vals_list)

    def write(self, vals):
        """What the queue writes is not written by hand, by screen or by RPC.

        :raises AccessError: somebody tries
        """
        self._chat_check_written(set(vals))
        return super().write(vals)

    def _chat_check_written(self, names):
        """Refuse people the fields that only the queue writes.

        :param set names: of fields that are about to be written
        """
        if self.env.su:
            return
        owned = {name for name in names if self._chat_is_owned(name)}
        if any(self.sudo().mapped("chat_state")):
            owned |= names & ROUTED_FIELDS
        if owned:
            raise AccessError(
                self.env._(
                    "Of a conversation these follow from the customer and the queue:"
                    " %(fields)s. Take, transfer or close it instead.",
                    fields=self._chat_say_fields(owned),
                )
            )

    def _chat_say_fields(self, names):
        """Names of fields as the reader's screens have them."""
        fields_ = [self._fields[name] for name in sorted(names & set(self._fields))]
        return ", ".join(field._description_string(self.env) for field in fields_)

    def _chat_is_owned(self, name):
        field = self._fields.get(name)
        return name.startswith("chat_") and (not field or field.readonly)

    # -- writing in it -----------------------------------------------------------------

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """To write into a conversation one must be its member, not just see it.

        Who may change a conversation is a member; core asks for reading only, so that
        guests can write, who are members too.
        """
        operations = super()._mail_get_operation_for_mail_message_operation(
            message_operation
        )
        if message_operation == "create":
            seen = self.sudo().filtered(
                lambda one: one.chat_state and not one.is_member
            )
            operations.update(dict.fromkeys(self.browse(seen.ids), "write"))
        return operations

    # -- members -----------------------------------------------------------------------

    def _find_or_create_persona_for_channel(self, *args, **kwargs):
        """A link to the conversation lets nobody in who is not there already."""
        member = self.env["discuss.channel.member"].search_count(
            [("channel_id", "=", self.id), ("is_self", "=", True)], limit=1
        )
        if self.sudo().chat_state and not member:
            raise AccessError(
                self.env._("Only the queue lets people into this conversation.")
            )
        return super()._find_or_create_persona_for_channel(*args, **kwargs)
