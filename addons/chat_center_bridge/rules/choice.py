"""Who takes which waiting conversation: no database, no clock of its own.

The fair order has three classes: the head (taken back from an operator, or waiting
longer than its direction lets anybody wait), repeats, all others. In the head the
oldest goes first, whatever its priority: so nobody starves. In the other classes the
priority of the channel counts, then age.

``order``, ``pick`` and ``position_and_wait`` read plain lists. ``Queue`` and ``Team``
keep the same things indexed for many choices in a row; ``dispatch`` joins the two, and
``assign`` is ``dispatch`` on lists. Equal input gives equal output, in whatever order
the lists are. Moments are naive UTC datetimes; ids are numbers.
"""

from bisect import bisect_left, insort
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heapreplace

AVAILABLE = "available"
BASE, EXTRA = "base", "extra"
LEAST_LOADED, ROUND_ROBIN = "least_loaded", "round_robin"
# classes of the queue: the lower is served first
HEAD, REPEAT, ORDINARY = range(3)
# whose turn it is first: who is asked for by name, the operator of the last time, the
# personal manager, others
ASKED_FOR, SAME_OPERATOR, MANAGER, ANYBODY = range(4)


@dataclass(frozen=True, slots=True)
class Policy:
    """How one direction hands out its conversations.

    :param max_wait_seconds: who waited so long goes to the head of the queue
    :param sticky_seconds: who comes back within them is a repeat
    :param balance: ``least_loaded`` or ``round_robin``
    :param skill_wait_seconds: after them anybody of the direction will do; None: never
    """

    max_wait_seconds: float
    sticky_seconds: float = 0
    balance: str = LEAST_LOADED
    skill_wait_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A conversation that waits for an operator.

    :param queued_at: since when the customer waits for a human; a conversation taken
        back keeps it
    :param channel_priority: of its channel; 0 is usual, higher goes first
    :param skills: all of them are wanted
    :param language: preferred, not required
    :param previous_operator: who served the customer last, ``previous_at``
    :param asked_for: the operator it comes back to, such as who put it on hold
    :param is_repeat: that was within the direction's sticky period
    :param head_of_queue: taken back from an operator
    :param declined: operators that let it lapse; asked again only if nobody else can
    """

    id: int
    direction: int
    queued_at: datetime
    channel_priority: int = 0
    skills: frozenset = frozenset()
    language: str | None = None
    previous_operator: int | None = None
    previous_at: datetime | None = None
    personal_manager: int | None = None
    asked_for: int | None = None
    is_repeat: bool = False
    head_of_queue: bool = False
    declined: frozenset = frozenset()

    @property
    def group(self):
        """What decides which operators may have a slot for it at all."""
        return self.direction, self.is_repeat

    @property
    def line(self):
        """What makes the conversations of a group wait in one line.

        Those of a line want the same and rank the same, so the oldest of them is always
        the next, and where it finds nobody the younger ones find nobody either.
        """
        return self.skills, self.head_of_queue, self.channel_priority

    @property
    def rank(self):
        """Its key in the fair order as long as it has not aged."""
        if self.head_of_queue:
            return HEAD, 0, self.queued_at, self.id
        return (
            REPEAT if self.is_repeat else ORDINARY,
            -self.channel_priority,
            self.queued_at,
            self.id,
        )


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator with his slots.

    :param state: only ``available`` ones are given conversations
    :param skills: dict direction he serves -> frozenset of his skills there
    :param base, base_free: slots for any conversation: all, free ones
    :param extra, extra_free: slots for repeats when the base ones are full
    :param last_assigned_at: None: not yet
    """

    id: int
    skills: dict
    base: int = 3
    base_free: int = 3
    extra: int = 2
    extra_free: int = 2
    state: str = AVAILABLE
    languages: frozenset = frozenset()
    last_assigned_at: datetime | None = None

    @property
    def load(self):
        """Conversations he holds a base slot: 1 is as many as he should have."""
        held = self.base - self.base_free + self.extra - self.extra_free
        return held / self.base if self.base else float("inf")

    @property
    def open_kind(self):
        """The kind of slot he would give next, or None: extra ones open last."""
        if self.base_free > 0:
            return BASE
        return EXTRA if self.extra_free > 0 else None

    def taking(self, kind, now):
        """The same operator with one slot less."""
        free = {f"{kind}_free": getattr(self, f"{kind}_free") - 1}
        return replace(self, last_assigned_at=now, **free)

    def releasing(self, kind):
        """The same operator with one slot more."""
        return replace(self, **{f"{kind}_free": getattr(self, f"{kind}_free") + 1})


