"""One policy for all the applications of this folder: everything is `data`, served while an account is open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from houvast.policy.model import (
    Action,
    Basis,
    Category,
    Period,
    Policy,
    Promise,
    Purpose,
    PurposeKind,
    SubjectKind,
    Term,
    Use,
)

EFFECTIVE: Final = datetime(2018, 5, 25, tzinfo=UTC)
OFFICE, DESK, CRAWLER = "ownership_office", "ownership_desk", "ownership_crawler"
"""The logins for the ordinary purpose, for the rights of people, and for what rests on a legitimate interest."""
LOGINS: Final = {OFFICE: "serve", DESK: "rights", CRAWLER: "suggest"}


def policy(kinds: Iterable[str]) -> Policy:
    """The policy for these kinds of people."""
    people = {kind: SubjectKind(kind) for kind in kinds}
    every, basis = tuple(Action), (Basis.CONTRACT,)
    return Policy(
        "ownership", 1, EFFECTIVE, people=people,
        promises={name: Promise(name, "must") for name in ("C01", "C05", "C13", "C30", "C33", "C38", "G05")},
        categories={"data": Category("data", tuple(people), promise="C01")},
        purposes={
            "serve": Purpose("serve", promise="C05"),
            "suggest": Purpose("suggest", promise="C13"),
            "rights": Purpose("rights", kind=PurposeKind.RIGHTS, one="person", promise="C33"),
        },
        uses=(
            Use("U1", ("data",), ("serve",), basis, (Action.READ, Action.INSERT, Action.UPDATE), promise="C05"),
            Use("U2", ("data",), ("suggest",), (Basis.INTEREST,), promise="C13"),
            Use("U3", ("data",), ("rights",), (Basis.LEGAL_DUTY,), every, promise="C33"),
        ),
        terms=(Term("data", "account.closed", Period(days=30), promise="C30"),),
    )  # fmt: skip
