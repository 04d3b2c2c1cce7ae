"""Ways round the rules that were found, or tried, when row security was looked at closely; none may work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from houvast.compiler.words import KEEPER, ident, idents, literal
from houvast.policy.model import Action
from houvast.proof.attempts.reads import read, truth
from houvast.proof.attempts.uses import targets
from houvast.proof.canary import CanaryRow, where_key
from houvast.proof.field import Field, Spot
from houvast.proof.probe import NOT_CHANGED, NOT_SEEN, REFUSED, Kind, Opened, Probe
from houvast.proof.states import State
from houvast.proof.values import is_text

_WRITES = frozenset({"42501", "0A000", "55000", "42809", "428C9", "42P10", "23502", "23503", "23505", "23514"})
"""Refused by a right, a view, a key or a check, before anything hidden is read."""


@dataclass(frozen=True)
class Target:
    """A login with a use, a canary that it sees there and one that it does not."""

    field: Field
    login: str
    spot: Spot
    opened: Opened
    seen: CanaryRow
    hidden: CanaryRow

    @property
    def promises(self) -> frozenset[str]:
        """Whose promises fall if an attack works."""
        return self.field.promises(self.spot.category, self.opened.purpose)

    @property
    def base(self) -> str:
        """The application's table itself."""
        return self.spot.shape.sql

    @property
    def cell(self) -> str:
        """The column that is tried."""
        return ident(self.spot.column.name)

    @property
    def role(self) -> str:
        """The role of the purpose."""
        return ident(self.field.compiled.seats[self.opened.purpose].reader)

    @property
    def enter(self) -> tuple[str, str]:
        """Taking the role and path of the purpose without its use."""
        return f"SET ROLE {self.role}", f"SET search_path = {ident(self.opened.purpose)}, public"

    def look(self, words: str, *steps: str, row: CanaryRow | None = None, opened: Opened | None = None, **more: object) -> Probe:
        """An attack that must not show a canary."""
        wanted = row or self.hidden
        probe = Probe(self._name(words), "attack", self.login, steps, NOT_SEEN, self.promises, opened=opened,
                      truth=truth(self.spot, wanted), marker=wanted.marker, fresh=True)  # fmt: skip
        return replace(probe, **more)  # pyright: ignore[reportArgumentType]

    def order(self, words: str, *steps: str, opened: Opened | None = None, family: str = "attack") -> Probe:
        """An attack that must be refused."""
        return Probe(self._name(words), family, self.login, steps, REFUSED, self.promises, kind=Kind.ORDER, opened=opened,
                     rollback=True)  # fmt: skip

    def _name(self, words: str) -> str:
        return f"{self.login}, {self.opened.purpose}, {self.spot.shape.name}: {words}"


def aims(field: Field) -> Iterator[Target]:
    """One target for each purpose."""
    for login, spot, opened in targets(field):
        seen = field.canary(spot, given=opened.purpose)
        hidden = next((row for row in _hidden(field, spot, opened)), None)
        if seen and hidden:
            yield Target(field, login, spot, opened, seen[1], hidden)


def _hidden(field: Field, spot: Spot, opened: Opened) -> Iterator[CanaryRow]:
    for state in (State.OBJECTED, State.WITHDRAWN, State.ENDED, State.CLOSED, State.EXPIRED, State.RESTRICTED):
        found = field.canary(spot, state, opened.purpose)
        if found and not field.permits(opened.purpose, Action.READ, spot, found[1], opened):
            yield found[1]


def attacks(field: Field) -> Iterator[Probe]:
    """Every attack, for every purpose that a login may open."""
    for target in aims(field):
        for sort in (_leaks, _writes, _tokens, _roles, _objects, _inside):
            yield from sort(target)


def _leaks(t: Target) -> Iterator[Probe]:
    where = t.hidden.where
    cell = f"v.{t.cell}"
    on = where_key(t.hidden.key, "v")
    texts = {
        "a function that tells its argument, in WHERE": f"SELECT {t.cell} FROM {t.spot.sql} WHERE {where} AND ({t.cell}::text)::int = 1",
        "the same in the ON of an outer join":
            f"SELECT {cell} FROM (VALUES (1)) x(a) LEFT JOIN {t.spot.sql} v ON (v.{t.cell}::text)::int = 1 AND {on}",
        "the same in a CASE": f"SELECT CASE WHEN ({t.cell}::text)::int = 1 THEN {t.cell} END FROM {t.spot.sql} WHERE {where}",
        "COPY TO": f"COPY (SELECT {t.cell} FROM {t.spot.sql} WHERE {where}) TO STDOUT",
        "a row lock": f"SELECT {t.cell} FROM {t.spot.sql} WHERE {where} FOR UPDATE",
        "a grouping by key": f"SELECT max({t.cell}) FROM {t.spot.sql} WHERE {where} GROUP BY {idents(t.hidden.key)}",
        "the planner's statistics":
            f"SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE schemaname = {literal(t.spot.shape.relation.schema)}"
            f" AND tablename = {literal(t.spot.shape.relation.relname)} AND attname = {literal(t.spot.column.name)}",
        "a query inside a function": f"SELECT query_to_xml({literal(f'SELECT {t.cell} FROM {t.base} WHERE {where}')}, true, true, '')",
    }  # fmt: skip
    for words, text in texts.items():
        yield t.look(words, text, opened=t.opened, fresh=False)
    yield t.look("row security switched off for the session", "SET row_security = off",
                 f"SELECT {t.cell} FROM {t.spot.sql} WHERE {where}", opened=t.opened)  # fmt: skip
    yield t.look("a cursor", "BEGIN", f"DECLARE c CURSOR FOR SELECT {t.cell} FROM {t.spot.sql} WHERE {where}", "FETCH ALL FROM c",
                 opened=t.opened)  # fmt: skip


