"""What a policy says, as frozen values. It names no table and no column.

A *version* of a policy is one `Policy`; a project holds all of them, oldest first. Words follow the
GDPR and the W3C Data Privacy Vocabulary (DPV 2.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from houvast.errors import NOWHERE, Place

Wording: TypeAlias = Mapping[str, str]  # language ("nl", "en") -> words
Places: TypeAlias = Mapping[str, Place]
"""Where each value of a rule stands in its file: "use" its list, "use.contact" and "use.0" an item."""


def _no_places() -> Places:
    return {}


class Action(StrEnum):
    """What may be done with data (DPV: Access, Collect, Modify, Erase)."""

    READ = "read"
    INSERT = "insert"
    UPDATE = "update"
    DELETE = "delete"


class Basis(StrEnum):
    """Legal basis, GDPR art. 6(1); OWN_CUSTOMER is Tw art. 11.7(3), for mail about own products."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_DUTY = "legal duty"
    VITAL = "vital interest"
    PUBLIC_TASK = "public task"
    INTEREST = "legitimate interest"
    OWN_CUSTOMER = "own customer"


class PurposeKind(StrEnum):
    """ORDINARY purposes are held by every rule; the others as `decide` says of them."""

    ORDINARY = "ordinary"
    RIGHTS = "rights"  # the person's own rights: one named person with an open request
    RETENTION = "retention"  # erasing what is past every term
    DISPUTE = "dispute"  # one case whose hold names the row
    MIGRATION = "migration"  # the owner of the tables changing their shape; sees all, is recorded


class Necessity(StrEnum):
    """Whether people have to give a value (GDPR art. 13(2)(e))."""

    REQUIRED = "required"  # without it the service cannot be given: `Category.without` says what then
    OPTIONAL = "optional"
    OBSERVED = "observed"  # nobody is asked for it: it arises from what they do


class Window(StrEnum):
    """How long back a limit of use looks, from each moment."""

    HOUR = "hour"
    DAY = "day"  # 24 hours
    WEEK = "week"


class Form(StrEnum):
    """In which form a use gets the data."""

    FULL = "full"
    MASKED = "masked"  # its last characters
    TRUNCATED = "truncated"  # its first characters, the day or month of a moment, the network of an address
    PSEUDONYMISED = "pseudonymised"  # a name that stands for it, for this purpose alone
    AGGREGATE = "aggregate"  # totals over groups of people, no row


@dataclass(frozen=True, order=True)
class Look:
    """A form and how much it leaves. `keep`: the last characters of a masked value that stay. `to`: what a truncated
    value is cut to, one for each kind of value. `group`: people in the smallest group of which there is a total.
    `every`: for how long one set of totals stands."""

    form: Form = Form.FULL
    keep: int = 0
    to: tuple[str, ...] = ()
    group: int = 0
    every: str = ""


@dataclass(frozen=True)
class Period:
    """A calendar duration: whole years, months and days (ISO 8601, `P1Y6M10D`)."""

    years: int = 0
    months: int = 0
    days: int = 0

    def __str__(self) -> str:
        parts = [(self.years, "Y"), (self.months, "M"), (self.days, "D")]
        return "P" + ("".join(f"{n}{unit}" for n, unit in parts if n) or "0D")


@dataclass(frozen=True)
class Promise:
    """One normative sentence, or a duty that the law adds (then `says` is empty).

    `says`: language -> the exact quotes that it covers. `spans`: the same as (start, end) offsets of
    characters, end exclusive, when the text is bound by spans.
    """

    id: str
    kind: str  # must, may, never, expect, user
    label: Wording = field(default_factory=dict[str, str])
    says: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    spans: tuple[tuple[int, int], ...] = ()
    law: tuple[str, ...] = ()
    place: Place = NOWHERE
    added: str = ""  # "author" when neither text nor law says it
    places: Places = field(default_factory=_no_places, compare=False, repr=False)


@dataclass(frozen=True)
class SubjectKind:
    """A kind of data subject: a customer, a visitor, a contact person of a partner."""

    name: str
    label: Wording = field(default_factory=dict[str, str])
    dpv: str = ""
    place: Place = NOWHERE
    minors: bool = False  # children may be among them (GDPR art. 8)


