"""A witness (C2SP tlog-witness v1, tlog-cosignature v1): it signs a log's checkpoint only when the log did nothing but
grow since the last one that it signed. Values in, an answer out; `witness_server.py` keeps and speaks.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from houvast.evidence.note import Signer, Verifier
from houvast.evidence.tree import EMPTY, verify_consistency
from houvast.evidence.verify import Checkpoint, Invalid, open_note, unbase64

MOST = 1 << 16
"""Bytes of a request or an answer, at most: 63 hashes and a note are far less."""
PLAIN, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
_REQUEST = re.compile(r"old (0|[1-9][0-9]{0,14})\n((?:[A-Za-z0-9+/]{43}=\n){0,63})\n(.+)", re.DOTALL)


@dataclass(frozen=True)
class Answer:
    """What a witness answers, as HTTP says it. `keep`: the note that it must keep, on disk, before it answers.

    `origin`: the log, when it is a known one that truly signed this.
    """

    status: int
    body: str
    sort: str = PLAIN
    origin: str = ""
    keep: str = ""


def request(old: int, proof: Sequence[bytes], note: str) -> bytes:
    """What a log asks: to cosign this note, which continues its log of `old` entries by this proof (RFC 6962)."""
    hashes = "".join(f"{base64.b64encode(one).decode()}\n" for one in proof)
    return f"old {old}\n{hashes}\n{note}".encode()


def answer(data: bytes, logs: Sequence[Verifier], kept: Mapping[str, str], signer: Signer, seconds: int) -> Answer:
    """The answer to an `add-checkpoint`.

    logs: the keys of the logs that it watches; a log that changes its key has two under one name.
    kept: the last note that was cosigned, by the log's name. seconds: now, since 1970.
    """
    shape = _REQUEST.fullmatch(data.decode(errors="replace"))
    try:
        if not shape:
            raise ValueError("not its lines")
        old, note, new = int(shape[1]), shape[3], checkpoint_in(shape[3])
        proof = [unbase64(line) for line in shape[2].split()]
    except (ValueError, Invalid):
        return Answer(400, "This is no request to add a checkpoint (C2SP tlog-witness).\n")
    known = [one for one in logs if one.name == new.origin]
    if not known:
        return Answer(404, "This witness does not watch that log.\n")
    try:
        text = open_note(note, known).text
    except Invalid:
        return Answer(403, "This checkpoint is not signed by a key that this witness knows of that log.\n")
    last = checkpoint_in(kept[new.origin]) if new.origin in kept else Checkpoint(new.origin, 0, EMPTY)
    refusal = _refusal(old, proof, new, last)
    return refusal or Answer(200, signer.line(text, seconds), PLAIN, new.origin, note)


def checkpoint_in(note: str) -> Checkpoint:
    """The checkpoint of a note, whoever signed it; lines that a log adds below its root are left out.

    Raises Invalid.
    """
    text = note.partition("\n\n")[0]
    return Checkpoint.parse("".join(f"{line}\n" for line in text.split("\n")[:3]))


def _refusal(old: int, proof: Sequence[bytes], new: Checkpoint, last: Checkpoint) -> Answer | None:
    if old > new.size:
        return Answer(400, "The old size is larger than the checkpoint's.\n", origin=new.origin)
    if old != last.size:
        return Answer(409, f"{last.size}\n", SIZE, new.origin)
    if old == new.size and new.root != last.root:
        return Answer(409, "A log of this size was cosigned with another root.\n", origin=new.origin)
    if not verify_consistency(old, new.size, last.root, new.root, proof):
        return Answer(
            422, "The proof does not show that this log continues the one cosigned last.\n", origin=new.origin
        )
    return None
