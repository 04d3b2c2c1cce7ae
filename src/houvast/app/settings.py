"""How an installation works, beside policy and data map: when runs are due, where alarms are mailed to, and where the
log lies."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from houvast.document import Findings, read_document
from houvast.errors import NOWHERE, Place, UsageError
from houvast.evidence import Verifier
from houvast.evidence.cosigning import Witness
from houvast.evidence.note import COSIGNATURE
from houvast.evidence.posting import check_url
from houvast.evidence.verify import Invalid
from houvast.reading import Section

SETTINGS_FILE = "settings.yaml"
SMTP_VARIABLE = "HOUVAST_SMTP_URL"
LANGUAGES = ("nl", "en")
DEFAULT_TIMES = {"prove": "17 3 * * *", "drift": "7 * * * *", "scan": "37 4 * * *"}
"""Each night, each hour, each night: cron times, in UTC."""
NEVER = "never"


@dataclass(frozen=True)
class Mail:
    """Where alarms go. `server`: a URL (smtp, smtp+starttls or smtps), "" when nobody named one."""

    to: tuple[str, ...]
    sender: str
    language: str = "nl"
    server: str = ""


@dataclass(frozen=True)
class Timestamp:
    """A timestamp authority (RFC 3161), which is asked at most once in `hours`."""

    url: str
    hours: int = 24


@dataclass(frozen=True)
class Evidence:
    """Where the log lies; "" is the default. `origin`: its name; `store`: a folder or URL; `key`: the key's file.

    `quorum`: how many of the witnesses must have cosigned before a checkpoint is published.
    """

    origin: str = ""
    store: str = ""
    key: str = ""
    witnesses: tuple[Witness, ...] = ()
    quorum: int = 0
    timestamp: Timestamp | None = None


@dataclass(frozen=True)
class Settings:
    """`times`: kind of run -> five cron fields, or "never". `mail` None: alarms show on the officer's page alone."""

    times: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_TIMES))
    mail: Mail | None = None
    evidence: Evidence = field(default_factory=Evidence)
    places: Mapping[str, Place] = field(default_factory=dict[str, Place], compare=False, repr=False)

    def place_of(self, kind: str) -> Place:
        """Where the time of a kind of run stands."""
        return self.places.get(f"worker.{kind}", NOWHERE)


def load_settings(folder: Path) -> Settings:
    """The settings in a project's folder; the defaults when there is no such file. Raises FileErrors."""
    server = os.environ.get(SMTP_VARIABLE, "")
    path = folder / SETTINGS_FILE
    if not path.exists():
        return Settings()
    findings = Findings()
    root = Section(read_document(path), findings, "the settings")
    times = root.section("worker")
    found = Settings(
        {kind: times.text(kind, default) for kind, default in DEFAULT_TIMES.items()},
        _mail(root.section("mail"), server) if "mail" in root else None,
        _evidence(root.section("evidence"), folder),
        root.places(),
    )
    times.close()
    root.close()
    findings.stop_if_any()
    return found


def _mail(section: Section, server: str) -> Mail:
    to, sender = section.texts("to"), section.required("from")
    if not to:
        section.wrong("key-missing", "to", "`mail` does not say to whom.", "Add `to: [privacy@your.example]`.")
    for key, addresses in (("to", to), ("from", (sender,))):
        for address in addresses:
            if sender and not _is_address(address):
                section.wrong("address", key, f"`{address}` is no mail address.", "Write name@domain, nothing more.")
    mail = Mail(to, sender, section.choice("language", LANGUAGES, "nl"), server or section.text("server"))
    section.close(("server",))
    return mail


def _evidence(section: Section, folder: Path) -> Evidence:
    """Folders and files are seen from the project's folder."""
    origin, store, key = section.text("origin"), section.text("store"), section.text("key")
    if any(letter.isspace() or letter == "+" for letter in origin):
        section.wrong(
            "origin", "origin", f"`{origin}` cannot be the name of a log.", "Leave out spaces and plus signs."
        )
    witnesses = _witnesses(section)
    quorum = section.text("quorum", "0")
    if not quorum.isascii() or not quorum.isdigit() or int(quorum) > len(witnesses):
        section.wrong(
            "quorum", "quorum", f"`quorum: {quorum}` cannot be reached.",
            f"Write a number from 0 to {len(witnesses)}, how many `witnesses` there are.",
        )  # fmt: skip
        quorum = "0"
    timestamp = _timestamp(section.section("timestamp")) if "timestamp" in section else None
    section.close()
    at_url = "://" in store
    place = store if at_url or not store else str(folder / store)
    return Evidence(origin, place, key and str(folder / key), witnesses, int(quorum), timestamp)


def _timestamp(section: Section) -> Timestamp:
    url, hours = section.required("url"), section.text("hours", "24")
    try:
        check_url(url or "http://missing")
    except UsageError as error:
        section.wrong("timestamp", "url", error.message, error.todo)
    if not (hours.isascii() and hours.isdigit() and 1 <= int(hours) <= 8760):
        section.wrong(
            "timestamp", "hours", f"`hours: {hours}` is no number of hours.", "Write a number from 1 to 8760."
        )
        hours = "24"
    section.close()
    return Timestamp(url, int(hours))


def _witnesses(section: Section) -> tuple[Witness, ...]:
    found: list[Witness] = []
    for one in section.sections("witnesses", "witness"):
        url, key = one.required("url"), one.required("key")
        try:
            found.append(Witness(check_url(url), Verifier.from_text(key)))
        except UsageError as error:
            one.wrong("witness", "url", error.message, error.todo)
        except Invalid as error:
            one.wrong("witness", "key", f"{error.why}.", "The witness prints its key when it starts.")
        else:
            if found[-1].key.kind != COSIGNATURE:
                one.wrong("witness", "key", "This is the key of a log.", "The witness prints its key when it starts.")
            if found[-1].key.name in (other.key.name for other in found[:-1]):
                one.wrong("witness", "key", "Two witnesses have this name.", "Let each have a name of its own.")
        one.close()
    return tuple(found)


def _is_address(text: str) -> bool:
    name, at, domain = text.partition("@")
    return bool(name and at and domain) and not any(letter.isspace() or letter in "<>,;@" for letter in name + domain)
