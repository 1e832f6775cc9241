from collections import namedtuple
from datetime import datetime, time, timedelta
from unittest.mock import patch

import pytz
from freezegun import freeze_time
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from ..models import partner_notification_pipeline as pipeline
from .common import NotificationBuilders

START = datetime(2026, 3, 1)
ZONE = pytz.timezone("Asia/Vladivostok")
PARTNERS, TOPICS = 3, 3
DEBT = TOPICS - 1  # the last topic is the debt rule's
Told = namedtuple("Told", "partner topic key outcome moment")


class PlainModel:
    """What the pipeline decides, one company after the other, in plain Python.

    :param list topics: dict a topic: cap, cap_days, mandatory, allow_hold_out
    :param dict company: cap and cap_days over all topics
    """

    def __init__(self, topics, company):
        self.topics, self.company = topics, company
        self.told = []

    def is_due(self, partner, moment, every_days):
        """Whether the rhythm has come round: days are the company's own."""
        today = pytz.utc.localize(moment).astimezone(ZONE).date()
        first_day = datetime.combine(today - timedelta(days=every_days - 1), time.min)
        since = ZONE.localize(first_day).astimezone(pytz.utc).replace(tzinfo=None)
        return not any(
            row.partner == partner and row.topic == DEBT and row.moment >= since
            for row in self.told
            if row.outcome in ("sent", "hold_out")
        )

    def decide(self, partner, topic, key, moment, held):
        """The outcome of one candidate, kept; None: it was told before."""
        if self._is_known(partner, topic, key):
            return None
        outcome = "sent"
        if not self.topics[topic]["mandatory"] and self._is_full(
            partner, topic, moment
        ):
            outcome = "capped"
        elif held and self.topics[topic]["allow_hold_out"]:
            outcome = "hold_out"
        self.told.append(Told(partner, topic, key, outcome, moment))
        return outcome

    def _is_known(self, partner, topic, key):
        return any(
            (row.partner, row.topic, row.key) == (partner, topic, key)
            and row.outcome in ("sent", "hold_out")
            for row in self.told
        )

    def _is_full(self, partner, topic, moment):
        own = self.topics[topic]
        caps = (
            (own["cap"], own["cap_days"], {topic}),
            (self.company["cap"], self.company["cap_days"], set(range(TOPICS))),
        )
        return any(
            cap and self._count(partner, among, moment - timedelta(days=days)) >= cap
            for cap, days, among in caps
        )

    def _count(self, partner, topics, since):
        return sum(
            row.outcome == "sent"
            and row.partner == partner
            and row.topic in topics
            and row.moment > since
            for row in self.told
        )


one_topic = st.fixed_dictionaries(
    {
        "cap": st.integers(0, 3),
        "cap_days": st.integers(1, 20),
        "mandatory": st.booleans(),
        "allow_hold_out": st.booleans(),
    }
)
one_row = st.tuples(st.integers(0, PARTNERS - 1), st.integers(0, 4))
one_step = st.fixed_dictionaries(
    {
        "hours": st.integers(1, 24 * 12),
        "topic": st.integers(0, TOPICS - 1),
        "share": st.sampled_from([0, 30, 50]),
        "rows": st.lists(one_row, min_size=1, max_size=8, unique=True),
        "batch": st.sampled_from([1, 2, 3, 5_000]),
    }
)


@tagged("post_install", "-at_install")
class TestCalendar(NotificationBuilders, TransactionCase):
    """Cap, rhythm, lot and "only once" under a random calendar (K5, K9, K12, X1).

    What SQL decides a batch at a time is what plain Python decides row by row.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.set_up_notifications(cls.env)
        cls.set_up_ledger()
        cls.company.partner_id.tz = ZONE.zone
        cls.partners = [cls._partner(f"P{number}") for number in range(PARTNERS)]
        with freeze_time(START):
            for partner in cls.partners:
                cls._debt(partner, 1000, days_late=30)

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(
        topics=st.lists(one_topic, min_size=TOPICS, max_size=TOPICS),
        company=st.fixed_dictionaries(
            {"cap": st.integers(0, 6), "cap_days": st.integers(1, 20)}
        ),
        every_days=st.integers(1, 16),
        steps=st.lists(one_step, min_size=1, max_size=8),
    )
    def test_sql_decides_as_the_plain_model(self, topics, company, every_days, steps):
        with self.cr.savepoint() as savepoint:
            self._open(topics, company, every_days)
            moment = START
            for step in steps:
                moment += timedelta(hours=step["hours"])
                with (
                    freeze_time(moment),
                    patch.object(pipeline, "BATCH_SIZE", step["batch"]),
                ):
                    self._take_step(step, moment, every_days)
            savepoint.rollback()
        self.env.invalidate_all()

    def _open(self, topics, company, every_days):
        """The records of a drawn world, and its plain model."""
        self.model = PlainModel(topics, company)
        self.records = [self._topic(**values) for values in topics]
        self.company.write(
            {
                "notification_cap": company["cap"],
                "notification_cap_days": company["cap_days"],
            }
        )
        debt = self.records[DEBT]
        self.rule = self._debt_rule(topic_id=debt.id, every_days=every_days)

    def _take_step(self, step, moment, every_days):
        """A wave of a list, or of the debt rule: both decide the same."""
        topic = step["topic"]
        allowed = self.model.topics[topic]["allow_hold_out"]
        share = step["share"] if allowed else 0
        if topic == DEBT:
            self.rule.hold_out_share = share
            wave = self.rule._start()
            rows = [
                (place, f"wave:{wave.id}")
                for place in range(PARTNERS)
                if self.model.is_due(place, moment, every_days)
            ]
        else:
            rows = [(place, f"k{key}") for place, key in step["rows"]]
            wave = self._list_wave(rows, topic, share)
        self._send(wave)
        self.assertEqual(self._decided(wave), self._modelled(wave, rows, topic, moment))

    def _list_wave(self, rows, topic, share):
        """A wave with several messages a company."""
        wave = self._wave([], topic=self.records[topic], hold_out_share=share)
        self.env["partner.notification.candidate"].create(
            [
                {
                    "broadcast_id": wave.id,
                    "commercial_partner_id": self.partners[place].id,
                    "dedup_key": key,
                }
                for place, key in rows
            ]
        )
        wave.candidate_count = len(rows)
        return wave

    def _decided(self, wave):
        return {
            (self.partners.index(row.commercial_partner_id), row.dedup_key): row.outcome
            for row in wave.notification_ids
        }

    def _modelled(self, wave, rows, topic, moment):
        held = self._held(wave)
        found = {
            (place, key): self.model.decide(place, topic, key, moment, held[place])
            for place, key in rows
        }
        return {row: outcome for row, outcome in found.items() if outcome}

    def _held(self, wave):
        """Who draws below the share of the wave: as design and README give the lot."""
        draws = self.env.execute_query(
            SQL(
                """SELECT hashtextextended(%s || ':' || id, 0) & 1048575
                     FROM unnest(%s) WITH ORDINALITY AS partner (id, place)
                    ORDER BY place""",
                wave.seed,
                [partner.id for partner in self.partners],
            )
        )
        return [draw / 1048576 < wave.hold_out_share / 100 for (draw,) in draws]
