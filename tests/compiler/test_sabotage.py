"""Whatever is taken away from what a plan made, `drift` names it and its promise. There are no exceptions."""

from __future__ import annotations

from collections.abc import Generator
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
PARTS = 8
"""The pieces are tried in parts, so that the workers share them."""


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


@pytest.mark.parametrize("part", range(PARTS))
def test_each_statement_of_the_plan_that_is_undone_is_named_with_its_promise(kept: Kept, part: int) -> None:
    unnamed: list[str] = []
    tried = kept.pieces[part::PARTS]
    for piece in tried:
        found = kept.after(sabotage(piece, kept.creates.get(piece.name, "")), rows=piece.kind == "fill")
        if not any(d.piece == piece.name and d.promise == piece.promise for d in found):
            unnamed.append(f"{piece.name} (promise {piece.promise}): {[str(d) for d in found[:3]]}")
    assert len(tried) > 100
    assert unnamed == []


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
        ("DELETE FROM houvast.purpose WHERE name = 'account'", "purpose account"),
    ],
)  # fmt: skip
def test_a_way_round_the_policy_that_somebody_opens_is_named(kept: Kept, statement: str, names: str) -> None:
    found = kept.after(statement)
    assert any(names in f"{d.identity} {d.detail}" for d in found), [str(d) for d in found]
    assert all(d.promise for d in found)
