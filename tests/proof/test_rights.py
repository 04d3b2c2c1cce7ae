"""What people may ask about their own data is tried on people in every state; a weakened database is found out."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from houvast.proof import Outcome
from houvast.proof.owners import SORT as OWNERS
from houvast.proof.rights import COPY, ERASURE
from houvast.proof.sharing import SORT as OTHERS
from tests.proof.conftest import Sabotage
from tests.proof.scene import Scene, together_and_alone
from tests.proof.test_sabotage import grant

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


def test_everybody_gets_their_copy_and_is_erased_as_planned(scene: Scene) -> None:
    report = scene.prove("C16", "C33", "G05")
    assert report.of("C16").outcome is Outcome.HELD
    tried = (("C33", COPY, 8), ("G05", ERASURE, 8), ("C16", OTHERS, 8), ("C33", OTHERS, 8), ("C33", OWNERS, 6))
    for promise, sort, least in tried:
        proof = report.of(promise)
        assert proof.outcome is not Outcome.BROKEN
        ours = [one for one in proof.attempts if one.sort == sort]
        assert len(ours) >= least
        assert any(one.control for one in ours)


GROUPS = (
    (
        "a view that is gone",
        "nobody is recognised in a text",
        "rows that may not be erased",
        "owners that nobody keeps any more",
    ),
    ("rows of everybody for one",),
    ("rows of everybody erased for one",),
)


@pytest.mark.parametrize("ways", together_and_alone(GROUPS))
def test_a_weakened_database_is_found_out(scene: Scene, sabotaged: Sabotage, ways: tuple[str, ...]) -> None:
    with ExitStack() as weakened:
        for way in ways:
            weakened.enter_context(sabotaged(*WAYS[way][2]))
        report = scene.prove(*{WAYS[way][1] for way in ways})
    for sort, promise, _ in (WAYS[way] for way in ways):
        proof = report.of(promise)
        assert (sort, proof.outcome) == (sort, Outcome.BROKEN)
        assert [one for one in proof.failed if one.sort == sort], sort
