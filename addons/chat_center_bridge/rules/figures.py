"""The figures of a contact centre from plain segments and turns: no database.

A conversation is a row of segments, each with one holder: a bot, the queue or an
operator. The customer is in human care from the first segment of the queue or of an
operator on. A turn is a burst of the customer with the human answer to it.

Where the definitions come from:
    The service level as "x percent answered within y seconds", the speed of answer and
    the abandonment with short ones apart are the usual ones of call centres: Cleveland
    B. (2012), Call Center Management on Fast Forward, ch. 4; Gans N., Koole G.,
    Mandelbaum A. (2003), Telephone call centers, M&SOM 5:79-141, section 2.
    edna's Chat Center reports ``service_level_agent_30`` of the ANSWERED threads only
    and leaves out who left before the assignment, what the bot solved and what the
    operator began. Zammad and Chatwoot count in working hours.
    The targets of the case (SL 80/60, ASA 90 s, A1RT 60 s, ART 90 s, ACPT 10 min) are
    those of a retail chain's text channels.

Who gets which part of a transferred conversation:
    SL, ASA, A1RT and abandonment are one a conversation: they belong to the direction
    and the operator of the first acceptance, where nobody accepted to the direction it
    last waited in. An ART belongs to the segment in which the turn was answered, whole:
    it is what the customer waited. ACPT is divided: each segment's focus and wrap-up
    belong to that segment's direction and operator.
    The channel and the hour are always those of the entry into human care.

Times are seconds. What is marked as a test is left out of everything.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from math import floor
from statistics import fmean

from .working import wall_seconds

BOT, QUEUE, OPERATOR = "bot", "queue", "operator"
CUSTOMER_CLOSED, SILENCE = "customer_closed", "silence"
# closed so before anybody accepted: the customer gave up
ABANDONED = frozenset((CUSTOMER_CLOSED, SILENCE))
SPAM, BLOCKED = "spam", "blocked"
# closed so before anybody accepted: nobody was to be served
SET_ASIDE = frozenset((SPAM, BLOCKED))
# the operator wrote first: nobody waited
OUTGOING = "outgoing"
ACCEPTED, REPLIED = "accepted", "replied"
DIMENSIONS = ("direction", "channel", "operator", "hour")
GREEN, AMBER, RED, UNKNOWN = "green", "amber", "red", "unknown"


@dataclass(frozen=True, slots=True)
class Segment:
    """One stretch of a conversation with one holder; moments are naive UTC datetimes.

    :param seq: its number in the conversation, from 1
    :param offered_at: when the operator was asked to take it
    :param reason_in, reason_out: why it began and ended
    """

    conversation: int
    seq: int
    holder_kind: str
    direction: int
    channel: str
    opened_at: datetime
    closed_at: datetime | None = None
    operator: int | None = None
    offered_at: datetime | None = None
    accepted_at: datetime | None = None
    first_reply_at: datetime | None = None
    focus_seconds: float = 0.0
    wrap_seconds: float = 0.0
    reason_in: str = ""
    reason_out: str = ""
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """A burst of the customer and the human answer to it.

    :param seq: of the segment in which it was answered, or in which it is open
    :param asked_at: the first message of the burst
    """

    conversation: int
    seq: int
    asked_at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True)
class Measure:
    """How the figures are taken.

    :param threshold_seconds: the y of SL x/y
    :param short_seconds: who gave up sooner is no loss of the centre
    :param mark: what answers a conversation for SL: ``accepted`` or ``replied``
    :param elapsed: (direction, start, end) -> seconds; day and night if not given
    :param clock: UTC moment -> moment on the clock that hours are told by
    """

    threshold_seconds: float = 60
    short_seconds: float = 5
    mark: str = ACCEPTED
    elapsed: Callable = field(
        default=lambda direction, start, end: wall_seconds(start, end)
    )
    clock: Callable = field(default=lambda moment: moment)


@dataclass(frozen=True, slots=True)
class Care:
    """One conversation's way into human care: what SL, ASA and A1RT are made of.

    :param entered_at: when it first came into the queue or to an operator
    :param asked_at: the customer's first word in human care
    :param given_up_at: None: the customer did not give up
    :param is_over: the conversation is closed
    """

    conversation: int
    direction: int
    channel: str
    operator: int | None
    hour: int
    entered_at: datetime
    asked_at: datetime
    accepted_at: datetime | None
    replied_at: datetime | None
    given_up_at: datetime | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """One measured time with what it is told by."""

    seconds: float
    conversation: int
    direction: int
    channel: str
    operator: int | None
    hour: int


@dataclass(frozen=True, slots=True)
class Spread:
    """Several times of one kind; all None where there is none."""

    count: int
    total: float
    mean: float | None
    p50: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """Conversations by their answer; sums of these are again a service level.

    :param offered: came into human care, short abandonments left out
    :param answered: a human answered them at all
    :param within: answered within the threshold
    :param abandoned: given up before that, the short ones left out
    :param short: given up sooner than ``short_seconds``
    """

    offered: int = 0
    answered: int = 0
    within: int = 0
    abandoned: int = 0
    short: int = 0

    def __add__(self, other):
        return ServiceLevel(
            self.offered + other.offered,
            self.answered + other.answered,
            self.within + other.within,
            self.abandoned + other.abandoned,
            self.short + other.short,
        )

    @property
    def of_offered(self):
        """Percent of the offered answered within the threshold; None: none offered."""
        return _percent(self.within, self.offered)

    @property
    def of_answered(self):
        """Percent of the answered answered within the threshold; None: none."""
        return _percent(self.within, self.answered)

    @property
    def abandonment(self):
        """Percent of the offered that the customer gave up; None: none offered."""
        return _percent(self.abandoned, self.offered)


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one direction, channel, operator or hour, or of everything.

    :param asa: from the queue to the acceptance
    :param first_reply: A1RT
    :param reply: ART
    :param handle: ACPT
    """

    service_level: ServiceLevel
    asa: Spread
    first_reply: Spread
    reply: Spread
    handle: Spread


