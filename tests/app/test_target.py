"""Which database a command works on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from houvast.app import Demo, Target, find_target, load_project
from houvast.app.demo import DATABASE
from houvast.app.places import demo_data, sample_project
from houvast.database import connect
from houvast.errors import DatabaseRefusal, ServerError, UsageError
from tests.app.test_project import own

__all__ = ["own"]


def test_a_project_of_ones_own_needs_a_word_about_its_database(own: Path) -> None:
    with pytest.raises(UsageError, match="Which database"):
        find_target(own, None)


def test_a_url_is_taken_as_it_is(own: Path) -> None:
    assert find_target(own, "postgresql:///lakana").url == "postgresql:///lakana"


def test_without_a_demo_there_is_no_demo_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUVAST_HOME", str(tmp_path))
    with pytest.raises(ServerError, match="no demo yet"):
        find_target(sample_project(), None)
    assert list(tmp_path.iterdir()) == []


def test_a_map_of_another_database_is_refused(fresh_database: Callable[[], str]) -> None:
    target = Target(load_project(sample_project()), fresh_database())
    with pytest.raises(DatabaseRefusal, match=f"of the database `{DATABASE}`"):
        target.connect()


def test_another_login_does_not_get_the_password_of_the_first() -> None:
    target = Target(load_project(sample_project()), "postgresql://boss:s3cret@host.example/lakana?port=1")
    assert target.url_of("support") == "postgresql://boss@host.example/lakana?port=1&user=support"


def test_the_url_of_another_login_connects_as_that_login(fresh_database: Callable[[], str]) -> None:
    target = Target(load_project(sample_project()), fresh_database())
    with connect(target.url) as admin:
        admin.execute('CREATE ROLE "odd name" LOGIN')
    with connect(target.url_of("odd name")) as session:
        assert session.info.user == "odd name"


def test_the_demo_lies_where_houvast_home_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUVAST_HOME", str(tmp_path))
    assert demo_data() == tmp_path / "demo"


def test_the_demo_lies_among_the_users_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOUVAST_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert demo_data() == tmp_path / "houvast" / "demo"


def test_stopping_a_demo_that_is_not_there_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOUVAST_HOME", str(tmp_path))
    assert not Demo.stop()
    assert list(tmp_path.iterdir()) == []
