"""A mail that came in, as far as it is read: bounded in size, depth and time. Pure: bytes in, values out.

Nothing here is proof of anything: every header but the ones that our own mail server wrote can be forged (RFC 5322 says
who writes what, RFC 3834 whom not to answer, RFC 3464 what a report of delivery is).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses

from houvast.cases.plain import own_words, plain_of_html

READ = 512 * 1024
"""Bytes of a mail that are read; the rest stays in the mailbox."""
HEADERS = 64 * 1024
LONGEST = 20_000
"""Characters of its text that are kept, as of every request."""
_PARTS = 20
"""How many parts may lie in each other and beside each other."""
_NESTING = re.compile(rb"boundary|message/", re.IGNORECASE)
_BLANK = re.compile(rb"\r?\n\r?\n")
_CHARSETS = re.compile(
    r"(us-)?ascii|utf-?8|utf-?16(le|be)?|iso-?8859-\d{1,2}|latin-?\d|windows-125\d|cp125\d|koi8-[ru]"
)
_ADDRESS = re.compile(r"[^\s@<>,;:\"\\()\x00-\x20\x7f-\x9f\ud800-\udfff]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_AUTO_SUBJECT = re.compile(
    r"\s*(out of office|automatic reply|auto(matic)?[- ]?(reply|response)|automatisch antwoord|afwezig|"
    r"automatische antwort|abwesenheit)",
    re.IGNORECASE,
)
_BOUNCE_SUBJECT = re.compile(
    r"undeliver|not delivered|delivery (status|failure)|returned mail|mail delivery failed|failure notice|niet bezorgd|"
    r"onbestelbaar|unzustellbar|nicht zugestellt",
    re.IGNORECASE,
)
_DAEMON = re.compile(r"(mailer-daemon|postmaster|mail-daemon)@", re.IGNORECASE)
_NOBODY = re.compile(
    r"(no-?reply|do-?not-?reply|bounces?|mailer-daemon|postmaster|[^@]*-(request|owner|bounces?))@", re.IGNORECASE
)
_ID = re.compile(r"<([^<>\s]{1,250})>")
_FORWARD = re.compile(r"\s*(fwd?|doorst|wg|tr)\s*:", re.IGNORECASE)
_DEFECTS = (ValueError, LookupError, RecursionError, TypeError, AttributeError, MessageError)
"""What the parser raises for a mail that is wrong in a way that it has no word for."""


@dataclass(frozen=True)
class Incoming:
    """A mail, as far as it was read.

    `sender`: the address that it says it is from, "" when that is none. `text`: its words, without what it quotes.
    `digest`: tells it from every other. `is_auto`: a machine or a list sent it; `is_list`: a list alone did, which our
    own address may be; `is_answerable`: somebody may be told that it came in. `bounced`: the Message-IDs of ours that a
    report says did not arrive. `notes`: what was not read.
    """

    sender: str
    subject: str
    text: str
    digest: str
    is_auto: bool = False
    is_bounce: bool = False
    is_list: bool = False
    is_answerable: bool = True
    is_forwarded: bool = False
    bounced: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    passed: str = ""


def read(raw: bytes, size: int = 0, server: str = "") -> Incoming:
    """Read the first bytes of a mail that has `size` bytes in all.

    `server`: the name that our own mail server gives itself in Authentication-Results; "": none is believed.
    """
    notes: list[str] = []
    raw, size = raw[:READ], max(size, len(raw))
    if size > len(raw):
        notes.append("rest")
    head = _BLANK.search(raw[:HEADERS])
    if head is None and len(raw) > HEADERS:
        notes.append("headers")
        raw = raw[:HEADERS]
    if len(_NESTING.findall(raw)) > _PARTS:
        notes.append("parts")
        raw = raw[: head.end()] if head else raw[:HEADERS]
    try:
        message = BytesParser(policy=compat32).parsebytes(raw, headersonly="parts" in notes)
        return _incoming(message, raw, notes, server)
    except _DEFECTS:
        return Incoming("", "", "", hashlib.sha256(raw).hexdigest(), is_answerable=False, notes=(*notes, "parts"))


def _incoming(message: Message, raw: bytes, notes: list[str], server: str) -> Incoming:
    subject = header(message, "Subject")[:200]
    sender = address([str(value)[:2000] for value in message.get_all("From", [])])
    bounce = _is_bounce(message, subject, sender)
    auto = bounce or _is_auto(message, subject)
    text, attached = ("", False) if "parts" in notes else _text(message, bounce)
    if attached:
        notes.append("attachments")
    forwarded = _FORWARD.match(subject) is not None
    words = clean(text if bounce else own_words(text, forwarded=forwarded))
    if len(words) > LONGEST:
        notes.append("rest")
    return Incoming(
        sender=sender,
        subject=subject,
        text=words[:LONGEST],
        digest=_digest(message, raw),
        is_auto=auto,
        is_bounce=bounce,
        is_list=auto and not bounce and not _is_reply(message, subject),
        is_answerable=bool(sender) and not auto and not _NOBODY.match(sender),
        is_forwarded=forwarded,
        bounced=_bounced(message, text) if bounce else (),
        notes=tuple(dict.fromkeys(notes)),
        passed=_passed(message, server),
    )


def header(message: Message, name: str) -> str:
    """A header in plain words; "" when it is not there. Never more than 2,000 characters of it are decoded."""
    value = str(message.get(name, ""))[:2000]
    parts: list[str] = []
    try:
        for part, charset in decode_header(value):
            parts.append(part if isinstance(part, str) else _decoded(part, charset or "ascii"))
    except (ValueError, LookupError):
        return clean(value).strip()
    return " ".join(clean("".join(parts)).split())


def address(values: Sequence[str]) -> str:
    """The one address in a header as it is written, its domain in small letters; "" when it holds none, or several.

    What is encoded there is left as it is, so that no address hides in a name; nor in an address.
    """
    found = [one for _, one in getaddresses(list(values))]
    if len(found) != 1 or _ADDRESS.fullmatch(found[0]) is None or "=?" in found[0] or ".." in found[0]:
        return ""  # "=?" begins an encoded word, that whoever writes to it would decode
    local, _, domain = found[0].rpartition("@")
    return f"{local}@{domain.lower()}"


def clean(text: str) -> str:
    """Without what no text holds and no database takes."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _decoded(content: bytes, charset: str) -> str:
    """Only the charsets of mail: Python knows codecs that take hours."""
    known = charset.strip("\"' ").lower()
    return content.decode(known if _CHARSETS.fullmatch(known) else "latin-1", "replace")


