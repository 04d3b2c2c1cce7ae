"""Uses against what lies in this map: circumstances that can be asked, logins that stay apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from houvast.datamap.check_names import OWN_CIRCUMSTANCES
from houvast.datamap.model import ANYBODY, Circumstance, DataMap, Login
from houvast.datamap.promised import Promised, PromisedUse
from houvast.errors import Finding
from houvast.reading import did_you_mean


def conditions_can_be_asked(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """A `while:` on data of this map names circumstances that the map or Houvast defines."""
    known = [*datamap.circumstances, *OWN_CIRCUMSTANCES]
    lies_here = _categories(datamap)
    for policy in policies:
        for use in policy.uses:
            here = [category for category in use.categories if category in lies_here]
            for name in (_conditions(use) - set(known)) if here else ():
                yield Finding(
                    "circumstance-missing",
                    datamap.places.get("circumstances", datamap.place),
                    f"Use {use.id} of `{here[0]}` holds while `{name}`; this map does not say which rows that means.",
                    f"Add `{name}:` under `circumstances:`. {did_you_mean(name, known)}",
                )


def one_person_logins_stand_apart(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """Who works for one person at a time cannot read the same data of all under another purpose."""
    for login in datamap.logins.values():
        for one, other, category in _mixed(login, policies):
            yield Finding(
                "login-mixed",
                login.places.get(one, login.place),
                f"Login `{login.name}` may use `{category}` for `{one}`, one at a time, and of all for "
                f"`{other}`: so one at a time means nothing.",
                f"Give `{one}` a login of its own.",
            )


def own_circumstances(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """A purpose that may write the table of a circumstance that it needs, and whose own cases count."""
    for policy, purpose, circumstance in _self_opening(datamap, policies):
        if policy.purposes[purpose].volume is not None:
            yield Finding(
                "circumstance-own",
                circumstance.place,
                f"Purpose `{purpose}` needs `{circumstance.name}`, may write "
                f"`{circumstance.table}` and so can bring `{circumstance.name}` about itself.",
                "Leave `opened_by: anybody` out, or accept that its uses are recorded and limited.",
            )


def own_circumstances_are_limited(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[Finding]:
    """Whoever may open people to themselves opens no more of them than the policy says."""
    for policy, purpose, circumstance in _self_opening(datamap, policies):
        if policy.purposes[purpose].volume is None:
            yield Finding(
                "circumstance-unlimited",
                circumstance.places.get("opened_by", circumstance.place),
                f"By `opened_by: {ANYBODY}` purpose `{purpose}` can open anybody to itself: it may write "
                f"`{circumstance.table}`, and nothing says how many people it opens.",
                "Leave `opened_by` out, or give the purpose a `volume:` in the policy.",
            )


CHECKS = (conditions_can_be_asked, one_person_logins_stand_apart, own_circumstances_are_limited)


def _self_opening(datamap: DataMap, policies: Sequence[Promised]) -> Iterator[tuple[Promised, str, Circumstance]]:
    """(policy, purpose, circumstance): the purpose needs it, may write its table, and its own cases count."""
    for policy in policies:
        for use in policy.uses:
            for name in sorted(_conditions(use) & set(datamap.circumstances)):
                circumstance = datamap.circumstances[name]
                writers = _writers(datamap, policy, circumstance.table) if circumstance.opened_by == ANYBODY else ()
                yield from ((policy, one, circumstance) for one in use.purposes if one in writers)


def _categories(datamap: DataMap) -> set[str]:
    tables = datamap.tables.values()
    return {name for table in tables for column in table.columns.values() for name in column.categories}


def _conditions(use: PromisedUse) -> set[str]:
    return {name for way in use.while_ for name in way}


def _mixed(login: Login, policies: Sequence[Promised]) -> Iterator[tuple[str, str, str]]:
    for policy in policies:
        single = [n for n in login.purposes if n in policy.purposes and policy.purposes[n].one]
        others = [n for n in login.purposes if n in policy.purposes and not policy.purposes[n].one]
        for one in single:
            for other in others:
                shared = sorted(_data(policy, one) & _data(policy, other))
                if shared:
                    yield one, other, shared[0]


def _data(policy: Promised, purpose: str) -> set[str]:
    return {category for use in policy.uses if purpose in use.purposes for category in use.categories}


def _writers(datamap: DataMap, policy: Promised, table: str) -> set[str]:
    mapped = datamap.tables.get(table)
    columns = mapped.columns.values() if mapped else ()
    held = {name for column in columns for name in column.categories}
    writing = {"insert", "update"}
    uses = [use for use in policy.uses if held & set(use.categories) and writing & set(use.actions)]
    return {purpose for use in uses for purpose in use.purposes} | set(mapped.writers if mapped else ())
