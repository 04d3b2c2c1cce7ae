"""Pieces that stand between an application and a marketing message: to whom it may go, on what ground, and the way out.

The application asks with plain SQL, with a use of its marketing purpose open: `SELECT * FROM may_mail`. It says what it
sent with `houvast.sent`, which checks once more, at that moment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from houvast.compiler.access import Access
from houvast.compiler.ground import PurposeSeat
from houvast.compiler.persons import EQ, trigger
from houvast.compiler.piece import Fill, Phase, Piece
from houvast.compiler.shape import Layout, Shape
from houvast.compiler.token import Token
from houvast.compiler.words import SCHEMA, ident, literal, relation, short
from houvast.database.queries import queries
from houvast.datamap.model import Subject
from houvast.policy.model import Policy, PurposeKind

TABLES = ("link", "opt_out_code", "message")
FUNCTIONS = {"link_persons": "C35", "unlink_persons": "C35", "weigh": "C13", "may_send": "C13", "opt_out": "C13"}
VIEW = "may_mail"


@dataclass(frozen=True)
class _Way:
    """A marketing purpose that may see the address of a kind of people."""

    seat: PurposeSeat
    kind: str
    shape: Shape
    column: str
    direct: bool

    @property
    def source(self) -> str:
        """What the purpose reads: its view of the table, or the table itself."""
        return self.shape.sql if self.direct else relation(self.seat.schema, self.shape.relation.relname)


def sending_tables() -> list[Piece]:
    """What is remembered of messages and links; made before anything that writes it."""
    texts = queries("houvast.compiler", "people.sql")
    return [
        Piece(f"table {name}", "table", Phase.GROUND, texts[name], f"DROP TABLE {SCHEMA}.{name}",
              "C35" if name == "link" else "C13", protects=True, as_keeper=True, replaces=True)
        for name in TABLES
    ]  # fmt: skip


def sending_pieces(
    layout: Layout,
    subjects: Mapping[str, Subject],
    accesses: Mapping[tuple[str, str], Access],
    found: Mapping[str, PurposeSeat],
    policy: Policy,
    *,
    fast: bool,
) -> list[Piece]:
    """The gate for messages: one view a marketing purpose, and what both sides of it need."""
    texts = queries("houvast.compiler", "people.sql")
    ways = list(_ways(layout, subjects, accesses, found))
    seats = [seat for seat in found.values() if seat.purpose.marketing and seat.purpose.kind is PurposeKind.ORDINARY]
    pieces = [
        _function(name, texts[name], promise)
        for name, promise in FUNCTIONS.items()
    ]  # fmt: skip
    pieces += [_may_reach(ways), _opt_outs(texts["give_opt_outs"]), *_watch()]
    pieces += [_ground(seats, fast=fast), _note_message(policy.controller.get("name", "")), _sent(seats, fast=fast)]
    for seat in seats:
        pieces += _view(seat, [way for way in ways if way.seat is seat])
    return pieces


def _ways(
    layout: Layout,
    subjects: Mapping[str, Subject],
    accesses: Mapping[tuple[str, str], Access],
    found: Mapping[str, PurposeSeat],
) -> Iterator[_Way]:
    for seat in found.values():
        for subject in subjects.values() if seat.purpose.marketing else ():
            one = subject.identifiers.get(subject.reach)
            access = accesses.get((seat.purpose.name, one.table)) if one else None
            if one is None or access is None or not access.row_read:
                continue
            readable = {cell.column.name for cell in access.cells if cell.plain}
            if {one.column, access.shape.owner_column} <= readable:
                yield _Way(seat, subject.kind, layout.shapes[one.table], one.column, access.direct)


def _function(name: str, create: str, promise: str, phase: Phase = Phase.PEOPLE) -> Piece:
    return Piece(f"function {name}", "function", phase, create, f"DROP FUNCTION {SCHEMA}.{name}", promise,
                 protects=True, as_keeper=True, replaces=True)  # fmt: skip


def _may_reach(ways: list[_Way]) -> Piece:
    pairs = " OR ".join(
        f"(purpose {EQ} {literal(way.seat.purpose.name)} AND kind {EQ} {literal(way.kind)})" for way in ways
    )
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.may_reach(purpose text, kind text) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN {pairs or "false"};
COMMENT ON FUNCTION {SCHEMA}.may_reach IS 'To which people the policy lets a marketing purpose write at all (promise C18)';
REVOKE ALL ON FUNCTION {SCHEMA}.may_reach(text, text) FROM PUBLIC"""
    return _function("may_reach", create, "C18")


def _opt_outs(create: str) -> Piece:
    return _function("give_opt_outs", create, "C13")


