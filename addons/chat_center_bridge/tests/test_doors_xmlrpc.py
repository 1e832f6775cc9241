"""Every public method is a door for integrators: called as they call it."""

import inspect

from odoo import Command, fields
from odoo.tests import HttpCase, tagged

from .common import ChatBuilders
from .provider import ProviderMixin

LATER = "2099-01-01 10:00:00"
ADDON = "odoo.addons.chat_center_bridge."
# what core calls itself, or declares with these names
OF_CORE = {"create", "write", "unlink", "message_post", "default_get", "channel_pin"}
OF_CORE |= {"set_message_pin"}


@tagged("post_install", "-at_install")
class TestDoorsOverXmlRpc(ProviderMixin, ChatBuilders, HttpCase):
    """XML-RPC has no word for nothing: every door answers something."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.set_up_provider()
        cls.b2b = cls._direction("B2B")
        cls.olga = cls._operator("chat_olga", cls.direction | cls.b2b)
        cls.pavel = cls._operator("chat_pavel")
        cls.chief = cls._operator("chat_chief")
        cls.chief.user_id.group_ids = [
            Command.link(cls.env.ref("chat_center_bridge.group_manager").id)
        ]
        (cls.direction | cls.b2b).supervisor_ids = cls.chief.user_id
        cls.called = set()

    def setUp(self):
        super().setUp()
        self.numbers = iter(range(1, 100))

    def _call(self, operator, model, method, *arguments, **keywords):
        """Call a door as the user of an operator, with what XML-RPC can carry."""
        user = operator.user_id
        self.env.flush_all()
        answer = self.xmlrpc_object.execute_kw(
            self.env.cr.dbname,
            user.id,
            user.login.ljust(8, "x"),
            model,
            method,
            list(arguments),
            keywords,
        )
        self.env.invalidate_all()
        self.called.add((model, method))
        self.assertIsNotNone(answer)
        return answer

    def _new(self, operator=None):
        """A conversation with an operator, or in the queue."""
        number = next(self.numbers)
        if operator:
            return self._taken(operator, chat=number, number=number)
        return self._conversation(chat=number, number=number)

    def _lead(self, channel, method, *arguments):
        return self._call(self.olga, "discuss.channel", method, channel.ids, *arguments)

    def test_an_integrator_finds_every_door(self):
        self._of_the_operator()
        self._of_a_conversation()
        self._of_the_customer()
        self._of_the_supervisor()
        self._of_the_administrator()
        self.assertEqual(self._doors() - self.called, set())

    def _of_the_operator(self):
        call = self._call
        self.assertIs(
            call(self.olga, "chat.operator", "chat_set_my_state", "busy"), True
        )
        call(self.olga, "chat.operator", "chat_set_my_state", "available", "Back")
        self.assertEqual(self.olga.state, "available")
        self.assertIs(call(self.olga, "chat.operator", "chat_take_next"), False)
        waiting = self._new()
        taken = call(self.olga, "chat.operator", "chat_take_next")
        self.assertEqual(taken, waiting.id)
        window = call(self.olga, "chat.operator", "chat_my_window")
        self.assertEqual(window["base"]["taken"], 1)
        self._end(waiting)

    def _end(self, channel):
        channel._chat_close(fields.Datetime.now(), "spam")

    def _of_a_conversation(self):
        before = self._new()
        one = self._new(self.olga)
        (before | one).chat_identity_id.partner_id = self.env.user.partner_id
        [said] = self._lead(one, "chat_earlier", before.id)
        self.assertEqual(said["text"], "Where is my order?")
        self._end(before)
        self.assertIs(self._lead(one, "chat_accept"), True)
        self.assertEqual(self._lead(one, "chat_panel")["identity"]["name"], "Anna")
        self.assertIn("reasons", self._lead(one, "chat_choices"))
        self.assertIn(f"={one.id}", self._lead(one, "action_chat_open")["url"])
        self.assertIsInstance(self._lead(one, "chat_spend", 1.5), float)
        self.assertIs(self._lead(one, "chat_hold", LATER), True)
        self.assertIs(self._lead(one, "chat_resume"), True)
        self.assertIs(self._lead(one, "chat_mark_test", True), True)
        self.assertIs(self._lead(one, "chat_close"), True)
        self.assertIs(self._lead(one, "chat_wrapped_up"), True)
        self.assertEqual(one.chat_state, "closed")
        self._of_others()

    def _of_others(self):
        for method, arguments, state in [
            ("chat_return", ("She asks for somebody else",), "queued"),
            ("chat_transfer_to_operator", (self.pavel.id, "Yours"), "active"),
            ("chat_transfer_to_direction", (self.b2b.id, [], "An invoice"), "queued"),
            ("chat_block", ("He sells something",), "closed"),
        ]:
            channel = self._new(self.olga)
            with self.subTest(method):
                self.assertIs(self._lead(channel, method, *arguments), True)
                self.assertEqual(channel.chat_state, state)
            if state != "closed":
                self._end(channel)

    def _of_the_customer(self):
        channel = self._new(self.olga)
        identity = channel.chat_identity_id
        partner = self.env["res.partner"].create(
            {"name": "Anna", "email": "anna@example.com"}
        )
        arguments = [identity.ids, partner.id]
        call = self._call
        model = "chat.identity"
        self.assertEqual(call(self.olga, model, "chat_suggestions", identity.ids), [])
        way = call(self.olga, model, "chat_send_proof_link", *arguments)
        self.assertEqual(way, "email")
        self.assertIs(call(self.olga, model, "chat_link", *arguments), True)
        self.assertEqual(identity.partner_id, partner)
        self.assertIs(call(self.olga, model, "chat_undo_link", identity.ids), True)
        card = {"context": {"chat_identity_id": identity.id}}
        asked = call(self.olga, "res.partner", "action_chat_ask", partner.ids, **card)
        self.assertEqual(asked["tag"], "display_notification")
        linked = call(self.olga, "res.partner", "action_chat_link", partner.ids, **card)
        self.assertIs(linked, True)
        self.assertIs(call(self.olga, model, "chat_prefer", identity.ids), True)
        for button in ("action_chat_block", "action_chat_link"):
            self.assertEqual(self._lead(channel, button)["target"], "new")
        spam = "He sells something"
        self.assertIs(call(self.olga, model, "chat_block", identity.ids, spam), True)
        self.assertEqual(channel.chat_state, "closed")
        self.assertIs(call(self.chief, model, "chat_unblock", identity.ids), True)
        begun = call(self.olga, model, "chat_begin", identity.ids)
        again = call(self.olga, model, "action_begin", identity.ids)
        self.assertIn(str(begun), again["context"]["active_id"])

    def _of_the_supervisor(self):
        call, chief = self._call, self.chief
        state = call(chief, "chat.operator", "chat_set_state", self.pavel.ids, "break")
        self.assertIs(state, True)
        call(chief, "chat.operator", "chat_set_state", self.pavel.ids, "available")
        channel = self._new()
        call(chief, "chat.board", "give", channel.id, self.olga.id)
        call(chief, "chat.board", "take_over", channel.id)
        self.assertEqual(channel.chat_operator_id, self.chief)
        call(chief, "chat.board", "close", [channel.id])
        self.assertIn("waiting", call(chief, "chat.board", "get_board"))
        day = ("2026-11-20 00:00:00", "2026-11-21 00:00:00")
        call(chief, "chat.figure", "get_figures", *day)
        rows = self.env["chat.inbox"].search([], limit=1)
        self.assertIs(call(chief, "chat.inbox", "action_try_again", rows.ids), True)
        for method in ("action_send_again", "action_put_aside"):
            self.assertIs(call(chief, "chat.outbox", method, []), True)
        self.assertIs(call(chief, "chat.inbox", "action_put_aside", []), True)

    def _of_the_administrator(self):
        call, gateway = self._call, self.gateway
        for method in ("action_pause", "action_go_live"):
            self.assertIs(call(self.chief, "chat.gateway", method, gateway.ids), True)
        self.assertEqual(gateway.state, "live")
        shown = call(self.chief, "chat.gateway", "action_show_refusals", gateway.ids)
        self.assertEqual(shown["res_model"], "chat.gateway.refusal")
        self._of_the_set_up()

    def _of_the_set_up(self):
        """What the messenger itself is asked for."""
        done = 200, {"ok": True, "result": True}
        bot = 200, {"ok": True, "result": {"id": 7, "username": "shop_bot"}}
        for method, answer in (
            ("action_set_webhook", done),
            ("action_check_account", bot),
            ("action_remove_webhook", done),
        ):
            self.provider.answers.append(answer)
            self._call(self.chief, "chat.gateway", method, self.gateway.ids)
        for method in ("action_test_message", "action_show_dead"):
            shown = self._call(self.chief, "chat.gateway", method, self.gateway.ids)
            self.assertEqual(shown["type"], "ir.actions.act_window")
        rows = {row.name: row for row in self.gateway.setting_ids}
        for method, name in (
            ("action_make_new", "webhook_secret"),
            ("action_forget", "api_url"),
        ):
            self._call(self.chief, "chat.gateway.setting", method, rows[name].ids)

    def _doors(self):
        """Every public method that the addon's models declare: (model, name).

        The windows of buttons are for screens alone.
        """
        return {
            (model, name)
            for model, registered in self.env.registry.items()
            if not registered._transient
            for base in registered.__mro__
            if base.__module__.startswith(ADDON)
            for name, method in vars(base).items()
            if inspect.isfunction(method)
            and not name.startswith("_")
            and not getattr(method, "_api_private", False)
            and name not in OF_CORE
        }
