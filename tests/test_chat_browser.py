"""Customers and operators in a real browser, with real jobs and played messengers."""

import time

import pytest

from odoo import fields

from odoo.addons.order_service.tests.common import OrderServiceBuilders
from odoo.addons.partner_notifications.tests.common import NotificationBuilders

from support.browser import page_of
from support.chat_world import FIRST, PHOTO, SECOND, World, eventually, served_world

COMMENT = "She wants an invoice"
CHAT_BUTTON = ".o-livechat-LivechatButton"
BAR = ".o-chat_center-OperatorBar"
CONVERSATION = ".o-mail-DiscussSidebarChannel"
COMPOSER = ".o-mail-Composer-input"
MESSAGE = ".o-mail-Message"
CONTENT = ".o-mail-DiscussContent"
PANEL = ".o-chat_center-panel"
TRIES, LOOK_SECONDS = 10, 1


class Shop(OrderServiceBuilders, NotificationBuilders, World):
    """The world with a chat on portal pages, and a customer who has much open."""

    def _set_up(self, env):
        super()._set_up(env)
        self.window_id = self._site(is_on_portal=True).livechat_channel_id.id
        self.set_up_world(env)
        self.set_up_ledger()
        type(self).pipeline = env["partner.notification.pipeline"]
        type(self).topic = self._topic()
        company = self._partner("Romashka")
        self._debt(company, 500)
        self._event([company])
        user = self._persons(company)
        self.customer_login = user.login
        self._set_up_customer(user.partner_id)

    def connect(self, server):
        """Let pages of other sites find the window here."""
        super().connect(server)
        with self.database.environment() as env:
            env["ir.config_parameter"].set_param("web.base.url", server.url)

    def _set_up_customer(self, partner):
        partner.write({"name": "Maria Ivanova", "phone": "+7 916 123-45-67"})
        order = self._order(partner_id=partner.id, service_external_ref="SO-1042")
        # what the operator is to see of the order
        self.order_words = [
            order.service_number,
            order.service_stage_id.name,
            order.service_slot_text,
        ]
        before = self._conversation(text="Do you deliver?", chat=5001)
        before.chat_identity_id.partner_id = partner
        before._chat_close(fields.Datetime.now(), "operator")


@pytest.fixture(scope="module")
def world():
    with served_world(Shop) as world:
        yield world


@pytest.fixture
def page(world):
    with page_of(world.server) as page:
        yield page


def discuss(page, login):
    """Discuss, as an operator has it before him."""
    page.sign_in(login)
    page.open("/odoo/discuss")
    page.see(BAR)


def open_conversation(page, name):
    """Open it as a person does, who looks whether it is the one that was meant.

    A page that was just opened shows the last one by itself, and sorts them meanwhile.
    """
    for _try in range(TRIES):
        page.click(CONVERSATION, name)
        time.sleep(LOOK_SECONDS)
        if page.is_there(f"{CONVERSATION}.o-active", name):
            return
    raise AssertionError(f"the conversation with {name} does not stay open")


def accept(page, name):
    """Open the conversation that is offered, and accept it."""
    open_conversation(page, name)
    page.click(".o-chat_center-accept")
    page.miss(".o-chat_center-accept")


def reply(page, text):
    """Write to the customer."""
    page.write(COMPOSER, text)
    page.press_enter()
    page.see(MESSAGE, text)


