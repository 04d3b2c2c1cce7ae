"""A first data map of a live database: what its catalogue says, proposed in the words of the policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from houvast.app.places import MAP_FILE
from houvast.app.project import load_project
from houvast.compiler.application import guarded_below
from houvast.compiler.words import writable
from houvast.database import connect, read_catalogue
from houvast.database.catalogue import Catalogue, Relation
from houvast.datamap import load_datamap
from houvast.datamap.proposing import Proposal, Seen, extend, propose
from houvast.document import Entries, Items, Node, Text, parse, read_text
from houvast.errors import DatabaseRefusal, FileErrors, Finding, UsageError
from houvast.policy import Policy, load_versions
from houvast.writing import entry

_OURS = ("houvast", "houvast_desk")


@dataclass(frozen=True)
class Draft:
    """A map as it is written now ("" when there is none), and what is proposed for it."""

    policy: Policy
    path: Path
    written: str
    proposal: Proposal

    def text(self, proposal: Proposal) -> str:
        """The map with a proposal in it. Raises FileErrors when that could not be read as a data map."""
        text = extend(self.written, proposal)
        if not _holds(parse(text, str(self.path)), parse(self.written, str(self.path))):
            raise UsageError(
                f"{self.path} is written in a way that nothing can be added to.",
                todo="Write its sections one entry a line, with the same indentation, and run again.",
            )
        return text


def draft(folder: Path, url: str, output: Path | None = None) -> Draft:
    """Propose a map for the project in a folder. Reads the database's catalogue alone, never a row.

    `output`: the map that is extended, by default the project's own.

    Raises:
        FileErrors: the policy or the map that is there holds mistakes.
        DatabaseRefusal: the map is of another database.
    """
    policy = load_versions(folder)[-1]
    path = output or folder / MAP_FILE
    seen = look(url)
    known = load_datamap(path) if path.exists() else None
    if known and known.database != seen.database:
        raise DatabaseRefusal(
            f"The data map is of the database `{known.database}`; this is `{seen.database}`.",
            todo=f"Give the URL of `{known.database}`, or set `database: {seen.database}` in the map.",
        )
    written = read_text(path) if path.exists() else _new(policy, seen.database)
    return Draft(policy, path, written, propose(seen, policy, known))


def keep(made: Draft, proposal: Proposal) -> None:
    """Write the map, whole or not at all.

    Raises:
        UsageError: somebody changed the file meanwhile, or it cannot be written.
        FileErrors: it would not be a data map; nothing was written.
    """
    text, path = made.text(proposal), made.path
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, "utf-8")
        load_datamap(new)
        if path.exists() and read_text(path) != made.written:
            raise UsageError(f"{path} was changed meanwhile; nothing was written.", todo="Run this again.")
        new.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", todo="Give another with --output.") from error
    finally:
        new.unlink(missing_ok=True)


def left_to_do(folder: Path) -> tuple[Finding, ...]:
    """What `houvast check` finds in the project now."""
    try:
        load_project(folder)
    except FileErrors as error:
        return error.findings
    return ()


def look(url: str) -> Seen:
    """What a database says of itself. Reads the catalogue alone; needs no right but to connect."""
    with connect(url) as connection:
        return seen_in(read_catalogue(connection))


def seen_in(catalogue: Catalogue) -> Seen:
    """What a proposal needs of a catalogue: the application's tables, and what reads past their rules.

    A name that `apply` would refuse can stand in no map, so what is named so stays closed. Partitions go with their
    table.
    """
    tables = {
        name: replace(one, columns={key: column for key, column in one.columns.items() if writable(key)})
        for name, one in catalogue.relations.items()
        if one.kind in ("r", "p")
        and not (one.partition or _ours(one))
        and writable(one.schema)
        and writable(one.relname)
    }
    owners = Counter(one.owner for one in tables.values())
    readers = {
        name: one.kind
        for name, one in catalogue.relations.items()
        if one.kind in ("v", "m") and not _ours(one) and guarded_below(one, catalogue, tables)
    }
    return Seen(
        catalogue.database,
        tables,
        owners.most_common(1)[0][0] if owners else "",
        _logins(catalogue, owners),
        [name for name, kind in readers.items() if kind == "v"],
        [f.name for f in catalogue.functions.values() if f.definer and f.schema not in _OURS],
        [name for name, kind in readers.items() if kind == "m"],
        [name for name in catalogue.roles if name.startswith("hv_") and "houvast" not in catalogue.schemas],
    )


def _logins(catalogue: Catalogue, owners: Mapping[str, int]) -> list[str]:
    """Logins of this server that own no table and are held by grants."""
    return [
        name
        for name, role in sorted(catalogue.roles.items())
        if role.login and name not in owners and not (role.superuser or role.bypass or name.startswith("houvast"))
    ]


def _ours(one: Relation) -> bool:
    return one.schema in _OURS or one.owner.startswith(("hv_", "houvast"))


def _new(policy: Policy, database: str) -> str:
    lines = ("map", database), ("database", database), ("policy", policy.name)
    return "".join(f"{entry(key, value)}\n" for key, value in lines)


def _holds(new: Node, old: Node) -> bool:
    """Whether everything that stood in a document still stands in another, in the same place."""
    if isinstance(old, Entries):
        return isinstance(new, Entries) and all(
            name in new.values and _holds(new.values[name], one) for name, one in old.values.items()
        )
    if isinstance(old, Items):
        same = isinstance(new, Items) and len(new.items) == len(old.items)
        return isinstance(new, Items) and same and all(map(_holds, new.items, old.items))
    return not old.value or (isinstance(new, Text) and new.value == old.value)
