"""A checkpoint: what a log signs (C2SP tlog-checkpoint). So many entries, under this root."""

from __future__ import annotations

from collections.abc import Sequence

from houvast.evidence.note import Signer, sign
from houvast.evidence.problems import EvidenceError, said_by_houvast
from houvast.evidence.verify import Checkpoint, Verifier, open_note

__all__ = ["Checkpoint", "opened", "signed"]


def signed(checkpoint: Checkpoint, signer: Signer) -> str:
    """The note that the log publishes. Raises EvidenceError when the key is another log's."""
    if signer.name != checkpoint.origin:
        raise EvidenceError(
            f"The key is of the log {signer.name}, the checkpoint of {checkpoint.origin}.",
            todo="Set `evidence.origin` to the name of the key, or give the key of this log.",
        )
    return sign(checkpoint.text(), signer)


def opened(note: str, log: Verifier, witnesses: Sequence[Verifier] = ()) -> Checkpoint:
    """The checkpoint in a note that this log signed. Raises EvidenceError when it did not, or a signature is false."""
    with said_by_houvast(todo="Give the key that signed this log, or put an undamaged copy back."):
        found = open_note(note, [log, *witnesses])
        checkpoint = Checkpoint.parse(found.text)
    if log not in found.signed_by or checkpoint.origin != log.name:
        raise EvidenceError(f"This checkpoint is not signed by {log.name}.", todo="Give the key of this log.")
    return checkpoint
