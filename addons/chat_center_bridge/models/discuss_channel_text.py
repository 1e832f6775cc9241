import logging

from markupsafe import Markup, escape

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..rules import language

_logger = logging.getLogger(__name__)

LINE_BREAK = Markup("<br/>")
OPENING_FORMAT = "EEEE, d MMMM, HH:mm"


class DiscussChannel(models.Model):
    """What customers are told by themselves, in their language."""

    # one file a concern of the conversation
    _inherit = "discuss.channel"  # pylint: disable=consider-merging-classes-inherited

    chat_told_ids = fields.Many2many(
        "chat.direction.text",
        string="Texts sent",
        readonly=True,
        copy=False,
        context={"active_test": False},
    )

    def _chat_tell_beginning(self, moment):
        """Tell whoever wrote what he should know while he waits.

        :param moment: naive UTC datetime of his message
        """
        if not self.chat_replied_at:
            self._chat_tell("greeting")
        self._chat_tell("incident")
        # a calendar is not asked at every message for a text that nobody will read
        if self._chat_text_due("outside_hours") or self._chat_text_due("peak"):
            self._chat_tell_wait(moment)

    def _chat_tell_wait(self, moment):
        """Tell why nobody answers at once: nobody works, or many wait."""
        if self.chat_state != "queued":
            return  # somebody is with him, whatever the hours are
        direction = self.chat_direction_id
        opening = direction._next_opening(moment)
        if opening != moment:
            self._chat_tell("outside_hours", opening=opening)
        elif direction._is_peak():
            self._chat_tell("peak")

    def _chat_text_due(self, event):
        """The direction's text for an event if it was not told before; may be empty.

        Nothing is told where events of the past are played again: context ``chat_dry``.
        """
        text = self.chat_direction_id._text_of(event)
        is_told = event in self.chat_told_ids.mapped("event")
        return text.browse() if is_told or self.env.context.get("chat_dry") else text

    def _chat_tell(self, event, opening=None):
        """Post the direction's text for an event, once a conversation.

        A text that the messenger would refuse is left out: what it accompanies, be it
        the customer's own message or the end, happens all the same.

        :param str event: a value of chat.direction.text
        :param opening: naive UTC datetime that stands for ``{opening}``
        """
        self.ensure_one()
        text = self._chat_text_due(event)
        if not text:
            return
        self.chat_told_ids = [fields.Command.link(text.id)]
        lang = self._chat_lang()
        words = text.with_context(lang=lang).text
        words = words.replace("{opening}", self._chat_say_moment(opening, lang))
        try:
            with self.env.cr.savepoint():
                self._chat_post_as_queue(words)
        except UserError as error:
            _logger.info("Conversation %s is not told “%s”: %s", self.id, event, error)

    def _chat_lang(self):
        """The installed language to write to the customer in: its code."""
        partner = self.chat_identity_id.partner_id
        if partner:
            return partner.lang
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        company = self.chat_direction_id.company_id.partner_id.lang
        return language.closest(self.chat_identity_id.lang, codes) or company

    def _chat_say_moment(self, moment, lang):
        """A moment as the customer reads it, on the direction's clock."""
        if not moment:
            return ""
        zone = self.chat_direction_id.calendar_id.tz
        return format_datetime(
            self.env, moment, tz=zone, dt_format=OPENING_FORMAT, lang_code=lang
        )

    def _chat_post_as_queue(self, words):
        """Write into the conversation as the chat center itself."""
        author = self.chat_direction_id.public_partner_id or self.env.ref(
            "chat_center_bridge.partner_queue"
        )
        return self.message_post(
            author_id=author.id,
            body=LINE_BREAK.join(escape(words).splitlines()),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
