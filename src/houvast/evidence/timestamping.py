"""Anchoring in time: a timestamp authority (RFC 3161) signs the hash of what the log signed, and when that was.

The token lies in the store as `timestamps/SIZE.tsr`, for a checkpoint of that size; `timestamps/list` says which there
are. What is hashed is the checkpoint's text, which anyone who has the log's tiles can write again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from houvast.evidence.posting import FAILURES, post, why
from houvast.evidence.problems import EvidenceError, MissingTile, missing_extra
from houvast.evidence.store import Store
from houvast.evidence.verify import Checkpoint, Invalid

if TYPE_CHECKING:
    from rfc3161_client import TimeStampResponse

LIST = "timestamps/list"
PATIENCE = 3.0
"""Seconds that an authority may take for each step."""


def token_path(size: int) -> str:
    """Where the token of a checkpoint of so many entries lies."""
    return f"timestamps/{size}.tsr"


def stamps(store: Store) -> Mapping[int, datetime]:
    """The sizes that were stamped, and when, oldest first. Raises EvidenceError for a damaged list."""
    try:
        lines = store.get(LIST).decode(errors="replace").split("\n")[:-1]
        return {int(size): datetime.fromisoformat(at) for size, _, at in (line.partition(" ") for line in lines)}
    except MissingTile:
        return {}
    except ValueError:
        raise EvidenceError(
            f"`{LIST}` in the evidence store is damaged.", todo="Put its copy back, or take it away: it is made anew."
        ) from None


def stamp(store: Store, url: str, checkpoint: Checkpoint) -> datetime:
    """Have an authority stamp a checkpoint, and keep its token; when that was, by its clock.

    Raises EvidenceError when it does not answer, or with something else than it was asked for.
    """
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder
    except ImportError as error:
        raise missing_extra(error) from error
    text = checkpoint.text().encode()
    asked = TimestampRequestBuilder().data(text).hash_algorithm(HashAlgorithm.SHA256).cert_request(cert_request=True)
    request = asked.nonce(nonce=True).build()
    try:
        status, data = post(url, request.as_bytes(), "application/timestamp-query", PATIENCE)
    except FAILURES as error:
        raise _failed(url, why(error)) from error
    if status != 200:
        raise _failed(url, f"it answers {status}")
    try:
        found = _read(data, text)
    except Invalid as error:
        raise _failed(url, error.why) from None
    if found.tst_info.nonce != request.nonce:
        raise _failed(url, "the token is of another request")
    known = stamps(store)
    store.put(token_path(checkpoint.size), data)
    at = found.tst_info.gen_time.astimezone(UTC)
    lines = {**known, checkpoint.size: at}
    store.put(LIST, "".join(f"{size} {when.isoformat()}\n" for size, when in lines.items()).encode())
    return at


def check_token(data: bytes, checkpoint: Checkpoint, roots: bytes) -> datetime:
    """When a checkpoint was stamped, by an authority whose certificate leads to one of `roots` (PEM).

    Raises Invalid when the token does not hold, UsageError without rfc3161-client.
    """
    try:
        from cryptography.x509 import load_pem_x509_certificates
        from rfc3161_client import VerificationError, VerifierBuilder
    except ImportError as error:
        raise missing_extra(error) from error
    try:
        certificates = load_pem_x509_certificates(roots)
    except ValueError:
        raise Invalid("this is no certificate in PEM", "timestamp root") from None
    text = checkpoint.text().encode()
    found = _read(data, text)
    try:
        VerifierBuilder(roots=certificates).build().verify_message(found, text)
    except (VerificationError, ValueError) as error:
        raise Invalid(f"the timestamp does not hold ({error})", token_path(checkpoint.size)) from None
    return found.tst_info.gen_time.astimezone(UTC)


def _read(data: bytes, text: bytes) -> TimeStampResponse:
    """A token over this text, whoever signed it. Raises Invalid."""
    from rfc3161_client import PKIStatus, decode_timestamp_response

    try:
        found = decode_timestamp_response(data)
        granted = found.status in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS)
        if not granted or found.tst_info.message_imprint.message != sha256(text).digest():
            raise ValueError("refused, or of another text")
    except ValueError:
        raise Invalid("this is no timestamp of this checkpoint (RFC 3161)", "timestamps") from None
    return found


def _failed(url: str, reason: str) -> EvidenceError:
    return EvidenceError(
        f"The timestamp authority {url} did not stamp the log: {reason}.", todo="It is asked again later by itself."
    )
