"""The description of the API against the program that answers: whatever is sent, what comes back is as described.

Schemathesis makes calls from docs/openapi.json, right ones and wrong ones, with every token and with none. No answer
may be one of a fault, none may be other than described, and none may hold the address of somebody else.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import just
from schemathesis.checks import load_all_checks
from schemathesis.generation import GenerationMode

from houvast.app import tokens
from houvast.app.staffing import enrol
from houvast.database import connect, run
from houvast.web.api.scopes import SCOPES
from tests.web.asking import Reader, served_at
from tests.web.conftest import Kept
from tests.web.programs import Program
from tests.web.visiting import customer, mailed

load_all_checks()
DESCRIPTION = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8"))
APPLICATION = ("mail", "requests", "people", "decisions", "forms", "explain")
OPERATIONS = sorted((path, method) for path, operations in DESCRIPTION["paths"].items() for method in operations)


@pytest.fixture(scope="module")
def callers(kept: Kept, served: str) -> Generator[dict[str, str]]:
    """By the sort of caller, the token that it shows; and whose session the person's is."""
    with connect(kept.target.url) as admin:
        enrol(admin, "schema", "officer")
    made = {
        "application": tokens.add(kept.target, "schema application", APPLICATION, login="newsletter", days=1),
        "staff": tokens.add(kept.target, "schema staff", sorted(SCOPES["officer"]), staff="schema", days=1),
    }
    with connect(kept.target.url) as admin:
        whom = customer(admin, 5)
        person = Program(Reader(served_at(served)), "")
        check = person.ask("POST", "/api/me/codes", {"address": whom.address})[1]
        made["person"] = person.ask("POST", "/api/me/sessions", {**check, "code": mailed(admin)[0]})[1]["token"]
    yield {**made, "whom": whom.address}
    for name in ("application", "staff"):
        tokens.revoke(kept.target, f"schema {name}")


@pytest.fixture(scope="module")
def others(kept: Kept, callers: dict[str, str]) -> frozenset[str]:
    """The addresses of everybody else."""
    with connect(kept.target.url) as admin:
        found = admin.execute("SELECT DISTINCT lower(email) FROM contact WHERE email IS NOT NULL").fetchall()
    return frozenset(row[0] for row in found) - {callers["whom"].lower()}


def _sort_of(path: str) -> str:
    return "person" if path.startswith("/api/me/") else "staff" if path.startswith("/api/desk/") else "application"


def _tries(
    kept: Kept, served: str, callers: dict[str, str], others: frozenset[str], path: str, method: str, many: int
) -> tuple[set[int], set[str]]:
    """The statuses of the answers, and addresses of others in them; one that is not as described is raised.

    Of right and of wrong calls `many` each with a token; without one, where a body is not looked at, a third as many.
    """
    statuses, leaked = set[int](), set[str]()
    description = {**DESCRIPTION, "paths": {path: {method: DESCRIPTION["paths"][path][method]}}}
    operation = cast("Any", schemathesis.openapi.from_dict(description)[path][method.upper()])
    token = "" if (path, method) == ("/api/me/session", "delete") else callers[_sort_of(path)]

    def tried(case: Any, token: str) -> None:
        run(admin, "TRUNCATE houvast_desk.tried, houvast.checked")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = case.call(base_url=served, headers=headers)
        case.validate_response(response, headers=headers)
        statuses.add(response.status_code)
        said = response.text.lower()
        leaked.update(one for one in others if one in said)

    def call(mode: GenerationMode, shown: str, times: int) -> None:
        limits = settings(max_examples=times, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
                          suppress_health_check=[*HealthCheck])  # pyright: ignore[reportArgumentType]  # fmt: skip
        limits(given(case=operation.as_strategy(generation_mode=mode), token=just(shown))(tried))()

    asks = bool(operation.body) or bool(operation.query)
    with connect(kept.target.url) as admin:
        for mode in (GenerationMode.POSITIVE, *((GenerationMode.NEGATIVE,) if asks else ())):
            call(mode, token, many)
            if token:
                call(mode, "", -(-many // 3))
    return statuses, leaked


def _are_answers(found: tuple[set[int], set[str]]) -> bool:
    statuses, leaked = found
    return bool(statuses) and max(statuses) < 500 and not leaked


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_whatever_is_sent_is_answered_as_described(
    kept: Kept, served: str, callers: dict[str, str], others: frozenset[str], path: str, method: str
) -> None:
    assert _are_answers(_tries(kept, served, callers, others, path, method, 2))


@pytest.mark.long
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_whatever_is_sent_many_times_is_answered_as_described(
    kept: Kept, served: str, callers: dict[str, str], others: frozenset[str], path: str, method: str
) -> None:
    assert _are_answers(_tries(kept, served, callers, others, path, method, 200))