def _percent(part, whole):
    return 100 * part / whole if whole else None


def percentile(values, share):
    """The value below which a share of the values lies.

    Linear between the two nearest ranks, the first rank at share 0 and the last at 1
    (Hyndman R., Fan Y. (1996), Sample quantiles in statistical packages, type 7): the
    same as ``percentile_cont`` of PostgreSQL and PERCENTILE.INC of a spreadsheet.

    :param values: numbers, not empty, in any order
    :param float share: from 0 to 1
    """
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    below = floor(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)


def spread(values):
    """Count, total, mean, p50 and p90 of a list of seconds; see ``percentile``."""
    if not values:
        return Spread(0, 0.0, None, None, None)
    ranked = sorted(values)
    return Spread(
        len(ranked),
        sum(ranked),
        fmean(ranked),
        percentile(ranked, 0.5),
        percentile(ranked, 0.9),
    )


def cares(segments, turns, measure):
    """The ways into human care: one a conversation, sorted by conversation.

    Left out: tests, what never left the bot, what an operator began, spam and blocked
    ones that nobody accepted. What the centre closed otherwise stays in: else closing
    the queue in bulk would be the shortest way to a good service level.

    :param segments: Segment of whole conversations, in any order
    :param turns: Turn of the same
    :return: list of Care
    """
    asked = _first_asked(turns)
    told = []
    for conversation, row in sorted(_human_rows(segments).items()):
        care = _care(conversation, row, asked.get(conversation), measure)
        if care is not None:
            told.append(care)
    return told


def _human_rows(segments):
    """Conversation -> its segments of human care, in order; tests left out."""
    rows, tests = defaultdict(list), set()
    for segment in segments:
        if segment.is_test:
            tests.add(segment.conversation)
        elif segment.holder_kind != BOT:
            rows[segment.conversation].append(segment)
    for row in rows.values():
        row.sort(key=lambda segment: segment.seq)
    # a mark set in the middle holds for the whole conversation
    return {number: row for number, row in rows.items() if number not in tests}


def _first_asked(turns):
    """Conversation -> first moment at which the customer asked."""
    asked = {}
    for turn in turns:
        known = asked.get(turn.conversation, turn.asked_at)
        asked[turn.conversation] = min(known, turn.asked_at)
    return asked


def _care(conversation, row, asked_at, measure):
    """The Care of one conversation; None if it is left out."""
    first, last = row[0], row[-1]
    if first.reason_in == OUTGOING:
        return None
    accepted = next((one for one in row if one.accepted_at), None)
    if not accepted and last.reason_out in SET_ASIDE:
        return None
    gave_up = not accepted and last.reason_out in ABANDONED
    holder = accepted or last
    replied_at = min(
        (one.first_reply_at for one in row if one.first_reply_at), default=None
    )
    return Care(
        conversation=conversation,
        direction=holder.direction,
        channel=first.channel,
        operator=accepted and accepted.operator,
        hour=measure.clock(first.opened_at).hour,
        entered_at=first.opened_at,
        asked_at=_first_word(first.opened_at, asked_at, replied_at),
        accepted_at=accepted and accepted.accepted_at,
        replied_at=replied_at,
        given_up_at=last.closed_at if gave_up else None,
        is_over=last.closed_at is not None,
    )


