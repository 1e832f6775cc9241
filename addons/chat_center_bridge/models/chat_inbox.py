import base64
import hashlib
import json
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..rules import sentences
from ..rules.lanes import lane_of
from ..rules.reading import Malformed
from .once import INTERFERENCE

_logger = logging.getLogger(__name__)

MOST_TRIES = 3


class ChatInbox(models.Model):
    """One event as a provider sent it: stored before anything is done with it.

    The provider is answered as soon as the row is there. A row is worked off by the job
    of its lane (``chat.inbox.lane``); rows of one chat share a lane, so they keep their
    order. What fails three times is dead, and does not hold up the rows behind it.
    """

    _name = "chat.inbox"
    _description = "Event of a chat gateway"
    _rec_name = "event_id"
    _order = "id desc"

    gateway_id = fields.Many2one(
        "chat.gateway", required=True, readonly=True, index=True, ondelete="cascade"
    )
    event_id = fields.Char(required=True, readonly=True)
    chat_key = fields.Char(string="Chat", readonly=True)
    lane = fields.Integer(readonly=True)
    kind = fields.Char(readonly=True)
    part = fields.Json(
        string="Content", readonly=True, groups="chat_center_bridge.group_manager"
    )
    raw = fields.Text(
        string="As it came",
        readonly=True,
        groups="chat_center_bridge.group_manager",
        help="Only of what could not be read.",
    )
    content = fields.Text(
        string="What came",
        compute="_compute_content",
        groups="chat_center_bridge.group_manager",
    )
    provider_at = fields.Datetime(string="Sent", readonly=True)
    state = fields.Selection(
        [
            ("new", "New"),
            ("waiting", "Waits for its message"),
            ("done", "Done"),
            ("ignored", "Ignored"),
            ("dead", "Failed"),
        ],
        default="new",
        required=True,
        readonly=True,
    )
    tries = fields.Integer(readonly=True)
    problem = fields.Json(readonly=True, copy=False)
    error = fields.Char(compute="_compute_error")
    provider_message_id = fields.Char(string="Message at the provider", readonly=True)
    album = fields.Char(readonly=True)
    message_id = fields.Many2one(
        "mail.message", readonly=True, index="btree_not_null", ondelete="set null"
    )

    _event_unique = models.Constraint(
        "UNIQUE(gateway_id, event_id)", "This event is there already."
    )
    _waiting_idx = models.Index("(lane, id) WHERE state = 'new'")
    _dead_idx = models.Index("(gateway_id, id) WHERE state = 'dead'")
    _album_idx = models.Index("(gateway_id, album) WHERE album IS NOT NULL")
    _gateway_time_idx = models.Index("(gateway_id, create_date)")

    _message_idx = models.Index(
        "(gateway_id, provider_message_id) WHERE provider_message_id IS NOT NULL"
    )

    @api.depends("part", "raw")
    def _compute_content(self):
        for row in self:
            if row.part:
                told = json.loads(row.part) if isinstance(row.part, str) else row.part
                row.content = json.dumps(told, indent=2, ensure_ascii=False)
            else:
                body = base64.b64decode(row.raw or "")
                row.content = body.decode("utf-8", errors="replace")

    @api.depends("problem")
    def _compute_error(self):
        for row in self:
            row.error = row._sentence(row.problem) if row.problem else False

    def _sentence(self, problem):
        """Why an event was not done, in the reader's language.

        :param dict problem: {"reason": code of ``rules.sentences.REASONS``, "values"},
            or {"text"}: what Odoo said
        """
        if "text" in problem:
            return problem["text"]
        sentence = sentences.REASONS[problem["reason"]]
        # the sentences are marked for translation where they stand
        return self.env._(sentence, **problem["values"])

    # -- taking ------------------------------------------------------------------------

    @api.model
    def _take(self, gateway, body):
        """Store the events of a request the gateway has proven.

        An event that is there already is passed over. A body that cannot be read is
        kept with the reason: the provider would only send it again.

        :param bytes body: of the request
        :return: lanes that have something new, a set
        """
        try:
            rows = [self._values(part) for part in gateway._adapter().split(body)]
        except Malformed as error:
            rows = [self._dead_values(body, error)]
        lanes = self._store(gateway, rows)
        self.env["chat.inbox.lane"]._wake_after_commit(lanes)
        return lanes

    def _values(self, part):
        return {
            "event_id": part.event_id,
            "chat_key": part.chat_key,
            "kind": part.kind,
            "part": json.dumps(part.payload),
            "raw": None,
            "provider_at": part.provider_at,
            "state": "new",
            "problem": None,
        }

    def _dead_values(self, body, malformed):
        """A row for a body nobody can read: kept whole, for who looks into it."""
        return {
            "event_id": hashlib.sha256(body).hexdigest(),
            "chat_key": "",
            "kind": None,
            "part": None,
            "raw": base64.b64encode(body).decode(),
            "provider_at": None,
            "state": "dead",
            "problem": json.dumps(_problem(malformed)),
        }

    def _store(self, gateway, rows):
        """Insert rows that are not there yet.

        :param list rows: dicts as of ``_values``
        :return: lanes of the new ones, a set
        """
        count = self.env["chat.inbox.lane"]._count()
        lanes = set()
        for row in rows:
            lane = lane_of(gateway.id, row["chat_key"], count)
            if self._insert(gateway, lane, row) and row["state"] == "new":
                lanes.add(lane)
        return lanes

    def _insert(self, gateway, lane, row):
        """Insert one row unless its event is there; the id, or nothing."""
        return self.env.execute_query(
            SQL(
                """INSERT INTO chat_inbox (gateway_id, lane, event_id, chat_key, kind,
                          part, raw, provider_at, state, problem, tries, create_date)
                   VALUES (%(gateway)s, %(lane)s, %(event_id)s, %(chat_key)s, %(kind)s,
                          %(part)s, %(raw)s, %(provider_at)s, %(state)s, %(problem)s, 0,
                          %(now)s)
                   ON CONFLICT (gateway_id, event_id) DO NOTHING
                   RETURNING id""",
                gateway=gateway.id,
                lane=lane,
                now=fields.Datetime.now(),
                **row,
            )
        )

    # -- working off -------------------------------------------------------------------

    @api.model
    def _next(self, lane, limit):
        """The oldest new rows of a lane, locked; as the system."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM chat_inbox
                    WHERE lane = %s AND state = 'new'
                    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED""",
                lane,
                limit,
            )
        )
        return self.sudo().browse(row[0] for row in rows)

    def _work_off(self):
        """Do what each event asks for; what fails is tried again, or is dead.

        Edits that came before their message are done after it.
        """
        self._read_ahead()
        for row in self:
            row._work_off_one()
        if waiting := self._waiting_for():
            waiting._work_off()

    def _work_off_one(self):
        """Do what an event asks for, or keep why that cannot be.

        An event that nobody foresaw must not hold up those behind it either.
        """
        try:
            with self.env.cr.savepoint():
                self._apply()
        except INTERFERENCE:
            raise
        except Malformed as error:
            self._give_up(_problem(error))
        except UserError as error:
            self._fail({"text": str(error)})
        except Exception as error:
            _logger.exception("Event %s of the chat inbox could not be done", self.id)
            self._fail(_problem(Malformed("crashed", word=type(error).__name__)))

    def _apply(self):
        """Do what the event asks for."""
        self.ensure_one()
        gateway = self.gateway_id.with_company(self.gateway_id.company_id)
        event = gateway._adapter().parse(self.part)
        self.provider_message_id = event.provider_message_id or False
        self.album = event.album or False
        # what the job itself puts into words is read by operators of the company
        row = self.with_context(lang=gateway.company_id.partner_id.lang)
        act = getattr(row, f"_apply_{event.kind}")
        self.state = act(gateway, event) or "done"

    def _fail(self, problem):
        """Keep why the event could not be done; the third time it is given up."""
        self.ensure_one()
        self.tries += 1
        if self.tries >= MOST_TRIES:
            self._give_up(problem)
        else:
            self.problem = problem

    def _give_up(self, problem):
        self.write({"state": "dead", "problem": problem})

    def action_try_again(self):
        """Work off events that failed, or again those that are done.

        Replay changes nothing that is there already: messages are told apart by their
        ids at the provider.
        """
        self.check_access("write")
        rows = self.sudo().filtered("part")
        rows.write({"state": "new", "tries": 0, "problem": False})
        self.env["chat.inbox.lane"]._wake_after_commit(set(rows.mapped("lane")))
        return True


def _problem(malformed):
    """Why nobody can do an event, as it is kept."""
    return {"reason": malformed.reason, "values": malformed.values}
