"""The whole corpus, and every weakening, on PostgreSQL 15 as Debian ships it."""

from __future__ import annotations

import pytest

from houvast.database import connect
from houvast.proof import Door
from houvast.proof.attack import read_attacks
from tests.attacks.mutations import MUTATIONS
from tests.attacks.standing import empty, make, standing, still_open, wrong
from tests.attacks.test_drift import after, names
from tests.compiler.test_postgres15 import Fifteen, fifteen

__all__ = ["fifteen"]
pytestmark = pytest.mark.long


def test_the_corpus_holds_and_every_weakening_is_named(fifteen: Fifteen) -> None:
    empty(fifteen.url("postgres"), "lakana")
    make(fifteen.url("lakana"))
    failed: dict[str, list[str]] = {}
    with standing(Door(fifteen.url("lakana"), lambda login: fifteen.url("lakana", login))) as stand:
        assert stand.version == 15
        for attack in read_attacks():
            if attack.pooled == "no" and stand.concerns(attack):
                results = stand.results(attack)
                said = list(wrong(results))
                if attack.residual and not still_open(results):
                    said.append("PostgreSQL 15 closes this")
                failed |= {attack.file: said} if said else {}
    assert failed == {}
    with connect(fifteen.url("lakana")) as admin:
        unnamed = [
            one.statement for one in MUTATIONS if one.since <= 15 and not names(after(admin, one.statement), one)
        ]
    assert unnamed == []
