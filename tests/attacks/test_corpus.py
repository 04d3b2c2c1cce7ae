"""No attack of the corpus succeeds, as any kind of login, but for what is named; and what is permitted still works."""

from __future__ import annotations

from collections import Counter

import pytest

from houvast.proof.attack import FAMILIES, Attack, Login, read_attacks
from houvast.proof.fitting import hides_after_objecting
from tests.attacks.standing import Standing, still_open, wrong

ATTACKS = read_attacks()
DIRECT = [attack for attack in ATTACKS if attack.pooled == "no"]
RARE = {Login.NOBODY, Login.PEOPLE}


@pytest.mark.parametrize("everywhere", [False, pytest.param(True, marks=pytest.mark.long)])
@pytest.mark.parametrize("attack", DIRECT, ids=lambda attack: attack.file.removesuffix(".sql"))
def test_attack(stand: Standing, attack: Attack, everywhere: bool) -> None:
    """By every kind of login; `everywhere`: on every purpose, not on one in turn."""
    if not stand.concerns(attack):
        pytest.skip(f"not on PostgreSQL {stand.version}")
    results = stand.results(attack, None if everywhere else DIRECT.index(attack))
    assert list(wrong(results)) == []
    assert results
    assert not attack.residual or still_open(results), "PostgreSQL closed this: take it off the list of residuals"


def test_there_are_many_of_every_family() -> None:
    found = Counter(attack.family for attack in ATTACKS)
    assert len(ATTACKS) >= 250
    assert set(found) == set(FAMILIES)
    assert min(found.values()) >= 2


def test_every_kind_of_login_attacks_every_purpose_that_sees_a_person(stand: Standing) -> None:
    purposes = {aim.target.opened.purpose for aim in stand.aims}
    assert {"answer", "billing", "account", "rights", "dispute", "marketing", "business"} <= purposes
    for purpose in purposes:
        assert {aim.kind for aim in stand.aims if aim.target.opened.purpose == purpose} == set(Login)
    assert sum(hides_after_objecting(aim.target) for aim in stand.aims if aim.kind is Login.USE) > 5