def _writes(t: Target) -> Iterator[Probe]:
    where, table = t.hidden.where, t.spot.sql
    first = ident(next(iter(t.hidden.key)))
    forged = _forged(t)
    texts = {
        "INSERT with ON CONFLICT DO UPDATE on a hidden row":
            f"INSERT INTO {table} AS v ({idents(forged)}) VALUES ({', '.join(forged.values())})"
            f" ON CONFLICT ({idents(t.hidden.key)}) DO UPDATE SET {first} = excluded.{first} RETURNING v.{t.cell}",
        "the same with the hidden value in its WHERE":
            f"INSERT INTO {table} AS v ({idents(forged)}) VALUES ({', '.join(forged.values())}) ON CONFLICT ({idents(t.hidden.key)})"
            f" DO UPDATE SET {first} = excluded.{first} WHERE (v.{t.cell}::text)::int = 1 RETURNING v.{t.cell}",
        "UPDATE with RETURNING": f"UPDATE {table} SET {t.cell} = {t.cell} WHERE {where} RETURNING {t.cell}",
        "DELETE with RETURNING": f"DELETE FROM {table} WHERE {where} RETURNING {t.cell}",
    }  # fmt: skip
    for words, text in texts.items():
        yield t.look(words, text, opened=t.opened, fresh=False, rollback=True, tolerated=_WRITES)
    on = where_key(t.hidden.key, "v")
    for words, act in {"MERGE that updates": f"UPDATE SET {t.cell} = v.{t.cell}", "MERGE that deletes": "DELETE"}.items():
        text = f"MERGE INTO {table} v USING (SELECT 1) s ON {on} WHEN MATCHED THEN {act}"
        yield t.look(words, text, opened=t.opened, fresh=False, rollback=True, tolerated=_WRITES, kind=Kind.WRITE,
                     expected=NOT_CHANGED)  # fmt: skip


def _forged(t: Target) -> dict[str, str]:
    """A row with the key of a hidden one and values of the attacker."""
    found: dict[str, str] = {}
    for name, column in t.spot.shape.relation.columns.items():
        value = t.hidden.values.get(name)
        if column.generated or value is None or not (column.not_null or name in t.hidden.key):
            continue
        own = is_text(column.type) and name not in t.hidden.key and name not in t.spot.shape.table.canary
        found[name] = literal("forged" if own else str(value))
    return found


def _tokens(t: Target) -> Iterator[Probe]:
    token = literal(f"hv_{t.field.numbers[t.opened.purpose]}_1__")
    last = read(t.spot, t.seen, t.login, None, "", "", t.promises, seen=False).steps
    for setting in ("backtrace_functions", '"houvast.use"'):
        name = setting.strip('"')
        ways: dict[str, tuple[str, ...]] = {
            f"SET {name} by hand": (f"SET {setting} = {token}",),
            f"set_config of {name}": (f"SELECT set_config({literal(name)}, {token}, false)",),
            f"RESET {name}": (f"RESET {setting}",),
        }
        for words, steps in ways.items():
            yield t.look(words, *steps, *t.enter, *last, row=t.seen)
        yield t.look(f"{name} from the start of the connection", *t.enter, *last, row=t.seen,
                     options=f"-c {name}={token.strip(chr(39))}")  # fmt: skip
        yield t.order(f"{name} for the login itself", f"ALTER ROLE CURRENT_USER SET {setting} = {token}") if name[0] == "b" else t.look(
            f"{name} inside a transaction", "BEGIN", f"SET LOCAL {setting} = {token}", *t.enter, *last, row=t.seen)
    for call in (f"set_token({token}, 1)", f"set_token_here({token}, 1)", "clear_token()", "refresh_person('customer', '1')"):
        yield t.order(f"calling houvast.{call.split('(')[0]}", f"SELECT houvast.{call}")
    yield t.look("everything discarded, the role taken again", "DISCARD ALL", *t.enter, *last, row=t.seen, opened=t.opened)
    yield t.look("the role laid down", "RESET ROLE", *last, row=t.seen, opened=t.opened)
    yield t.look("the role laid down, the base table", "RESET ROLE", f"SELECT {t.cell} FROM {t.base} WHERE {t.seen.where}",
                 row=t.seen, opened=t.opened)  # fmt: skip


