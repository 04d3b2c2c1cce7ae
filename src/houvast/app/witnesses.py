"""Who cosigns the log: the witnesses of the settings, or the demo's own; and what somebody must hear of them."""

from __future__ import annotations

from pathlib import Path

from houvast.app import desk
from houvast.app.places import home, sample_project
from houvast.app.project import Project
from houvast.app.settings import Evidence
from houvast.database import Connection
from houvast.evidence import rows
from houvast.evidence.cosigning import Cosigned, Cosigner, Refused, Witness
from houvast.evidence.witness_memory import signer_of

ALARM = "witness"
LONG_AWAY = 600.0
"""Seconds that a witness may be away before it is an alarm; one that refuses is an alarm at once."""
DEMO_WITNESS = "houvast-demo-witness"


def witness_folder() -> Path:
    """Where the demo's own witness keeps its key, its state and its address."""
    return home() / "witness"


def witnesses_of(project: Project, chosen: Evidence) -> tuple[Witness, ...]:
    """Those of the settings; for the sample company, the demo's own witness, once it was started."""
    address = witness_folder() / "address"
    if chosen.witnesses or project.folder.resolve() != sample_project().resolve() or not address.exists():
        return chosen.witnesses
    signer, _ = signer_of(witness_folder() / "key", witness_folder() / "state", DEMO_WITNESS)
    return (Witness(f"http://{address.read_text().strip()}", signer.verifier),)


def follow(connection: Connection, cosigner: Cosigner) -> None:
    """Raise an alarm for each witness that refuses, or is away for long; settle those of others."""
    if not rows.answers(connection) or not desk.exists(connection):
        return
    still: set[str] = set()
    for witness, outcome in cosigner.outcomes.items():
        name = witness.key.name
        if isinstance(outcome, Refused):
            words = {"nl": "weigert het logboek te ondertekenen", "en": "refuses to cosign the log"}
        elif not isinstance(outcome, Cosigned) and cosigner.away_for(witness) >= LONG_AWAY:
            words = {"nl": "ondertekent het logboek al een tijd niet", "en": "has not cosigned the log for a while"}
        elif isinstance(outcome, Cosigned):
            continue
        else:
            still.add(name)  # whether an alarm of before is over cannot be said yet
            continue
        still.add(name)
        subject = {"nl": "Getuige", "en": "Witness"}
        desk.raise_alarm(
            connection, ALARM, name, {lang: f"{subject[lang]} {name} {words[lang]}: {outcome.why}." for lang in words}
        )
    desk.settle(connection, ALARM, still)
