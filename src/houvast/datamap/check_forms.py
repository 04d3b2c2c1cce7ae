"""Forms against what lies in this map: keys stay keys, and pseudonyms stay apart from the names that they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from houvast.datamap.model import DataMap, Table, Total
from houvast.datamap.promised import Promised, PromisedUse
from houvast.errors import Finding
from houvast.reading import did_you_mean

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}", re.ASCII)
FULL, PSEUDONYMISED, AGGREGATE = "full", "pseudonymised", "aggregate"


def keys_keep_their_form(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """A column by which rows are found or joined means nothing in another form."""
    for table in datamap.tables.values():
        for name in _keys(datamap, table):
            column = table.columns.get(name)
            for use in _changed(policies, column.categories if column else ()):
                yield Finding(
                    "form-on-key",
                    column.place if column else table.place,
                    f"Rows of `{table.name}` are joined by `{name}`, and {use.id} gives it {use.form}: nothing joins.",
                    f"Write `{name}: not personal`: beside pseudonyms it becomes one. Or let {use.id} give it in full.",
                )


def pseudonyms_stay_apart(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """Who sees the same data under a pseudonym and as they are, or writes them, knows whose pseudonym it is."""
    for login in datamap.logins.values():
        ours = [use for policy in policies for use in policy.uses if set(use.purposes) & set(login.purposes)]
        for named in (use for use in ours if use.form == PSEUDONYMISED):
            for other in (use for use in ours if use.form not in (PSEUDONYMISED, AGGREGATE)):
                shared = sorted(set(named.categories) & set(other.categories))
                if shared:
                    purpose = next(name for name in named.purposes if name in login.purposes)
                    yield Finding(
                        "login-links",
                        login.places.get(purpose, login.place),
                        f"Login `{login.name}` sees `{shared[0]}` under pseudonyms for `{purpose}` and otherwise by "
                        f"use {other.id}: so it can tell whose they are.",
                        f"Give `{purpose}` a login of its own.",
                    )


def totals_are_of_people(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """Totals count people, in groups of columns of their own table, for purposes that the policy gives totals."""
    for table in datamap.tables.values():
        for total in table.totals:
            yield from _of_people(datamap, table, total)
            yield from _of_a_purpose(table, total, policies[-1])


def _of_people(datamap: DataMap, table: Table, total: Total) -> Iterator[Finding]:
    taken = {name.rpartition(".")[2] for name in datamap.tables}
    if not _NAME.fullmatch(total.name) or total.name in taken:
        message = f"`{total.name}` of table `{table.name}` cannot be the name of a view of its own."
        yield Finding(
            "total-unclear", total.place, message, "Use small letters, digits and _; no table may be called so."
        )
    if table.ownerless:
        message = f"Rows of `{table.name}` belong to nobody: `{total.name}` has no people to count."
        yield Finding("total-unclear", total.place, message, "Take `totals:` out, or say whose the rows are.")
    for name in total.by:
        if name not in table.columns:
            message = f"Totals `{total.name}` go by `{name}`, which table `{table.name}` has not."
            place = total.places.get(f"by.{name}", total.place)
            yield Finding("column-unknown", place, message, did_you_mean(name, table.columns))


def _of_a_purpose(table: Table, total: Total, policy: Promised) -> Iterator[Finding]:
    by = {name for column in total.by if column in table.columns for name in table.columns[column].categories}
    for purpose in total.purposes:
        place = total.places.get(f"for.{purpose}", total.place)
        if purpose not in policy.purposes:
            message = f"Totals `{total.name}` are for `{purpose}`, which the policy does not know."
            yield Finding("purpose-unknown", place, message, did_you_mean(purpose, policy.purposes))
            continue
        uses = [use for use in policy.uses if purpose in use.purposes]
        used = {name for use in uses for name in use.categories}
        if by <= used and any(use.form == AGGREGATE and by & set(use.categories) for use in uses):
            continue
        named = ", ".join(sorted(by)) or "nothing personal"
        message = f"The policy gives `{purpose}` no totals of what `{total.name}` goes by: {named}."
        yield Finding("total-unused", place, message, "Add a use with `form: aggregate`, or take the purpose out.")


CHECKS = (keys_keep_their_form, pseudonyms_stay_apart, totals_are_of_people)


def _keys(datamap: DataMap, table: Table) -> list[str]:
    """The columns of a table by which its rows lead to a person or a case, or are known as one."""
    found = [owner.path[0] for owner in table.owners if not owner.through]
    found += [path[0] for path in table.cases.values()]
    found += [owner.of for other in datamap.tables.values() for owner in other.owners if owner.through == table.name]
    found += [subject.key for subject in datamap.subjects.values() if subject.table == table.name]
    return list(dict.fromkeys(found))


def _changed(policies: Sequence[Promised], categories: Sequence[str]) -> list[PromisedUse]:
    uses = [use for policy in policies for use in policy.uses if use.form not in (FULL, AGGREGATE)]
    return [use for use in uses if set(categories) & set(use.categories)]
