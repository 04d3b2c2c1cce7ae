"""A receipt: one entry, with the proof that it is in the log, in a file that a person keeps.

It verifies offline with the log's public key (`verify.py`, `houvast evidence verify`, the page *check a receipt*).
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import cast

from houvast.evidence.canonical import canonical
from houvast.evidence.note import Verifier
from houvast.evidence.problems import EvidenceError
from houvast.evidence.tree import Read, inclusion, leaf_hash, verify_inclusion
from houvast.evidence.verify import Checkpoint, commitment, open_note, read_entry

FORMAT = "receipt/1"


def make(
    entry: bytes, index: int, note: str, log: Verifier, read: Read, opened: Mapping[str, tuple[bytes, object]]
) -> str:
    """The text of a receipt for the entry (its canonical bytes) at this index.

    note: a checkpoint that holds the entry, with the signatures that it has by now.
    read: the hashes of the log of that checkpoint, as `Tiles(store, size).read`.
    opened: sealed fields that the person may see: the field's salt (32 bytes) and value.

    It is verified before it is given away. Raises EvidenceError when it does not hold, MissingTile.
    """
    checkpoint = Checkpoint.parse(open_note(note, [log]).text)
    path = inclusion(index, checkpoint.size, read) if index < checkpoint.size else []
    if not verify_inclusion(leaf_hash(entry), index, checkpoint.size, path, checkpoint.root):
        raise EvidenceError(
            f"Entry {index} is not in the log that this checkpoint signs, so there is no receipt for it.",
            todo="Wait until it has been integrated; if it was, check the store: houvast evidence verify.",
        )
    sealed = cast("Mapping[str, str]", read_entry(entry, f"entry {index}")["sealed"])
    for name, (salt, value) in opened.items():
        if sealed.get(name) != commitment(salt, value):
            raise EvidenceError(
                f"Entry {index} did not seal this `{name}`.", todo="Give the salt and value of this entry."
            )
    lines = "".join(f"{base64.b64encode(one).decode()}\n" for one in path)
    receipt = {
        "houvast": FORMAT,
        "entry": entry.decode(),
        "opened": {name: {"salt": _text(salt), "value": value} for name, (salt, value) in opened.items()},
        "proof": f"c2sp.org/tlog-proof@v1\nindex {index}\n{lines}\n{note}",
        "key": log.to_text(),
    }
    return canonical(receipt).decode() + "\n"


def _text(salt: bytes) -> str:
    return base64.urlsafe_b64encode(salt).decode().rstrip("=")
