"""Whatever is taken away from what a plan made, `drift` names it and its promise. There are no exceptions."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from houvast import sample
from houvast.compiler import registry
from houvast.compiler.apply import apply, prepare
from houvast.compiler.drift import Drift, drift
from houvast.compiler.plan import Registered
from houvast.database import Connection, connect, run
from houvast.database.server import Server, temporary
from houvast.datamap import load_datamap
from houvast.policy import load_versions
from tests.compiler.sabotage import sabotage

LAKANA = Path(__file__).parents[2] / "policies" / "lakana"
PARTS, NOW = 24, 1
"""Into how many parts the statements fall, each with some of every kind, and how many are undone where time is short."""
LOCAL, AT_ONCE = ("column", "grant", "policy", "trigger", "view"), 20
"""Undoing one of these shows at nothing else, so that some are undone at once, and exactly those must be named."""


class _Enough(Exception):
    """Ends a transaction that must leave nothing."""


@dataclass(frozen=True)
class Kept:
    """The sample company under its policy."""

    admin: Connection
    pieces: list[Registered]
    creates: dict[str, str]

    def after(self, statement: str, *, rows: bool = False) -> tuple[Drift, ...]:
        """What drift says after a statement that is then taken back."""
        found: tuple[Drift, ...] = ()
        try:
            with self.admin.transaction():
                run(self.admin, statement)
                found = drift(self.admin, rows=rows)
                raise _Enough
        except _Enough:
            return found

    def named(self, *undone: Registered) -> set[Registered]:
        """The pieces that drift names, with their promise, when these are undone or weakened."""
        statements = [sabotage(piece, self.creates.get(piece.name, "")) for piece in undone]
        found = self.after("; ".join(statements), rows=any(piece.kind == "fill" for piece in undone))
        return {
            piece for piece in self.pieces if any((d.piece, d.promise) == (piece.name, piece.promise) for d in found)
        }


OF_FUNCTIONS = "houvast public functions"
"""Who may call what: named beside the piece that lets one role more call a function."""


def is_local(piece: Registered) -> bool:
    """What the keeper was granted shows at the columns that it keeps, too."""
    return piece.kind in LOCAL and not piece.name.startswith("keeper ")


def batched(pieces: Sequence[Registered], size: int) -> list[Sequence[Registered]]:
    return [pieces[first : first + size] for first in range(0, len(pieces), size)]


@pytest.fixture(scope="module")
def own_server() -> Generator[Server]:
    """Roles are weakened here, so this server is nobody else's."""
    with temporary() as server:
        yield server


@pytest.fixture(scope="module")
def kept(own_server: Server) -> Generator[Kept]:
    with connect(own_server.url()) as admin:
        admin.execute("CREATE DATABASE lakana")
    url = own_server.url("lakana")
    sample.create(url, people=300)
    versions, datamap = load_versions(LAKANA), load_datamap(LAKANA / "datamap.yaml")
    now = datetime.now(UTC)
    with connect(url) as admin:
        apply(admin, versions, datamap, now=now)
        compiled = prepare(admin, versions, datamap, now=now).compiled
        creates = {piece.name: piece.create for piece in compiled.pieces}
        yield Kept(admin, list(registry.registered(admin).values()), creates)


def test_nothing_has_drifted_before_anybody_weakens_anything(kept: Kept) -> None:
    assert drift(kept.admin) == ()


@pytest.mark.parametrize(
    "part", [*range(NOW), *(pytest.param(part, marks=pytest.mark.long) for part in range(NOW, PARTS))]
)
def test_each_statement_of_the_plan_that_is_undone_is_named_with_its_promise(kept: Kept, part: int) -> None:
    tried = kept.pieces[part::PARTS]
    local = sorted((one for one in tried if is_local(one)), key=lambda one: (one.kind, one.name))
    unnamed = [one.name for one in tried if not is_local(one) and one not in kept.named(one)]
    for together in batched(local, AT_ONCE):
        named, undone = {one.name for one in kept.named(*together)}, {one.name for one in together}
        assert undone <= named <= undone | {OF_FUNCTIONS}
    assert len(tried) > 40
    assert unnamed == []


