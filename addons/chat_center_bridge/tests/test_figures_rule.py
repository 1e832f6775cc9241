import statistics
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..rules import figures
from ..rules.figures import (
    ACCEPTED,
    AMBER,
    BOT,
    CUSTOMER_CLOSED,
    DIMENSIONS,
    GREEN,
    OPERATOR,
    OUTGOING,
    QUEUE,
    RED,
    REPLIED,
    SPAM,
    UNKNOWN,
    Board,
    Measure,
    Segment,
    ServiceLevel,
    Target,
    Turn,
    percentile,
    spread,
)
from ..rules.working import WorkingClock

DAY = datetime(2026, 3, 2)
START = DAY + timedelta(hours=9)
MEASURE = Measure(threshold_seconds=60, short_seconds=5)
CUSTOMERS, COURIERS = 1, 2
# other work on the machine must not fail the test
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def at(seconds):
    return START + timedelta(seconds=seconds)


class Story:
    """Writes the segments and turns of one conversation; seconds from its start."""

    def __init__(self, conversation=1, direction=CUSTOMERS, channel="app", start=0):
        self.segments, self.turns = [], []
        self.conversation, self.start = conversation, start
        self.direction, self.channel = direction, channel

    def add(self, holder_kind, opened, closed=None, **values):
        """One more segment."""
        moments = {
            name: self._at(values.pop(name))
            for name in ("accepted_at", "first_reply_at")
            if name in values
        }
        segment = Segment(
            self.conversation,
            len(self.segments) + 1,
            holder_kind,
            values.pop("direction", self.direction),
            self.channel,
            self._at(opened),
            self._at(closed),
            **moments,
            **values,
        )
        self.segments.append(segment)
        return self

    def turn(self, asked, answered=None, seq=None):
        """One burst, answered in the segment added last if no other is named."""
        seq = seq or len(self.segments)
        turn = Turn(self.conversation, seq, self._at(asked), self._at(answered))
        self.turns.append(turn)
        return self

    def _at(self, seconds):
        return None if seconds is None else at(self.start + seconds)


def served(wait=20, reply=30, **values):
    """Waits, is accepted, answered and closed by operator 7."""
    story = Story(**values).add(QUEUE, 0, 10, reason_out="assigned")
    story.add(
        OPERATOR,
        10,
        200,
        operator=7,
        accepted_at=wait,
        first_reply_at=reply,
        focus_seconds=90,
        wrap_seconds=15,
        reason_out="solved",
    )
    return story.turn(0, reply)


def left(seconds, reason=CUSTOMER_CLOSED, **values):
    """Leaves the queue before anybody accepts."""
    return Story(**values).add(QUEUE, 0, seconds, reason_out=reason).turn(0)


def transferred(conversation=1):
    """From couriers, operator 7, to customers, operator 8."""
    story = Story(conversation, COURIERS, "telegram")
    story.add(QUEUE, 0, 10)
    story.add(
        OPERATOR,
        10,
        100,
        operator=7,
        accepted_at=20,
        first_reply_at=30,
        focus_seconds=40,
    )
    story.turn(0, 30)
    story.add(QUEUE, 100, 160, direction=CUSTOMERS)
    story.add(
        OPERATOR,
        160,
        300,
        direction=CUSTOMERS,
        operator=8,
        accepted_at=165,
        first_reply_at=180,
        focus_seconds=60,
        wrap_seconds=10,
    )
    return story.turn(90, 180)


def told(*stories, measure=MEASURE, by=None, now=None):
    """The figures of some conversations."""
    segments = [segment for story in stories for segment in story.segments]
    turns = [turn for story in stories for turn in story.turns]
    found = figures.figures(segments, turns, measure, by, now)
    return found if by else found[None]


seconds = st.integers(0, 900)


