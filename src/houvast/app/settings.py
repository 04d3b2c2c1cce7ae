"""How an installation works, beside policy and data map: when runs are due, where alarms are mailed to, and where the
log lies."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from houvast.app.issuers import Issuer, read_issuers
from houvast.app.relays import Relays, read_relays
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
IMAP_VARIABLE = "HOUVAST_IMAP_PASSWORD"
LANGUAGES = ("nl", "en")
DEFAULT_TIMES = {"prove": "17 3 * * *", "drift": "7 * * * *", "scan": "37 4 * * *"}
"""Each night, each hour, each night: cron times, in UTC."""
NEVER = "never"
IMAP_PORTS = {"imap": 143, "imap+starttls": 143, "imaps": 993}


@dataclass(frozen=True)
class Mail:
    """Where alarms go. `server`: a URL (smtp, smtp+starttls or smtps), "" when nobody named one."""

    to: tuple[str, ...]
    sender: str
    language: str = "nl"
    server: str = ""


@dataclass(frozen=True)
class Inbox:
    """The mailbox for privacy. `server`: a URL (imaps, imap+starttls; imap on this machine only), with the user in it.

    `password_file`: only its owner may read it; the environment's password goes first. `move`: the folder to which
    what was taken in goes, "" leaves it where it is. `name`: how our own mail server calls itself in
    Authentication-Results, "" when none is believed. `days`: after how many an alarm says that nobody looked.
    """

    server: str
    mailbox: str = "INBOX"
    password_file: str = ""
    move: str = ""
    name: str = ""
    days: int = 3
    password: str = field(default="", repr=False)


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
class Diagnostics:
    """Where what customers send lies, encrypted (`store`: a folder or URL), and its keys (`keys`: a folder, apart)."""

    store: str = ""
    keys: str = ""


@dataclass(frozen=True)
class Settings:
    """`times`: kind of run -> five cron fields, or "never". `mail` None: alarms show on the officer's page alone.

    `issuers`: where else people may sign in. `backup_keys`: public keys of age, for which backups are encrypted.
    `relays`: by which two browsers find one another.
    """

    times: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_TIMES))
    mail: Mail | None = None
    evidence: Evidence = field(default_factory=Evidence)
    inbox: Inbox | None = None
    issuers: tuple[Issuer, ...] = ()
    backup_keys: tuple[str, ...] = ()
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    relays: Relays = field(default_factory=Relays)
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
        _inbox(root.section("inbox"), folder) if "inbox" in root else None,
        read_issuers(root, folder),
        _backup(root.section("backup")),
        _diagnostics(root.section("diagnostics"), folder),
        read_relays(root.section("looking"), folder),
        root.places(),
    )
    times.close()
    root.close()
    findings.stop_if_any()
    return found


def _backup(section: Section) -> tuple[str, ...]:
    keys = section.texts("for")
    for key in keys:
        if not key.startswith("age1"):
            section.wrong(
                "backup-key", "for", "This is no public key of age.", "Write what houvast backup key prints: age1..."
            )
    section.close()
    return keys


def imap_url(url: str) -> SplitResult:
    """The parts of a mail server's URL to read from. Raises ValueError for one that cannot be understood."""
    parts = urlsplit(url)
    if parts.scheme not in IMAP_PORTS or not parts.hostname or not parts.username or (parts.port or 1) < 1:
        raise ValueError(parts.scheme)
    return parts


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


def _inbox(section: Section, folder: Path) -> Inbox:
    server, days = section.required("server"), section.text("days", "3")
    if server:
        try:
            parts = imap_url(server)
        except ValueError:
            section.wrong("inbox", "server", f"`{_without_password(server)}` is no mail server that can be read from.",
                          "Write imaps://user@host, imap+starttls://user@host, or imap://user@localhost.")  # fmt: skip
        else:
            if parts.password:
                section.wrong("inbox", "server", "A password stands in this file.",
                              f"Put it in a file of its own (`password_file`), or in {IMAP_VARIABLE}.")  # fmt: skip
            if parts.scheme == "imap" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
                section.wrong("inbox", "server", "Without encryption anybody on the way reads along.",
                              "Write imaps:// or imap+starttls://; imap:// is for this machine only.")  # fmt: skip
    if not (days.isascii() and days.isdigit() and 1 <= int(days) <= 28):
        section.wrong("inbox", "days", f"`days: {days}` is no number of days.", "Write a number from 1 to 28.")
        days = "3"
    file = section.text("password_file")
    found = Inbox(server, section.text("mailbox", "INBOX"), str(folder / file) if file else "", section.text("move"),
                  section.text("name"), int(days), os.environ.get(IMAP_VARIABLE, ""))  # fmt: skip
    section.close()
    return found


def _without_password(url: str) -> str:
    return url if "@" not in url else f"{url.partition('://')[0]}://...@{url.rpartition('@')[2]}"


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


def _diagnostics(section: Section, folder: Path) -> Diagnostics:
    """Folders are seen from the project's folder."""
    store, keys = section.text("store"), section.text("keys")
    if store and store == keys:
        section.wrong("diagnostics", "keys", "The keys lie in the store that they open.", "Give them a folder apart.")
    for key, place in (("store", store), ("keys", keys)):
        if place and "://" not in place and folder.resolve().is_relative_to((folder / place).resolve()):
            section.wrong("diagnostics", key, f"`{key}` holds the project itself.", "Give it a folder apart.")
    section.close()
    return Diagnostics(store if "://" in store or not store else str(folder / store), keys and str(folder / keys))


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
