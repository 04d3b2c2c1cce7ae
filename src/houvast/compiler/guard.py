"""The guard: one bigint per row, in which each bit is an answer about the row's data subjects.

Bit 0 says that a present owner's account is open. The others say that *every* owner passes: that their base
is a version or newer (`since:2`), or that none of them refuses (`unrestricted|allowed:x & consented:x`).
Bit 63 is never set, so that a mask of 0 (no use open) admits nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from houvast.compiler.branches import Branch, Clause
from houvast.compiler.words import array, literal
from houvast.errors import HouvastError
from houvast.policy.model import Policy

ALIVE = "alive"
SHARED_BITS = 48
CONTESTABLE_BITS = 15


class GuardFull(HouvastError):
    """The policy asks for more bits than a guard holds."""

    code = "guard-full"


def clause_name(clauses: frozenset[Clause]) -> str:
    """The canonical name of a set of clauses."""
    return " & ".join(sorted("|".join(sorted(clause)) for clause in clauses))


def bit_names(found: Iterable[Branch], versions: Sequence[Policy], now: datetime) -> tuple[str, ...]:
    """Which bits these branches ask for."""
    names: dict[str, None] = {ALIVE: None}
    announced = [v.version for v in versions if v.effective > now]
    for branch in found:
        if branch.since:
            names[f"since:{branch.since}"] = None
            for version in announced:
                if branch.since <= version <= branch.version:
                    names[f"early:{version}:{branch.since}"] = None
        if branch.needs.clauses:
            names[clause_name(branch.needs.clauses)] = None
    return tuple(names)


def allocate(names: Iterable[str], known: Mapping[str, int]) -> dict[str, int]:
    """Give each name a bit. Known names keep theirs, also when unused: a bit is never given twice."""
    bits = dict(known) if known else {ALIVE: 0}
    taken = set(bits.values())
    for name in names:
        if name in bits:
            continue
        free = next((n for n in range(SHARED_BITS) if n not in taken), None)
        if free is None:
            raise GuardFull(
                f"The policy versions together need more than {SHARED_BITS} different answers about a person.",
                todo="let purposes share a legal basis, or retire old versions; or `unapply` and apply anew, "
                "which numbers the answers again.",
            )
        bits[name] = free
        taken.add(free)
    return bits


def mask(branch: Branch, bits: Mapping[str, int]) -> int:
    """Which bits a row must have for this branch, its base aside."""
    wanted = 1 << bits[ALIVE] if branch.needs.alive else 0
    if branch.needs.clauses:
        wanted |= 1 << bits[clause_name(branch.needs.clauses)]
    return wanted


def base_bits(branch: Branch, bits: Mapping[str, int]) -> tuple[int, ...]:
    """The bits of which one must be set for the row's base to be new enough; () = any base."""
    if not branch.since:
        return ()
    early = [f"early:{version}:{branch.since}" for version in range(branch.since, branch.version + 1)]
    return tuple(1 << bits[name] for name in (f"since:{branch.since}", *early) if name in bits)


def asked_bits(found: Iterable[Branch], bits: Mapping[str, int]) -> int:
    """All bits that any of these branches looks at."""
    asked = 0
    for branch in found:
        asked |= mask(branch, bits)
        for base in base_bits(branch, bits):
            asked |= base
    return asked


@dataclass(frozen=True)
class PersonTerms:
    """SQL names of what is known of a person: facts (text[]), instant of collection and of closing."""

    facts: str = "facts"
    collected: str = "collected"
    closed: str = "closed"


def _fact(name: str, marketing: Sequence[str], terms: PersonTerms) -> str:
    kind, _, about = name.partition(":")
    if kind == "unrestricted":
        return f"NOT ('restricted:' = ANY ({terms.facts}))"
    if kind == "unstopped":
        return f"NOT ('stopped:' = ANY ({terms.facts}))"
    if name == "unobjected:marketing":
        return f"NOT ({terms.facts} && {array(f'objected:{m}' for m in marketing)})"
    if kind == "unobjected":
        return f"NOT ({terms.facts} && {array('objected:' + name for name in about.split(','))})"
    return f"{literal(f'{kind}:{about}')} = ANY ({terms.facts})"


def _base_at_least(wanted: int, upto: Sequence[Policy], terms: PersonTerms, *, by_clock: bool) -> str:
    """Whether the base, among the versions `upto` that are in force, is `wanted` or newer."""

    def in_force(policy: Policy) -> str:
        return f"statement_timestamp() >= {literal(policy.effective.isoformat())}::timestamptz AND " if by_clock else ""

    def accepted(policy: Policy) -> str:
        return f"({in_force(policy)}{literal(f'accepted:{policy.version}')} = ANY ({terms.facts}))"

    newer = " OR ".join(accepted(p) for p in upto if p.version >= wanted)
    anyone = " OR ".join(accepted(p) for p in upto)
    effective = next(p.effective for p in upto if p.version == wanted)
    since = f"{terms.collected} >= {literal(effective.isoformat())}::timestamptz"
    return f"({newer} OR (NOT ({anyone}) AND coalesce({since}, false)))"


def bit_condition(name: str, versions: Sequence[Policy], terms: PersonTerms) -> str:
    """SQL that answers one bit for one person."""
    if name == ALIVE:
        return f"{terms.closed} IS NULL"
    if name.startswith("since:"):
        return _base_at_least(int(name.split(":")[1]), versions, terms, by_clock=True)
    if name.startswith("early:"):
        _, version, wanted = name.split(":")
        upto = [p for p in versions if p.version <= int(version)]
        early = _base_at_least(int(wanted), upto, terms, by_clock=False)
        return f"{early} AND NOT {_base_at_least(int(wanted), versions, terms, by_clock=True)}"
    marketing = sorted({p.name for v in versions for p in v.purposes.values() if p.marketing})
    clauses = [clause.split("|") for clause in name.split(" & ")]
    return " AND ".join("(" + " OR ".join(_fact(fact, marketing, terms) for fact in clause) + ")" for clause in clauses)


def guard_expression(bits: Mapping[str, int], versions: Sequence[Policy], terms: PersonTerms) -> str:
    """SQL that gives a person's whole guard."""
    known = {p.version for p in versions}
    parts = [
        f"CASE WHEN {bit_condition(name, versions, terms)} THEN {1 << bit}::bigint ELSE 0 END"
        for name, bit in sorted(bits.items(), key=lambda item: item[1])
        if not name.startswith(("since:", "early:")) or int(name.split(":")[-1]) in known
    ]
    return "\n    | ".join(parts)