@dataclass(frozen=True)
class Category:
    """A category of personal data. `given_for`: each value is used only for what it was given for.

    `necessity`: field -> whether people have to give it, "" for the whole category. `without`: what happens
    when they do not. `special`: the kind of special data (GDPR art. 9, 10), "" for ordinary.
    """

    name: str
    of: tuple[str, ...] = ()  # kinds of data subjects
    label: Wording = field(default_factory=dict[str, str])
    fields: tuple[str, ...] = ()
    given_for: bool = False
    dpv: tuple[str, ...] = ()
    promise: str = ""
    place: Place = NOWHERE
    also: tuple[str, ...] = ()  # further promises behind the same rule
    added: str = ""  # "author" when the rule goes beyond text and law
    law: tuple[str, ...] = ()  # articles that demand it, when no sentence says it
    places: Places = field(default_factory=_no_places, compare=False, repr=False)
    necessity: Mapping[str, Necessity] = field(default_factory=dict[str, Necessity])
    without: Wording = field(default_factory=dict[str, str])
    special: str = ""

    def need(self, name: str) -> Necessity | None:
        """Whether people have to give this field; None when the policy does not say."""
        return self.necessity.get(name) or self.necessity.get("")


@dataclass(frozen=True)
class Volume:
    """How much one login may open for a purpose: `most` people, or uses, in any `per` (GDPR art. 5(1)(c), 32).

    `alarm`: at what share of `most` an officer is told, in percent.
    """

    counts: str  # "people" or "uses"
    most: int
    per: Window = Window.DAY
    alarm: int = 80

    @property
    def warns(self) -> int:
        """At how many an officer is told; at least at the last that is permitted."""
        return max(1, -(-self.most * self.alarm // 100))


@dataclass(frozen=True)
class Purpose:
    """Why data are used. `one`: "" for ordinary, "person" or "case" for one at a time.

    `automated`: "score" or "decide" when a computer alone scores people or decides about them (GDPR art. 22).
    """

    name: str
    label: Wording = field(default_factory=dict[str, str])
    kind: PurposeKind = PurposeKind.ORDINARY
    one: str = ""
    marketing: bool = False  # objection is absolute (GDPR art. 21(2)-(3))
    service: bool = False  # ends when a person stops the use for services (promise C32)
    compelling: bool = False  # goes on while an objection is weighed (security, identification)
    dpv: str = ""
    instead: Wording = field(default_factory=dict[str, str])  # what a refused caller does instead
    promise: str = ""
    place: Place = NOWHERE
    also: tuple[str, ...] = ()  # further promises behind the same rule
    added: str = ""  # "author" when the rule goes beyond text and law
    law: tuple[str, ...] = ()  # articles that demand it, when no sentence says it
    places: Places = field(default_factory=_no_places, compare=False, repr=False)
    automated: str = ""
    volume: Volume | None = None


@dataclass(frozen=True)
class Use:
    """Categories x purposes that are permitted, on what basis, and while what holds.

    `while_` is a disjunction of conjunctions: (("order.open",), ("invoice.open", "customer.known")).
    `statute`: the law that demands it; passes rules 2 to 5. `was`: the name that it had before.
    `balancing`: why a legitimate interest outweighs the person's (GDPR art. 6(1)(f)). `exception`: the article
    that permits the use of special data (GDPR art. 9(2)).
    """

    id: str
    categories: tuple[str, ...]
    purposes: tuple[str, ...]
    basis: tuple[Basis, ...]
    actions: tuple[Action, ...] = (Action.READ,)
    while_: tuple[tuple[str, ...], ...] = ()
    interest: Wording = field(default_factory=dict[str, str])
    form: Form = Form.FULL
    survives_closing: bool = False
    statute: str = ""
    was: str = ""
    promise: str = ""
    place: Place = NOWHERE
    also: tuple[str, ...] = ()  # further promises behind the same rule
    added: str = ""  # "author" when the rule goes beyond text and law
    law: tuple[str, ...] = ()  # articles that demand it, when no sentence says it
    places: Places = field(default_factory=_no_places, compare=False, repr=False)
    balancing: Wording = field(default_factory=dict[str, str])
    exception: str = ""
    keep: int = 0  # these four as `Look` says
    to: tuple[str, ...] = ()
    group: int = 0
    every: str = ""

    @property
    def look(self) -> Look:
        """The form in which it gives the data, and how much that leaves."""
        return Look(self.form, self.keep, self.to, self.group, self.every)


@dataclass(frozen=True)
class Never:
    """A hard prohibition: nobody uses these categories for any purpose but `but`."""

    id: str
    categories: tuple[str, ...]
    but: tuple[str, ...] = ()
    promise: str = ""
    place: Place = NOWHERE
    also: tuple[str, ...] = ()  # further promises behind the same rule
    added: str = ""  # "author" when the rule goes beyond text and law
    law: tuple[str, ...] = ()  # articles that demand it, when no sentence says it
    places: Places = field(default_factory=_no_places, compare=False, repr=False)


@dataclass(frozen=True)
class Term:
    """How long: until `event` plus `plus`. `purposes` empty = for every purpose without a term of its own.

    `book_year`: the month (1 to 12) on whose first day the book year begins, when it counts from `book_year.end`;
    0 for the law's own, the calendar year.
    """

    category: str
    event: str
    plus: Period
    purposes: tuple[str, ...] = ()
    statute: str = ""
    promise: str = ""
    place: Place = NOWHERE
    also: tuple[str, ...] = ()  # further promises behind the same rule
    added: str = ""  # "author" when the rule goes beyond text and law
    law: tuple[str, ...] = ()  # articles that demand it, when no sentence says it
    places: Places = field(default_factory=_no_places, compare=False, repr=False)
    book_year: int = 0

    @property
    def counted(self) -> str:
        """The event as terms are compared by it: that of another book year is another one ("book_year.end@7")."""
        return f"{self.event}@{self.book_year}" if self.book_year > 1 else self.event


@dataclass(frozen=True)
class Duty:
    """Any other rule: a recipient, a right, a safeguard ... with its parameters as plain text.

    `section` is the heading in the file (`recipients`, `rights`, `notices`, `diagnostics`,
    `safeguards`, `visits`, `change`, `law`), `name` the key under it.
    """

    section: str
    name: str
    parameters: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict[str, str | tuple[str, ...]])
    label: Wording = field(default_factory=dict[str, str])
    promises: tuple[str, ...] = ()
    added: str = ""  # "author" or "law" when no sentence says it
    place: Place = NOWHERE
    law: tuple[str, ...] = ()  # articles, when `added` is "law"
    places: Places = field(default_factory=_no_places, compare=False, repr=False)

    def texts(self, parameter: str) -> tuple[str, ...]:
        """A parameter as a list; empty when the rule has it not."""
        value = self.parameters.get(parameter, ())
        return (value,) if isinstance(value, str) else value


@dataclass(frozen=True)
class Policy:
    """One version of a policy, in force from `effective` (aware) until the next version is.

    `controller`: `name`, `address`, `register`, `contact`, `officer` (or why there is none); `phone`,
    `representative` when there are.
    """

    name: str
    version: int
    effective: datetime
    regime: str = "nl-avg"
    languages: tuple[str, ...] = ("nl", "en")
    controller: Mapping[str, str] = field(default_factory=dict[str, str])
    texts: Mapping[str, str] = field(default_factory=dict[str, str])  # language -> the whole text
    promises: Mapping[str, Promise] = field(default_factory=dict[str, Promise])
    categories: Mapping[str, Category] = field(default_factory=dict[str, Category])
    purposes: Mapping[str, Purpose] = field(default_factory=dict[str, Purpose])
    uses: tuple[Use, ...] = ()
    nevers: tuple[Never, ...] = ()
    terms: tuple[Term, ...] = ()
    duties: tuple[Duty, ...] = ()
    place: Place = NOWHERE
    people: Mapping[str, SubjectKind] = field(default_factory=dict[str, SubjectKind])
    words: Mapping[str, Wording] = field(default_factory=dict[str, Wording])  # circumstance or event -> words
    text_files: Mapping[str, str] = field(default_factory=dict[str, str])  # language -> file of the text
    places: Places = field(default_factory=_no_places, compare=False, repr=False)

    @property
    def automated(self) -> Duty | None:
        """The rule on decisions by a computer alone: its parameter `decide` is "never" or "with a person"."""
        return next((duty for duty in self.duties if "decide" in duty.parameters), None)

    def use(self, category: str, purpose: str) -> Use | None:
        """The use of this category for this purpose, or None: what is not declared is not permitted."""
        return self._uses.get((category, purpose))

    @cached_property
    def _uses(self) -> Mapping[tuple[str, str], Use]:
        """Each pair with the first use that declares it."""
        return {(c, p): use for use in reversed(self.uses) for c in use.categories for p in use.purposes}

    def term(self, category: str, purpose: str) -> Term | None:
        """The term of this category for this purpose: its own before the common one."""
        ours = [t for t in self.terms if t.category == category]
        own = next((t for t in ours if purpose in t.purposes), None)
        return own or next((t for t in ours if not t.purposes), None)

    def never(self, category: str, purpose: str) -> Never | None:
        """The first prohibition that hits this category for this purpose."""
        return next((n for n in self.nevers if category in n.categories and purpose not in n.but), None)
