"""Getting a use, a role or a right that nobody gave: forged tokens, roles taken, memberships made up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from houvast.compiler.words import KEEPER, ident, literal
from houvast.proof.attempts.aim import Target, aims
from houvast.proof.field import Field
from houvast.proof.probe import Probe

SETTINGS = ("backtrace_functions", "houvast.use")


def forgeries(field: Field) -> Iterator[Probe]:
    """Every such attempt, for every purpose."""
    for target in aims(field):
        for setting in SETTINGS:
            yield from _settings(target, setting)
        yield from _functions(target)
        yield from _sessions(target)
        yield from _roles(target)


def _token(t: Target) -> str:
    return f"hv_{t.field.numbers[t.opened.purpose]}_1__"


def _settings(t: Target, setting: str) -> Iterator[Probe]:
    token, name = literal(_token(t)), ident(setting)
    ways = {
        f"SET {setting} by hand": (f"SET {name} = {token}",),
        f"set_config of {setting}": (f"SELECT set_config({literal(setting)}, {token}, false)",),
        f"RESET {setting}": (f"RESET {name}",),
    }
    for words, steps in ways.items():
        yield replace(t.probe(words, (*steps, *t.enter, t.select(t.seen)), t.seen, None), fresh=True)
    local = t.probe(f"SET LOCAL {setting}", (f"SET LOCAL {name} = {token}", *t.enter, t.select(t.seen)), t.seen, None)
    yield replace(local, fresh=True, rollback=True)
    start = t.probe(f"{setting} from the start of the connection", (*t.enter, t.select(t.seen)), t.seen, None)
    yield replace(start, fresh=True, options=f"-c {setting}={_token(t)}")
    if setting == SETTINGS[0]:
        yield t.order(f"{setting} for the login itself", f"ALTER ROLE CURRENT_USER SET {name} = {token}")


def _functions(t: Target) -> Iterator[Probe]:
    token = literal(_token(t))
    for call in (
        f"set_token({token}, 1)",
        f"set_token_here({token}, 1)",
        "clear_token()",
        "refresh_person('', '')",
    ):
        yield t.order(f"calling houvast.{call.split('(')[0]}", f"SELECT houvast.{call}")


def _sessions(t: Target) -> Iterator[Probe]:
    base = t.select(t.seen, t.base)
    ways = {
        "everything discarded, the role taken again": ("DISCARD ALL", *t.enter, t.select(t.seen)),
        "the role laid down": ("RESET ROLE", t.select(t.seen)),
        "the role laid down, the base table": ("RESET ROLE", base),
        "the session user's own role, the base table": ("RESET SESSION AUTHORIZATION", base),
    }
    for words, steps in ways.items():
        yield replace(t.probe(words, steps, t.seen, t.opened), fresh=True)


def _roles(t: Target) -> Iterator[Probe]:
    seats = t.field.compiled.seats
    strange = [s.reader for name, s in seats.items() if t.login not in t.field.logins(name) and s.reader]
    owner = ident(t.spot.shape.relation.owner)
    orders = {
        "the role that owns the views": f"SET ROLE {t.views}",
        "the keeper's role": f"SET ROLE {KEEPER}",
        "another purpose's role": f"SET ROLE {ident(strange[0] if strange else 'pg_read_all_data')}",
        "the role of the tables' owner": f"SET ROLE {owner}",
        "another session user": f"SET SESSION AUTHORIZATION {owner}",
        "membership for itself": f"GRANT {t.views} TO CURRENT_USER",
        "past row security": "ALTER ROLE CURRENT_USER BYPASSRLS",
        "a role of its own": "CREATE ROLE hv_forged",
        "firing no triggers": "SET session_replication_role = replica",
        "the server's files": "SELECT pg_read_file('PG_VERSION')",
        "the server's folders": "SELECT pg_ls_dir('.')",
        "a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    }
    for words, text in orders.items():
        yield t.order(words, text)
