"""The attempts on visits pass as things are; without a mechanism, or with something left lying, one of them fails."""

from __future__ import annotations

# pyright: reportUnknownLambdaType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from houvast.app import visit_attempts, visit_linkage
from houvast.app.visit_attempts import AGENT, MARK, minimised, objected
from houvast.app.visit_linkage import alone, linked
from houvast.app.visit_release import has_noise, released
from houvast.app.visit_rest import at_rest
from houvast.app.visits import Counting
from houvast.policy import load_versions
from houvast.proof import Attempt
from houvast.visits import batches, edge
from houvast.visits.by_policy import rules_of
from houvast.visits.declaring import load_visits
from houvast.visits.keys_of_day import Keys
from houvast.visits.model import Declared, Visit
from houvast.visits.release import mechanism, noise
from houvast.visits.trends.holding import Holding

LAKANA = Path(__file__).parents[2] / "policies" / "lakana"
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
Make = Callable[[Declared], Iterator[Attempt]]


@pytest.fixture(scope="module")
def declared() -> Declared:
    return load_visits(LAKANA, rules_of(load_versions(LAKANA)[-1])).declared


@pytest.fixture
def counting(declared: Declared, tmp_path: Path) -> Counting:
    """A store with some visits of yesterday, and the key of today."""
    folder = tmp_path / "visits"
    folder.mkdir(mode=0o700)
    keys = Keys(folder / "keys", lambda: NOW)
    keys.of(NOW.date())
    batches.store(folder, "made-up", [visit(page=page) for page in ("home", "pricing", "other")])
    return Counting(folder, declared, keys)


def visit(**more: Any) -> Visit:
    found = Visit(
        NOW.replace(hour=8, minute=0) - timedelta(days=1), "www", "home", "chrome", 131, "nl", "example.org", False, 7
    )
    return replace(found, **more)


def failed(found: Iterator[Attempt]) -> list[str]:
    return [one.name for one in found if not one.passed]


@pytest.mark.parametrize("make", [minimised, objected, linked, alone, released])
def test_every_attempt_passes_and_some_must_succeed(declared: Declared, make: Make) -> None:
    if make is released and not has_noise():
        pytest.skip("what draws noise is not installed")
    found = list(make(declared))
    assert [(one.name, one.expected, one.seen) for one in found if not one.passed] == []
    assert any(one.control for one in found)
    assert sum(not one.control for one in found) >= 3
    assert found == list(make(declared))  # the same every time


def test_what_lies_on_the_disk_is_found_to_be_good(counting: Counting) -> None:
    found = list(at_rest(counting))
    assert [(one.name, one.seen) for one in found if not one.passed] == []
    assert any(one.control for one in found)


@pytest.mark.parametrize("more", [
    {"referrer": "192.0.2.7"}, {"page": "203.0.113.9"}, {"browser": AGENT}, {"language": "somebody@canary.example"},
    {"referrer": "www.example.org/a/page"}, {"page": f"/{MARK}?id=1"}, {"site": "2001:db8::7"}, {"language": "nl-x-mark"},
])  # fmt: skip
def test_a_file_with_something_of_no_closed_list_is_found(counting: Counting, more: dict[str, str]) -> None:
    batches.store(counting.folder, "another", [visit(), visit(**more)])
    (name,) = more
    assert [one for one in failed(at_rest(counting)) if f"`{name}`" in one]


def test_a_file_with_another_column_is_found(counting: Counting) -> None:
    (file,) = counting.folder.glob("day=*/*.parquet")
    table = pq.read_table(file)
    pq.write_table(table.append_column("address", pa.array(["192.0.2.7"] * table.num_rows)), file)
    assert any("have the columns" in one for one in failed(at_rest(counting)))


def test_a_file_that_does_not_count_is_looked_through_too(counting: Counting) -> None:
    batches.write(counting.folder, "killed", [visit(page="192.0.2.7")])
    assert any("does not count" in one for one in failed(at_rest(counting)))


