"""What can be wrong with a log, as Houvast's own errors; and the stand-alone verifier's `Invalid` made into one."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from houvast.errors import HouvastError, UsageError
from houvast.evidence.verify import Invalid


class EvidenceError(HouvastError):
    """What lies here is not what the log signed, or cannot be written."""

    code = "evidence"


class MissingTile(EvidenceError):
    """A file of the log is not in its store."""


@contextmanager
def said_by_houvast(*, todo: str) -> Generator[None]:
    """Within it, what the verifier finds invalid is an EvidenceError that says what to do."""
    try:
        yield
    except Invalid as found:
        raise EvidenceError(str(found), todo=todo) from found


def missing_extra(error: ImportError) -> UsageError:
    """The error for a library of the extra `evidence` that is not installed."""
    return UsageError(f"This needs the evidence ({error.name}).", todo="pip install 'houvast[evidence]'")
