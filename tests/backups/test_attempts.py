"""What `prove` tries on backups succeeds, and each attempt fails without the mechanism that it tries."""

from __future__ import annotations

from collections.abc import Callable, Generator

import pytest

from houvast.app import Target, backing_up, keep, load_project, restoring
from houvast.app.backup_attempts import backup_attempts
from houvast.backups import store
from houvast.database import Connection, connect, run
from tests.company import company
from tests.proof.scene import PROJECT


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Generator[Target]:
    with company() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOUVAST_HOME", str(tmp_path_factory.mktemp("home")))
        found = Target(load_project(PROJECT), server.url("lakana"))
        keep.apply(found)
        yield found


def _always(answer: object) -> Callable[..., object]:
    """What gives the same whatever it is asked."""

    def give(*_: object) -> object:
        return answer

    return give


def failed(target: Target) -> list[str]:
    """The attempts that went otherwise than they should."""
    return [one.name for one in backup_attempts(target).make() if not one.passed]


def test_all_of_them_pass_on_a_database_that_is_kept(target: Target) -> None:
    made = list(backup_attempts(target).make())
    assert [(one.name, one.seen) for one in made if not one.passed] == []
    assert len(made) == 14
    assert sum(one.control for one in made) == 3
    assert backup_attempts(target).promises == {"C38"}


def test_without_the_hash_a_forged_backup_is_gone_on_with(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backing_up, "digest", _always("0" * 64))
    assert failed(target) == ["a file is restored that has not the hash of a backup"]


def test_without_the_list_of_what_was_made_a_forged_backup_is_tried(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "made", _always(True))
    assert failed(target) == ["a file is tried that this database did not make"]


def test_without_the_places_of_keys_they_go_along(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backing_up, "places", _always(()))
    assert failed(target) == [
        "a key of bundles goes along in a backup",
        "an older key of bundles goes along in a backup",
    ]


def test_a_list_that_lost_an_erasure_is_named(target: Target) -> None:
    with connect(target.url) as admin:
        run(admin, f"INSERT INTO houvast.erased (digest, mirrored_at) VALUES ('{'a' * 64}', now())")
        try:
            assert failed(target) == ["who was erased is written down where no backup takes it away"]
        finally:
            run(admin, "DELETE FROM houvast.erased")


def test_who_is_not_looked_for_is_not_found(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restoring, "brought_back", _always(()))
    assert failed(target) == ["somebody who was erased since the backup is found in it"]


def test_a_restored_database_that_nobody_closed_and_staff_that_stay_are_named(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(connection: Connection, *_: object) -> None:
        del connection

    monkeypatch.setattr(store, "close", nothing)
    monkeypatch.setattr(restoring, "take_back", nothing)
    assert failed(target) == [
        "a restored database is named until it was looked at",
        "staff of a restored database come in again",
    ]
