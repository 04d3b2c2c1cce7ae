"""What a database could not keep of several owners is refused when the map is laid over it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from houvast.compiler.resolving import resolve
from houvast.database import read_catalogue
from houvast.datamap.model import Owner, Table, Where
from houvast.errors import FileErrors
from tests.rights.ownership.apps import Apps


def _maker(column: str, empties: tuple[str, ...] = ()) -> Owner:
    return Owner("maker", (column,), empties=empties)


MAPS: dict[str, tuple[str, str, Callable[[Table], Table]]] = {
    "an owner who cannot go out of the row": (
        "owner-stays", "photos.remark", lambda t: replace(t, owners=(_maker("maker_id"), _maker("photo_id")))),
    "an owner whom another table names": (
        "owner-far", "photos.remark",
        lambda t: replace(t, owners=(*t.owners, Owner("maker", ("photo_id", "maker_id"))))),
    "what goes along is a key": (
        "owner-empties-key", "photos.message",
        lambda t: replace(t, owners=(_maker("sender_id", empties=("id",)), *t.owners[1:]))),
    "a reader who is held in the row": (
        "reader-stays", "photos.message", lambda t: replace(t, accessed_by=(_maker("sender_id"),))),
    "a link that holds the row back for a reader": (
        "reader-holds", "conference.paper",
        lambda t: replace(t, owners=(), ownerless=True, accessed_by=(replace(t.owners[0], where=Where()),))),
    "a link whose rows are somebody else's": (
        "link-owner", "files.file",
        lambda t: replace(t, owners=(t.owners[0], Owner("keeper", ("file_id",), "files.share", "file_id")))),
    "a link that makes owners of two rows": (
        "link-twice", "chat.line",
        lambda t: replace(t, owners=(Owner("chatter", ("chatter_id",), "chat.member", "room_id"),))),
    "a link by a column that is not there": (
        "no-column", "files.file",
        lambda t: replace(t, owners=(replace(t.owners[1], where=Where({"mood": ("in",)})),))),
    "a way that the map does not list": (
        "owner-unlisted", "photos.message",
        lambda t: replace(t, columns={n: c for n, c in t.columns.items() if n != "sender_id"})),
}  # fmt: skip


@pytest.mark.parametrize("name", MAPS)
def test_a_map_that_cannot_be_kept_is_refused(apps: Apps, name: str) -> None:
    code, table, change = MAPS[name]
    changed = change(apps.datamap.tables[table])
    datamap = replace(apps.datamap, tables={**apps.datamap.tables, table: changed})
    with pytest.raises(FileErrors) as caught:
        resolve(datamap, read_catalogue(apps.admin))
    assert code in {finding.code for finding in caught.value.findings}
    assert all(finding.todo for finding in caught.value.findings)