@st.composite
def stories(draw):
    """Conversations of any kind: served, given up, transferred, tests, bots."""
    drawn = []
    for conversation in range(1, draw(st.integers(1, 12)) + 1):
        story = Story(
            conversation,
            draw(st.sampled_from([CUSTOMERS, COURIERS])),
            draw(st.sampled_from(["app", "telegram"])),
            draw(st.integers(0, 80_000)),
        )
        moment = draw(st.integers(0, 60))
        if draw(st.booleans()):
            story.add(BOT, 0, moment)
        for _visit in range(draw(st.integers(0, 3))):
            moment = draw_visit(draw, story, moment)
        if story.segments and draw(st.integers(0, 9)) == 0:
            story.segments[-1] = replace(story.segments[-1], is_test=True)
        drawn.append(story)
    return drawn


def draw_visit(draw, story, moment):
    """The queue, then perhaps an operator who perhaps accepts."""
    direction = draw(st.sampled_from([CUSTOMERS, COURIERS]))
    asked, offered = moment, moment + draw(seconds)
    reason = draw(st.sampled_from(["assigned", CUSTOMER_CLOSED, SPAM, "bulk"]))
    story.add(QUEUE, moment, offered, direction=direction, reason_out=reason)
    if reason != "assigned":
        story.turn(asked)
        return offered
    values = {"direction": direction, "operator": draw(st.integers(1, 3))}
    end = offered + draw(seconds)
    if draw(st.integers(0, 4)):
        values |= {"accepted_at": offered, "first_reply_at": end}
        values |= {"focus_seconds": draw(seconds), "wrap_seconds": draw(seconds)}
    story.add(OPERATOR, offered, end, **values)
    story.turn(asked, end if "accepted_at" in values else None)
    return end


