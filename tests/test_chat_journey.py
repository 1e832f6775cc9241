"""A customer's way through the chat center, from message to message."""

import base64

import pytest

from support.chat_world import FIRST, PHOTO, SECOND, eventually, served_world

COMMENT = "She wants an invoice"


@pytest.fixture(scope="module")
def world():
    with served_world() as world:
        yield world


def test_customer_is_answered_handed_over_and_comes_back(world):
    """E1, E4, E13: one customer in Telegram, from the first word to the next day."""
    telegram, anna = world.provider.telegram, world.anna
    telegram.write(anna, "Where is my order?")
    channel = world.wait_for(FIRST, anna)

    world.reply(FIRST, channel, "In an hour.")
    eventually(lambda: telegram.received(anna))

    telegram.send(anna, "check.png", "image/png", PHOTO, "The invoice for this")
    attachments = eventually(
        lambda: world.call(
            FIRST,
            "ir.attachment",
            "search_read",
            domain=[["res_model", "=", "discuss.channel"], ["res_id", "=", channel]],
            fields=["datas", "mimetype"],
        )
    )
    [photo] = attachments
    assert photo["mimetype"] == "image/png"
    assert base64.b64decode(photo["datas"]) == PHOTO

    world.call(SECOND, "chat.operator", "chat_set_my_state", state="available")
    world.call(
        FIRST,
        "discuss.channel",
        "chat_transfer_to_direction",
        ids=[channel],
        direction_id=world.b2b_id,
        comment=COMMENT,
    )
    assert world.wait_for(SECOND, anna) == channel
    assert not world.held_by(FIRST, anna.name)
    world.reply(SECOND, channel, "Here it is.")
    world.call(SECOND, "discuss.channel", "chat_close", ids=[channel])
    world.call(SECOND, "discuss.channel", "chat_wrapped_up", ids=[channel])

    world.rest()
    world.let_hours_pass(20)
    telegram.write(anna, "And the delivery note?")
    again = world.wait_for(SECOND, anna)
    assert again != channel
    world.reply(SECOND, again, "In the box.")
    eventually(lambda: len(telegram.received(anna)) > 2)
    world.rest()
    # each once, in order, and no word of what is between operators
    assert telegram.received(anna) == ["In an hour.", "Here it is.", "In the box."]
    assert world.provider.post.lost == []


def test_closed_window_of_whatsapp_is_told_to_who_writes(world):
    """P5: what the provider would refuse is not posted, and the sentence says why."""
    whatsapp, boris = world.provider.whatsapp, world.boris
    world.call(SECOND, "chat.operator", "chat_set_my_state", state="busy")
    whatsapp.write(boris, "Hello")
    channel = world.wait_for(FIRST, boris)
    world.reply(FIRST, channel, "Good day.")
    eventually(lambda: whatsapp.received(boris))

    world.let_hours_pass(25)
    refused = world.reply(FIRST, channel, "Are you still there?")
    assert refused.status_code == 422
    assert "more than 24 hours ago" in refused.json()["message"]
    world.rest()
    assert whatsapp.received(boris) == ["Good day."]


def test_what_comes_twice_or_is_cut_off_stands_there_once(world):
    """P3, P4: nothing is lost and nothing is doubled, on either way."""
    telegram, vera, faults = world.provider.telegram, world.vera, world.provider.faults
    world.call(SECOND, "chat.operator", "chat_set_my_state", state="busy")
    faults.order("twice", 2)
    telegram.write(vera, "Hello?")
    telegram.write(vera, "Anybody here?")
    channel = world.wait_for(FIRST, vera)
    world.rest()
    domain = [["model", "=", "discuss.channel"], ["res_id", "=", channel]]
    written = world.call(
        FIRST, "mail.message", "search_count", domain=[*domain, ["body", "!=", ""]]
    )
    assert written == 2

    faults.order("cut")
    world.reply(FIRST, channel, "I am.")
    eventually(lambda: world.states(channel) == ["unknown"])
    faults.order("rate")
    world.reply(FIRST, channel, "Tell me.")
    eventually(lambda: world.states(channel) == ["unknown", "sent"])
    assert telegram.received(vera) == ["I am.", "Tell me."]