def _watch() -> list[Piece]:
    watch = trigger("hv_opt_out", "houvast.stand", f"{SCHEMA}.stand",
                    f"AFTER INSERT ON {SCHEMA}.stand REFERENCING NEW TABLE AS came", "give_opt_outs", "C13",
                    level="STATEMENT")  # fmt: skip
    wanted = (f"SELECT DISTINCT s.kind, s.key, s.about FROM {SCHEMA}.stand s WHERE s.stand IN ('consented', 'own_customer')"
              f" AND {SCHEMA}.is_marketing(s.about)")  # fmt: skip
    statement = (f"INSERT INTO {SCHEMA}.opt_out_code (kind, key, purpose) {wanted} AND s.ctid >= {{low}} AND s.ctid < {{high}}"
                 " ON CONFLICT DO NOTHING")  # fmt: skip
    check = (f"SELECT count(*) FROM ({wanted}) w WHERE NOT EXISTS (SELECT FROM {SCHEMA}.opt_out_code c"
             " WHERE c.kind = w.kind AND c.key = w.key AND c.purpose = w.about)")  # fmt: skip
    return [
        replace(watch, as_keeper=True, locks=""),
        Piece("fill opt_out_code", "fill", Phase.ROWS_FILL, statement, "", "C13", needs=check,
              fill=Fill("houvast.stand", statement)),
    ]  # fmt: skip


def _open(seats: list[PurposeSeat], *, fast: bool) -> str:
    """SQL: the marketing purpose of which this session has a use open, or NULL."""
    cases = " ".join(
        f"WHEN {Token(seat.number, fast, seat.reader).open} THEN {literal(seat.purpose.name)}" for seat in seats
    )
    return f"CASE {cases} END" if cases else "NULL::text"


def _to_readers(seats: list[PurposeSeat], function: str) -> str:
    readers = ", ".join(ident(seat.reader) for seat in seats)
    return f";\nGRANT EXECUTE ON FUNCTION {SCHEMA}.{function} TO {readers}" if readers else ""