@pytest.mark.long
def test_each_statement_of_the_plan_that_is_undone_alone_is_named_with_its_promise(kept: Kept) -> None:
    for piece in kept.pieces:
        found = kept.named(piece)
        assert piece in found, piece.name
        assert not is_local(piece) or found == {piece}, piece.name


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("ALTER ROLE support BYPASSRLS", "support"),
        ("ALTER ROLE support SUPERUSER", "support"),
        ("ALTER ROLE support CREATEROLE", "support"),
        ("ALTER TABLE contact OWNER TO support", "contact"),
        ("GRANT lakana_owner TO support", "lakana_owner"),
        ("GRANT houvast_keeper TO support", "houvast_keeper"),
        ("GRANT hv_v_answer TO support", "hv_v_answer"),
        ("GRANT hv_billing TO support", "hv_billing"),
        ("GRANT hv_answer TO support WITH ADMIN OPTION", "hv_answer"),
        ("ALTER TABLE contact DISABLE ROW LEVEL SECURITY", "contact"),
        ("ALTER TABLE contact NO FORCE ROW LEVEL SECURITY", "contact"),
        ("CREATE POLICY extra ON contact USING (true)", "contact"),
        ("ALTER POLICY hv_answer_read ON contact USING (true)", "contact"),
        ("ALTER POLICY hv_answer_read ON contact TO PUBLIC", "contact"),
        ("ALTER TABLE contact DISABLE TRIGGER zzz_hv_keep", "contact"),
        ("ALTER TABLE ticket DISABLE TRIGGER ALL", "ticket"),
        (
            "CREATE OR REPLACE FUNCTION houvast.is_of_a_kind(kind text, body jsonb, sealed jsonb, subject_kind text)"
            " RETURNS boolean LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp"
            " AS 'BEGIN RETURN true; END'",
            "is_of_a_kind",
        ),
        ("CREATE VIEW peek AS SELECT * FROM contact", "peek"),
        ("CREATE MATERIALIZED VIEW peek AS SELECT * FROM contact", "peek"),
        ("CREATE RULE peek AS ON INSERT TO ticket DO ALSO SELECT 1", "ticket"),
        ("GRANT SELECT ON contact TO support", "contact"),
        ("GRANT SELECT (email) ON contact TO support", "contact.email"),
        ("GRANT SELECT (hv_guard) ON contact TO PUBLIC", "contact.hv_guard"),
        ("CREATE FUNCTION peek() RETURNS bigint SECURITY DEFINER LANGUAGE sql AS 'SELECT count(*) FROM contact'", "peek"),
        ("ALTER FUNCTION houvast.keep_contact() SECURITY INVOKER", "keep_contact"),
        ("ALTER FUNCTION houvast.set_token(text, bigint) OWNER TO support", "set_token"),
        ("GRANT SET ON PARAMETER backtrace_functions TO support", "backtrace_functions"),
        ("GRANT SET ON PARAMETER session_replication_role TO support", "session_replication_role"),
        ("ALTER DEFAULT PRIVILEGES FOR ROLE lakana_owner GRANT SELECT ON TABLES TO support", "lakana_owner"),
        ("GRANT TEMPORARY ON DATABASE lakana TO support", "lakana"),
        ("GRANT CREATE ON DATABASE lakana TO support", "lakana"),
        ("GRANT CREATE ON SCHEMA public TO support", "public"),
        ("GRANT CREATE ON SCHEMA answer TO support", "answer"),
        ("CREATE PUBLICATION everything FOR ALL TABLES", "everything"),
        ("ALTER VIEW customer_overview RESET (security_invoker)", "customer_overview"),
        ("ALTER VIEW answer.contact OWNER TO support", "answer.contact"),
        ("ALTER FUNCTION textlike(text, text) LEAKPROOF", "textlike"),
        ("ALTER ROLE support SET search_path = public", "support"),
        ("GRANT SELECT ON houvast.entry TO support", "houvast.entry"),
        ("GRANT INSERT ON houvast.event TO support", "houvast.event"),
        ("GRANT SELECT (secret) ON houvast.secret TO support", "houvast.secret"),
        ("GRANT EXECUTE ON FUNCTION houvast.tell(text, text, jsonb, jsonb, text, text) TO support", "houvast.tell"),
        ("ALTER TABLE houvast.checkpoint DROP CONSTRAINT checkpoint_root_check", "checkpoint_root_check"),
        ("UPDATE houvast.version SET effective = effective - interval '1 year'", "version 1"),
        ("DELETE FROM houvast.volume v USING houvast.purpose p WHERE p.number = v.purpose AND p.name = 'account'; DELETE FROM houvast.purpose WHERE name = 'account'", "purpose account"),
    ],
)  # fmt: skip
def test_a_way_round_the_policy_that_somebody_opens_is_named(kept: Kept, statement: str, names: str) -> None:
    found = kept.after(statement)
    assert any(names in f"{d.identity} {d.detail}" for d in found), [str(d) for d in found]
    assert all(d.promise for d in found)
