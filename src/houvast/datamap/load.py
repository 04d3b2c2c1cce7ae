"""Reads a data map. Every mistake in the file is told at once, each with line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from houvast.datamap.columns import read_columns
from houvast.datamap.keys import (
    CIRCUMSTANCE,
    FUNCTIONS,
    MAP,
    MATERIALISED,
    MOMENTS,
    OWNER,
    REACHES,
    STAND,
    SUBJECT,
    SUMMARY,
    TABLE,
    TOTAL,
    VIEWS,
)
from houvast.datamap.model import (
    ANYBODY,
    NOT_PERSONAL,
    OTHERS,
    SORTS,
    TOTALS,
    Circumstance,
    DataMap,
    Identifier,
    Login,
    Owner,
    Stand,
    Subject,
    Table,
    Total,
    Where,
)
from houvast.datamap.model import Path as Keys
from houvast.document import Entries, Findings, Items, Text, read_document
from houvast.reading import Section, did_you_mean

_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,15}", re.ASCII)


def load_datamap(path: Path) -> DataMap:
    """The data map in a file. Raises FileErrors."""
    return datamap_in(read_document(path))


def datamap_in(document: Entries) -> DataMap:
    """The data map in a document. Raises FileErrors."""
    findings = Findings()
    root = Section(document, findings, "a data map").expect(MAP)
    found = _datamap(root)
    root.close()
    findings.stop_if_any()
    return found


def _datamap(root: Section) -> DataMap:
    return DataMap(
        name=root.required("map"),
        database=root.required("database"),
        policy=root.required("policy"),
        migration_login=root.text("migration_login"),
        subjects={name: _subject(name, section) for name, section in root.named("subjects", "subject")},
        tables=dict(_tables(root)),
        circumstances={
            name: _circumstance(name, section) for name, section in root.named("circumstances", "circumstance")
        },
        stands=tuple(_stand(section) for section in root.sections("stands", "stand")),
        logins=_logins(root),
        views=_words(root, "views", VIEWS),
        functions=_words(root, "functions", FUNCTIONS),
        **_materialised(root),
        closed=root.texts("closed"),
        role_prefix=_prefix(root),
        place=root.place,
        places=root.places(),
    )


def _prefix(root: Section) -> str:
    prefix = root.text("role_prefix", "hv")
    if not _PREFIX.fullmatch(prefix) or prefix.startswith("pg_"):
        root.wrong(
            "role-prefix",
            "role_prefix",
            f"Roles cannot begin with `{prefix}`.",
            "Write small letters, figures and _, a letter first, 16 at most; not pg_.",
        )
    return prefix


def _subject(name: str, section: Section) -> Subject:
    section.expect(SUBJECT)
    subject = Subject(
        name,
        table=section.required("table"),
        key=section.required("key"),
        since=section.text("since"),
        closed=section.text("closed"),
        place=section.place,
        identifiers=dict(_identifiers(section)),
        reach=_reach(section),
        called=_called(section),
        post=tuple(_post(section)),
        places=section.places(),
    )
    section.close()
    return subject


def _identifiers(section: Section) -> Iterator[tuple[str, Identifier]]:
    below = section.section("identifiers", f"`identifiers` of {section.title}")
    for sort in below.names():
        where = below.text(sort)
        table, _, column = where.rpartition(".")
        if sort not in SORTS:
            below.wrong_at(
                "identifier-unclear",
                below.key_at(sort),
                f"{below.capital}: nobody is found by `{sort}`.",
                did_you_mean(sort, SORTS),
            )
        elif not (table.strip() and column.strip()):
            below.wrong(
                "identifier-unclear",
                sort,
                f"{below.capital}: `{sort}: {where}` names no column of a table.",
                "Write TABLE.COLUMN: `email: contact.email`.",
            )
        else:
            yield sort, Identifier(sort, table.strip(), column.strip(), below.at(sort))


def _called(section: Section) -> Identifier | None:
    where = section.text("called")
    table, _, column = where.rpartition(".")
    if not where:
        return None
    if not (table.strip() and column.strip()):
        section.wrong(
            "identifier-unclear",
            "called",
            f"{section.capital}: `called: {where}` names no column of a table.",
            "Write TABLE.COLUMN: `called: contact.full_name`.",
        )
        return None
    return Identifier("name", table.strip(), column.strip(), section.at("called"))


def _post(section: Section) -> Iterator[Identifier]:
    for where in section.texts("post"):
        table, _, column = where.rpartition(".")
        if table.strip() and column.strip():
            yield Identifier("post", table.strip(), column.strip(), section.at("post"))
        else:
            section.wrong(
                "identifier-unclear",
                "post",
                f"{section.capital}: `post: {where}` names no column of a table.",
                "Write TABLE.COLUMN: `post: [contact.name, contact.street, contact.city]`.",
            )


def _reach(section: Section) -> str:
    if "reach" in section:
        return section.choice("reach", REACHES, "")
    return section.text("reach")


def _circumstance(name: str, section: Section) -> Circumstance:
    kind, path = _person(section.expect(CIRCUMSTANCE))
    table, where = section.required("table"), _where(section)
    by = section.choice("opened_by", (OTHERS, ANYBODY), OTHERS)
    circumstance = Circumstance(name, table, kind, path, where, section.place, section.places(), by)
    section.close()
    return circumstance


def _stand(section: Section) -> Stand:
    kind, path = _person(section.expect(STAND))
    stand = Stand(
        stand=section.required("stand"),
        purpose=section.required("purpose"),
        table=section.required("table"),
        kind=kind,
        path=path,
        where=_where(section),
        place=section.place,
        places=section.places(),
    )
    section.close()
    return stand


def _person(section: Section) -> tuple[str, Keys]:
    pairs = section.pairs("person")
    if len(pairs) != 1:
        section.wrong(
            "person-unclear",
            "person",
            f"{section.capital} does not say of which person it is.",
            "Write one kind of people and the column that leads to them: `person: {customer: account_id}`.",
        )
        return "", ()
    kind, path = next(iter(pairs.items()))
    return kind, _path(path)


def _path(text: str) -> Keys:
    return tuple(part.strip() for part in text.split("."))


def _where(section: Section) -> Where:
    starts, ends = section.text("starts"), section.text("ends")
    return Where(_conditions(section), starts, ends)


def _conditions(section: Section) -> dict[str, tuple[str, ...]]:
    below = section.section("where", f"`where` of {section.title}")
    return {column: _literals(below, column) for column in below.names()}


def _literals(section: Section, column: str) -> tuple[str, ...]:
    node = section.node(column)
    if isinstance(node, Text):
        if node.plain and node.value == "null":
            return ()
        if node.value != "not null" and (node.value or not node.plain):
            return (node.value,)
        if node.plain and node.value:
            return ("not null",)
    elif isinstance(node, Items) and node.items:
        texts = section.texts(column)
        nulls = [i for i in node.items if isinstance(i, Text) and i.plain and i.value in ("null", "not null")]
        if not nulls and "not null" not in texts:
            return texts
    section.wrong(
        "where-unclear",
        column,
        f"`{column}` cannot be compared with this.",
        "Write one value, a list of values in [ ], `null` (is empty) or `not null` (holds something).",
    )
    return ("",)


def _tables(root: Section) -> Iterator[tuple[str, Table]]:
    group = root.section("tables")
    for name in group.names():
        node = group.node(name)
        if isinstance(node, Text):
            word = group.choice(name, (NOT_PERSONAL,), NOT_PERSONAL)
            yield name, Table(name, personal=word != NOT_PERSONAL, place=node.place)
        else:
            yield name, _table(name, group.section(name, f"table `{name}`"))


def _table(name: str, section: Section) -> Table:
    section.expect(TABLE)
    table = Table(
        name,
        personal=section.choice("personal", TABLE["personal"].options, "yes") == "yes",
        columns=read_columns(section.section("columns", f"`columns` of {section.title}")),
        owners=tuple(_owners(section, "owner")),
        ownerless=section.flag("ownerless"),
        direct=section.flag("direct"),
        generated_key=section.flag("generated_key"),
        given_for=section.text("given_for"),
        given_values=section.pairs("given_values"),
        cases={case: _path(path) for case, path in section.pairs("case").items()},
        events={event: _path(path) for event, path in section.pairs("events").items()},
        writers=section.texts("writers"),
        erasure=section.choice("erasure", TABLE["erasure"].options, "delete"),
        blank=section.texts("blank"),
        canary=section.pairs("canary"),
        closed=section.texts("closed"),
        accessed_by=tuple(_owners(section, "accessed_by")),
        totals=tuple(_total(label, below) for label, below in section.named("totals", "total")),
        place=section.place,
        places=section.places(),
    )
    section.close()
    _no_contradiction(table, section)
    return table


def _total(name: str, section: Section) -> Total:
    section.expect(TOTAL)
    for key in ("for", "by"):
        if not section.texts(key):
            section.wrong("key-missing", key, f"{section.capital} has no `{key}`.", f"Add `{key}: ...`.")
    total = Total(
        name,
        purposes=section.texts("for"),
        by=section.texts("by"),
        to=section.choice("to", MOMENTS, "month"),
        place=section.place,
        places=section.places(),
    )
    section.close()
    return total


def _no_contradiction(table: Table, section: Section) -> None:
    if not table.personal and (table.columns or table.owners):
        section.wrong(
            "table-unclear",
            "personal",
            f"Table `{table.name}` is not personal, and has owners or columns all the same.",
            "Take `personal: no` out, or the owners and columns.",
        )
    if bool(table.blank) != (table.erasure == "anonymise"):
        section.wrong(
            "erasure-unclear",
            "blank" if table.blank else "erasure",
            f"Table `{table.name}`: `erasure: anonymise` and `blank:` (the columns to empty) go together.",
            "Add the other one, or take this one out.",
        )


def _owners(section: Section, key: str) -> Iterator[Owner]:
    node = section.node(key)
    if isinstance(node, Items):
        for one in section.sections(key, key):
            yield from _owner(one)
    elif isinstance(node, Entries):
        yield from _owner(section.section(key, f"`{key}` of {section.title}"))
    elif node is not None:
        section.wrong(
            "owner-unclear",
            key,
            f"`{key}` of {section.title} does not say which kind of people.",
            f"Write `{key}: {{customer: account_id}}`.",
        )


def _owner(section: Section) -> Iterator[Owner]:
    link = {key: section.text(key) for key in ("through", "of", "left")}
    kinds = [name for name in section.names() if name not in OWNER]
    if not kinds or (link["through"] and len(kinds) > 1):
        section.wrong_at(
            "owner-unclear",
            section.place,
            f"{section.title} does not name one kind of people.",
            "Write `{customer: account_id}`; for a shared row one list item for each way.",
        )
    if bool(link["through"]) != bool(link["of"]) or ((link["left"] or "where" in section) and not link["through"]):
        section.wrong_at(
            "owner-unclear",
            section.place,
            f"{section.title}: `through` (a link table) and `of` (its column that leads here) go together.",
            "Write `{customer: account_id, through: household_member, of: household_id}`.",
        )
    stand_in, where = section.text("stand_in"), Where(_conditions(section))
    hides, empties = section.texts("hides"), section.texts("empties")
    if stand_in and link["through"]:
        section.wrong(
            "owner-unclear",
            "stand_in",
            f"{section.title}: nobody needs a stand-in in a link, which goes when its person leaves.",
            "Take `stand_in` out.",
        )
    for kind in kinds:
        yield Owner(
            kind,
            _path(section.required(kind)),
            **link,
            place=section.at(kind),
            places=section.places(),
            where=where,
            hides=hides,
            empties=empties,
            stand_in=stand_in,
        )


def _logins(root: Section) -> dict[str, Login]:
    group = root.section("logins")
    places = group.places()
    return {
        name: Login(
            name,
            group.texts(name),
            group.key_at(name),
            {key.partition(".")[2]: place for key, place in places.items() if key.startswith(f"{name}.")},
        )
        for name in group.names()
    }


def _materialised(root: Section) -> dict[str, dict[str, Any]]:
    group = root.section("materialised")
    words, purposes = dict[str, str](), dict[str, tuple[str, ...]]()
    for name in group.names():
        if not isinstance(group.node(name), Entries):
            words[name] = group.choice(name, MATERIALISED, MATERIALISED[0])
            continue
        one = group.section(name, f"materialised view `{name}`").expect(SUMMARY)
        purposes[name] = one.texts("for")
        words[name] = TOTALS if one.required("form") == TOTALS else one.choice("form", (TOTALS,), TOTALS)
        if not purposes[name]:
            one.required("for")
        one.close()
    return {"materialised": words, "totals_for": purposes}


def _words(root: Section, key: str, known: tuple[str, ...]) -> dict[str, str]:
    group = root.section(key)
    return {name: group.choice(name, known, known[0]) for name in group.names()}
