"""Whatever an outsider asks by RPC, of whatever table: no word of a conversation."""

from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from .test_access import CENTER, AccessWorld

SECRET = "zinaida"
REFUSING = (
    "odoo.addons.base.models.ir_model",
    "odoo.addons.base.models.ir_rule",
    "odoo.models",
)
# tables of core in which a conversation leaves traces
NEIGHBOURS = (
    "discuss.channel",
    "discuss.channel.member",
    "im_livechat.channel.member.history",
    "im_livechat.report.channel",
    "ir.attachment",
    "mail.followers",
    "mail.guest",
    "mail.message",
    "mail.message.reaction",
    "mail.notification",
    "mail.tracking.value",
    "rating.rating",
)
# tables of core that we only add to
CORES_OWN = {
    "im_livechat.channel",
    "ir.http",
    "privacy.lookup.wizard",
    "res.company",
    "res.config.settings",
    "res.users",
}
# a sweep of tables without it would prove nothing
WITH_THE_WORD = {
    "chat.figure",
    "chat.figure.row",
    "chat.identity",
    "chat.identity.alias",
    "chat.identity.link",
    "chat.inbox.file",
    "chat.outbox",
    "chat.segment",
    "chat.slot",
    "chat.turn",
    *set(NEIGHBOURS) - {"mail.followers", "mail.notification", "mail.tracking.value"},
}
ADDON = "odoo.addons.chat_center_bridge."


class SweepWorld(AccessWorld):
    """A conversation in which everything that can be told holds one word."""

    @classmethod
    def set_up_sweep(cls):
        cls.set_up_world()
        cls.company = cls.env["res.company"].create({"name": "Other Ltd"})
        cls.there = cls._person(
            "chat_there",
            f"{CENTER}manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        cls.outsiders |= cls.there
        cls._fill_with_the_word()
        cls.env.flush_all()
        cls.env.invalidate_all()

    @classmethod
    def _fill_with_the_word(cls):
        identity = cls.taken.chat_identity_id
        identity.name = identity.guest_id.name = cls.taken.name = SECRET
        identity.alias_ids = [(0, 0, {"name": f"email:{SECRET}@example.com"})]
        partner = cls.env["res.partner"].create({"name": "Z. Ivanova"})
        identity._link(partner, "operator")
        cls.taken.message_ids.body = f"It is {SECRET}"
        cls.taken.message_ids._message_reaction(
            "👍", "add", cls.env["res.partner"], identity.guest_id
        )
        cls._reply(cls.taken, cls.holder, f"Dear {SECRET}")
        cls._attachment(cls.taken).name = SECRET
        cls.env["chat.inbox.file"].create(
            {
                "message_id": cls.taken.message_ids[-1:].id,
                "gateway_id": cls.gateway.id,
                "provider_file_id": "1",
                "name": SECRET,
            }
        )
        cls.env["rating.rating"].create(
            {
                "res_model_id": cls.env["ir.model"]._get_id("discuss.channel"),
                "res_id": cls.taken.id,
                "rating": 5,
                "consumed": True,
                "feedback": SECRET,
            }
        )
        cls.taken.with_user(cls.holder).chat_hold("2099-01-01 10:00:00")
        cls.taken.with_user(cls.holder).chat_resume()
        cls.taken.chat_segment_ids.filtered("closed_at").comment = SECRET
        cls.env["chat.figure.due"]._count_next()

    def _models(self):
        ours = [
            name
            for name, model in self.env.registry.items()
            if any(one.__module__.startswith(ADDON) for one in model.mro())
            and not model._abstract
        ]
        return sorted({*ours, *NEIGHBOURS} - CORES_OWN)

    def _ask(self, user, model, method, *args, **kwargs):
        """The answer as text; empty where the server refuses."""
        try:
            with self.env.cr.savepoint():
                records = self.env[model].with_user(user)
                return str(call_kw(records, method, list(args), kwargs))
        except (AccessError, AccessDenied, UserError):
            return ""


@tagged("post_install", "-at_install")
class TestReadingSweep(SweepWorld, TransactionCase):
    """Each table, each field, each way of asking."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_sweep()

    def _answers(self, user, model):
        """Answers to every way of asking a table for what holds the word."""
        everything = self.env[model].sudo().with_context(active_test=False).search([])
        found = self._ask(user, model, "search", [])
        yield self._ask(user, model, "name_search", "")
        yield self._ask(user, model, "read", everything.ids)
        if found in ("", "[]"):
            return
        for name, field in self.env[model]._fields.items():
            yield self._ask(user, model, "search_read", [], [name])
            if field.store and field.type in ("char", "text", "html", "many2one"):
                yield self._ask(
                    user, model, "formatted_read_group", [], [name], ["__count"]
                )

    def _telling(self, user):
        """The tables that tell a user the word."""
        return {
            model
            for model in self._models()
            if any(SECRET in answer for answer in self._answers(user, model))
        }

    @mute_logger(*REFUSING)
    def test_outsiders_hear_nothing(self):
        for user in self.outsiders:
            with self.subTest(user.login):
                self.assertFalse(self._telling(user))

    @mute_logger(*REFUSING)
    def test_the_word_is_there_to_be_told(self):
        told = self._telling(self.env.ref("base.user_root"))
        self.assertGreaterEqual(told, WITH_THE_WORD)
