from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.mail.tools.discuss import Store

from .common import ChatBuilders


class WindowCase(ChatBuilders, TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        cls.olga = cls._operator("chat_olga")
        cls.anna = cls.env["res.partner"].create(
            {"name": "Anna", "phone": "+79161234567", "email": "anna@example.com"}
        )

    @classmethod
    def _linked(cls, operator, **update):
        """A conversation with an operator, of a customer whom we know."""
        channel = cls._taken(operator, **update)
        channel.chat_identity_id.partner_id = cls.anna
        return channel

    def _panel(self, channel, user=None):
        return channel.with_user(user or self.olga.user_id).chat_panel()


@tagged("post_install", "-at_install")
class TestPanel(WindowCase):
    """The customer beside the conversation (issue B)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage = cls.env["order.service.stage"].search([], limit=1)
        cls.product = cls.env["product.product"].create(
            {"name": "Kettle", "list_price": 100, "taxes_id": False}
        )

    def _order(self, **values):
        return self.env["sale.order"].create(
            {
                "partner_id": self.anna.id,
                "service_route_id": self.stage.route_id.id,
                "service_stage_id": self.stage.id,
                "service_external_ref": "SO-1042",
                "order_line": [Command.create({"product_id": self.product.id})],
                **values,
            }
        )

    def test_who_is_not_linked_is_shown_by_the_name_at_the_channel(self):
        panel = self._panel(self._taken(self.olga))
        self.assertIs(panel["customer"], False)
        self.assertEqual(panel["identity"]["name"], "Anna")
        self.assertEqual(panel["identity"]["gateway"], "Shop's bot")
        self.assertEqual((panel["orders"], panel["debts"]), ([], []))

    def test_contacts_are_the_partners(self):
        customer = self._panel(self._linked(self.olga))["customer"]
        self.assertEqual(customer["name"], "Anna")
        self.assertEqual(customer["phone"], "+79161234567")
        self.assertEqual(customer["email"], "anna@example.com")

    def test_open_orders_come_with_stage_and_payment(self):
        self._order()
        [order] = self._panel(self._linked(self.olga))["orders"]
        self.assertEqual(order["number"], "SO-1042")
        self.assertEqual(order["stage"], self.stage.name)
        self.assertEqual(order["payment"], "Unpaid")
        self.assertIn("100.00", order["total"])
        self.assertIn("100.00", order["due"])

    def test_closed_orders_and_other_customers_orders_are_left_out(self):
        self._order(service_closed_at=fields.Datetime.now())
        self._order(partner_id=self.env.company.partner_id.id)
        self.assertFalse(self._panel(self._linked(self.olga))["orders"])

    def test_orders_of_another_company_are_left_out(self):
        other = self.env["res.company"].create({"name": "Other shop"})
        order = self._order()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE sale_order SET company_id = %s WHERE id = %s", [other.id, order.id]
        )
        self.env.invalidate_all()
        self.assertFalse(self._panel(self._linked(self.olga))["orders"])

    def test_an_operator_without_rights_on_orders_sees_them_here_only(self):
        order = self._order()
        channel = self._linked(self.olga)
        self.assertTrue(self._panel(channel)["orders"])
        with self.assertRaises(AccessError):
            order.with_user(self.olga.user_id).read(["amount_total"])

    def test_earlier_conversations_say_who_closed_them_and_why(self):
        reason = self.env["chat.reason"].create(
            {"name": "Answered", "direction_id": self.direction.id}
        )
        first = self._taken(self.olga, number=1)
        first._chat_close(fields.Datetime.now(), "operator", reason)
        second = self._taken(self.olga, number=2)
        [earlier] = self._panel(second)["earlier"]
        self.assertEqual(earlier["id"], first.id)
        self.assertEqual(earlier["operator"], self.olga.user_id.name)
        self.assertEqual(earlier["reason"], "Answered")
        self.assertEqual(earlier["channel"], "Telegram")

    def test_the_next_holder_reads_the_comment_of_the_transfer(self):
        pavel = self._operator("chat_pavel")
        channel = self._taken(self.olga)
        channel.with_user(self.olga.user_id).chat_transfer_to_operator(
            pavel.id, "Wants the invoice in Russian"
        )
        comment = self._panel(channel, pavel.user_id)["comment"]
        self.assertEqual(comment["text"], "Wants the invoice in Russian")
        self.assertEqual(comment["by"], self.olga.user_id.name)

    def test_more_orders_and_conversations_cost_no_more_queries(self):
        channel = self._linked(self.olga, number=1)
        self._order()
        few = self._queries_of_panel(channel)
        for number in range(5):
            self._order(service_external_ref=f"SO-{number}")
        channel._chat_close(fields.Datetime.now(), "operator")
        channel._chat_wrapped_up(fields.Datetime.now())
        for number in range(2, 6):
            channel = self._linked(self.olga, number=number)
            if number < 5:
                channel._chat_close(fields.Datetime.now(), "operator")
                channel._chat_wrapped_up(fields.Datetime.now())
        many = self._queries_of_panel(channel)
        self.assertEqual(len(self._panel(channel)["orders"]), 6)
        self.assertEqual(len(self._panel(channel)["earlier"]), 4)
        # the earlier ones have operators and reasons to be read, each kind at once
        self.assertLessEqual(many, few + 4)

    def _queries_of_panel(self, channel):
        self._panel(channel)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._panel(channel)
        return self.env.cr.sql_log_count - before

    # -- who may ask -------------------------------------------------------------------

    def test_supervisors_of_the_direction_read_it_without_being_in_it(self):
        sveta = new_test_user(
            self.env, "chat_sveta", groups="chat_center_bridge.group_supervisor"
        )
        self.direction.supervisor_ids = sveta
        self.assertTrue(self._panel(self._linked(self.olga), sveta)["customer"])

    def test_nobody_else_reads_it(self):
        channel = self._linked(self.olga)
        elsewhere = self._direction("B2B")
        others = [
            self._operator("chat_pavel").user_id,
            self._operator("chat_boris", directions=elsewhere).user_id,
            new_test_user(
                self.env, "chat_nina", groups="chat_center_bridge.group_supervisor"
            ),
            new_test_user(self.env, "chat_clerk", groups="base.group_user"),
            new_test_user(
                self.env, "chat_livechat", groups="im_livechat.im_livechat_group_user"
            ),
            new_test_user(self.env, "chat_portal", groups="base.group_portal"),
            self.env.ref("base.public_user"),
        ]
        for user in others:
            theirs = channel.with_user(user)
            doors = {
                "panel": theirs.chat_panel,
                "choices": theirs.chat_choices,
                "earlier": lambda theirs=theirs: theirs.chat_earlier(channel.id),
            }
            for door, ask in doors.items():
                with self.subTest(user=user.login, door=door):
                    with self.assertRaises(AccessError):
                        ask()

    def _earlier_and_now(self):
        earlier = self._linked(self.olga, chat=81, number=81)
        self._reply(earlier, self.olga.user_id, "It comes at noon.")
        earlier.livechat_note = "<p>Wants a call</p>"
        earlier._chat_close(fields.Datetime.now(), "operator")
        return earlier, self._linked(self._operator("chat_pavel"), chat=82, number=82)

    def test_what_was_said_before_is_read_beside_the_conversation(self):
        earlier, now = self._earlier_and_now()
        pavel = now.chat_operator_id.user_id
        [line] = self._panel(now, pavel)["earlier"]
        self.assertEqual((line["id"], line["note"]), (earlier.id, "Wants a call"))
        said = now.with_user(pavel).chat_earlier(earlier.id)
        texts = [word["text"] for word in said]
        self.assertEqual(texts, ["Where is my order?", "It comes at noon."])
        self.assertEqual(said[0]["by"], "Anna")

    def test_what_another_customer_said_is_not(self):
        _earlier, now = self._earlier_and_now()
        other = self._conversation(chat=83, number=83)
        with self.assertRaisesRegex(UserError, "none of the customer's"):
            now.with_user(now.chat_operator_id.user_id).chat_earlier(other.id)

    def test_of_a_channel_that_is_no_conversation_nothing_is_told(self):
        channel = self.env["discuss.channel"].create(
            {"name": "Kitchen", "channel_type": "channel"}
        )
        channel._add_members(users=self.olga.user_id)
        with self.assertRaises(AccessError):
            self._panel(channel)


@tagged("post_install", "-at_install")
class TestWindow(WindowCase):
    """What the operator's window is told, and what it shows of the queue (issue B)."""

    def _store(self, channel, user):
        store = Store(bus_channel=user)
        store.add(channel.with_user(user))
        [found] = [
            values
            for values in store.get_result()["discuss.channel"]
            if values["id"] == channel.id and "channel_type" in values
        ]
        return found

    def test_an_offer_counts_down_until_it_is_accepted(self):
        channel = self._taken(self.olga)
        offered = channel._chat_segment().offered_at
        left = (channel.chat_accept_until - offered).total_seconds()
        self.assertEqual(left, self.direction.accept_seconds)
        channel.with_user(self.olga.user_id).chat_accept()
        self.assertFalse(channel.chat_accept_until)

    def test_the_customers_wait_ends_with_the_reply(self):
        channel = self._taken(self.olga)
        self.assertTrue(channel.chat_waiting_since)
        self._reply(channel, self.olga.user_id)
        self.assertFalse(channel.chat_waiting_since)

    def test_operators_are_told_how_a_conversation_stands(self):
        told = self._store(self._taken(self.olga), self.olga.user_id)
        self.assertEqual(told["chat_state"], "active")
        self.assertEqual(told["chat_gateway_type"], "telegram")
        self.assertTrue(told["chat_accept_until"])
        partner = self.olga.user_id.partner_id
        self.assertEqual(told["chat_holder_partner_id"], partner.id)

    def test_customers_are_not_told(self):
        channel = self._taken(self.olga)
        guest = channel.chat_identity_id.guest_id
        store = Store(bus_channel=guest)
        store.add(channel)
        told = [
            key
            for values in store.get_result()["discuss.channel"]
            for key in values
            if key.startswith("chat_")
        ]
        self.assertEqual(told, [])

    def test_the_bar_counts_slots_and_who_waits(self):
        self._taken(self.olga, chat=1, number=1)
        waiting = self._conversation(chat=2, number=2)
        elsewhere = self._gateway(direction=self._direction("B2B"))
        self._receive(self._update(chat=3, number=3), gateway=elsewhere)
        mine = self.env["chat.operator"].with_user(self.olga.user_id).chat_my_window()
        self.assertEqual(mine["state"], "available")
        self.assertEqual(mine["base"], {"taken": 1, "slots": 3})
        self.assertEqual(mine["extra"], {"taken": 0, "slots": 2})
        self.assertEqual(mine["waiting"], 1)
        self.assertEqual(mine["waiting_since"], waiting.chat_queued_at)

    def test_who_is_no_operator_has_no_bar(self):
        clerk = new_test_user(self.env, "chat_clerk", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["chat.operator"].with_user(clerk).chat_my_window()

    def test_discuss_knows_whose_window_it_is(self):
        clerk = new_test_user(self.env, "chat_clerk", groups="base.group_user")
        for user, expected in ((self.olga.user_id, True), (clerk, False)):
            store = Store()
            user.with_user(user)._init_store_data(store)
            told = store.get_result()["Store"]["is_chat_operator"]
            self.assertEqual(told, expected)

    def test_a_transfer_can_go_to_whoever_is_available_but_the_holder(self):
        pavel = self._operator("chat_pavel")
        self._operator("chat_boris", state="break")
        business = self._direction("B2B")
        self._operator("chat_vera", directions=business)
        channel = self._taken(self.olga)
        choices = channel.with_user(self.olga.user_id).chat_choices()
        [operator] = choices["operators"]
        self.assertEqual(operator["id"], pavel.id)
        self.assertEqual(operator["free"], 3)
        directions = [direction["id"] for direction in choices["directions"]]
        self.assertEqual(directions[0], self.direction.id)
        self.assertIn(business.id, directions)

    def test_directions_of_another_company_are_no_choice(self):
        other = self.env["res.company"].create({"name": "Other shop"})
        theirs = self._direction("Their customers", company_id=other.id)
        channel = self._taken(self.olga)
        choices = channel.with_user(self.olga.user_id).chat_choices()
        directions = [direction["id"] for direction in choices["directions"]]
        self.assertIn(self.direction.id, directions)
        self.assertNotIn(theirs.id, directions)
