"""Pieces about what the application already had: grants, logins, views, functions, tables without a class."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from houvast.compiler.checking import people_members
from houvast.compiler.ground import PurposeSeat
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.shape import Layout
from houvast.compiler.words import KEEPER, ident, idents, literal, reader_role, relation, total_role, view_role
from houvast.database.catalogue import Catalogue, Relation
from houvast.datamap.model import TOTALS, DataMap
from houvast.policy.model import PurposeKind


def _sql(live: Relation) -> str:
    return relation(live.schema, live.relname)


def _grantee(name: str) -> str:
    return "PUBLIC" if name == "public" else ident(name)


def _roles(datamap: DataMap, purposes: Iterable[str]) -> set[str]:
    """The roles that are ours: also those of purposes that the policy no longer has."""
    prefix = datamap.role_prefix
    return {KEEPER, *(role(prefix, name) for name in purposes for role in (reader_role, total_role, view_role))}


def _regrant(live: Relation, grantees: Sequence[str]) -> str:
    """The grants as they were, in their order."""
    texts: list[str] = []
    for grant in live.grants:
        if grant.grantee in grantees:
            column = f" ({ident(grant.column)})" if grant.column else ""
            option = " WITH GRANT OPTION" if grant.grantable else ""
            texts.append(f"GRANT {grant.privilege}{column} ON {_sql(live)} TO {_grantee(grant.grantee)}{option}")
    return ";\n".join(texts)


def _revoke(live: Relation, grantees: Sequence[str], promise: str) -> Piece:
    columns = sorted({g.column for g in live.grants if g.grantee in grantees and g.column})
    who = ", ".join(_grantee(name) for name in grantees)
    text = f"REVOKE ALL ON {_sql(live)} FROM {who}"
    if columns:
        text += f";\nREVOKE ALL ({idents(columns)}) ON {_sql(live)} FROM {who}"
    return Piece(f"revoke {live.name} from others", "revoke", Phase.CLOSE, text, _regrant(live, grantees), promise,
                 protects=True, locks=live.name)  # fmt: skip


def guarded_below(live: Relation, catalogue: Catalogue, guarded: Iterable[str]) -> set[str]:
    """The guarded tables that a view reads, by whatever way."""
    wanted, seen, stack = set(guarded), set[str](), [live.name]
    while stack:
        name = stack.pop()
        if name in seen:
            continue
        seen.add(name)
        here = catalogue.relations.get(name)
        stack += here.reads if here else ()
    return seen & wanted


def _closed_relations(datamap: DataMap, catalogue: Catalogue, layout: Layout) -> list[tuple[Relation, str]]:
    """Relations on which nobody but the owner keeps a grant, with the promise that says so."""
    schemas = {s.schema for s in [*(x.relation for x in layout.shapes.values()), *layout.others.values()]}
    closed: list[tuple[Relation, str]] = []
    for live in catalogue.relations.values():
        if live.schema not in schemas:
            continue
        if live.kind in ("r", "p", "f") and (datamap.tables.get(live.name) is None):
            closed.append((live, "C03"))
        elif (
            live.name in layout.shapes
            or (live.kind == "v" and live.name in datamap.views)
            or (live.kind == "m" and datamap.materialised.get(live.name) in ("closed", TOTALS))
        ):
            closed.append((live, "C01"))
    return closed


def application_pieces(
    datamap: DataMap, catalogue: Catalogue, layout: Layout, found: Mapping[str, PurposeSeat], known: Iterable[str] = ()
) -> list[Piece]:
    """Close what stood open, then give each purpose what holds no personal data; `known`: earlier purposes."""
    pieces: list[Piece] = []
    ours = _roles(datamap, [*found, *known])
    for live, promise in _closed_relations(datamap, catalogue, layout):
        others = [g for g in dict.fromkeys(g.grantee for g in live.grants) if g not in ours]
        if others:
            pieces.append(_revoke(live, others, promise))
    for name in datamap.views:
        live = catalogue.relations.get(name)
        if live and live.kind == "v":
            pieces.append(Piece(f"view {name} reads as its caller", "view option", Phase.CLOSE,
                                f"ALTER VIEW {_sql(live)} SET (security_invoker = true)",
                                f"ALTER VIEW {_sql(live)} RESET (security_invoker)", "C01", protects=True))  # fmt: skip
    pieces += _functions(datamap, catalogue)
    if catalogue.public_temp:
        database = ident(catalogue.database)
        pieces.append(Piece("revoke temporary from public", "revoke", Phase.CLOSE,
                            f"REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
                            f"GRANT TEMPORARY ON DATABASE {database} TO PUBLIC", "C02", protects=True))  # fmt: skip
    pieces += _future(catalogue)
    readers = [s for s in found.values() if s.purpose.kind is not PurposeKind.MIGRATION]
    pieces += _free_tables(datamap, catalogue, layout, readers)
    pieces += _logins(datamap, catalogue, found)
    return pieces


def _functions(datamap: DataMap, catalogue: Catalogue) -> list[Piece]:
    pieces: list[Piece] = []
    for name, becomes in datamap.functions.items():
        function = catalogue.functions.get(name)
        if function is None or becomes == "keep":
            continue
        sql = f"{relation(function.schema, function.proname)}({function.arguments})"
        if becomes == "invoker" and not function.definer:
            continue
        if becomes == "invoker":
            pieces.append(Piece(f"function {name} runs as its caller", "function option", Phase.CLOSE,
                                f"ALTER FUNCTION {sql} SECURITY INVOKER", f"ALTER FUNCTION {sql} SECURITY DEFINER",
                                "C01", protects=True))  # fmt: skip
        elif function.public:
            pieces.append(Piece(f"function {name} closed", "function option", Phase.CLOSE,
                                f"REVOKE ALL ON FUNCTION {sql} FROM PUBLIC", f"GRANT EXECUTE ON FUNCTION {sql} TO PUBLIC",
                                "C01", protects=True))  # fmt: skip
    return pieces


def _future(catalogue: Catalogue) -> list[Piece]:
    """Nobody but their owners makes objects, and no object to come is open to anybody before it is classified."""
    pieces = [
        Piece(f"revoke create on schema {schema} from {grantee}", "revoke", Phase.CLOSE,
              f"REVOKE CREATE ON SCHEMA {ident(schema)} FROM {_grantee(grantee)}",
              f"GRANT CREATE ON SCHEMA {ident(schema)} TO {_grantee(grantee)}", "C02", protects=True)
        for schema, grantee in catalogue.schema_creators
    ]  # fmt: skip
    for role, schema, kind, grantee, privileges in catalogue.default_grants:
        place = f" IN SCHEMA {ident(schema)}" if schema else ""
        what = f"ALTER DEFAULT PRIVILEGES FOR ROLE {ident(role)}{place}"
        on = f"{privileges} ON {'TABLES' if kind == 'r' else 'SEQUENCES'}"
        pieces.append(Piece(
            f"revoke default {role} in {schema or 'any schema'} on {kind} from {grantee}", "revoke", Phase.CLOSE,
            f"{what} REVOKE {on} FROM {_grantee(grantee)}", f"{what} GRANT {on} TO {_grantee(grantee)}",
            "C03", protects=True))  # fmt: skip
    return pieces


def _sequences(live: Relation) -> list[str]:
    """Sequences behind `nextval` defaults; identity columns need no grant."""
    found: list[str] = []
    for column in live.columns.values():
        if column.default and column.default.startswith("nextval('"):
            found.append(column.default.split("'")[1])
    return found


def _free_tables(datamap: DataMap, catalogue: Catalogue, layout: Layout, readers: Iterable[PurposeSeat]) -> list[Piece]:
    pieces: list[Piece] = []
    free = dict(layout.others)
    free |= {n: catalogue.relations[n] for n, b in datamap.materialised.items()
             if b != "closed" and n in catalogue.relations}  # fmt: skip
    guarded = [s.relation for s in layout.shapes.values()]
    for seat in readers:
        schemas = list(dict.fromkeys(r.schema for r in (*free.values(), *guarded)))
        pieces.append(Piece(f"schemas for {seat.reader}", "grant", Phase.OPEN,
                            f"GRANT USAGE ON SCHEMA {idents(schemas)} TO {ident(seat.reader)}, {ident(seat.views)}",
                            f"REVOKE USAGE ON SCHEMA {idents(schemas)} FROM {ident(seat.reader)}, {ident(seat.views)}",
                            seat.purpose.promise or "C05", protects=True))  # fmt: skip
        if seat.own:
            pieces.append(Piece(f"schemas for {seat.own}", "grant", Phase.OPEN,
                                f"GRANT USAGE ON SCHEMA {idents([*schemas, seat.schema])} TO {ident(seat.own)}",
                                f"REVOKE USAGE ON SCHEMA {idents([*schemas, seat.schema])} FROM {ident(seat.own)}", "C35", protects=True))  # fmt: skip
        for name, live in free.items():
            if seat.purpose.name not in datamap.totals_for.get(name, (seat.purpose.name,)):
                continue
            table = datamap.tables.get(name)
            writes = ", INSERT, UPDATE, DELETE" if table and seat.purpose.name in table.writers else ""
            text = f"GRANT SELECT{writes} ON {_sql(live)} TO {ident(seat.reader)}, {ident(seat.views)}"
            for sequence in _sequences(live) if writes else ():
                text += f";\nGRANT USAGE ON SEQUENCE {sequence} TO {ident(seat.reader)}"
            undo = f"REVOKE ALL ON {_sql(live)} FROM {ident(seat.reader)}, {ident(seat.views)}"
            for sequence in _sequences(live) if writes else ():
                undo += f";\nREVOKE ALL ON SEQUENCE {sequence} FROM {ident(seat.reader)}"
            pieces.append(Piece(f"grant {name} to {seat.reader}", "grant", Phase.OPEN, text, undo,
                                seat.purpose.promise or "C05", protects=True, locks=name))  # fmt: skip
        for live in guarded:
            for sequence in _sequences(live):
                pieces.append(Piece(f"sequence {sequence} for {seat.reader}", "grant", Phase.OPEN,
                                    f"GRANT USAGE ON SEQUENCE {sequence} TO {ident(seat.reader)}, {ident(seat.views)}",
                                    f"REVOKE ALL ON SEQUENCE {sequence} FROM {ident(seat.reader)}, {ident(seat.views)}",
                                    seat.purpose.promise or "C05"))  # fmt: skip
    return pieces


def _logins(datamap: DataMap, catalogue: Catalogue, found: Mapping[str, PurposeSeat]) -> list[Piece]:
    options = " WITH INHERIT FALSE, SET TRUE" if catalogue.version >= 160000 else ""
    rights = [seat for seat in found.values() if seat.purpose.kind is PurposeKind.RIGHTS]
    pieces = people_members([(seat.own, seat.reader) for seat in rights], options=options)
    for login in datamap.logins.values():
        role = catalogue.roles.get(login.name)
        held = [found[p] for p in login.purposes if p in found and found[p].purpose.kind is not PurposeKind.MIGRATION]
        if catalogue.version < 160000 and held and role and role.inherit:
            pieces.append(Piece(f"login {login.name} inherits nothing", "role option", Phase.CLOSE,
                                f"ALTER ROLE {ident(login.name)} NOINHERIT", f"ALTER ROLE {ident(login.name)} INHERIT",
                                "C02", protects=True))  # fmt: skip
        for seat in held:
            pieces.append(Piece(
                f"member {login.name} of {seat.reader}", "member", Phase.OPEN,
                f"GRANT {ident(seat.reader)} TO {ident(login.name)}{options}",
                f"REVOKE {ident(seat.reader)} FROM {ident(login.name)}", seat.purpose.promise or "C05",
                opens=True, protects=True, needs=f"member {literal(login.name)}"))  # fmt: skip
    return pieces
