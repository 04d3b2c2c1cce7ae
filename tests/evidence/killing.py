"""A round of the sequencer in a process of its own, which ends where it is told to."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping

from houvast.database import connect
from houvast.evidence import Signer, open_store
from houvast.evidence.sequence import integrate


def a_round(url: str, where: str, key: str, step: str, put: int, environment: Mapping[str, str]) -> None:
    """Kill this process at a step, or instead of the nth write; without either, the round ends by itself."""
    os.environ.update(environment)
    store, left = open_store(where), [put]
    write = store.put

    def writing(path: str, data: bytes) -> None:
        left[0] -= 1
        if left[0] == 0:
            _end()
        write(path, data)

    store.put = writing  # pyright: ignore[reportAttributeAccessIssue]
    with connect(url) as connection:
        integrate(
            connection,
            store,
            Signer.from_text(key),
            cosign=lambda note: note,
            pause=lambda name: _end() if name == step else None,
        )


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
