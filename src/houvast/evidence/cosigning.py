"""Asking the witnesses: each, at the same time, to cosign a checkpoint, with the proof from the size that it knows.

What a witness that is away costs is at most `patience` once; from then on it is asked without waiting for it, until it
answers again. Nothing here touches a database.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from houvast.evidence.note import Verifier, open_note
from houvast.evidence.posting import FAILURES, post, why
from houvast.evidence.problems import EvidenceError
from houvast.evidence.store import Store
from houvast.evidence.tiles import Tiles
from houvast.evidence.tree import Read, consistency
from houvast.evidence.verify import Checkpoint, Invalid
from houvast.evidence.witness import checkpoint_in, request

PATIENCE = 2.0
"""Seconds in which witnesses must have answered."""
_CALL = 10.0
"""Seconds that one step of a call may take that nobody waits for."""
AGAIN = 30.0
"""Seconds after which a witness that lacks is asked again, where the log did not grow meanwhile."""
_TRIES = 3
"""A witness may be asked by two programs at once, and so have grown between two tries."""


class QuorumMissing(EvidenceError):
    """Fewer witnesses cosigned than this log needs before it publishes."""

    code = "quorum"


@dataclass(frozen=True)
class Witness:
    """Where a witness is asked (its submission prefix), and its key."""

    url: str
    key: Verifier


@dataclass(frozen=True)
class Cosigned:
    """It cosigned: the line to add to the note, and when."""

    line: str
    at: datetime


@dataclass(frozen=True)
class Away:
    """It has not cosigned, and that says nothing of the log: not there, wrongly set up, disturbed."""

    why: str


@dataclass(frozen=True)
class Refused:
    """It refuses, for what it cosigned before is not the past of this: the log was rolled back, or has forked."""

    why: str


Outcome = Cosigned | Away | Refused


class Cosigner:
    """Has the witnesses of one log cosign its checkpoints (a `sequence.Cosign`), and remembers how each is doing.

    quorum: how many must have cosigned before a checkpoint is published. patience: seconds to wait for them.
    """

    def __init__(
        self, store: Store, witnesses: Sequence[Witness], *, quorum: int = 0, patience: float = PATIENCE
    ) -> None:
        self.outcomes: dict[Witness, Outcome] = {}
        self._store, self._witnesses, self._quorum, self._patience = store, witnesses, quorum, patience
        self._sizes: dict[Witness, int] = {}
        self._calls: dict[Witness, _Call] = {}
        self._since: dict[Witness, float] = {}
        self._asked = 0.0

    def __call__(self, note: str) -> str:
        """The note with the cosignatures that could be had in time. Raises QuorumMissing."""
        self._asked = time.monotonic()
        calls = {one: self._call(one, note) for one in self._witnesses if not cosigned(note, one.key)}
        deadline = time.monotonic() + self._patience
        for witness, call in calls.items():
            if self._quorum or witness not in self._since:
                call.join(max(0.0, deadline - time.monotonic()))
            note += self._settle(witness, call, note)
        self._check(note)
        return note

    def away_for(self, witness: Witness) -> float:
        """For how many seconds it has not cosigned, at the times that it was asked."""
        return time.monotonic() - self._since[witness] if witness in self._since else 0.0

    def lacks(self) -> bool:
        """Whether the last checkpoint lacks the cosignature of a witness."""
        return any(not isinstance(self.outcomes.get(one), Cosigned) for one in self._witnesses)

    def is_due(self) -> bool:
        """Whether one that lacks is to be asked once more, though the log did not grow."""
        return self.lacks() and time.monotonic() - self._asked >= AGAIN

    def _call(self, witness: Witness, note: str) -> _Call:
        """A call that is under way; the one before when that has not ended."""
        before = self._calls.get(witness)
        if before and before.is_alive():
            return before
        call = _Call(witness, note, self._store, self._sizes)
        if before and isinstance(before.outcome, Cosigned):
            self._since.pop(witness, None)  # it answered after all, too late for its own note
        elif before and isinstance(before.outcome, Refused):
            call.outcome = before.outcome  # until it says otherwise, however slowly
        self._calls[witness] = call
        call.start()
        return call

    def _settle(self, witness: Witness, call: _Call, note: str) -> str:
        outcome = call.outcome
        if isinstance(outcome, Cosigned) and call.text != _text(note):
            outcome = Away("it is slow, and answers for an older checkpoint")
        self.outcomes[witness] = outcome
        if isinstance(outcome, Cosigned):
            self._since.pop(witness, None)
            return outcome.line
        self._since.setdefault(witness, time.monotonic())
        return ""

    def _check(self, note: str) -> None:
        found = {one: cosigned(note, one.key) for one in self._witnesses}
        for one, at in found.items():
            if at and not isinstance(self.outcomes.get(one), Cosigned):
                self.outcomes[one] = Cosigned("", at)
        count = sum(at is not None for at in found.values())
        if count < self._quorum:
            reasons = "; ".join(
                f"{one.key.name}: {outcome.why}"
                for one, outcome in self.outcomes.items()
                if not isinstance(outcome, Cosigned)
            )
            raise QuorumMissing(
                f"{count} of the {self._quorum} witnesses that are needed have cosigned ({reasons}).",
                todo="The log is published when they answer again; or ask for fewer (settings, `evidence: quorum`).",
            )


def cosigned(note: str, key: Verifier) -> datetime | None:
    """When this witness cosigned the note; None when it did not, or its line is false."""
    try:
        return open_note(note, [key]).signed_by[key]
    except Invalid:
        return None


def ask(
    witness: Witness, note: str, read: Read, post: Callable[[bytes], tuple[int, bytes]], known: int = 0
) -> tuple[Outcome, int | None]:
    """Ask one witness; what came of it, and the size of this log that it holds by then (None: not known).

    read: the hashes of the log of this note. known: the size that it held before, as far as is known.
    post: sends a request. Raises what that raises.
    """
    new, old, status = checkpoint_in(note), known, 0
    for _ in range(_TRIES):
        status, data = post(request(old, consistency(old, new.size, read), note))
        body = data.decode(errors="replace")
        if status == 200:
            return _accept(witness, note, body, new)
        if status == 409:
            size = int(body) if body.strip().isdecimal() and body.isascii() and len(body) < 17 else old
            if size > new.size:
                return Refused(f"it cosigned {size:,} entries of this log before, and now there are {new.size:,}"), None
            if size == old:
                break
            old = size
            continue
        if status == 422:
            break
        return Away(f"it answers {status}: {_first_line(body)}"), None
    if status in (409, 422) and (status == 422 or old == new.size):
        return Refused(f"the first {old:,} entries are not those that it cosigned before: the log has forked"), None
    return Away("it does not say consistently which size it holds"), None


def _accept(witness: Witness, note: str, body: str, new: Checkpoint) -> tuple[Outcome, int | None]:
    for line in body.split("\n")[:-1]:
        candidate = f"{_text(note)}\n{line}\n"
        at = cosigned(candidate, witness.key)
        if at:
            return Cosigned(f"{line}\n", at), new.size
    return Away("what it answers is not signed with the key that it should have"), None


def _text(note: str) -> str:
    return note.partition("\n\n")[0] + "\n"


def _first_line(text: str) -> str:
    return "".join(letter for letter in text.split("\n")[0][:120] if letter.isprintable())


class _Call(threading.Thread):
    """One witness being asked, beside the program's own work."""

    def __init__(self, witness: Witness, note: str, store: Store, sizes: dict[Witness, int]) -> None:
        super().__init__(name="cosigning", daemon=True)
        self.outcome: Outcome = Away("it did not answer in time")
        self.text = _text(note)
        self._witness, self._note, self._store, self._sizes = witness, note, store, sizes

    def run(self) -> None:
        witness, known = self._witness, self._sizes.pop(self._witness, 0)
        size = checkpoint_in(self._note).size
        try:
            outcome, held = ask(
                witness, self._note, Tiles(self._store, size).read, self._post, known if known <= size else 0
            )
        except FAILURES as error:
            outcome, held = Away(why(error)), None
        except EvidenceError as error:
            outcome, held = Away(f"the proof for it cannot be made: {error.message}"), None
        if held is not None:
            self._sizes[witness] = held
        self.outcome = outcome

    def _post(self, data: bytes) -> tuple[int, bytes]:
        return post(f"{self._witness.url.rstrip('/')}/add-checkpoint", data, "text/plain; charset=utf-8", _CALL)