@tagged("post_install", "-at_install")
class TestFiguresCases(BaseCase):
    """Each figure on conversations small enough to count by hand (P2)."""

    def test_service_level_with_both_denominators(self):
        rows = [served(wait, wait + 5, conversation=wait) for wait in (20, 60, 61, 90)]
        rows += [left(4, conversation=1), left(5, conversation=2)]
        level = told(*rows).service_level
        self.assertEqual(level, ServiceLevel(5, 4, 2, 1, 1))
        self.assertEqual(level.of_offered, 40)
        self.assertEqual(level.of_answered, 50)
        self.assertEqual(level.abandonment, 20)

    def test_service_level_to_the_first_reply(self):
        measure = replace(MEASURE, mark=REPLIED)
        rows = [served(50, 60), served(50, 61, conversation=2)]
        level = told(*rows, measure=measure).service_level
        self.assertEqual((level.answered, level.within), (2, 1))
        self.assertEqual(told(*rows).service_level.within, 2)

    def test_accepted_and_never_answered(self):
        story = Story().add(QUEUE, 0, 5).add(OPERATOR, 5, 90, operator=7, accepted_at=6)
        self.assertEqual(told(story).service_level.within, 1)
        level = told(story, measure=replace(MEASURE, mark=REPLIED)).service_level
        self.assertEqual(level, ServiceLevel(offered=1))

    def test_nothing_measured_has_no_figures(self):
        nothing = told()
        self.assertIsNone(nothing.service_level.of_offered)
        self.assertIsNone(nothing.asa.mean)
        self.assertEqual(nothing.asa.count, 0)

    def test_what_is_left_out(self):
        test = served()
        test.segments[1] = replace(test.segments[1], is_test=True)
        bot = Story().add(BOT, 0, 50, reason_out="solved")
        spam = left(50, SPAM)
        outgoing = Story().add(
            OPERATOR, 0, 99, operator=7, accepted_at=0, reason_in=OUTGOING
        )
        for story in (test, bot, spam, outgoing):
            with self.subTest(segments=story.segments):
                self.assertEqual(told(story).service_level, ServiceLevel())
                self.assertEqual(told(story).asa.count, 0)

    def test_a_bulk_closing_does_not_better_the_service_level(self):
        self.assertEqual(told(left(50, "bulk")).service_level, ServiceLevel(offered=1))

    def test_who_still_waits_counts_once_he_waited_too_long(self):
        waiting = Story().add(QUEUE, 0)
        cases = [(None, 0), (at(60), 0), (at(61), 1)]
        for now, offered in cases:
            with self.subTest(now=now):
                level = told(waiting, now=now).service_level
                self.assertEqual(level, ServiceLevel(offered=offered))

    def test_silence_is_an_abandonment_too(self):
        self.assertEqual(told(left(50, figures.SILENCE)).service_level.abandoned, 1)

    def test_asa_goes_on_while_an_offer_lapses(self):
        story = Story().add(QUEUE, 0, 5)
        story.add(OPERATOR, 5, 35, operator=7, reason_out="not_accepted")
        story.add(QUEUE, 35, 36)
        story.add(OPERATOR, 36, 99, operator=8, accepted_at=40, first_reply_at=50)
        self.assertEqual(told(story).asa.mean, 40)
        self.assertEqual(told(story, by="operator")[8].asa.count, 1)
        self.assertNotIn(7, told(story, by="operator"))

    def test_first_reply_from_the_first_word_in_human_care(self):
        cases = [
            ("a word to the bot counts from the entry", -30, 50, 50),
            ("a word in the queue", 10, 50, 40),
            ("the operator spoke first", 70, 50, 50),
        ]
        for name, asked, replied, expected in cases:
            with self.subTest(name):
                story = served(20, replied)
                story.turns = []
                story.turn(asked, max(replied, asked + 5))
                self.assertEqual(told(story).first_reply.mean, expected)

    def test_reply_of_each_burst(self):
        story = served(20, 30).turn(50, 70).turn(100, 160).turn(190)
        found = told(story).reply
        self.assertEqual((found.count, found.total), (3, 30 + 20 + 60))

    def test_a_word_to_the_bot_is_answered_late_only_from_the_entry_on(self):
        story = served(20, 50)
        story.turns = []
        self.assertEqual(told(story.turn(-30, 50)).reply.total, 50)

    def test_handle_is_focus_and_wrap_up(self):
        self.assertEqual(told(served()).handle.mean, 105)

    def test_transfer_counts_once_and_everybody_gets_his_part(self):
        whole, parts = told(transferred()), told(transferred(), by="direction")
        self.assertEqual(whole.service_level, ServiceLevel(1, 1, 1))
        self.assertEqual(parts[COURIERS].service_level, ServiceLevel(1, 1, 1))
        self.assertEqual(parts[CUSTOMERS].service_level, ServiceLevel())
        # the second turn was asked of the couriers and answered by the customers'
        self.assertEqual(parts[COURIERS].reply.total, 30)
        self.assertEqual(parts[CUSTOMERS].reply.total, 90)
        self.assertEqual(parts[COURIERS].handle.mean, 40)
        self.assertEqual(parts[CUSTOMERS].handle.mean, 70)
        self.assertEqual(whole.handle.mean, 110)
        self.assertEqual(set(told(transferred(), by="operator")), {7, 8})

    def test_transfer_in_the_queue_belongs_to_who_answers(self):
        story = Story(direction=COURIERS).add(QUEUE, 0, 30)
        story.add(QUEUE, 30, 50, direction=CUSTOMERS)
        values = {"direction": CUSTOMERS, "operator": 7}
        story.add(OPERATOR, 50, 99, accepted_at=55, **values)
        self.assertEqual(told(story, by="direction")[CUSTOMERS].asa.mean, 55)

    def test_the_hour_is_of_the_clock_that_is_given(self):
        later = timedelta(hours=3)
        measure = replace(MEASURE, clock=lambda moment: moment + later)
        self.assertEqual(list(told(served(), by="hour")), [9])
        self.assertEqual(list(told(served(), by="hour", measure=measure)), [12])

    def test_working_time(self):
        """Written after the closing at 20, answered a minute after the opening."""
        opening = DAY + timedelta(hours=10)
        days = (opening, opening + timedelta(days=1))
        clock = WorkingClock([(day, day + timedelta(hours=10)) for day in days])

        def elapsed(_direction, start, end):
            return clock.seconds(start, end)

        night = served(14 * 3600 + 60, 14 * 3600 + 90, start=11 * 3600)
        measure = replace(MEASURE, elapsed=elapsed)
        self.assertEqual(told(night, measure=measure).asa.mean, 60)
        self.assertEqual(told(night, measure=measure).first_reply.mean, 90)
        self.assertEqual(told(night).asa.mean, 14 * 3600 + 60)

    def test_slot_seconds(self):
        story = served()
        self.assertEqual(figures.slot_seconds(story.segments), 190 + 15)
        self.assertIsNone(figures.slot_seconds(left(9).segments))