def _first_word(entered_at, asked_at, replied_at):
    """When the customer first spoke in human care.

    A word to the bot that no human answered yet counts from the entry; so does the
    entry itself where the operator spoke first.
    """
    if asked_at is None or (replied_at and asked_at > replied_at):
        return entered_at
    return max(entered_at, asked_at)


def answer_seconds(care, measure):
    """From the entry into human care to what counts as the answer; None: no answer."""
    answered = care.accepted_at if measure.mark == ACCEPTED else care.replied_at
    if answered is None:
        return None
    return measure.elapsed(care.direction, care.entered_at, answered)


def service_level(ways, measure, now=None):
    """SL x/y, with abandonment: conversations answered within y seconds.

    ``of_offered = within / offered``; ``of_answered = within / answered`` (edna's
    ``service_level_agent_30``). The first is never the better of the two: it counts
    who gave up. Offered are all that came into human care but the short abandonments
    (Cleveland 2012). Abandoned is what the customer closed, or let fall silent, before
    a human accepted. One a conversation, however often it is transferred.

    :param ways: Care
    :param now: moment of the figures; who still waits at it counts as offered once the
        threshold has passed, before that nothing is known of him. None: left out
    :return: ServiceLevel
    """
    return sum((_level(care, measure, now) for care in ways), ServiceLevel())


def _level(care, measure, now):
    """The service level of one conversation."""
    seconds = answer_seconds(care, measure)
    if seconds is not None:
        within = int(seconds <= measure.threshold_seconds)
        return ServiceLevel(offered=1, answered=1, within=within)
    if care.given_up_at is None:
        missed = care.is_over or _is_late(care, measure, now)
        return ServiceLevel(offered=int(missed))
    waited = measure.elapsed(care.direction, care.entered_at, care.given_up_at)
    if waited < measure.short_seconds:
        return ServiceLevel(short=1)
    return ServiceLevel(offered=1, abandoned=1)


def _is_late(care, measure, now):
    """Whether it still waits and the threshold has passed."""
    if now is None:
        return False
    waited = measure.elapsed(care.direction, care.entered_at, now)
    return waited > measure.threshold_seconds


def answer_samples(ways, measure):
    """ASA: from the queue to the acceptance, of the accepted.

    ``mean(accepted_at - entered_at)``; an offer that lapsed does not stop the clock.
    Gans, Koole, Mandelbaum 2003: the wait of those answered; edna calls the same
    ``average_opening_time``.

    :return: list of Sample
    """
    return [
        _care_sample(care, care.entered_at, care.accepted_at, measure)
        for care in ways
        if care.accepted_at
    ]


def first_reply_samples(ways, measure):
    """A1RT: from the customer's first word in human care to the first human reply.

    ``mean(first_reply_at - max(entered_at, asked_at))``. Chatwoot's first response
    time, but from human care on instead of from the creation: the bot's answers are
    neither credit nor blame of the operators.

    :return: list of Sample
    """
    return [
        _care_sample(care, care.asked_at, care.replied_at, measure)
        for care in ways
        if care.replied_at
    ]


def _care_sample(care, start, end, measure):
    return Sample(
        measure.elapsed(care.direction, start, end),
        care.conversation,
        care.direction,
        care.channel,
        care.operator,
        care.hour,
    )


def reply_samples(segments, turns, measure):
    """ART: from each burst of the customer to the next human reply.

    ``mean(answered_at - max(entered_at, asked_at))`` over the answered turns. Whoever
    answers gets the whole time, also what a transfer took of it.

    :return: list of Sample
    """
    rows = _human_rows(segments)
    told = []
    for turn in sorted(turns, key=lambda turn: (turn.conversation, turn.asked_at)):
        row = rows.get(turn.conversation)
        segment = row and next((one for one in row if one.seq == turn.seq), None)
        if segment and turn.answered_at:
            start = max(row[0].opened_at, turn.asked_at)
            seconds = measure.elapsed(segment.direction, start, turn.answered_at)
            told.append(_sample(segment, row[0], seconds, measure))
    return told


def _sample(segment, first, seconds, measure):
    """A time of one segment; the channel and the hour are those of the entry."""
    return Sample(
        seconds,
        segment.conversation,
        segment.direction,
        first.channel,
        segment.operator,
        measure.clock(first.opened_at).hour,
    )