def _ground(seats: list[PurposeSeat], *, fast: bool) -> Piece:
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.mail_ground(kind text, key text)
RETURNS TABLE (ground text, since timestamptz, opt_out uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    ours CONSTANT text := {_open(seats, fast=fast)};
    what text;
BEGIN
    IF ours IS NULL THEN RETURN; END IF;
    what := {SCHEMA}.may_send(mail_ground.kind, mail_ground.key, ours);
    IF what ^@ 'refused' THEN RETURN; END IF;
    RETURN QUERY SELECT what, min(s.since), (array_agg(c.code))[1]
        FROM {SCHEMA}.opt_out_code c JOIN {SCHEMA}.stand s ON s.kind = c.kind AND s.key = c.key AND s.about = c.purpose
            AND s.stand = CASE what WHEN 'consent' THEN 'consented' ELSE 'own_customer' END
        WHERE c.kind = mail_ground.kind AND c.key = mail_ground.key AND c.purpose = ours
        HAVING count(*) > 0;
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.mail_ground IS 'On what ground, since when, and with which opt-out code a person may be mailed (promise C13)';
REVOKE ALL ON FUNCTION {SCHEMA}.mail_ground(text, text) FROM PUBLIC{_to_readers(seats, "mail_ground(text, text)")}"""
    return _function("mail_ground", create, "C13")


def _sent(seats: list[PurposeSeat], *, fast: bool) -> Piece:
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.sent(kind text, key text, message text, products_of text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    ours CONSTANT text := {_open(seats, fast=fast)};
BEGIN
    IF ours IS NULL THEN
        RAISE EXCEPTION 'Houvast refuses: messages are sent with a use of a marketing purpose open (promise C02).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Open one: SELECT houvast.open_use(PURPOSE, REASON).';
    END IF;
    RETURN {SCHEMA}.note_message(ours, sent.kind, sent.key, sent.message, sent.products_of);
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.sent IS 'Writes down a message, its ground and its moment, or refuses it (promise C13)';
REVOKE ALL ON FUNCTION {SCHEMA}.sent(text, text, text, text) FROM PUBLIC{_to_readers(seats, "sent(text, text, text, text)")}"""
    return _function("sent", create, "C13")


def _note_message(controller: str) -> Piece:
    """What both ways of sending end in: by a session with a use open, and by a program with a token."""
    create = f"""CREATE OR REPLACE FUNCTION {SCHEMA}.note_message(purpose text, kind text, key text, message text, products_of text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
DECLARE
    ground text;
BEGIN
    IF products_of IS DISTINCT FROM {literal(controller)} THEN
        RAISE EXCEPTION 'Houvast refuses: people are written to about our own products alone (promise C13).'
            USING ERRCODE = 'insufficient_privilege', HINT = {literal(f"Messages about products of {controller} may go.")};
    ELSIF length(btrim(coalesce(message, ''))) < 3 OR length(message) > 200 OR {SCHEMA}.personal_in(message) IS NOT NULL THEN
        RAISE EXCEPTION 'Houvast refuses: a message has a name, without personal data (promise C13).'
            USING ERRCODE = 'invalid_parameter_value', HINT = 'Name it by what it is: ''newsletter 2026-11''.';
    END IF;
    PERFORM FROM {SCHEMA}.person p WHERE p.kind = note_message.kind AND p.key = note_message.key FOR SHARE;
    ground := {SCHEMA}.may_send(note_message.kind, note_message.key, purpose);
    IF ground ^@ 'refused' THEN
        RAISE EXCEPTION 'Houvast refuses: this person may not be sent a message now (promise C13).'
            USING ERRCODE = 'insufficient_privilege', HINT = 'Send to whom may_mail shows at that moment, and to nobody else.';
    END IF;
    INSERT INTO {SCHEMA}.message (kind, key, purpose, message, ground, since)
    SELECT note_message.kind, note_message.key, purpose, btrim(note_message.message), ground, min(s.since) FROM {SCHEMA}.stand s
    WHERE s.kind = note_message.kind AND s.key = note_message.key AND s.about = purpose
      AND s.stand = CASE ground WHEN 'consent' THEN 'consented' ELSE 'own_customer' END;
    PERFORM {SCHEMA}.tell('message_sent', 'C13', jsonb_build_object('purpose', purpose, 'ground', ground),
                         jsonb_build_object('message', btrim(note_message.message)), note_message.kind, note_message.key);
    RETURN ground;
END $hv$;
COMMENT ON FUNCTION {SCHEMA}.note_message IS 'Writes down a message, or refuses it; whoever calls it has checked whose purpose it is (promise C13)';
REVOKE ALL ON FUNCTION {SCHEMA}.note_message(text, text, text, text, text) FROM PUBLIC"""
    return _function("note_message", create, "C13")


def _view(seat: PurposeSeat, ways: list[_Way]) -> list[Piece]:
    """`may_mail`: whom this purpose may write to now.

    A function lies under it, so that it is bound to no other view; PostgreSQL puts its text in its place, and weighs only whom
    a query asks for."""
    name, view = short(f"mail_{seat.purpose.name}"), relation(seat.schema, VIEW)
    selects = "\n    UNION ALL ".join(
        f"SELECT {literal(way.kind)}::text, t.{ident(way.shape.owner_column)}::text, t.{ident(way.column)}::text,"
        f" g.ground, g.since, g.opt_out FROM {way.source} t"
        f" CROSS JOIN LATERAL {SCHEMA}.mail_ground({literal(way.kind)}, t.{ident(way.shape.owner_column)}::text) g"
        f" WHERE t.{ident(way.column)} OPERATOR(pg_catalog.<>) ''"
        for way in ways
    )  # fmt: skip
    nobody = "SELECT NULL::text, NULL::text, NULL::text, NULL::text, NULL::timestamptz, NULL::uuid WHERE false"
    function = f"""SET LOCAL check_function_bodies = off;  -- its owner reads none of it
CREATE OR REPLACE FUNCTION {SCHEMA}.{ident(name)}()
RETURNS TABLE (kind text, key text, address text, ground text, since timestamptz, opt_out uuid) LANGUAGE sql STABLE AS $hv$
    {selects or nobody}
$hv$;
RESET check_function_bodies;
COMMENT ON FUNCTION {SCHEMA}.{ident(name)} IS 'Whom purpose {seat.purpose.name} may write to now; reads as its caller (promise C13)';
REVOKE ALL ON FUNCTION {SCHEMA}.{ident(name)}() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {SCHEMA}.{ident(name)}() TO {ident(seat.reader)}"""
    shown = f"""CREATE VIEW {view} WITH (security_invoker = true) AS SELECT * FROM {SCHEMA}.{ident(name)}();
ALTER VIEW {view} OWNER TO {ident(seat.views)};
COMMENT ON VIEW {view} IS 'Whom a message may go to now, on what ground, with which opt-out code (promise C13)'"""
    return [
        _function(name, function, "C13"),
        Piece(f"view {seat.schema}.{VIEW}", "view", Phase.OPEN, shown, f"DROP VIEW IF EXISTS {view}", "C13",
              opens=True, protects=True, needs="row"),
        Piece(f"grant view {seat.schema}.{VIEW}", "grant", Phase.OPEN, f"GRANT SELECT ON {view} TO {ident(seat.reader)}",
              f"REVOKE ALL ON {view} FROM {ident(seat.reader)}", "C13", opens=True, protects=True, needs="row"),
    ]  # fmt: skip
