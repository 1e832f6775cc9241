"""Builders of a small chat center, with defaults for all that a test does not say."""

import json
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.chat_center_bridge.models import chat_gateway_setting

from .payloads import SECRETS

SECRET = "a-secret-of-the-webhook"
TOKEN = "123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"


class ChatBuilders:
    """A gateway, a direction and operators; to be mixed into a test case."""

    @classmethod
    def set_up_chats(cls, env):
        cls.env = env
        keys = {chat_gateway_setting.KEYS_VARIABLE: Fernet.generate_key().decode()}
        cls.enterClassContext(patch.dict("os.environ", keys))
        cls.direction = cls._direction("Customers")
        cls.gateway = cls._gateway()

    @classmethod
    def _direction(cls, name, **values):
        return cls.env["chat.direction"].create({"name": name, **values})

    @classmethod
    def _gateway(cls, gateway_type="telegram", direction=None, **values):
        gateway = cls.env["chat.gateway"].create(
            {
                "name": "Shop's bot",
                "gateway_type": gateway_type,
                "direction_id": (direction or cls.direction).id,
                **values,
            }
        )
        cls._fill_in(gateway, {"token": TOKEN, "webhook_secret": SECRET})
        gateway.action_go_live()
        return gateway

    @classmethod
    def _fill_in(cls, gateway, account):
        usual = SECRETS.get(gateway.gateway_type, {})
        for row in gateway.setting_ids:
            row.entered = account.get(row.name) or usual.get(row.name)

    @classmethod
    def _operator(cls, login, directions=None, state="available", **values):
        user = new_test_user(
            cls.env,
            login,
            groups="chat_center_bridge.group_operator",
            context={"no_reset_password": True},
        )
        directions = directions or cls.direction
        operator = cls.env["chat.operator"].create(
            {
                "user_id": user.id,
                "line_ids": [
                    (0, 0, {"direction_id": direction.id}) for direction in directions
                ],
                **values,
            }
        )
        operator._set_state(state)
        return operator

    @classmethod
    def _update(cls, text="Where is my order?", chat=77, number=1, **message):
        """A Telegram update with a text message."""
        return {
            "update_id": 1000 + number,
            "message": {
                "message_id": number,
                "from": {"id": chat, "is_bot": False, "first_name": "Anna"},
                "chat": {"id": chat, "type": "private", "first_name": "Anna"},
                "date": 1763800000 + number,
                "text": text,
                **message,
            },
        }

    @classmethod
    def _receive(cls, *updates, gateway=None):
        """Take updates as the webhook does, and work them off."""
        gateway = gateway or cls.gateway
        inbox = cls.env["chat.inbox"]
        for update in updates:
            inbox._take(gateway, json.dumps(update).encode())
        rows = inbox.search([("state", "=", "new")], order="id")
        rows._work_off()
        return rows

    @classmethod
    def _conversation(cls, **update):
        """A conversation of a customer who has just written."""
        rows = cls._receive(cls._update(**update))
        return cls.env["discuss.channel"].browse(rows[-1:].message_id.res_id)

    @classmethod
    def _taken(cls, operator, kind="base", **update):
        """A conversation that an operator has just been given."""
        channel = cls._conversation(**update)
        assert channel._chat_take(operator, kind)
        return channel

    @classmethod
    def _reply(cls, channel, user, body="We look it up.", **values):
        """What a user of the company writes in Discuss."""
        return channel.with_user(user).message_post(
            body=body,
            message_type="comment",
            **{"subtype_xmlid": "mail.mt_comment", **values},
        )

    @classmethod
    def _pass_time(cls, records, minutes):
        """Make rows as old as if they had been stored some minutes ago."""
        cls.env.flush_all()
        cls.env.cr.execute(
            SQL(
                "UPDATE %s SET create_date = create_date - interval %s"
                " WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                f"{minutes} minutes",
                records.ids,
            )
        )
        records.invalidate_recordset(["create_date"])

    @classmethod
    def _site(cls, app_key="", **values):
        """A gateway of site, portal and app that is live."""
        gateway = cls.env["chat.gateway"].create(
            {
                "name": "Shop's site",
                "gateway_type": "site",
                "direction_id": cls.direction.id,
                **values,
            }
        )
        gateway.setting_ids.entered = app_key
        gateway.action_go_live()
        return gateway


class SiteRequests:
    """What the window of a page asks the server; to be mixed into an HttpCase."""

    def _open_window(self, gateway, **values):
        """The id of the conversation that goes on, or False."""
        window = {"channel_id": gateway.livechat_channel_id.id, **values}
        answer = self.make_jsonrpc_request("/im_livechat/get_session", window)
        return answer and answer["channel_id"]

    def _say(self, conversation_id, text="Is there bread?", **values):
        post = {
            "body": text,
            "message_type": "comment",
            "subtype_xmlid": "mail.mt_comment",
        }
        return self.make_jsonrpc_request(
            "/mail/message/post",
            {
                "thread_model": "discuss.channel",
                "thread_id": conversation_id,
                "post_data": post,
                **values,
            },
        )

    def _write_on_site(self, gateway, text="Is there bread?"):
        """A conversation in which a visitor has just written."""
        conversation_id = self._open_window(gateway)
        self._say(conversation_id, text)
        return self.env["discuss.channel"].browse(conversation_id)
