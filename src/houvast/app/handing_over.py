"""A person's data sent to another company, as they ask (GDPR art. 20(2)), to an address that was approved."""

from __future__ import annotations

import base64
import hashlib
import tempfile
from pathlib import Path

from houvast.app.copying import copy_to
from houvast.app.target import Target
from houvast.cases.store import refusing
from houvast.errors import DatabaseRefusal, UsageError
from houvast.evidence.posting import FAILURES, post, why
from houvast.systems import store
from houvast.systems.addresses import leads_inside, reach_outside, wrong_with

LISTED = "systems.yaml"
"""Who approves an address that stands under `receivers`."""
PATIENCE = 60.0


def ask(target: Target, request: int, address: str, by: str) -> bool:
    """Write down where the data of a request go; whether that is approved already, by `receivers` of systems.yaml.

    Raises UsageError for an address that may not be asked, Refused.
    """
    listed = address in target.project.systems.receivers
    _check(address, listed=listed)
    with target.connect() as connection, refusing(), connection.transaction():
        store.hand_over(connection, request, address, by)
        if listed:
            store.approve_address(connection, request, LISTED)
    return listed


def _check(address: str, *, listed: bool) -> None:
    wrong = wrong_with(address)
    if not wrong and not listed:
        wrong = "it is asked by https alone" if not address.startswith("https://") else ""
        wrong = wrong or ("it is not on the internet for everybody" if leads_inside(address) else "")
    if wrong:
        raise UsageError("Data cannot be handed over to this address: " + wrong + ".",
                         todo="Ask the other company for its https address; or list it under `receivers`.")  # fmt: skip


def approve(target: Target, request: int, by: str) -> None:
    """Another of the staff approves where the data go. Raises UsageError, Refused."""
    with target.connect() as connection, refusing():
        store.approve_address(connection, request, by)


def send(target: Target, request: int) -> str:
    """Send what may be taken along, as a zip file; its SHA-256, which the log tells. Nothing is followed.

    Raises UsageError when that was not approved, DatabaseRefusal when the other company does not take it.
    """
    with target.connect() as connection:
        address, person, language = store.handover(connection, request)
    listed = address in target.project.systems.receivers
    _check(address, listed=listed)
    with tempfile.TemporaryDirectory(prefix="houvast-") as folder:
        file = Path(folder) / "copy.zip"
        copy_to(target, ":".join(person), file, language=language, portable=True)
        data = file.read_bytes()
    digest = hashlib.sha256(data)
    headers = {"Content-Digest": f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"}
    try:
        status, _ = post(
            address, data, "application/zip", PATIENCE, headers, method="PUT", reach=None if listed else reach_outside
        )
    except FAILURES as error:
        raise DatabaseRefusal(f"The other company does not answer: {why(error)}.", todo="Try again later.") from None
    if not 200 <= status < 300:
        raise DatabaseRefusal(f"The other company does not take the data (HTTP {status}).",
                              todo="Ask them; redirects are not followed.")  # fmt: skip
    with target.connect() as connection:
        store.handed_over(connection, request, digest.hexdigest())
    return digest.hexdigest()