@tagged("post_install", "-at_install")
class TestFiguresProperties(BaseCase):
    """What holds of the figures whatever the conversations."""

    @PATIENT
    @given(st.lists(st.integers(0, 10_000), min_size=2, max_size=60))
    def test_percentiles_are_those_of_the_standard_library(self, values):
        cuts = statistics.quantiles(values, n=10, method="inclusive")
        for number, cut in enumerate(cuts, start=1):
            self.assertAlmostEqual(percentile(values, number / 10), cut)
        self.assertEqual(percentile(values, 0), min(values))
        self.assertEqual(percentile(values, 1), max(values))
        self.assertAlmostEqual(spread(values).p50, statistics.median(values))

    @PATIENT
    @given(stories(), st.sampled_from(DIMENSIONS))
    def test_parts_add_up_to_the_whole(self, rows, by):
        whole, parts = told(*rows), told(*rows, by=by).values()
        levels = [part.service_level for part in parts]
        self.assertEqual(sum(levels, ServiceLevel()), whole.service_level)
        for name in ("asa", "first_reply", "reply", "handle"):
            columns = [getattr(part, name) for part in parts]
            self.assertEqual(
                sum(column.total for column in columns), getattr(whole, name).total
            )
        for name in ("asa", "first_reply", "reply"):
            columns = [getattr(part, name) for part in parts]
            self.assertEqual(
                sum(column.count for column in columns), getattr(whole, name).count
            )

    @PATIENT
    @given(stories())
    def test_conversation_by_conversation_gives_the_same(self, rows):
        whole, single = told(*rows), [told(story) for story in rows]
        level = sum((one.service_level for one in single), ServiceLevel())
        self.assertEqual(level, whole.service_level)
        for name in ("asa", "first_reply", "reply", "handle"):
            columns = [getattr(one, name) for one in single]
            found = getattr(whole, name)
            self.assertEqual(sum(column.count for column in columns), found.count)
            self.assertEqual(sum(column.total for column in columns), found.total)

    @PATIENT
    @given(stories())
    def test_segment_by_segment_gives_the_same(self, rows):
        """The plainest way to count, written once more."""
        offered, waits, handled = 0, [], defaultdict(float)
        for story in rows:
            human = [one for one in story.segments if one.holder_kind != BOT]
            if any(one.is_test for one in story.segments) or not human:
                continue
            for one in human:
                if one.accepted_at:
                    work = one.focus_seconds + one.wrap_seconds
                    handled[story.conversation] += work
            accepted = [one.accepted_at for one in human if one.accepted_at]
            opened, ended = human[0].opened_at, human[-1]
            if accepted:
                waits.append((min(accepted) - opened).total_seconds())
            waited = (ended.closed_at - opened).total_seconds()
            short = ended.reason_out == CUSTOMER_CLOSED and waited < 5
            offered += bool(accepted) or not (short or ended.reason_out == SPAM)
        found = told(*rows)
        self.assertEqual(found.service_level.offered, offered)
        self.assertEqual(found.service_level.within, sum(one <= 60 for one in waits))
        self.assertEqual((found.asa.count, found.asa.total), (len(waits), sum(waits)))
        self.assertEqual(found.handle.total, sum(handled.values()))
        self.assertEqual(found.handle.count, len(handled))

    @PATIENT
    @given(stories(), st.randoms(use_true_random=False))
    def test_the_order_of_the_rows_does_not_matter(self, rows, random):
        segments = [segment for story in rows for segment in story.segments]
        turns = [turn for story in rows for turn in story.turns]
        expected = figures.figures(segments, turns, MEASURE, "direction")
        random.shuffle(segments)
        random.shuffle(turns)
        found = figures.figures(segments, turns, MEASURE, "direction")
        self.assertEqual(found, expected)

    @PATIENT
    @given(stories())
    def test_of_offered_is_never_the_better_one(self, rows):
        level = told(*rows).service_level
        self.assertLessEqual(level.answered + level.abandoned, level.offered)
        if level.answered:
            self.assertLessEqual(level.of_offered, level.of_answered)

    @PATIENT
    @given(stories())
    def test_each_conversation_has_one_care_at_most(self, rows):
        segments = [segment for story in rows for segment in story.segments]
        ways = figures.cares(segments, [], MEASURE)
        self.assertEqual(len({care.conversation for care in ways}), len(ways))

    @PATIENT
    @given(st.lists(st.integers(1, 500), min_size=1, max_size=12), seconds, seconds)
    def test_working_clock_counts_what_the_intervals_have(self, lengths, first, more):
        """Beside every second counted one by one."""
        moments, intervals = [0], []
        for length in lengths:
            moments.append(moments[-1] + length)
        for start, end in zip(moments[::2], moments[1::2], strict=False):
            intervals.append((at(start), at(end)))
        last = first + more
        inside = sum(
            any(start <= at(second) < end for start, end in intervals)
            for second in range(first, last)
        )
        clock = WorkingClock(intervals)
        self.assertEqual(clock.seconds(at(first), at(last)), inside)


