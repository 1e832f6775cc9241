"""Messages a second from webhook to conversation, beside two other ways."""

from contextlib import closing

import chat_peer
from chat_world import FIRST_CHAT
from world import seconds

import odoo.api
from odoo.fields import Command

MESSAGES, CUSTOMERS, WARM_UP = 300, 4, 60
POSTS, PEER_MESSAGES = 150, 150


def measure(world, report):
    rate = world.rate = most_a_second(world)
    report.add(
        "chat: messages a second of one process, webhook to conversation",
        rate,
        "1/s",
        "guest message_post with commit",
        _posts_a_second(world),
        least_ratio=1,
        messages=MESSAGES,
    )
    if not chat_peer.is_there():
        print("OCA mail_gateway_telegram is not installed: not measured", flush=True)
        return
    report.add(
        "chat: the same beside OCA mail_gateway_telegram",
        rate,
        "1/s",
        "mail_gateway_telegram",
        chat_peer.messages_a_second(PEER_MESSAGES, CUSTOMERS, WARM_UP),
        least_ratio=1.5,
    )


def most_a_second(world):
    """Messages that one process takes, works off and commits in a second."""
    with world.served(with_jobs=True) as server:
        customers = world.customers(server)
        customers.write_at_once(WARM_UP, CUSTOMERS)
        world.wait_until_done()
        took, _done = seconds(lambda: _write_and_wait(world, customers))
    world.forget()
    return MESSAGES / took


def _write_and_wait(world, customers):
    customers.write_at_once(MESSAGES, CUSTOMERS)
    world.wait_until_done()


def _posts_a_second(world):
    """What a plain live chat of Odoo does with a message, without any request."""
    env = world.env
    visitor = env["mail.guest"].create({"name": "Visitor"})
    channel = _plain_chat(env, world.operator.user_id.partner_id, visitor)
    env.cr.commit()
    with closing(env.registry.cursor()) as cr:
        post = _poster(cr, channel.id, visitor.id)
        for _post in range(POSTS // 10):
            post()
        took, _posted = seconds(lambda: [post() for _post in range(POSTS)])
    return POSTS / took


def _plain_chat(env, agent, visitor):
    """A live chat as core makes it, none of ours."""
    return env["discuss.channel"].create(
        {
            "channel_type": "livechat",
            "name": f"Visitor {FIRST_CHAT}",
            "livechat_operator_id": agent.id,
            "livechat_status": "in_progress",
            "channel_member_ids": [
                Command.create({"partner_id": agent.id, **_member("agent")}),
                Command.create({"guest_id": visitor.id, **_member("visitor")}),
            ],
        }
    )


def _member(kind):
    return {"livechat_member_type": kind}


def _poster(cr, channel_id, guest_id):
    """What posts one message as the visitor and commits it, as a request does."""
    env = odoo.api.Environment(cr, odoo.SUPERUSER_ID, {})
    public = env.ref("base.public_user")

    def post():
        channel = env["discuss.channel"].browse(channel_id)
        guest = env["mail.guest"].browse(guest_id)
        channel.with_user(public).with_context(guest=guest).sudo().message_post(
            body="Where is my order?",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        cr.commit()

    return post