def test_customer_of_telegram_is_served_transferred_and_comes_back(world, page):
    """E1, E4, E13, X5: an operator's day with one customer, as it is seen."""
    telegram, anna = world.provider.telegram, world.anna
    world.call(SECOND, "chat.operator", "chat_set_my_state", state="busy")
    discuss(page, FIRST)
    telegram.write(anna, "Where is my order?")
    page.see(".o_notification", f"New conversation: {anna.name}")
    page.see(BAR, "New: 1")
    eventually(page.sounds)

    accept(page, anna.name)
    page.see(BAR, "1 of 3")
    reply(page, "In an hour.")
    assert not page.is_there(".o-livechat-VisitorDisconnected")
    eventually(lambda: telegram.received(anna) == ["In an hour."])
    telegram.send(anna, "check.png", "image/png", PHOTO, "The invoice for this")
    page.click(f"{MESSAGE} .o-viewable")
    page.see(".o-FileViewer img")
    page.click(".o-FileViewer [aria-label=Close]")

    world.call(SECOND, "chat.operator", "chat_set_my_state", state="available")
    page.click("[name=chat-transfer]")
    page.choose(".modal #chat_center_direction", "B2B")
    page.write(".modal textarea", COMMENT)
    page.click(".modal .o-chat_center-confirm")
    page.miss(CONVERSATION, anna.name)
    # what the bus says once more to a page that is opened brings nothing back
    page.open("/odoo/discuss")
    page.see(BAR, "0 of 3")
    page.miss(CONVERSATION, anna.name)
    assert not page.sounds()

    discuss(page, SECOND)
    accept(page, anna.name)
    page.see(PANEL, COMMENT)
    assert not page.is_there(MESSAGE, COMMENT)
    reply(page, "Here it is.")
    page.click("[name=chat-close]")
    page.click(".modal .o-chat_center-confirm")
    page.click("[name=chat-wrapped-up]")
    page.see(BAR, "0 of 3")

    world.rest()
    world.let_hours_pass(20)
    telegram.write(anna, "And the delivery note?")
    page.see(".o_notification", f"New conversation: {anna.name}")
    accept(page, anna.name)
    page.see(PANEL, "Comes back")
    reply(page, "In the box.")
    answers = ["In an hour.", "Here it is.", "In the box."]
    eventually(lambda: telegram.received(anna) == answers)


def test_closed_window_of_whatsapp_is_told_where_one_would_write(world, page):
    """P5: the operator sees why he cannot write and what to do, until he can again."""
    whatsapp, boris = world.provider.whatsapp, world.boris
    world.call(SECOND, "chat.operator", "chat_set_my_state", state="busy")
    discuss(page, FIRST)
    whatsapp.write(boris, "Hello")
    accept(page, boris.name)
    reply(page, "Good day.")
    eventually(lambda: whatsapp.received(boris) == ["Good day."])

    # what the open window does not know yet is told when the message is refused
    world.let_hours_pass(25)
    reply(page, "Are you still there?")
    page.see(".o_notification", "more than 24 hours ago")
    page.see(f"{MESSAGE} [title^='Failed to post']")
    page.open("/odoo/discuss")
    open_conversation(page, boris.name)
    page.see(CONTENT, "takes nothing until he writes again")
    assert not page.is_there(COMPOSER)
    assert not page.is_there(MESSAGE, "Are you still there?")

    whatsapp.write(boris, "Yes, I am.")
    reply(page, "Fine.")
    eventually(lambda: whatsapp.received(boris) == ["Good day.", "Fine."])


def test_signed_in_partner_is_known_to_who_answers(world, page):
    """E1, X5: the site's chat shows the operator whom he has before him, and why."""
    page.sign_in(world.customer_login)
    page.open("/my")
    page.click(CHAT_BUTTON)
    reply(page, "Is it on its way?")

    discuss(page, FIRST)
    accept(page, "Maria Ivanova")
    words = page.see(PANEL, "Signed in to the portal")
    for told in [
        "+7 916 123-45-67",
        "Romashka",
        *world.order_words,
        "Unpaid",
        "500.00",
        "Unread notifications: 1",
        "Telegram",
    ]:
        assert told in words
    reply(page, "It is, since noon.")

    page.sign_in(world.customer_login)
    page.open("/my")
    page.see(MESSAGE, "It is, since noon.")
    [channel] = world.held_by(FIRST, "Maria Ivanova")
    world.reply(FIRST, channel, "The courier calls you.")
    page.see(MESSAGE, "The courier calls you.")

    # at another computer the conversation goes on with all that was said
    with page_of(world.server) as other:
        other.sign_in(world.customer_login)
        other.open("/my")
        other.click(CHAT_BUTTON)
        reply(other, "Thank you.")
        other.see(MESSAGE, "It is, since noon.")


def test_anonymous_visitor_has_nobodys_history(world, page):
    """X5: who is not signed in is a stranger, whoever sat at that browser before."""
    page.open(f"/im_livechat/support/{world.window_id}")
    page.click(CHAT_BUTTON)
    reply(page, "Are you open today?")

    discuss(page, FIRST)
    accept(page, "Visitor")
    words = page.see(PANEL, "Not linked to a customer")
    assert "SO-1042" not in words
    assert "Telegram" not in words
    reply(page, "Until ten.")
