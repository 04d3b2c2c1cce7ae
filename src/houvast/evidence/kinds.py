"""What can be written into the log: a closed registry of kinds of entries, each with the fields that it has.

`body` is public, so its fields are counts, digests, closed lists and names that the policy or the database gives, never
anything about a person. What only a receipt shows is sealed: of it an entry holds a commitment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from houvast.evidence.problems import EvidenceError

SUBJECT = "subject"
"""The sealed field that says whom an entry is about, as `kind:key`."""
NAME_LENGTH = 200
_PATTERNS = {"digest": re.compile(r"[0-9a-f]{64}"), "name": re.compile(r"[^\x00-\x1f\x7f]*")}


class EntryRefused(EvidenceError):
    """An entry is of no kind that is known, or not as its kind says."""

    code = "entry"


class Sort(StrEnum):
    """What a field of a body holds."""

    NAME = "name"  # of a purpose, a login, a policy: at most 200 characters, no control characters
    COUNT = "count"  # a whole number from 0 on
    DIGEST = "digest"  # SHA-256, as 64 hexadecimal digits
    CHOICE = "choice"  # one of a closed list


@dataclass(frozen=True)
class Field:
    """A field of a body, always there. `choices`: of a choice."""

    name: str
    sort: Sort
    says: str
    choices: tuple[str, ...] = ()

    def accepts(self, value: object) -> bool:
        """Whether this field can hold a value."""
        if self.sort is Sort.COUNT:
            return type(value) is int and 0 <= value < 10**15
        if not isinstance(value, str):
            return False
        if self.sort is Sort.CHOICE:
            return value in self.choices
        return len(value) <= NAME_LENGTH and _PATTERNS[self.sort].fullmatch(value) is not None

    @property
    def schema(self) -> dict[str, object]:
        """As JSON Schema says it."""
        schemas: dict[Sort, dict[str, object]] = {
            Sort.COUNT: {"type": "integer", "minimum": 0, "exclusiveMaximum": 10**15},
            Sort.DIGEST: {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            Sort.NAME: {"type": "string", "maxLength": NAME_LENGTH, "pattern": r"^[^\x00-\x1f\x7f]*$"},
            Sort.CHOICE: {"enum": list(self.choices)},
        }
        return schemas[self.sort]


@dataclass(frozen=True)
class Kind:
    """A kind of entry. `sealed`: what it may commit to, name -> meaning; `person`: and to whom it is about."""

    name: str
    says: str
    body: tuple[Field, ...] = ()
    sealed: Mapping[str, str] | None = None
    person: bool = False

    @property
    def sealed_names(self) -> frozenset[str]:
        """Every sealed field that an entry of this kind may have."""
        return frozenset({*(self.sealed or {}), *({SUBJECT} if self.person else ())})

    def check(self, body: Mapping[str, object], sealed: Iterable[str]) -> None:
        """Raise EntryRefused for fields that this kind does not have, or that hold what they may not."""
        if set(body) != {field.name for field in self.body}:
            raise EntryRefused(f"The body of {self.name} has other fields than it must: {', '.join(sorted(body))}.")
        for field in self.body:
            if not field.accepts(body[field.name]):
                raise EntryRefused(f"Field {field.name} of {self.name} holds what it may not.")
        strange = sorted(set(sealed) - self.sealed_names)
        if strange:
            raise EntryRefused(f"{self.name} has no sealed field {', '.join(strange)}.")

    @property
    def schema(self) -> dict[str, object]:
        """The JSON Schema of its body."""
        return {
            "type": "object",
            "properties": {field.name: field.schema for field in self.body},
            "required": [field.name for field in self.body],
            "additionalProperties": False,
        }


def kind(name: str) -> Kind:
    """A kind by its name. Raises EntryRefused for one that is not registered."""
    found = KINDS.get(name)
    if found is None:
        raise EntryRefused(f"There is no kind of entry `{name[:60]}`.", todo=f"The kinds are: {', '.join(KINDS)}.")
    return found


def _name(name: str, says: str) -> Field:
    return Field(name, Sort.NAME, says)


def _count(name: str, says: str) -> Field:
    return Field(name, Sort.COUNT, says)


def _digest(name: str, says: str) -> Field:
    return Field(name, Sort.DIGEST, says)


def _choice(name: str, says: str, *choices: str) -> Field:
    return Field(name, Sort.CHOICE, says, choices)


_PURPOSE = _name("purpose", "for which purpose, as the policy names it")
_LOGIN = _name("login", "the login of the application, as the database names it")
_TRIES = (
    _count("attempts", "how many attempts were made on it"),
    _count("passed", "how many went as promised"),
)
_USE = {"use": "its number in the register of uses"}
_REASON = {"reason": "the reason that was given"}
_EXCHANGE = {"exchange": "its number"}
_CASE = {"request": "its number", "due": "the last day for the answer"}
REFUSALS = ("purpose unknown", "purpose not granted", "reason missing", "reason personal", "not in force",
            "person missing", "case missing", "no request", "no hold", "no such use", "not verified",
            "no session", "over the limit")  # fmt: skip
STATES = ("known", "closed", "restricted", "told", "allowed", "objected", "consented", "own_customer", "withdrawn",
          "stopped", "contested", "accepted", "address", "linked", "request", "hold", "mandate", "passkey",
          "oidc")  # fmt: skip
RIGHTS = ("access", "portability", "rectification", "objection", "restriction", "withdrawal", "stop", "closing",
          "erasure", "complaint", "question")  # fmt: skip
CHANNELS = ("desk", "portal", "mail", "letter", "telephone", "api", "agent")
LANGUAGES = ("nl", "en")
CASE_STATES = ("received", "acknowledged", "identity", "searching", "review", "delayed", "answered", "refused",
               "withdrawn")  # fmt: skip
REASONS = ("", "complexity", "high_volume", "identity_failure", "unfounded", "excessive", "rights_of_others",
           "legally_required", "legal_claims", "accurate", "overriding_interest", "no_data")  # fmt: skip
LETTERS = ("acknowledgement", "identity", "copy", "corrected", "objection_honoured", "objection_dismissed",
           "restricted", "lifting", "erased", "done", "refusal", "extension", "complaint", "question", "breach_person",
           "breach_authority")  # fmt: skip
ROLES = ("officer", "support", "finance", "auditor", "subcontractor", "none")
BUNDLES = ("receiving", "quarantined", "screened", "redacting", "submitted", "accepted", "replaced", "withdrawn",
           "expired", "refused", "destroyed", "returned")  # fmt: skip
CHECKED = ("right", "wrong", "stopped")
MEANS = ("code", "two codes", "session", "wallet", "letter", "in person", "mandate", "passkey", "oidc")
STEPS = ("access", "rectification", "erasure", "restriction", "lifting")
METHODS = ("passkey", "password", "password and code", "recovery code", "invitation", "other")

_RIGHT = _choice("right", "what was asked", *RIGHTS)
_BACKUP = (_digest("backup_sha256", "of the encrypted file"), _count("bytes", "how large that is"))
_BREACH = (
    _choice("risk", "how bad it is for people", "unknown", "none", "risk", "high"),
    _choice("state", "how far it is", "open", "reported", "closed"),
    _count("hours_left", "how many whole hours were left to report it"),
    _choice("people", "whether the people were told", "told", "not told"),
)

KINDS: Mapping[str, Kind] = {
    one.name: one
    for one in (
        Kind("policy_applied", "A policy was made to be kept by the database.", (
            _name("policy", "the name of the policy"),
            _count("version", "the newest version among those that were applied"),
            _digest("policy_sha256", "of the policy file of that version, as it lay there"),
            _digest("map_sha256", "of the data map, as it lay there"),
            _choice("profile", "how a use is recognised", "fast", "portable"),
        )),
        Kind("drift_found", "PostgreSQL grants something else than when the policy was applied.", (
            _count("differences", "how many differences there are"),
        )),
        Kind("drift_mended", "The differences that were found before are gone."),
        Kind("promise_held", "A promise was tried, and nothing broke it.", _TRIES),
        Kind("promise_broken", "A promise was tried, and was broken.", _TRIES),
        Kind("promise_not_yet_kept", "A promise was tried as far as can be; it is not kept in full yet.", _TRIES),
        Kind("use_opened", "Somebody opened personal data for a purpose.", (
            _PURPOSE, _LOGIN, _choice("one", "whether it is for one person or one case", "", "person", "case"),
        ), {**_USE, **_REASON, "client": "the address that it came from", "case": "the case it is for",
            "from": "when it was opened, to the microsecond", "until": "when it ends at the latest"}, person=True),
        Kind("use_closed", "A use was ended.", (_PURPOSE, _LOGIN), {
            **_USE, "to": "when, to the microsecond",
        }, person=True),
        Kind("use_refused", "Somebody asked for a use and was refused.", (
            _name("purpose", "the purpose, when the policy knows it"), _LOGIN, _choice("why", "why", *REFUSALS),
        ), person=True),
        Kind("use_limit_near", "A login has opened nearly as much as the policy allows within a time.", (
            _PURPOSE, _LOGIN, _choice("counts", "what the policy limits", "people", "uses"),
            _count("count", "how many it has opened"), _count("most", "how many the policy allows"),
            _choice("per", "within what time", "hour", "day", "week"),
        )),
        Kind("refusals_uncounted", "More refusals in a short time than are written one by one.", (
            _count("count", "how many"),
        )),
        Kind("staff_signed_in", "One of the staff signed in to the pages.", (
            _choice("role", "what they may see", *ROLES), _choice("method", "how", *METHODS),
        )),
        Kind("evidence_exported", "One of the staff took a part of the log along, to hand it out.", (
            _choice("role", "what they may see", "officer", "auditor"),
            _count("first", "its first entry"), _count("last", "its last entry"),
        )),
        Kind("person_state_changed", "Where a person stands has changed.", (
            _choice("what", "what of it; known: the person came or is gone", *STATES),
            _choice("change", "whether it began or ended", "set", "ended"),
        ), {"about": "for which purpose, version, column or case"}, person=True),
        Kind("request_received", "A request about somebody's data, a complaint or a question came in.", (
            _RIGHT, _choice("channel", "how it came", *CHANNELS), _choice("language", "in which language", *LANGUAGES),
            _name("about", "the promise that a complaint is about"),
        ), _CASE, person=True),
        Kind("mail_received", "A mail came in to the address for privacy.", (
            _choice("sort", "whether a person or a machine wrote it, or ours came back", "mail", "auto", "bounce"),
            _choice("language", "in which language", "nl", "en", "de"),
            _count("asks", "how many rights it seems to ask"),
            _choice("answered", "whether its sender was told that it came in", "yes", "no"),
        ), {"mail": "its number", "due": "its last day"}),
        Kind("mail_decided", "Somebody looked at a mail, and said what it is.", (
            _choice("to", "what it became", "accepted", "dismissed"),
            _choice("why", "why it is no request", "", "not_request", "spam", "duplicate", "answered", "automatic"),
            _count("requests", "how many requests were made of it"),
            _choice("in_time", "whether its last day was not over", "yes", "no"),
        ), {"mail": "its number", "due": "its last day"}),
        Kind("request_moved", "A request got another state.", (
            _RIGHT, _choice("from", "the state that it had", *CASE_STATES),
            _choice("to", "the state that it got", *CASE_STATES),
            _choice("reason", "why it was refused, or takes longer", *REASONS),
            _choice("in_time", "whether its last day was not over", "yes", "no"),
        ), _CASE, person=True),
        Kind("letter_sent", "A letter about a request or a breach was sent.", (
            _choice("letter", "what it says", *LETTERS), _choice("language", "in which language", *LANGUAGES),
            _choice("reason", "why it says no, or later", *REASONS),
        ), {"letter_sha256": "of its subject and text"}, person=True),
        Kind("breach_recorded", "A breach of personal data was written down.", _BREACH, {"breach": "its number"}),
        Kind("breach_moved", "A step was taken in handling a breach.", _BREACH, {"breach": "its number"}),
        Kind("person_checked", "Somebody was to show that they are who they say.", (
            _choice("outcome", "how it ended", *CHECKED), _choice("method", "by what", *MEANS),
            _count("level", "how sure that is, from 0 to 4"),
        ), person=True),
        Kind("objection_weighed", "An objection to a legitimate interest was weighed and dismissed.", (
            _name("purpose", "the purpose that goes on"),
        ), _REASON, person=True),
        Kind("message_sent", "A marketing message went to a person.", (
            _name("purpose", "for which purpose"),
            _choice("ground", "on what ground", "consent", "own customer"),
        ), {"message": "which message"}, person=True),
        Kind("data_erased", "A person's data were erased at their request.", (
            _count("erased", "rows that are gone"),
            _count("emptied", "rows of which the personal columns were emptied"),
            _count("left", "rows that are others' too, which the person left"),
            _count("kept", "rows that a law or a dispute keeps"),
        ), person=True),
        Kind("erasure_certified", "After an erasure the whole database was searched for what identified the person.", (
            _count("places", "columns in which it was found outside of rows that are kept"),
            _digest("certificate_sha256", "of the certificate, as it was handed out"),
        )),
        Kind("data_corrected", "A value about a person was corrected at their request.", (
            _name("table", "the table"), _name("column", "the column"), _count("rows", "in how many rows"),
        ), person=True),
        Kind("document_marked", "Documents that stay as they are were marked: a value was corrected elsewhere.", (
            _name("table", "the table"), _name("column", "the column"), _count("rows", "how many documents"),
        ), person=True),
        Kind("data_disclosed", "A recipient got data of a person.", (
            _name("recipient", "who, as the organisation calls it"), _name("category", "which data"),
        ), person=True),
        Kind("recipient_told", "A recipient was told what became of data that it had got.", (
            _name("recipient", "who, as the organisation calls it"), _choice("what", "what became of them", *STEPS),
        ), person=True),
        Kind("system_done", "Another system did its part of a request, and was looked at afterwards.", (
            _name("system", "which, as the organisation calls it"), _choice("what", "what was to be done", *STEPS),
            _count("found", "rows, messages or files about the person"),
            _count("changed", "of which so many were changed or are gone"),
            _count("kept", "of which so many are kept"),
        ), person=True),
        Kind("data_handed_over", "A person's data were sent to another company, at their request.", (
            _digest("copy_sha256", "of the file that was sent"),
        ), {"to": "to which address"}, person=True),
        Kind("token_given", "A program was given a token for the API.", (
            _name("token", "how it is called"), _name("login", "the login of the application that it is of"),
            _choice("role", "the role of the staff that it is of", *ROLES), _name("scopes", "what it may do"),
            _count("days", "after how many days it ends"),
        )),
        Kind("token_revoked", "A token of a program counts no longer.", (
            _name("token", "how it was called"), _name("login", "the login of the application that it was of"),
            _choice("role", "the role of the staff that it was of", *ROLES),
        )),
        Kind("copy_handed_out", "A person took the copy of their data that was made for them.", (
            _choice("right", "what they asked for", "access", "portability"),
        ), {"copy_sha256": "SHA-256 of the file"}, person=True),
        Kind("copy_judged", "One of the staff judged what goes out of a copy of somebody's data.", (
            _choice("right", "what was asked", "access", "portability"),
            _choice("change", "a passage was taken out, what a rule took was let stand, or that was taken back",
                    "taken", "let_stand", "taken_back"),
            _choice("rule", "by which rule it goes, or went", "reference", "shared", "organisation", "named", "address",
                    "judged"),
        ), {"request": "its number"}, person=True),
        Kind("controls_registered", "The register of controls was changed.", (
            _count("controls", "how many controls are in it now"),
            _digest("register_sha256", "of the register, as it is now"),
        )),
        Kind("control_tested", "A control was tested.", (
            _name("control", "which, as the register names it"),
            _choice("how", "whether the program measured it, or one of the staff attested it", "measured", "attested"),
            _choice("outcome", "how it ended", "passed", "failed"),
            _choice("role", "the role of whoever attested it", *ROLES),
        ), {"result": "its number in the register", "note": "what was looked at, in their words"}),
        Kind("visit_key_destroyed",
             "The key of a day was destroyed: the numbers of its visitors say nothing any more.", (
            _name("day", "which day (UTC), as 2026-11-25"), _count("count", "how many keys of that day there were"),
        )),
        Kind("text_flagged", "In free text something was found that must not lie open, or it was decided on.", (
            _name("table", "in which table"), _name("column", "in which column"),
            _choice("state", "that it waits and is hidden, or what was decided", "open", "kept", "redacted", "removed"),
            _choice("ground", "on what ground it stays", "", "consent", "vital", "public", "claims", "law", "mistaken"),
        ), {"flag": "its number in the register of flags", "row": "the key of the row"}),
        Kind("backup_made", "A backup of the database was made, encrypted.", _BACKUP),
        Kind("backup_tried", "A backup was restored to see whether it is whole, and it was.", _BACKUP),
        Kind("backup_restored", "The database was restored from a backup.", _BACKUP),
        Kind("access_reviewed", "One of the staff reviewed who can do what, and signed it.", (
            _digest("access_sha256", "of what they looked at"), _count("lines", "how many lines that has"),
            _choice("role", "the role of whoever signed", *ROLES),
        ), {"review": "its number"}),
        Kind("emergency_opened", "A login got a purpose that it does not have, or beyond its limit, for some time.", (
            _PURPOSE, _LOGIN, _count("minutes", "for how many minutes at most"),
            _choice("role", "the role of whoever said why", *ROLES),
        ), {"emergency": "its number", "reason": "the reason that was given"}),
        Kind("emergency_ended", "A purpose that a login got in an emergency was taken away.", (_PURPOSE, _LOGIN), {
            "emergency": "its number",
        }),
        Kind("emergency_reviewed", "Another officer looked at an emergency afterwards.", (
            _PURPOSE, _LOGIN, _choice("role", "the role of whoever looked", *ROLES),
        ), {"emergency": "its number"}),
        Kind("incident_opened", "A security incident was opened, in which whole addresses of visitors can be seen.", (
            _count("days", "for how many days at most"), _choice("role", "the role of whoever opened it", *ROLES),
        ), {"incident": "its number", "reason": "what is looked into, in their words"}),
        Kind("incident_ended", "A security incident ended.", (), {"incident": "its number"}),
        Kind("addresses_dropped", "Whole addresses of visitors that were past their term were taken away.", (
            _count("count", "of how many days"),
        )),
        Kind("exchange_moved", "A customer was asked for diagnostic data, or what became of that.", (
            _choice("step", "what happened", "asked", "begun", "chosen", "closed", "incident"),
            _choice("consumer", "whether a consumer was asked", "yes", "no"),
        ), _EXCHANGE),
        Kind("exchange_stated", "A customer stated that they may send diagnostic data.", (
            _digest("statement_sha256", "of the statement, as it was shown"),
            _digest("warnings_sha256", "of the warnings beside it"),
            _choice("language", "in which language", *LANGUAGES),
        ), _EXCHANGE),
        Kind("bundle_moved", "Diagnostic data went a step further.", (
            _choice("before", "the state that they had", *BUNDLES),
            _choice("after", "the state that they got", *BUNDLES),
            _count("bytes", "how many bytes were there"),
        ), {"bundle": "which"}),
        Kind("bundle_screened", "A program looked for personal data in diagnostic data.", (
            _choice("outcome", "what came of it", "clean", "findings", "not_screened"),
            _name("detectors", "which detectors"), _count("found", "how many places"),
            _count("bytes", "in how many bytes"),
        ), _EXCHANGE),
        Kind("bundle_looked", "A customer looked at the lines of what they sent in which something was found.", (
            _count("file", "which of its files, by its place in what was found"),
        ), _EXCHANGE),
        Kind("bundle_opened", "Somebody opened diagnostic data.", (
            _choice("role", "the role of who did", *ROLES),
            _name("subcontractor", "of which subcontractor, if of any"),
        ), {**_USE, **_REASON}),
        Kind("error_fact_taken", "A fact about an error was taken out of diagnostic data, to learn from.", (
            _count("times", "how often"),
        ), {"product": "the product", "version": "its version", "error": "the error"}),
        Kind("subcontractor_moved", "The register of subcontractors changed, or who may help with a problem.", (
            _choice("step", "what happened", "recorded", "announced", "approved", "ended", "granted", "taken back",
                    "confirmed"),
            _name("subcontractor", "which; empty for our own people"), _name("country", "where they work"),
            _name("tool", "what covers the transfer"),
        )),
        Kind("exchange_certified", "Diagnostic data of a problem are gone: their keys are destroyed.", (
            _digest("certificate_sha256", "of the certificate, as it was handed out"),
            _choice("choice", "what the customer chose", "return", "destroy"),
            _count("bundles", "how many bundles"),
            _count("confirmed", "how many grants of subcontractors were confirmed gone"),
        ), _EXCHANGE),
        Kind("looking_moved", "Looking together at a problem of a customer was asked, began, paused or ended.", (
            _choice("step", "what happened", "asked", "began", "paused", "went on", "ended"),
            _choice("by", "by whom", "customer", "specialist", "time", "closing"),
        ), {"looking": "number of the session", **_USE}),
        Kind("looking_accepted", "A customer said yes to looking together, for one session.", (
            _digest("statement_sha256", "of what was asked, as it was shown"),
            _choice("language", "in which language", *LANGUAGES),
        ), {"looking": "number of the session"}),
        Kind("report_paid", "An officer spent of the budget for reports of visits, before anything was counted.", (
            _count("report", "the number of the report"),
            _count("rho_millionths", "what it costs of rho, in millionths"),
            _count("delta_trillionths", "what it costs of delta, in trillionths"),
            _digest("question_sha256", "of what is asked"), _choice("role", "the role of whoever spent it", *ROLES),
        )),
        Kind("report_released", "A report of visits was published.", (
            _count("report", "its number"), _digest("report_sha256", "of the report, as it is served from then on"),
            _count("rho_millionths", "what it cost of rho, in millionths"),
            _count("delta_trillionths", "what it cost of delta, in trillionths"), _count("rows", "how many numbers"),
        )),
        Kind("clock_set_back", "The clock of the database was set back.", (
            _count("minutes", "by how many minutes, rounded up"),
        )),
    )
}  # fmt: skip
"""Every kind of entry. What is not here cannot be written: the database refuses it, and so does whoever reads."""
