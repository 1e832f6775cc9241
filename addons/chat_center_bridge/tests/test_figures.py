import dataclasses
from datetime import datetime, timedelta
from unittest.mock import Mock, patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..rules import figures
from .common import ChatBuilders

START = datetime(2026, 3, 2, 9)
END = START + timedelta(days=2)
CONVERSATIONS = 6
REASONS = ("assigned", "customer_closed", "silence", "spam", "blocked", "operator")
seconds = st.integers(0, 200)
maybe = st.none() | seconds
stretches = st.lists(
    st.fixed_dictionaries(
        {
            "holder_kind": st.sampled_from(["bot", "queue", "operator", "operator"]),
            "direction": st.integers(0, 1),
            "operator": st.integers(0, 1),
            "wait": maybe,
            "reply": maybe,
            "length": seconds,
            "focus": seconds,
            "reason": st.sampled_from(REASONS),
            "turns": st.lists(st.tuples(seconds, maybe), max_size=2),
        }
    ),
    max_size=4,
)
histories = st.lists(
    st.fixed_dictionaries(
        {
            "stretches": stretches,
            "start": st.integers(0, 40 * 3600),
            "is_over": st.booleans(),
            "is_test": st.integers(0, 5).map(lambda number: number == 0),
            "is_outgoing": st.integers(0, 5).map(lambda number: number == 0),
        }
    ),
    min_size=1,
    max_size=CONVERSATIONS,
)
PATIENT = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@tagged("post_install", "-at_install")
class TestFigures(ChatBuilders, TransactionCase):
    """The reports tell what the pure rules tell of the same history (P2)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_chats(cls.env)
        couriers = cls._direction("Couriers")
        cls.directions = cls.direction | couriers
        cls.gateways = cls.gateway | cls._gateway("whatsapp", couriers)
        cls.operators = cls._operator("chat_olga", cls.directions) | cls._operator(
            "chat_oleg", cls.directions
        )
        cls.channels = cls.env["discuss.channel"].browse(
            cls._open(number).id for number in range(CONVERSATIONS)
        )
        cls.env["chat.figure.row"].search([]).unlink()

    @classmethod
    def _open(cls, number):
        """A conversation of an own customer over one of the gateways."""
        identity = cls.env["chat.identity"].create(
            {
                "gateway_id": cls.gateways[number % 2].id,
                "external_id": str(number),
                "guest_id": cls.env["mail.guest"].create({"name": "Anna"}).id,
            }
        )
        return cls.env["discuss.channel"]._chat_begin(identity, cls.direction, START)

    # -- a history, in the database and as plain data ----------------------------------

    def _write(self, history):
        """Put a history into the database; the same as (segments, turns)."""
        self.channels.chat_turn_ids.unlink()
        self.channels.chat_segment_ids.unlink()
        self.channels.chat_is_test = False
        for channel, story in zip(self.channels, history, strict=False):
            channel.chat_is_test = story["is_test"]
            self._write_story(channel, story)
        self._count()
        return self._plain_segments(), self._plain_turns()

    def _count(self):
        """What the cron does, without its commits."""
        while self.env["chat.figure.due"]._count_next():
            pass
        self.env["chat.figure.row"]._count_late()

    def _told(self, by=None, user=None):
        figure = self.env["chat.figure"].with_context(tz="UTC")
        return figure.with_user(user or self.env.user)._figures(START, END, by)

    def _write_story(self, channel, story):
        at = START + timedelta(seconds=story["start"])
        rows = story["stretches"]
        for number, row in enumerate(rows, 1):
            is_last = number == len(rows)
            segment = self._write_stretch(
                channel, number, at, row, story["is_over"] or not is_last
            )
            if number == 1 and story["is_outgoing"]:
                segment.reason_in = "outgoing"
            self._write_turns(segment, at, row["turns"])
            at += timedelta(seconds=row["length"])

    def _write_stretch(self, channel, number, at, row, is_closed):
        def after(value):
            is_held = row["holder_kind"] == "operator" and value is not None
            return is_held and at + timedelta(seconds=value)

        return self.env["chat.segment"].create(
            {
                "conversation_id": channel.id,
                "seq": number,
                "holder_kind": row["holder_kind"],
                "direction_id": self.directions[row["direction"]].id,
                "operator_id": row["holder_kind"] == "operator"
                and self.operators[row["operator"]].id,
                "opened_at": at,
                "accepted_at": after(row["wait"]),
                "first_reply_at": after(row["reply"]),
                "closed_at": is_closed and at + timedelta(seconds=row["length"]),
                "focus_seconds": row["focus"],
                "wrap_seconds": 7,
                "reason_in": "new",
                "reason_out": is_closed and row["reason"],
            }
        )

    def _write_turns(self, segment, at, turns):
        for asked, took in turns:
            asked_at = at + timedelta(seconds=asked - 50)
            known = segment.conversation_id.chat_turn_ids
            is_open = took is None and all(known.mapped("answered_at"))
            if took is not None or is_open:
                self.env["chat.turn"].create(
                    {
                        "conversation_id": segment.conversation_id.id,
                        "segment_id": segment.id,
                        "asked_at": asked_at,
                        "answered_at": took is not None
                        and asked_at + timedelta(seconds=took + 50),
                    }
                )

    def _plain_segments(self):
        names = {field.name for field in dataclasses.fields(figures.Segment)}
        return [
            figures.Segment(
                conversation=segment.conversation_id.id,
                direction=segment.direction_id.id,
                channel=segment.conversation_id.chat_identity_id.gateway_id.gateway_type,
                operator=segment.operator_id.id or None,
                is_test=segment.conversation_id.chat_is_test,
                **{
                    name: segment[name] or None
                    for name in names & set(segment._fields)
                    if name not in ("focus_seconds", "wrap_seconds")
                },
                focus_seconds=segment.focus_seconds,
                wrap_seconds=segment.wrap_seconds,
            )
            for segment in self.channels.chat_segment_ids
        ]

    def _plain_turns(self):
        return [
            figures.Turn(
                turn.conversation_id.id,
                turn.segment_id.seq,
                turn.asked_at,
                turn.answered_at or None,
            )
            for turn in self.channels.chat_turn_ids
        ]

    def _assert_same(self, told, expected):
        """One row of ``get_figures`` and ``rules.figures.Figures``."""
        level = expected.service_level
        for name in ("offered", "answered", "within", "abandoned", "short"):
            self.assertEqual(told[name], getattr(level, name), name)
        self.assertEqual(told["service_level"], level.of_offered)
        self.assertEqual(told["service_level_answered"], level.of_answered)
        self.assertEqual(told["abandonment"], level.abandonment)
        for name in ("asa", "first_reply", "reply", "handle"):
            spread = getattr(expected, name)
            for part in ("count", "total", "mean", "p50", "p90"):
                self.assertAlmostEqual(
                    told[name][part], getattr(spread, part), 6, f"{name} {part}"
                )

    # -- equality ----------------------------------------------------------------------

    def test_counting_begins_again_where_a_conversation_went_on_meanwhile(self):
        due = self.env["chat.figure.due"]
        count = Mock(side_effect=[SerializationFailure(), 3])
        commit = patch.object(type(self.env["ir.cron"]), "_commit_progress")
        with patch.object(self.env.cr, "rollback") as rollback, commit as done:
            self.assertEqual(due._committed(count), 3)
        rollback.assert_called_once()
        done.assert_called_once_with(3)

    @PATIENT
    @given(histories, st.sampled_from([None, *figures.DIMENSIONS]))
    def test_recomputed_from_the_history_they_are_equal(self, history, by):
        segments, turns = self._write(history)
        measure = figures.Measure(threshold_seconds=60, short_seconds=5)
        expected = figures.figures(
            segments, turns, measure, by, now=datetime(2100, 1, 1)
        )
        told = self._told(by)
        self.assertEqual({row["key"] for row in told}, set(expected))
        for row in told:
            self._assert_same(row, expected[row["key"]])

    # -- one story at a time -----------------------------------------------------------

    def _story(self, *rows, **values):
        """Two minutes in the queue, and what else is said."""
        queue = {
            "holder_kind": "queue",
            "direction": 0,
            "operator": 0,
            "wait": None,
            "reply": None,
            "length": 120,
            "focus": 0,
            "reason": "assigned",
            "turns": [],
        }
        story = {"start": 0, "is_over": True, "is_test": False, "is_outgoing": False}
        stretches = [{**queue, **row} for row in rows or [{}]]
        return {**story, "stretches": stretches, **values}

    def _held(self, **row):
        return {"holder_kind": "operator", "wait": 5, "reply": 15, "focus": 100, **row}

    def test_who_waits_is_offered_once_the_threshold_has_passed(self):
        with self.subTest("before"), self._at(START + timedelta(seconds=60)):
            self._write([self._story(is_over=False)])
            self.assertEqual(self._told()[0]["offered"], 0)
        with self.subTest("after"), self._at(START + timedelta(seconds=61)):
            self._count()
            self.assertEqual(self._told()[0]["offered"], 1)
            self.assertEqual(self._told()[0]["answered"], 0)

    def _at(self, moment):
        return patch.object(fields.Datetime, "now", lambda: moment)

    def test_both_denominators_are_printed(self):
        left = self._story({"reason": "customer_closed"})
        self._write([self._story({"length": 10}, self._held()), left])
        told = self._told()[0]
        self.assertEqual(told["service_level"], 50)
        self.assertEqual(told["service_level_answered"], 100)
        self.assertEqual(told["abandonment"], 50)

    def test_a_test_mark_takes_a_conversation_out_and_back(self):
        self._write([self._story({"length": 10}, self._held())])
        self.assertEqual(self._told()[0]["offered"], 1)
        self.channels[0].chat_is_test = True
        self._count()
        self.assertEqual(self._told()[0]["offered"], 0)
        self.channels[0].chat_is_test = False
        self._count()
        self.assertEqual(self._told()[0]["offered"], 1)

    def test_a_conversation_is_counted_once_however_often_it_changes(self):
        self._write([self._story({"length": 10}, self._held())])
        self.channels[0].chat_segment_ids[-1].focus_seconds = 300
        self.channels[0].chat_segment_ids[-1].focus_seconds = 200
        self._count()
        self.assertEqual(self._told()[0]["offered"], 1)
        self.assertEqual(self._told()[0]["handle"]["total"], 207)

    def test_a_change_of_nothing_asks_for_no_measuring(self):
        self._count()
        self.env["chat.turn"].write({"answered_at": START})
        self.assertFalse(self.env["chat.figure.due"].search([]))

    def test_hours_and_days_are_those_of_the_readers_clock(self):
        self._write([self._story(start=15 * 3600)])
        figure = self.env["chat.figure"].with_context(tz="Asia/Yekaterinburg")
        told = [figure.get_figures(START, END, by)[0]["key"] for by in ("hour", "day")]
        self.assertEqual(told, [5, (START + timedelta(days=1)).date()])

    def test_the_pivot_tells_what_the_method_tells(self):
        histories_told = [
            self._story(
                {"length": 10},
                self._held(wait=number * 20, reply=90 + number, turns=[(60, number)]),
                self._held(operator=1, focus=number * 10),
            )
            for number in range(CONVERSATIONS)
        ]
        self._write(histories_told)
        pairs = {
            "service_level:avg": "service_level",
            "answer_p90:avg": ("asa", "p90"),
            "first_reply_seconds:avg": ("first_reply", "mean"),
            "reply_p50:avg": ("reply", "p50"),
            "handle_seconds:avg": ("handle", "mean"),
        }
        [values] = self.env["chat.figure"]._read_group([], [], list(pairs))
        told = self._told()[0]
        for value, place in zip(values, pairs.values(), strict=True):
            name, *part = place if isinstance(place, tuple) else (place,)
            expected = told[name][part[0]] if part else told[name]
            self.assertAlmostEqual(value, expected, 6, place)

    def test_an_unknown_dimension_is_named_with_those_there_are(self):
        with self.assertRaisesRegex(UserError, "direction, channel.*not by “colour”"):
            self._told("colour")

    # -- who may read ------------------------------------------------------------------

    def test_a_supervisor_reads_his_directions_an_administrator_all(self):
        self._write([self._story({"direction": 0}), self._story({"direction": 1})])
        groups = "chat_center_bridge.group_supervisor"
        own = new_test_user(self.env, "chat_svetlana", groups=groups)
        other = new_test_user(self.env, "chat_other", groups=groups)
        self.directions[0].supervisor_ids = own
        manager = new_test_user(
            self.env, "chat_manager", groups="chat_center_bridge.group_manager"
        )
        keys = [
            [row["key"] for row in self._told("direction", user)]
            for user in (own, other, manager)
        ]
        self.assertEqual(keys, [self.directions[0].ids, [], self.directions.ids])

    def test_an_operator_reads_no_figures(self):
        with self.assertRaises(AccessError):
            self._told(user=self.operators[0].user_id)

    def test_another_companys_administrator_reads_none(self):
        self._write([self._story()])
        company = self.env["res.company"].create({"name": "Another"})
        stranger = new_test_user(
            self.env,
            "chat_stranger",
            groups="chat_center_bridge.group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertEqual(self._told("direction", stranger), [])
