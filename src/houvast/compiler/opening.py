"""Pieces that open a table to a purpose: row policies, a thin view, grants."""

from __future__ import annotations

from houvast.compiler.access import Access
from houvast.compiler.branches import totals
from houvast.compiler.compare import to_text
from houvast.compiler.forming import key_piece, key_table
from houvast.compiler.ground import PurposeSeat
from houvast.compiler.piece import Phase, Piece
from houvast.compiler.shape import Shape
from houvast.compiler.views import view_pieces
from houvast.compiler.words import SCHEMA, ident, idents, literal, relation
from houvast.policy.model import Action, PurposeKind

CELL_GRANTS = (("SELECT", "read"), ("INSERT", "insert"), ("UPDATE", "update"))


def table_pieces(access: Access) -> list[Piece]:
    """Everything that opens this table to this purpose; nothing when the policy does not."""
    if not access.may_anything:
        return []
    policies = [p for p in (
        _policy(access, "read", "SELECT", using=access.row_read),
        _policy(access, "insert", "INSERT", check=access.row_insert),
        _policy(access, "update", "UPDATE", using=access.row_update, check=access.row_updated),
        _policy(access, "delete", "DELETE", using=access.row_delete),
    ) if p]  # fmt: skip
    if not policies:
        return []
    if access.direct:
        return [*policies, _grant(access, access.seat.reader, hidden=False), *_shown_to_themselves(access)]
    return [
        *policies,
        _grant(access, access.seat.views, hidden=True),
        *([key_piece(access.seat.number, access.seat.purpose.name, access.promise)] if access.named else []),
        *look_ups(access, access.seat.views),
        *view_pieces(access),
        *_shown_to_themselves(access),
    ]


def _policy(access: Access, word: str, command: str, *, using: str = "", check: str = "") -> Piece | None:
    if not (using or check):
        return None
    name = f"hv_{access.seat.purpose.name}_{word}"
    parts = f"USING (\n    {using})" if using else ""
    parts += f" WITH CHECK (\n    {check})" if check else ""
    sql = access.shape.sql
    action = {"SELECT": Action.READ, "INSERT": Action.INSERT, "UPDATE": Action.UPDATE, "DELETE": Action.DELETE}[command]
    groups = filter(None, access.shape.categories)
    needs = sorted({to_text(b) for g in groups for b in access.branches(g, action) if not totals(b)})
    if action is Action.READ and access.seat.purpose.kind is PurposeKind.RIGHTS:
        needs += [f"in the copy of {one.way.kind}" for one in access.shape.readers]
    return Piece(
        f"policy {name} on {access.shape.name}", "policy", Phase.OPEN,
        f"CREATE POLICY {ident(name)} ON {sql} FOR {command} TO {ident(access.holder)}{_and_own(access, command)} {parts};\n"
        f"COMMENT ON POLICY {ident(name)} ON {sql} IS {literal(f'Keeps promise {access.promise}')}",
        f"DROP POLICY IF EXISTS {ident(name)} ON {sql}", access.promise, opens=True, protects=True,
        needs="\n".join(needs), locks=access.shape.name,
    )  # fmt: skip


def _grant(access: Access, role: str, *, hidden: bool) -> Piece:
    """What a role may do with the table: the view-owner role (`hidden`), which only Houvast's views and
    their triggers act as, may read all of it; a purpose's own role reads what it may see, by column."""
    shape = access.shape
    grants = ["SELECT"] if hidden else []  # PostgreSQL checks columns one by one, for each statement
    asked = (("INSERT", "insert"), ("UPDATE", "update")) if hidden else CELL_GRANTS
    for word, action in asked:
        if columns := access.columns(action):
            grants.append(f"{word} ({idents(columns)})")
    if access.row_delete:
        grants.append("DELETE")
    return Piece(f"grant {shape.name} to {role}", "grant", Phase.OPEN,
                 f"GRANT {', '.join(grants)} ON {shape.sql} TO {ident(role)}",
                 f"REVOKE ALL ON {shape.sql} FROM {ident(role)}", access.promise, opens=True, protects=True,
                 needs=access.opened_cells, locks=shape.name, instead=access.other_way(f"grant {shape.name} to {role}"))  # fmt: skip


def _and_own(access: Access, command: str) -> str:
    theirs = command == "SELECT" or (command == "UPDATE" and access.closing())
    return f", {ident(access.seat.own)}" if access.seat.own and access.direct and theirs else ""