@pytest.mark.parametrize("what", [b'{"from": "192.0.2.7"}', AGENT.encode(), b"somebody@canary.example"])
def test_what_lies_beside_the_rows_is_found(counting: Counting, what: bytes) -> None:
    (counting.folder / "commits" / "note.txt").write_bytes(what)
    assert any("beside the rows" in one for one in failed(at_rest(counting)))


def test_a_key_left_after_its_time_is_found(counting: Counting) -> None:
    late = replace(counting, keys=Keys(counting.keys.folder, lambda: NOW + timedelta(days=2)))
    assert any("a day after its end" in one for one in failed(at_rest(late)))
    late.keys.destroy()
    assert failed(at_rest(late)) == []


def test_a_key_that_others_may_read_is_found(counting: Counting) -> None:
    (counting.keys.folder / f"{NOW.date()}.key").chmod(0o644)
    assert any("may read a key" in one for one in failed(at_rest(counting)))


def test_a_folder_that_everybody_may_read_is_found(counting: Counting) -> None:
    counting.folder.chmod(0o755)
    assert any("everybody on the machine" in one for one in failed(at_rest(counting)))


_facts = edge.Minimiser.facts


def _unheard(self: edge.Minimiser, request: edge.Request) -> Any:
    return _facts(self, replace(request, gpc=""))


_answer = mechanism.answer


def _of_one(*given: Any) -> mechanism.Told:
    files, question, cost, rules, drawn = given
    return _answer(files, question, cost, replace(rules, group=1), drawn)


def _joined(site: str, address: str, agent: bytes) -> str:
    return "\0".join((site, address, agent.decode()))


SABOTAGE: dict[str, tuple[Any, str, Any, Make, str]] = {
    "Global Privacy Control is not heard": (edge.Minimiser, "facts", _unheard, objected, "Sec-GPC: 1 is counted"),
    "objections are forgotten": (edge.Minimiser, "numbers", lambda *_: (), objected, "who objected is counted"),
    "the whole referrer is kept": (edge, "referring", lambda text, own: text, minimised, "a Referer has a mail address"),
    "the path is the page": (edge.Pages, "of", lambda _self, target: target, minimised, "a session lies in the path"),
    "the whole language is kept": (edge, "primary", lambda text: text, minimised, "a language has a mark"),
    "everybody's word about an address counts": (edge.Minimiser, "address", lambda _self, request: request.forwarded or request.remote,
                                                 minimised, "X-Forwarded-For"),
    "a number has no key": (edge.Numbers, "of", lambda _self, *told: visit_linkage.digest(_joined(*told)), linked, "has no key"),
    "a key is not changed": (visit_attempts.OneKey, "of", lambda _self, _day: b"k" * 32, linked, "by the key of the day before"),
    "a visitor stays known": (visit_attempts.OneKey, "of", lambda _self, _day: b"k" * 32, alone, "the day after"),
    "numbers are shown without noise": (Holding, "shown", lambda _self, _table, exact: dict(exact), alone, "a group of 9"),
    "reports have no noise": (noise, "gaussian", lambda values, _: list(values), released, "one visitor was there"),
    "reports have half of the noise": (noise, "sigma", lambda rho, l2=1.0: l2 / (2 * rho) ** 0.5 / 2, released, "costs more than is paid"),
    "reports show groups of one": (mechanism, "answer", _of_one, released, "with noise as high as can be"),
    "small numbers are shown": (Holding, "least", lambda *_: 1, alone, "a number below"),
}  # fmt: skip


@pytest.mark.parametrize("what", SABOTAGE)
def test_without_a_mechanism_an_attempt_fails(declared: Declared, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    where, name, instead, make, expected = SABOTAGE[what]
    if make is released and not has_noise():
        pytest.skip("what draws noise is not installed")
    monkeypatch.setattr(where, name, instead)
    assert any(expected in one for one in failed(make(declared))), failed(make(declared))
