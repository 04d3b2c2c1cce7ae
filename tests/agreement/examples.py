"""Examples that are said in a line each, and put to PostgreSQL and to `decide`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from houvast.database.server import Server
from houvast.policy.decide import Permit, decide
from houvast.policy.model import (
    Action,
    Basis,
    Category,
    Never,
    Period,
    Policy,
    Purpose,
    PurposeKind,
    Term,
    Use,
)
from houvast.policy.world import Ask as Question
from houvast.policy.world import OpenUse, Person
from tests.agreement.compare import cells
from tests.agreement.live import Live
from tests.agreement.policies import SYSTEM
from tests.agreement.scenes import HERE, Item, Scene
from tests.agreement.shapes import ALWAYS, CATEGORIES, CUSTOMER, SOMETIMES, TABLES, data_map
from tests.agreement.writes import attempts, run

NOW: Final = datetime.now(UTC).replace(microsecond=0)
TODAY: Final = NOW.astimezone(HERE).date()
START, SECOND, THIRD = (datetime(year, 1, 1, tzinfo=HERE) for year in (2018, 2021, 2023))
JOINED: Final = datetime(2019, 3, 1, 12, tzinfo=UTC)
ALL: Final = tuple(Action)


def use(data: str, purpose: str, basis: str = "contract", when: str = "", **rest: Any) -> Use:
    """A use in short: `when` is one circumstance, or several with `or`."""
    ways = tuple((name,) for name in when.split(" or ")) if when else ()
    made = Use(f"U-{purpose}-{data}", tuple(data.split()), (purpose,), (Basis(basis),), while_=ways)
    return replace(made, **rest)


ONE: Final = Policy(
    "examples",
    1,
    START,
    purposes=SYSTEM
    | {
        "answer": Purpose("answer"),
        "billing": Purpose("billing"),
        "tax": Purpose("tax"),
        "service": Purpose("service", service=True),
        "account": Purpose("account", one="person"),
        "support": Purpose("support", one="case"),
        "marketing": Purpose("marketing", marketing=True),
        "newsletter": Purpose("newsletter", marketing=True),
        "community": Purpose("community"),
        "enforce": Purpose("enforce"),
        "business": Purpose("business"),
        "plain": Purpose("plain"),
    },
    uses=(
        use("contact invoice", "answer", when="ticket.open", actions=(Action.READ, Action.UPDATE)),
        use(
            "contact invoice",
            "billing",
            when="subscription.live or ticket.open",
            survives_closing=True,
            actions=ALL,
        ),
        use("invoice", "tax", "legal duty", statute="AWR 52(4)"),
        use("contact", "service", when="subscription.live", actions=(Action.READ, Action.UPDATE)),
        use("contact", "account", when="subscription.live or ticket.open", actions=ALL),
        use("question", "support", when="ticket.open"),
        use("contact", "marketing", "consent"),
        use("business contact", "newsletter", "own customer"),
        use("volunteered", "community", "consent", actions=ALL),
        use("volunteered", "marketing", "consent"),
        use("contact", "enforce", "legitimate interest", survives_closing=True, actions=ALL),
        use("business", "business", actions=ALL),
        use("contact", "plain", actions=ALL),
        use("question", "plain", actions=ALL),
        use("visit", "plain", when="ticket.open"),
        use("contact invoice business", "dispute", "legitimate interest", actions=ALL),
        *(use(" ".join(CATEGORIES), name, "legal duty", actions=ALL) for name in ("rights", "retention", "migration")),
    ),
    categories={name: Category(name, given_for=name == "volunteered") for name in CATEGORIES},
    nevers=(Never("N1", ("business",), ("business", "rights", "retention")),),
    terms=(
        Term("contact", "account.closed", Period(days=30)),
        Term("invoice", "book_year.end", Period(years=7), ("tax",), "AWR 52(4)"),
        Term("invoice", "collected", Period(years=2)),
        Term("volunteered", "account.closed", Period()),
        Term("business", "collected", Period(years=10)),
        Term("question", "ticket.closed", Period(days=30)),
        Term("visit", "account.closed", Period(years=1)),
    ),
)


@dataclass(frozen=True)
class Ask:
    """What is tried with one column of the first row of a table ("row" of a scene), and whether it may be."""

    purpose: str
    table: str
    column: str
    may: bool
    action: str = "read"  # read, "update COLUMN", "write back", delete, "insert with COLUMN+COLUMN"
    person: str = ""  # number of the person in the scene
    case: str = ""  # "ticket 0": the key of the first ticket; else as it is
    row: int = 0


@dataclass(frozen=True)
class Example:
    """A few people and rows, and what may be done with them."""

    name: str
    people: Sequence[Person]
    items: Sequence[Item]
    asks: Sequence[Ask]
    versions: tuple[Policy, ...] = (ONE,)
    early: bool = False


def person(number: int = 1, **rest: Any) -> Person:
    """The person of this number in the scene; they joined under version 1."""
    return replace(Person((CUSTOMER, str(number)), JOINED), **rest)


def item(table: str, *owners: int, left: tuple[int, ...] = (), **values: Any) -> Item:
    """A row of these people, some of whom have left; made in 2025 unless `created_at` says else."""
    held = tuple(values.pop("holds", ()))
    own = bool(values.pop("self_opened", False))
    written = values.pop("written_by", "")
    columns = {c.name: c.name for c in TABLES[table].columns.values() if c.categories}
    plain: dict[str, Any] = {"created_at": NOW - timedelta(days=90)}
    if "account_id" in TABLES[table].columns:
        plain["account_id"] = owners[0] if owners else None
    plain |= {"closed_at": None} if table == "ticket" else {}
    if table == "subscription":
        plain |= {"status": "active", "starts_at": None, "ends_at": None}
    if table == "invoice":
        plain |= {
            "note": "note",
            "secret": "secret",
            "issued": None,
            "created_at": datetime.fromisoformat("2026-01-05T12:00"),
        }
    plain |= {"given": None} if table == "hobby" else {"photo_for": None, "motto_for": None} if table == "card" else {}
    gone = [((CUSTOMER, str(n)), NOW - timedelta(days=9)) for n in left]
    return Item(
        table,
        0,
        columns | plain | values,
        tuple(((CUSTOMER, str(n)), None) for n in owners) + tuple(gone),
        lost=not owners and not left and not written and table != "visit",
        written_by=written,
        holds=held,
        self_opened=own,
    )


def numbered(example: Example, number: int) -> Scene:
    """The example as a scene whose numbers do not meet those of others."""

    def key(found: tuple[str, str]) -> tuple[str, str]:
        return found[0], str(number * 100 + int(found[1]))

    people = tuple(replace(p, key=key(p.key)) for p in example.people)
    subjects = [
        Item(
            "account",
            int(p.key[1]),
            {"email": "a@b.example", "name": "Name", "created_at": p.collected_at, "closed_at": p.closed_at},
            ((p.key, None),),
        )
        for p in people
    ]
    rows: list[Item] = []
    for n, one in enumerate(example.items):
        values = dict(one.values)
        if values.get("account_id"):
            values["account_id"] += number * 100
        if "ticket_id" in values:
            values["ticket_id"] = next(r.id for r in rows if r.table == "ticket")
        rows.append(
            replace(
                one,
                id=number * 100 + 10 + n,
                values=values,
                owners=tuple((key(k), left) for k, left in one.owners),
            )
        )
    return Scene(number, people, (*subjects, *rows), early=example.early)


def _first(scene: Scene, table: str, row: int = 0) -> Item:
    return [i for i in scene.items if i.table == table][row]


def _use(scene: Scene, ask: Ask) -> OpenUse:
    who = (CUSTOMER, str(scene.number * 100 + int(ask.person))) if ask.person else None
    case = ask.case
    if " " in case:
        table, row = case.split()
        case = str(_first(scene, table, int(row)).id)
    return OpenUse(ask.purpose, who, case)


def answers(server: Server, examples: Iterable[Example]) -> dict[tuple[str, Ask], tuple[bool, bool]]:
    """(PostgreSQL, `decide`) for every ask of examples that share their versions."""
    examples = list(examples)
    versions = examples[0].versions
    used = {i.table for e in examples for i in e.items} | {a.table for e in examples for a in e.asks}
    tables = (*ALWAYS, *(t for t in SOMETIMES if t in used))
    live = Live.new(server)
    try:
        purposes = tuple(sorted({p for v in versions for p in v.purposes}))
        datamap = data_map(live.database, live.prefix, tables, frozenset(), purposes)
        scenes = [numbered(e, n) for n, e in enumerate(examples, 1)]
        live.fill(s for s in scenes if s.early)
        live.apply(versions, datamap)
        live.stands(s for s in scenes if s.early)
        live.fill(s for s in scenes if not s.early)
        return {
            (e.name, ask): _both(live, versions, tables, s, ask)
            for e, s in zip(examples, scenes, strict=True)
            for ask in e.asks
        }
    finally:
        live.drop()


def _both(live: Live, versions: Sequence[Policy], tables: tuple[str, ...], scene: Scene, ask: Ask) -> tuple[bool, bool]:
    wanted, opened = _first(scene, ask.table, ask.row), _use(scene, ask)
    kind = next((v.purposes[ask.purpose].kind for v in versions if ask.purpose in v.purposes), PurposeKind.ORDINARY)
    login = live.login(kind)
    use_id = live.open(login, opened)
    if ask.action != "read":
        may = {p: live.columns(login, tables, p).get(ask.table, []) for p in ("SELECT", "UPDATE")}
        tried = next(
            a
            for a in attempts(scene, opened, datetime.now(UTC), ask.table, may)
            if a.name == ask.action and a.item.id % 50_000_000 == wanted.id
        )
        instant, told = run(login, [tried])
        given = (told[0] == "1", isinstance(tried.answer(versions, instant), Permit))
    else:
        names = live.columns(login, [ask.table], "SELECT")
        seen = live.read(login, names).get(ask.table) if "id" in names.get(ask.table, []) else None
        instant = seen.instant if seen else datetime.now(UTC)
        row = next(r for i, r in scene.rows(instant) if i == wanted)
        categories = dict(cells(ask.table))[ask.column]
        answer = decide(versions, Question(ask.purpose, Action.READ, ask.column, categories, row, instant, opened))
        given = (
            bool(seen and seen.rows.get(wanted.id, {}).get(ask.column) is not None),
            isinstance(answer, Permit),
        )
    if use_id is not None:
        live.close(login, use_id)
    return given