@dataclass(frozen=True, slots=True)
class Assignment:
    """A conversation goes to an operator's slot; all are ids but ``kind``."""

    conversation: int
    operator: int
    kind: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a conversation stands in its direction.

    :param position: 1 is the next one
    :param wait_seconds: expected; None: nobody is there whom it fits
    """

    position: int
    wait_seconds: float | None


def is_repeat(previous_at, now, policy):
    """Whether a customer comes back within the sticky period, both ends included."""
    if previous_at is None:
        return False
    return (now - previous_at).total_seconds() <= policy.sticky_seconds


def waited_seconds(waiting, now):
    """How long the customer has been waiting for a human."""
    return (now - waiting.queued_at).total_seconds()


def is_aged(waiting, policy, now):
    """Whether it waited as long as its direction lets anybody wait."""
    return waiting.queued_at <= _aged_until(policy, now)


def _aged_until(policy, now):
    """Who came until then has aged."""
    return now - timedelta(seconds=policy.max_wait_seconds)


def urgency(waiting, policy, now):
    """Sort key of the fair order; the smallest is served first."""
    if is_aged(waiting, policy, now):
        return HEAD, 0, waiting.queued_at, waiting.id
    return waiting.rank


def order(waiting, policies, now):
    """The conversations in the fair order.

    :param waiting: Waiting of any directions
    :param policies: dict direction -> Policy
    :return: list, the next one first
    """
    return sorted(waiting, key=lambda one: urgency(one, policies[one.direction], now))


def wanted_skills(waiting, policy, now):
    """The skills an operator must hold now: none once they were waited for enough."""
    limit = policy.skill_wait_seconds
    if limit is not None and waited_seconds(waiting, now) >= limit:
        return frozenset()
    return waiting.skills


def slot_kind(waiting, operator):
    """The kind of slot the operator has for the conversation, or None.

    A base slot is for anybody; an extra one for repeats, when the base ones are full.
    """
    kind = operator.open_kind
    return None if kind == EXTRA and not waiting.is_repeat else kind


def fits(waiting, operator, skills):
    """The kind of slot in which the operator can take the conversation, or None.

    :param skills: as of ``wanted_skills``
    """
    held = operator.skills.get(waiting.direction)
    if operator.state != AVAILABLE or held is None or not skills <= held:
        return None
    return slot_kind(waiting, operator)


def balance_key(operator, policy):
    """Sort key among operators who are otherwise equal.

    ``round_robin``: the longest without an assignment. ``least_loaded``: the smallest
    share of base slots, then the longest without an assignment.
    """
    last = operator.last_assigned_at or datetime.min
    if policy.balance == ROUND_ROBIN:
        # several assignments of one moment still go round
        return last, operator.load, operator.id
    return operator.load, last, operator.id


def preference(waiting, operator, policy):
    """Sort key of the operators who fit; the smallest is chosen.

    Who let it lapse is asked last. Who is asked for comes first, for a repeat then the
    operator of the last time, then the personal manager; an empty base slot is better
    than an extra one; then the language, then the balance of the direction.
    """
    nearness = ANYBODY
    if operator.id == waiting.personal_manager:
        nearness = MANAGER
    if waiting.is_repeat and operator.id == waiting.previous_operator:
        nearness = SAME_OPERATOR
    if operator.id == waiting.asked_for:
        nearness = ASKED_FOR
    return (
        operator.id in waiting.declined,
        nearness,
        operator.open_kind != BASE,
        not _speaks(operator, waiting.language),
        balance_key(operator, policy),
    )


def _speaks(operator, language):
    return language is None or language in operator.languages


def pick(waiting, operators, policy, now):
    """The operator for one conversation.

    :param operators: Operator, in any order
    :return: (Operator, kind of slot), or None if nobody fits
    """
    skills = wanted_skills(waiting, policy, now)
    able = [operator for operator in operators if fits(waiting, operator, skills)]
    if not able:
        return None
    best = min(able, key=lambda operator: preference(waiting, operator, policy))
    return best, best.open_kind


class Queue:
    """Waiting conversations by group and line, the oldest of a line first."""

    def __init__(self, policies, waiting=()):
        """Put all of ``waiting`` in their lines.

        :param policies: dict direction -> Policy
        """
        self.policies = policies
        self._groups = {}
        self._known = {}
        for one in waiting:
            self._known[one.id] = one
            self._line(one).append(_entry(one))
        for lines in self._groups.values():
            for line in lines.values():
                line.sort()

    def __len__(self):
        return len(self._known)

    def __contains__(self, conversation):
        return conversation in self._known

    def __iter__(self):
        return iter(self._known.values())

    @property
    def groups(self):
        """(direction, whether repeats) of those who wait."""
        return list(self._groups)

    def add(self, waiting):
        """Put one conversation in its line, by its age."""
        self._known[waiting.id] = waiting
        insort(self._line(waiting), _entry(waiting))

    def remove(self, conversation):
        """Take one conversation out, by its id.

        :return: the Waiting; None if it does not wait
        """
        waiting = self._known.pop(conversation, None)
        if waiting is None:
            return None
        line = self._line(waiting)
        del line[bisect_left(line, (waiting.queued_at, waiting.id))]
        if not line:
            del self._groups[waiting.group][waiting.line]
            if not self._groups[waiting.group]:
                del self._groups[waiting.group]
        return waiting

    def heads(self, now, groups):
        """The oldest of each line of some groups, with its urgency.

        :return: list of (urgency, line), a line being a list whose first entry ends
            with the Waiting
        """
        found = []
        for group in groups:
            aged_until = _aged_until(self.policies[group[0]], now)
            for line in self._groups[group].values():
                found.append((_head_key(line, aged_until), line))
        return found

    def head_key(self, line, now):
        """The urgency of the first of a line."""
        policy = self.policies[line[0][-1].direction]
        return _head_key(line, _aged_until(policy, now))

    def next_for(self, operator, now):
        """What "take next" gives an operator: the most urgent one that fits him.

        :return: (Waiting, kind of slot), or None
        """
        heads = self.heads(now, self.groups)
        for _urgency, line in sorted(heads, key=lambda head: head[0]):
            waiting = line[0][-1]
            policy = self.policies[waiting.direction]
            kind = fits(waiting, operator, wanted_skills(waiting, policy, now))
            if kind:
                return waiting, kind
        return None

    def _line(self, waiting):
        """The line of a conversation, made if there is none."""
        return self._groups.setdefault(waiting.group, {}).setdefault(waiting.line, [])


def _entry(waiting):
    """What stands in a line: in the order of age, with what is always wanted of it."""
    return waiting.queued_at, waiting.id, waiting.rank, waiting


def _head_key(line, aged_until):
    """The same as ``urgency`` of the first of a line, without looking into it."""
    queued_at, number, rank, _waiting = line[0]
    return rank if queued_at > aged_until else (HEAD, 0, queued_at, number)


class Team:
    """Operators with a free slot by direction, kind of slot and skill.

    A bucket is a list of (balance, operator) in the order of the direction's balance.
    Those of a skill are built when first asked for: most choices need only a few.
    """

    def __init__(self, policies, operators=()):
        """Know all of ``operators``.

        :param policies: dict direction -> Policy
        """
        self.policies = policies
        self._operators = {operator.id: operator for operator in operators}
        self._open, self._skilled = {}, {}
        for operator in self._operators.values():
            for bucket, entry in self._entries(operator):
                bucket.append(entry)
        for bucket in self._open.values():
            bucket.sort()

    def __getitem__(self, operator_id):
        return self._operators[operator_id]

    def __iter__(self):
        return iter(self._operators.values())

    def is_open(self, direction, is_repeat):
        """Whether anybody there has a slot for such a conversation, skills apart."""
        return bool(
            self._open.get((direction, BASE))
            or (is_repeat and self._open.get((direction, EXTRA)))
        )

    def put(self, operator):
        """Make a new or changed operator known."""
        known = self._operators.get(operator.id)
        if known is not None:
            for bucket, entry in self._entries(known):
                del bucket[bisect_left(bucket, entry)]
        self._operators[operator.id] = operator
        for bucket, entry in self._entries(operator):
            insort(bucket, entry)

    def take(self, operator_id, kind, now):
        """Fill one slot of an operator."""
        self.put(self._operators[operator_id].taking(kind, now))

    def release(self, operator_id, kind):
        """Empty one slot of an operator."""
        self.put(self._operators[operator_id].releasing(kind))

    def pick(self, waiting, now):
        """The same as the function ``pick`` for these operators."""
        if not self.is_open(*waiting.group):
            return None
        policy = self.policies[waiting.direction]
        skills = wanted_skills(waiting, policy, now)
        kinds = (BASE, EXTRA) if waiting.is_repeat else (BASE,)
        buckets = [self._rarest(waiting.direction, kind, skills) for kind in kinds]
        if not any(buckets):
            return None
        best = (
            self._near(waiting, skills)
            or self._first(waiting, skills, buckets)
            or self._asked_again(waiting, skills, policy)
        )
        return best and (best, best.open_kind)

    def _near(self, waiting, skills):
        """Who is asked for, served last or is the manager, if one of them can."""
        previous = waiting.previous_operator if waiting.is_repeat else None
        for near in (waiting.asked_for, previous, waiting.personal_manager):
            operator = self._operators.get(near)
            if operator is None or near in waiting.declined:
                continue
            if fits(waiting, operator, skills):
                return operator
        return None

    def _first(self, waiting, skills, buckets):
        """The first operator in the first bucket that has one with all the skills."""
        for bucket in buckets:
            fallback = None
            for _key, operator in bucket:
                held = operator.skills[waiting.direction]
                if operator.id in waiting.declined or not skills <= held:
                    continue
                if _speaks(operator, waiting.language):
                    return operator
                fallback = fallback or operator
            if fallback:
                return fallback
        return None

    def _asked_again(self, waiting, skills, policy):
        """The best of those who let it lapse; None if none of them can."""
        known = [self._operators.get(declined) for declined in waiting.declined]
        able = [one for one in known if one and fits(waiting, one, skills)]
        return min(able, key=lambda one: preference(waiting, one, policy), default=None)

    def _rarest(self, direction, kind, skills):
        """The bucket of the skill that the fewest have; of everybody without skills."""
        if not skills:
            return self._open.get((direction, kind), ())
        return min((self._of(direction, kind, skill) for skill in skills), key=len)

    def _of(self, direction, kind, skill):
        """The bucket of one skill."""
        name = direction, kind, skill
        if name not in self._skilled:
            self._skilled[name] = [
                entry
                for entry in self._open.get((direction, kind), ())
                if skill in entry[1].skills[direction]
            ]
        return self._skilled[name]

    def _entries(self, operator):
        """(bucket, his entry in it) of all his buckets but those not built yet."""
        kind = operator.open_kind
        if operator.state != AVAILABLE or kind is None:
            return
        for direction, skills in operator.skills.items():
            policy = self.policies.get(direction)
            if policy is None:
                continue
            entry = balance_key(operator, policy), operator
            yield self._open.setdefault((direction, kind), []), entry
            for skill in skills:
                bucket = self._skilled.get((direction, kind, skill))
                if bucket is not None:
                    yield bucket, entry


def dispatch(queue, team, now, limit=None):
    """Hand out what can be handed out now; the queue and the team change with it.

    The most urgent conversation goes first and takes the operator who suits it best.
    One that finds nobody is passed over, and with it only its own line: operators are
    just becoming fewer here.

    :param limit: at most so many assignments
    :return: list of Assignment, in the order made
    """
    groups = [group for group in queue.groups if team.is_open(*group)]
    heads, made = queue.heads(now, groups), []
    heapify(heads)
    while heads and (limit is None or len(made) < limit):
        line = heads[0][1]
        found = team.pick(waiting := line[0][-1], now)
        if not found:
            heappop(heads)
            continue
        operator, kind = found
        queue.remove(waiting.id)
        team.take(operator.id, kind, now)
        made.append(Assignment(waiting.id, operator.id, kind))
        if not any(team.is_open(*group) for group in groups):
            break
        if line:
            heapreplace(heads, (queue.head_key(line, now), line))
        else:
            heappop(heads)
    return made


def assign(waiting, operators, policies, now, limit=None):
    """Who gets which of the waiting conversations, without conflict.

    :param waiting: Waiting of one direction or of several
    :param operators: Operator of all those directions
    :param policies: dict direction -> Policy
    :param limit: at most so many assignments
    :return: list of Assignment, in the order made
    """
    team = Team(policies, operators)
    groups = {one.group for one in waiting}
    able = {group for group in groups if team.is_open(*group)}
    queue = Queue(policies, [one for one in waiting if one.group in able])
    return dispatch(queue, team, now, limit)


def position_and_wait(one, waiting, operators, policies, now, slot_seconds):
    """The place of a conversation in its direction, and how long it will wait.

    ``(position - free slots) x slot_seconds / slots``: of ``slots`` busy ones, each
    held for ``slot_seconds`` on the average, one becomes free every ``slot_seconds /
    slots``. Whitt W. (1999), Predicting queueing delays, Management Science 45:870-888:
    (n + 1) / (s mu) with n ahead. Rocket.Chat takes the same but for the number of
    agents. Customers who give up and operators who serve other directions too are not
    known to it: the first makes the wait shorter, the second longer.

    :param one: Waiting; may be among ``waiting``
    :param slot_seconds: mean time a slot is held, see ``figures.slot_seconds``
    :return: Place
    """
    policy = policies[one.direction]
    mine = urgency(one, policy, now)
    position = 1 + sum(
        other.direction == one.direction and urgency(other, policy, now) < mine
        for other in waiting
        if other.id != one.id
    )
    slots, free = _slots_for(one, operators, wanted_skills(one, policy, now))
    if not slots:
        return Place(position, None)
    return Place(position, max(0, position - free) * slot_seconds / slots)


def _slots_for(waiting, operators, skills):
    """(slots, free ones among them) of the available operators it may be given to."""
    slots = free = 0
    for operator in operators:
        held = operator.skills.get(waiting.direction)
        if operator.state != AVAILABLE or held is None or not skills <= held:
            continue
        slots += operator.base + (operator.extra if waiting.is_repeat else 0)
        free += operator.base_free + (operator.extra_free if waiting.is_repeat else 0)
    return slots, free