def _shown_to_themselves(access: Access) -> list[Piece]:
    """What people see of it in their own session: they read, whatever else the purpose may do for them, and close their
    account."""
    seat, shape = access.seat, access.shape
    if not (seat.own and access.row_read):
        return []
    view = f"{seat.schema}.{shape.relation.relname}"
    name, sql, instead = (
        f"grant {view} to {seat.own}",
        relation(seat.schema, shape.relation.relname),
        f"grant view {view}",
    )
    what, closes = "SELECT", f", UPDATE ({ident(access.closing())})" if access.closing() else ""
    if access.direct:
        name, sql, instead = f"grant {shape.name} to {seat.own}", shape.sql, f"grant {shape.name} to {seat.reader}"
        what = f"SELECT ({idents(access.columns('read'))})"
    return [Piece(name, "grant", Phase.OPEN, f"GRANT {what}{closes} ON {sql} TO {ident(seat.own)}", f"REVOKE ALL ON {sql} FROM {ident(seat.own)}",
                  "C35", opens=True, protects=True, needs=access.opened_cells, instead=(instead,))]  # fmt: skip


def _books(access: Access) -> list[str]:
    """The tables of Houvast's own that say whose rows are, or in whose copy they are too."""
    shapes, shape = access.layout.shapes, access.shape
    found = [shape.owners_table] if shape.shared else []
    found += [shapes[one.above].owners_table for one in shape.readers if one.above]
    found += [relation(SCHEMA, shape.readers_name)] if any(one.way.through for one in shape.readers) else []
    return list(dict.fromkeys(found))


def look_ups(access: Access, holder: str, conditions: str = "") -> list[Piece]:
    """What the role that the policies are for must see of Houvast's own tables. `conditions`: other ones than those of rows."""
    text = conditions or access.conditions
    tables = [t.sql for t in access.layout.circumstances.values() if t.sql in text]
    tables += [table for table in _books(access) if f"{table} " in text]
    tables += [key_table(access.seat.number)] if access.named and not conditions else []
    tables += [f"{SCHEMA}.{name}" for name in ("hold", "request") if f"{SCHEMA}.{name} " in text]
    pieces: list[Piece] = []
    for table in tables:
        name, _, columns = table.partition(" ")
        grant = f"SELECT {columns}" if columns else "SELECT"
        bare = name.replace('"', "")
        pieces.append(Piece(f"look-up {bare} for {holder}", "grant", Phase.OPEN,
                            f"GRANT {grant} ON {name} TO {ident(holder)}",
                            f"REVOKE ALL ON {name} FROM {ident(holder)}", access.promise,
                            opens=holder != access.seat.views, protects=True, as_keeper=True))  # fmt: skip
    if tables:
        pieces.insert(0, Piece(
            f"schema {SCHEMA} for {holder}", "grant", Phase.OPEN,
            f"GRANT USAGE ON SCHEMA {SCHEMA} TO {ident(holder)}",
            f"REVOKE USAGE ON SCHEMA {SCHEMA} FROM {ident(holder)}", access.promise, protects=True, as_keeper=True))  # fmt: skip
    return pieces


def migration_policies(shape: Shape, seat: PurposeSeat, owner: str, access: Access) -> list[Piece]:
    """The owner of a table, while a use for migration is open, changes its shape and sees all."""
    opened = f"(SELECT {access.renderer.token.open})"
    sql, promise = shape.sql, seat.purpose.promise or "C38"
    deletes = access.row_delete or "false"
    pieces = look_ups(access, owner)
    for word, command, parts in (
        ("read", "SELECT", f"USING ({opened})"),
        ("insert", "INSERT", f"WITH CHECK ({opened})"),
        ("update", "UPDATE", f"USING ({opened}) WITH CHECK ({opened})"),
        ("delete", "DELETE", f"USING ({opened} AND {deletes})"),
    ):
        name = f"hv_{seat.purpose.name}_{word}"
        pieces.append(Piece(
            f"policy {name} on {shape.name}", "policy", Phase.OPEN,
            f"CREATE POLICY {ident(name)} ON {sql} FOR {command} TO {ident(owner)} {parts};\n"
            f"COMMENT ON POLICY {ident(name)} ON {sql} IS {literal(f'Keeps promise {promise}')}",
            f"DROP POLICY IF EXISTS {ident(name)} ON {sql}", promise, opens=True, protects=True, locks=shape.name))  # fmt: skip
    return pieces
