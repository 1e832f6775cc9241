"""One order on its way in, and whose it is: plain objects, no database."""

from dataclasses import dataclass, field
from datetime import datetime

from . import contact
from .payload import Problem


@dataclass(eq=False)
class Customer:
    """The customer of one order, until a partner is found or made.

    ``partner`` and what the keys found are opaque: anything with ``id``,
    ``is_company``, ``vat`` and the two sanitized keys.
    """

    name: str
    is_company: bool = False
    external_id: str | None = None
    phone: str | None = None
    phone_key: str | None = None
    email: str | None = None
    email_key: str | None = None
    inn: str | None = None
    country_id: int | None = None
    partner: object = None
    is_named: bool = False
    found: bool = False
    conflicts: list = field(default_factory=list)

    def settle(self, named, phones, emails, names, newcomers):
        """Decide who this is: external id first, then phone, then e-mail.

        :param named: the partner with this external id, or nothing
        :param phones, emails: partners with this phone, this e-mail, oldest first
        :param dict names: partner id -> external ids by which the source knows it
        :param dict newcomers: key -> Customer decided earlier in the same call
        :return: this customer, or the earlier newcomer that is the same person
        """
        if named:
            self.partner, self.is_named, self.found = named, True, True
            self._note_others([*phones, *emails])
            return self
        by_phone = [partner for partner in phones if self._fits(partner, names)]
        by_email = [partner for partner in emails if self._fits(partner, names)]
        both = [partner for partner in by_phone if partner in by_email]
        if chosen := (both or by_phone or by_email):
            self.partner, self.found = chosen[0], True
            if self.external_id:
                names.setdefault(self.partner.id, set()).add(self.external_id)
            self._note_others([*phones, *emails])
            return self
        self._note_others([*phones, *emails])
        return self._join(newcomers)

    def _fits(self, partner, names):
        """Whether a partner with the same phone or e-mail may be this customer."""
        if bool(partner.is_company) != self.is_company:
            return False
        if self.inn and partner.vat and partner.vat != self.inn:
            return False
        known = names.get(partner.id)
        return not (self.external_id and known and self.external_id not in known)

    def _note_others(self, partners):
        """Remember other partners that have the same phone or e-mail."""
        for partner in partners:
            if partner != self.partner and partner not in self.conflicts:
                self.conflicts.append(partner)

    def _join(self, newcomers):
        keys = [
            (kind, self.is_company, key)
            for kind, key in (
                ("external_id", self.external_id),
                ("phone", self.phone_key),
                ("email", self.email_key),
            )
            if key
        ]
        for key in keys:
            earlier = newcomers.get(key)
            if earlier and earlier._is_same_account(self):
                return earlier
        for key in keys:
            newcomers.setdefault(key, self)
        return self

    def _is_same_account(self, other):
        if self.inn and other.inn and self.inn != other.inn:
            return False
        ids = {self.external_id, other.external_id} - {None}
        return len(ids) < 2

    def partner_values(self, language):
        """Values of a new ``res.partner``."""
        values = {
            "name": self.name,
            "is_company": self.is_company,
            "phone": self.phone,
            "email": self.email,
            "vat": self.inn,
            "country_id": self.country_id,
            "lang": language,
        }
        return {key: value for key, value in values.items() if value is not None}


@dataclass(eq=False)
class Line:
    """One line of an order with its product and what it costs."""

    clean: dict
    product: object = None
    price: float = 0.0
    substitutes: list = field(default_factory=list)


@dataclass(eq=False)
class Received:
    """One order of a call: what came, what is wrong with it, what became of it."""

    clean: dict
    problems: list
    hash: str = ""
    row_id: int | None = None
    order: object = None
    store: object = None
    slot: object = None
    customer: Customer | None = None
    conflicts: list = field(default_factory=list)
    lines: list = field(default_factory=list)
    prices: dict = field(default_factory=dict)
    result: str = "rejected"

    @property
    def ref(self):
        """The order's number at its source, None if it was not sent."""
        return self.clean.get("external_ref")

    @property
    def is_alive(self):
        """Nothing is wrong so far and it is not decided yet."""
        return not self.problems and self.result == "rejected"

    def says_otherwise(self, other):
        """Whether ``other``, sent under the same number, is not the same order."""
        return self.clean != other.clean or self.problems != other.problems

    def refuse(self, code, place, text, **values):
        """Add a problem."""
        self.problems.append(Problem(code, place, text, values))

    def goods(self):
        """(place in the payload, product) of lines and substitutes, where known."""
        named = []
        for index, line in enumerate(self.lines):
            place = f"lines[{index}]"
            named.append((f"{place}.sku", line.product))
            for number, product in enumerate(line.substitutes):
                named.append((f"{place}.substitutes[{number}].sku", product))
        return [(place, product) for place, product in named if product]

    def limited_lines(self):
        """(place in the payload, product) of goods that not everybody may have."""
        return [
            (place, product)
            for place, product in self.goods()
            if product.service_minimum_age or product.service_pickup_only
        ]

    def part(self, key):
        """An object of the payload, empty if it did not come."""
        return self.clean.get(key) or {}

    def moment(self, *path):
        """A moment of the payload as a naive UTC datetime, or False."""
        value = self.clean
        for key in path:
            value = (value or {}).get(key)
        return datetime.fromisoformat(value).replace(tzinfo=None) if value else False

    def read_customer(self, country_id, region):
        """The customer as the order names it.

        :param region: two letters of the store's country, or None
        """
        sent = self.part("customer")
        key, shown = contact.read_phone(sent.get("phone") or "", region)
        self.customer = Customer(
            name=sent["name"],
            is_company=sent.get("type") == "company",
            external_id=sent.get("external_id"),
            phone=shown or None,
            phone_key=key or None,
            email=sent.get("email"),
            email_key=(sent.get("email") or "").lower() or None,
            inn=sent.get("inn"),
            country_id=country_id,
        )
        return self.customer

    def check_phones(self, region):
        """Refuse phones nobody can call.

        :param region: two letters of the store's country; without one a national
            number cannot be judged, so only a text without digits is refused
        """
        for key in ("customer", "recipient"):
            phone = self.part(key).get("phone")
            if phone and not contact.is_phone(phone, region):
                self.refuse("bad_value", f"{key}.phone", "not_phone")

    def recipient(self, region):
        """(name, phone to show) of who receives it: the buyer if nobody is named."""
        sent = self.part("recipient") or self.part("customer")
        phone = contact.read_phone(sent.get("phone") or "", region)[1]
        return sent.get("name") or self.part("customer")["name"], phone or False


def refuse_doubles(received):
    """Refuse orders that came more than once in a call.

    Of equal ones the first is taken. Where they differ nobody can say which one is
    meant, so none is.

    :param list received: orders of one source
    :return: list of those that go on, each number once
    """
    by_ref = {}
    for entry in received:
        by_ref.setdefault(entry.ref, []).append(entry)
    for same in by_ref.values():
        first, *others = same
        if any(other.says_otherwise(first) for other in others):
            _refuse_each(same, "differing_orders")
        else:
            _refuse_each(others, "duplicate_order")
    return [same[0] for same in by_ref.values()]


def _refuse_each(received, text):
    for entry in received:
        entry.refuse("duplicate_ref", "external_ref", text)