def _roles(t: Target) -> Iterator[Probe]:
    views = ident(t.field.compiled.seats[t.opened.purpose].views)
    others = [s.reader for n, s in t.field.compiled.seats.items() if t.login not in t.field.logins(n) and s.reader]
    orders = {
        "the role that owns the views": f"SET ROLE {views}", "the keeper's role": f"SET ROLE {KEEPER}",
        "another purpose's role": f"SET ROLE {ident(others[0])}" if others else "SET ROLE pg_read_all_data",
        "the role of the tables' owner": f"SET ROLE {ident(t.spot.shape.relation.owner)}",
        "another session user": f"SET SESSION AUTHORIZATION {ident(t.spot.shape.relation.owner)}",
        "membership for itself": f"GRANT {views} TO CURRENT_USER", "past row security": "ALTER ROLE CURRENT_USER BYPASSRLS",
        "a role of its own": "CREATE ROLE hv_forged", "firing no triggers": "SET session_replication_role = replica",
        "the server's files": "SELECT pg_read_file('PG_VERSION')", "a program": "SELECT 1 FROM pg_ls_dir('.')",
    }  # fmt: skip
    for words, text in orders.items():
        yield t.order(words, text)


def _objects(t: Target) -> Iterator[Probe]:
    base, schema = t.base, ident(t.opened.purpose)
    policy = ident(f"hv_{t.opened.purpose}_read")
    orders = {
        "a temporary table": "CREATE TEMPORARY TABLE hv_forged (a int)",
        "a function in public": "CREATE FUNCTION public.hv_forged() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "a table beside the application's": "CREATE TABLE public.hv_forged (a int)", "a schema": "CREATE SCHEMA hv_forged",
        "a view in the purpose's schema": f"CREATE VIEW {schema}.hv_forged AS SELECT 1",
        "row security off": f"ALTER TABLE {base} DISABLE ROW LEVEL SECURITY", "a policy of its own": f"CREATE POLICY hv_forged ON {base}",
        "a policy away": f"DROP POLICY {policy} ON {base}", "triggers off": f"ALTER TABLE {base} DISABLE TRIGGER USER",
        "TRUNCATE": f"TRUNCATE {base} CASCADE", "LOCK TABLE": f"LOCK TABLE {base} IN ACCESS EXCLUSIVE MODE NOWAIT",
        "the guard": f"SELECT hv_guard FROM {base} WHERE {t.seen.where}", "the whole row of the base table": f"SELECT v FROM {base} v WHERE {t.seen.where}",
        "writing the guard": f"UPDATE {base} SET hv_guard = -1 WHERE {t.hidden.where}",
        "people's answers": "SELECT guard FROM houvast.person", "making up consent": "INSERT INTO houvast.stand (kind, key, stand) VALUES ('a', 'b', 'allowed')",
        "making up a use": "INSERT INTO houvast.use (login, purpose, reason, until) VALUES (session_user, 1, 'forged', 'infinity')",
        "changing when a version counts": "UPDATE houvast.version SET effective = '-infinity'",
    }  # fmt: skip
    if not t.field.compiled.accesses[t.opened.purpose, t.spot.shape.name].direct:
        orders["the base table below the view"] = f"SELECT {t.cell} FROM {base} WHERE {t.seen.where}"
    for words, text in orders.items():
        yield t.order(words, text, opened=t.opened, family="base table" if "base table" in words else "attack")


def _inside(t: Target) -> Iterator[Probe]:
    """What the application already has in the database: views, functions, materialised views."""
    live = t.field.catalogue
    closed = [n for n, b in t.field.map.materialised.items() if b == "closed"]
    for name in (*t.field.map.views, *closed):
        found = live.relations[name]
        text = f"SELECT * FROM {ident(found.schema)}.{ident(found.relname)} LIMIT 1"
        yield t.order(f"the application's view {name}", text, opened=t.opened)
        yield t.order(f"the application's view {name} with no use open", text)
    for name, becomes in t.field.map.functions.items():
        function = live.functions.get(name)
        if becomes == "keep" or function is None:
            continue
        text = f"SELECT {ident(function.schema)}.{ident(function.proname)}({{}})"
        ways = {"": ("NULL", t.opened), " with no use open": (t.seen.row.people[0].key[1], None)}
        for words, (key, opened) in ways.items():
            call = text.format(", ".join(_argument(kind, key, t.seen.marker) for kind in function.arguments.split(", ") if kind))
            yield t.look(f"the application's function {name}{words}", call, row=t.seen, opened=opened, fresh=False,
                         tolerated=frozenset({"42501", "0A000"}))  # fmt: skip


def _argument(kind: str, key: str, marker: str) -> str:
    """A value for a function: the person's number, the canary's text, or nothing."""
    if kind.endswith(("int", "integer", "bigint")):
        return key
    return literal(marker) if kind.endswith("text") else "NULL"
