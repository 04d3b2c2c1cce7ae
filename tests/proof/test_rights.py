"""What people may ask about their own data is tried on people in every state; a weakened database is found out."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from houvast.proof import Attempt, Outcome, Report
from houvast.proof.owners import SORT as OWNERS
from houvast.proof.owners import owners
from houvast.proof.rights import COPY, ERASURE, copies, erasures
from houvast.proof.sharing import SORT as OTHERS
from houvast.proof.sharing import others
from houvast.proof.words import tried
from tests.proof.conftest import Sabotage
from tests.proof.staged import Staged
from tests.proof.weakenings import grant

MADE: dict[str, Callable[[Staged], Iterator[Attempt]]] = {
    COPY: lambda s: copies(s.door, s.field),
    ERASURE: lambda s: erasures(s.connection, s.door, s.field),
    OTHERS: lambda s: others(s.connection, s.door, s.field),
    OWNERS: lambda s: owners(s.connection, s.door, s.field),
}
EXTRA = "CREATE POLICY extra ON contact {} TO hv_v_rights USING (true)"
WAYS = {
    "a view that is gone": (
        COPY,
        "C33",
        ("ALTER VIEW rights.ticket RENAME TO gone", "ALTER VIEW rights.gone RENAME TO ticket"),
    ),
    "rows of everybody for one": (COPY, "C33", (EXTRA.format("FOR SELECT"), "DROP POLICY extra ON contact")),
    "nobody is recognised in a text": (
        OTHERS,
        "C16",
        (
            "ALTER FUNCTION houvast.others_named(text[], boolean) RENAME TO kept;"
            " CREATE FUNCTION houvast.others_named(said text[], sharers boolean, OUT word text,"
            " OUT kind text, OUT key text) RETURNS SETOF record LANGUAGE sql"
            " AS $$ SELECT NULL::text, NULL::text, NULL::text WHERE false $$",
            "DROP FUNCTION houvast.others_named(text[], boolean);"
            " ALTER FUNCTION houvast.kept(text[], boolean) RENAME TO others_named",
        ),
    ),
    "owners that nobody keeps any more": (
        OWNERS,
        "C33",
        (
            "ALTER TABLE household_member DISABLE TRIGGER hv_o_household",
            "ALTER TABLE household_member ENABLE TRIGGER hv_o_household",
        ),
    ),
    "rows that may not be erased": (
        ERASURE,
        "G05",
        ("REVOKE DELETE ON rights.contact FROM hv_rights", grant("DELETE ON rights.contact", "hv_rights")[0]),
    ),
    "rows of everybody erased for one": (ERASURE, "G05", (EXTRA.format(""), "DROP POLICY extra ON contact")),
}


def test_everybody_gets_their_copy_and_is_erased_as_planned(report: Report) -> None:
    assert report.of("C16").outcome is Outcome.HELD
    wanted = (("C33", COPY, 8), ("G05", ERASURE, 8), ("C16", OTHERS, 8), ("C33", OTHERS, 8), ("C33", OWNERS, 6))
    for promise, sort, least in wanted:
        proof = report.of(promise)
        assert proof.outcome is not Outcome.BROKEN
        ours = [one for one in proof.attempts if one.sort == sort]
        assert len(ours) >= least
        assert any(one.control for one in ours)


@pytest.mark.parametrize("way", WAYS)
def test_a_weakened_database_is_found_out(staged: Staged, sabotaged: Sabotage, way: str) -> None:
    sort, promise, (weaken, undo) = WAYS[way]
    with sabotaged(weaken, undo):
        assert [one.name for one in MADE[sort](staged) if not one.passed]
    assert promise in tried(sort)