def handle_samples(segments, measure):
    """The parts of ACPT (AHT of a call): ``focus + wrap-up`` of operators' segments.

    Gans, Koole, Mandelbaum 2003: talk and after-call work; of several conversations at
    once only the one in focus counts, so an operator's times add up to his day.

    :return: list of Sample, one for each accepted segment that is over
    """
    return [
        _sample(segment, row[0], segment.focus_seconds + segment.wrap_seconds, measure)
        for _conversation, row in sorted(_human_rows(segments).items())
        for segment in row
        if segment.accepted_at and segment.closed_at
    ]


def handle_spread(samples):
    """ACPT: ``sum(focus + wrap-up) / conversations`` of the samples.

    Segments of one conversation are one value: taken by direction or by operator, it
    is that direction's or that operator's part of the conversation.
    """
    parts = defaultdict(float)
    for sample in samples:
        parts[sample.conversation] += sample.seconds
    return spread(list(parts.values()))


def slot_seconds(segments):
    """Mean time an operator's slot is held by a conversation; None: none is over.

    ``mean(closed_at - opened_at + wrap-up)``: what ``choice.position_and_wait`` needs.
    It is longer than ACPT, because several slots are held at once.
    """
    held = [
        wall_seconds(segment.opened_at, segment.closed_at) + segment.wrap_seconds
        for segment in segments
        if segment.accepted_at and segment.closed_at and not segment.is_test
    ]
    return fmean(held) if held else None


def figures(segments, turns, measure, by=None, now=None):
    """All figures, of everything or by one dimension.

    :param segments: Segment of whole conversations, in any order
    :param turns: Turn of the same
    :param by: one of ``DIMENSIONS``; None: everything together under the key None
    :param now: see ``service_level``
    :return: dict key -> Figures
    """
    segments, turns = list(segments), list(turns)
    ways = cares(segments, turns, measure)
    columns = [
        _grouped(column, by)
        for column in (
            ways,
            answer_samples(ways, measure),
            first_reply_samples(ways, measure),
            reply_samples(segments, turns, measure),
            handle_samples(segments, measure),
        )
    ]
    keys = {None} if by is None else set().union(*columns)
    return {
        key: _figures([column.get(key, []) for column in columns], measure, now)
        for key in sorted(keys, key=lambda key: (key is None, key))
    }


def _grouped(rows, by):
    """Key -> rows of it."""
    groups = defaultdict(list)
    for row in rows:
        groups[getattr(row, by) if by else None].append(row)
    return groups


def _figures(columns, measure, now):
    """The Figures of rows that belong together."""
    ways, answers, first_replies, replies, handles = columns
    return Figures(
        service_level(ways, measure, now),
        *(spread([one.seconds for one in rows]) for rows in (answers, first_replies)),
        spread([one.seconds for one in replies]),
        handle_spread(handles),
    )


@dataclass(frozen=True)
class Target:
    """Where a figure is green, amber or red.

    :param value: up to it the figure is green
    :param limit: beyond it the figure is red; between the two it is amber
    :param more_is_better: the figure should be above them, as a service level
    """

    value: float
    limit: float
    more_is_better: bool = False

    @classmethod
    def around(cls, value, margin_percent, more_is_better=False):
        """A target whose amber band is so much of its value."""
        sign = -1 if more_is_better else 1
        limit = value * (100 + sign * margin_percent) / 100
        return cls(value, limit, more_is_better)

    def colour(self, figure):
        """``green``, ``amber`` or ``red``; ``unknown`` where nothing was measured."""
        if figure is None:
            return UNKNOWN
        sign = -1 if self.more_is_better else 1
        if sign * figure <= sign * self.value:
            return GREEN
        return AMBER if sign * figure <= sign * self.limit else RED


@dataclass(frozen=True)
class Board:
    """The targets of a direction; a target that is None has no colour.

    The service level is the one of the offered, the stricter of the two; of the times
    it is the mean that is promised.
    """

    service_level: Target | None = None
    asa: Target | None = None
    first_reply: Target | None = None
    reply: Target | None = None
    handle: Target | None = None

    def colours(self, told):
        """Name of the figure -> colour.

        :param Figures told: of the direction
        """
        values = {"service_level": told.service_level.of_offered}
        for name in ("asa", "first_reply", "reply", "handle"):
            values[name] = getattr(told, name).mean
        targets = {name: getattr(self, name) for name in values}
        return {
            name: targets[name].colour(value) if targets[name] else UNKNOWN
            for name, value in values.items()
        }


def waiting_colour(oldest_seconds, target):
    """The colour of a queue by its oldest wait; an empty queue is green.

    :param oldest_seconds: None: nobody waits
    :param Target target: for example the direction's ASA
    """
    return GREEN if oldest_seconds is None else target.colour(oldest_seconds)