@tagged("post_install", "-at_install")
class TestBoard(BaseCase):
    """Green, amber and red by the case's targets: SL 80/60, ASA 90 s and so on."""

    def test_times_are_green_up_to_their_target(self):
        target = Target.around(90, 10)
        cases = [(90, GREEN), (91, AMBER), (99, AMBER), (99.5, RED), (None, UNKNOWN)]
        for value, colour in cases:
            with self.subTest(value=value):
                self.assertEqual(target.colour(value), colour)

    def test_of_a_service_level_more_is_better(self):
        target = Target.around(80, 10, more_is_better=True)
        cases = [(80, GREEN), (79, AMBER), (72, AMBER), (71, RED)]
        for value, colour in cases:
            with self.subTest(value=value):
                self.assertEqual(target.colour(value), colour)

    def test_without_a_margin_there_is_no_amber(self):
        target = Target.around(90, 0)
        self.assertEqual([target.colour(90), target.colour(91)], [GREEN, RED])
        target = Target.around(80, 0, more_is_better=True)
        self.assertEqual([target.colour(80), target.colour(79)], [GREEN, RED])

    def test_colours_of_a_direction(self):
        board = Board(
            service_level=Target.around(80, 10, more_is_better=True),
            asa=Target.around(90, 10),
            first_reply=Target.around(20, 60),
            reply=Target.around(20, 10),
        )
        self.assertEqual(
            board.colours(told(served())),
            {
                "service_level": GREEN,
                "asa": GREEN,
                "first_reply": AMBER,
                "reply": RED,
                "handle": UNKNOWN,
            },
        )

    def test_colour_of_a_queue(self):
        target = Target.around(90, 10)
        self.assertEqual(figures.waiting_colour(None, target), GREEN)
        self.assertEqual(figures.waiting_colour(120, target), RED)

    def test_the_usual_measure(self):
        self.assertEqual(Measure().mark, ACCEPTED)
        self.assertEqual(told(served(), measure=Measure()).asa.mean, 20)
