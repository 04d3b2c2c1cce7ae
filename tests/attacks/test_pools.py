"""Behind a real pgbouncer nobody finds what the client before left, but for what is named."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from houvast.database import connect, run, run_query
from houvast.proof import Door
from houvast.proof.attack import Login, read_attacks
from tests.attacks.pool import pool, through
from tests.attacks.standing import Standing, still_open, wrong

POOLED = [attack for attack in read_attacks() if attack.pooled != "no"]
DIRECT = [attack for attack in read_attacks() if attack.pooled == "no" and attack.quiet]
TURNS = 40
PARTS = 3


@pytest.fixture(scope="module")
def logins(door: Door) -> list[str]:
    """Everybody who may log in."""
    with door.administer() as connection:
        return [
            row[0] for row in run_query(connection, "SELECT rolname FROM pg_roles WHERE rolcanlogin AND NOT rolsuper")
        ]


@pytest.fixture(scope="module")
def plain(door: Door, logins: list[str]) -> Generator[Path]:
    """A pool as it comes."""
    with pool(door.administrator, logins, {}) as folder:
        yield folder


@pytest.fixture(scope="module")
def forgetful(door: Door, logins: list[str]) -> Generator[Path]:
    """A pool that forgets after each transaction."""
    with pool(door.administrator, logins, {"server_reset_query_always": "1"}) as folder:
        yield folder


@pytest.mark.parametrize("mode", ["session", "transaction", "transaction, reset always"])
def test_what_the_client_before_left(door: Door, stand: Standing, plain: Path, forgetful: Path, mode: str) -> None:
    folder = forgetful if mode.endswith("always") else plain
    ours = [attack for attack in POOLED if attack.pooled == mode]
    assert ours
    with stand.through(through(folder, mode.partition(",")[0], door.administrator)) as pooled:
        for attack in ours:
            results = pooled.results(attack)
            assert list(wrong(results)) == [], attack.file
            assert len(results) > 5
            assert not attack.residual or still_open(results), attack.file


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.long) for part in range(1, PARTS))])
def test_every_attack_through_a_pool_by_session_as_one_login_in_turn(
    door: Door, stand: Standing, plain: Path, part: int
) -> None:
    """The attacks themselves are in `test_corpus`; a pool in between opens none, whichever it is."""
    with stand.through(through(plain, "many", door.administrator)) as pooled:
        aims = [aim for aim in pooled.aims if aim.kind is Login.USE]
        for number, attack in enumerate(DIRECT[part::PARTS]):
            result = pooled.attacker.attack(attack, aims[number % len(aims)]) if pooled.concerns(attack) else None
            assert list(wrong([result] if result else [])) == [], attack.file


def test_many_clients_of_a_pool_by_transaction_each_enter_their_use(door: Door, plain: Path) -> None:
    """Who enters a use reads in that transaction; who does not, reads nothing, however their statements mix."""
    with connect(door.login("support")) as session:
        number = run_query(session, "SELECT houvast.open_use('answer', 'pooled work')")[0][0]
    url = through(plain, "transaction", door.administrator).login("support")

    def work(_: int) -> tuple[int, set[str]]:
        seen, refused = 0, set[str]()
        with connect(url) as with_use, connect(url) as without:
            with_use.prepare_threshold = without.prepare_threshold = None
            for _turn in range(TURNS):
                with with_use.transaction():
                    run(with_use, f"SELECT houvast.enter_use({number})")
                    seen += run_query(with_use, "SELECT count(*) FROM ticket")[0][0]
                try:
                    refused.add(f"saw {run_query(without, 'SELECT count(*) FROM ticket')[0][0]}")
                except Exception as error:  # noqa: BLE001 - whatever is said is compared
                    refused.add(str(getattr(error, "sqlstate", error)))
        return seen, refused

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(work, range(4)))
    assert all(seen > 0 for seen, _ in found)
    assert {said for _, refused in found for said in refused} == {"42501"}