def _text(message: Message, bounce: bool) -> tuple[str, bool]:
    """Its plain text, else its HTML as text; and whether something is attached."""
    plain: list[str] = []
    html: list[str] = []
    attached = False
    for number, part in enumerate(message.walk()):
        if number > _PARTS:
            break
        if part.is_multipart():
            continue
        sort, shown = part.get_content_type(), (part.get_content_disposition() or "inline") == "inline"
        if not (shown and sort in ("text/plain", "text/html")):
            attached = attached or not bounce
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            (plain if sort == "text/plain" else html).append(_decoded(payload, part.get_content_charset("utf-8")))
    if any(one.strip() for one in plain):
        return "\n".join(plain), attached
    return "\n".join(plain_of_html(one) for one in html), attached


def _is_bounce(message: Message, subject: str, sender: str) -> bool:
    if message.get_content_type() == "multipart/report":
        return (message.get_param("report-type") or "delivery-status") == "delivery-status"
    empty = header(message, "Return-Path").strip() == "<>"
    return (empty or _DAEMON.match(sender) is not None) and _BOUNCE_SUBJECT.search(subject) is not None


def _is_auto(message: Message, subject: str) -> bool:
    """What a machine or a list sent, which nobody answers (RFC 3834, RFC 2919)."""
    return (
        _is_reply(message, subject)
        or any(name in message for name in ("List-Id", "List-Unsubscribe"))
        or header(message, "Precedence").lower() in ("bulk", "list", "junk", "auto_reply")
    )


def _is_reply(message: Message, subject: str) -> bool:
    """What a machine sent by itself."""
    said = header(message, "Auto-Submitted").lower()
    return bool(
        (said and not said.startswith("no"))
        or any(name in message for name in ("X-Autoreply", "X-Autorespond"))
        or header(message, "Precedence").lower() == "auto_reply"
        or header(message, "Return-Path").strip() == "<>"
        or _AUTO_SUBJECT.match(subject)
    )


def _bounced(message: Message, text: str) -> tuple[str, ...]:
    """The Message-IDs in what a report of a failure for good gives back."""
    whole = [
        part.as_string()[:20_000] for part in message.walk() if part.get_content_type() == "message/delivery-status"
    ]
    if whole and not any(re.search(r"^Status:\s*5\.", one, re.MULTILINE | re.IGNORECASE) for one in whole):
        return ()
    found = [str(part.get("Message-ID", "")) for part in list(message.walk())[1:]]
    returned = [str(part.get_payload())[:20_000] for part in message.walk()
                if part.get_content_type() == "text/rfc822-headers"]  # fmt: skip
    lines = "\n".join([*returned, text[:20_000]]).splitlines()
    found += [line for line in lines if "message-id:" in line.lower()]
    return tuple(dict.fromkeys(match[1] for line in found for match in _ID.finditer(line)))[:10]


def _digest(message: Message, raw: bytes) -> str:
    """The same for a mail that is delivered twice, whatever servers wrote above it."""
    body = _BLANK.split(raw, maxsplit=1)[-1]
    said = "\n".join(str(message.get(name, "")) for name in ("Message-ID", "From", "Date", "Subject"))
    return hashlib.sha256(said.encode("utf-8", "replace") + b"\0" + body).hexdigest()


def _passed(message: Message, server: str) -> str:
    """What our own server says of the sender's domain, when it says so in the uppermost such header."""
    said = header(message, "Authentication-Results")
    if not server or said.partition(";")[0].split()[:1] != [server]:
        return ""
    found = re.search(r"\bdmarc=(pass|fail)\b", said, re.IGNORECASE)
    return found[1].lower() if found else ""
