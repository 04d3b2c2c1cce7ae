"""A notice as JSON-LD in the Data Privacy Vocabulary (W3C DPV 2.3), for programs that read notices.

The identifiers are relative to the address where the file is published, and are the anchors of the page:
`#use-U1`, `#data-contact`, `#C10`. Sources: DPV 2.3 (https://w3id.org/dpv/2.3), JSON-LD 1.1 (W3C).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from houvast.policy.model import Category, Duty, Necessity, Never, Policy, Purpose, SubjectKind, Term, Use
from houvast.policy.notices.dpv import ACTIONS, BASES, PREFIXES, known, rights
from houvast.policy.notices.model import Notice
from houvast.policy.notices.names import Names

_RECIPIENTS = {"processor": "dpv:DataProcessor", "controller": "dpv:DataController", "authority": "dpv:ThirdParty"}


def as_jsonld(policy: Policy, notice: Notice) -> str:
    """The notice of this policy as JSON-LD text, with names in the notice's language."""
    found = {"@context": _context(notice.language), **_Linked(policy, notice).document()}
    text = json.dumps(found, ensure_ascii=False, indent=2) + "\n"
    return text.replace("<", "\\u003c")  # so that it can stand in a page


def _context(language: str) -> dict[str, object]:
    return {
        "@version": 1.1,
        **PREFIXES,
        "dct": "http://purl.org/dc/terms/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "title": {"@id": "dct:title", "@language": language},
        "description": {"@id": "dct:description", "@language": language},
    }


class _Linked:
    """Writes the nodes of one notice."""

    def __init__(self, policy: Policy, notice: Notice) -> None:
        self._policy = policy
        self._notice = notice
        self._names = Names(policy, notice.language, notice.outcomes, notice.law)

    def document(self) -> dict[str, object]:
        policy, notice = self._policy, self._notice
        return {
            "@id": "",
            "@type": ["dpv:PrivacyNotice", "dpv:LayeredNotice"],
            "title": notice.title,
            "dct:identifier": policy.name,
            "dct:hasVersion": str(policy.version),
            "dct:language": notice.language,
            "dct:valid": {"@type": "xsd:date", "@value": notice.effective.isoformat()},
            "dpv:hasDataController": self._controller(),
            "dpv:hasAuthority": {"@type": "dpv:DataProtectionAuthority", "dpv:hasName": notice.law.authority},
            "dpv:hasDataSubject": [self._people(one) for one in policy.people.values()],
            "dpv:hasPersonalData": [self._data(one) for one in policy.categories.values()],
            "dpv:hasPurpose": [self._purpose(one) for one in policy.purposes.values()],
            "dpv:hasProcess": [self._use(one) for one in policy.uses],
            "dpv:hasProhibition": [self._never(one) for one in policy.nevers],
            "dpv:hasRecipient": [self._recipient(one) for one in self._names.duties("recipients")],
            "dpv:hasRight": [self._right(one) for one in self._names.duties("rights")],
            "dct:hasPart": self._sentences(),
        }

    def _controller(self) -> dict[str, object]:
        said = self._policy.controller
        found: dict[str, object] = {"@id": "#rules-who", "@type": "dpv:DataController"}
        for key, name in (("name", "Name"), ("address", "Address"), ("register", "Identifier"), ("contact", "Contact")):
            if said.get(key):
                found[f"dpv:has{name}"] = said[key]
        if "@" in said.get("officer", ""):
            officer = {"@type": "dpv:DataProtectionOfficer", "dpv:hasContact": said["officer"]}
            found["dpv:hasDataProtectionOfficer"] = officer
        if said.get("representative"):
            found["dpv:hasRepresentative"] = {"dpv:hasName": said["representative"]}
        return found

    def _people(self, one: SubjectKind) -> dict[str, object]:
        types = known((one.dpv,), "dpv:DataSubject")
        return {"@id": f"#people-{one.name}", "@type": types, "title": self._names.people((one.name,))[0]}

    def _data(self, one: Category) -> dict[str, object]:
        found: dict[str, object] = {
            "@id": f"#data-{one.name}",
            "@type": known(one.dpv, "dpv:PersonalData"),
            "title": self._names.data((one.name,))[0],
            "dpv:hasDataSubject": _refer("people", one.of),
            "dpv:hasStorageCondition": [self._term(term) for term in self._policy.terms if term.category == one.name],
        }
        if Necessity.REQUIRED in one.necessity.values():
            found["dpv:hasNecessity"] = {"@id": "dpv:Required"}
        if one.without:
            found["dpv:hasConsequence"] = {"description": self._names.label(one.without, "")}
        return self._with_source(found, (one.promise, *one.also))

    def _term(self, term: Term) -> dict[str, object]:
        until: dict[str, object] = {"@type": "dpv:UntilEventDuration", "title": self._names.event(term)}
        length = {"@type": "dpv:TemporalDuration", "dct:extent": {"@type": "xsd:duration", "@value": str(term.plus)}}
        found: dict[str, object] = {
            "@id": f"#term-{'-'.join((term.category, *term.purposes))}",
            "@type": "dpv:StorageDuration",
            "description": self._names.until(term),
            "dpv:hasDuration": [until, length],
        }
        if term.purposes:
            found["dpv:hasPurpose"] = _refer("purpose", term.purposes)
        return self._with_source(found, (term.promise, *term.also))

    def _purpose(self, one: Purpose) -> dict[str, object]:
        found: dict[str, object] = {
            "@id": f"#purpose-{one.name}",
            "@type": known((one.dpv,), "dpv:Purpose"),
            "title": self._names.purposes((one.name,))[0],
        }
        return self._with_source(found, (one.promise, *one.also))

    def _use(self, use: Use) -> dict[str, object]:
        kinds = [kind for name in use.categories for kind in self._kinds(name)]
        found: dict[str, object] = {
            "@id": f"#use-{use.id}",
            "@type": "dpv:Process",
            "dpv:hasPurpose": _refer("purpose", use.purposes),
            "dpv:hasPersonalData": _refer("data", use.categories),
            "dpv:hasDataSubject": _refer("people", dict.fromkeys(kinds)),
            "dpv:hasProcessing": [{"@id": ACTIONS[action]} for action in use.actions],
            "dpv:hasLegalBasis": self._bases(use),
        }
        return self._with_source(found, (use.promise, *use.also))

    def _kinds(self, category: str) -> tuple[str, ...]:
        known_ = self._policy.categories.get(category)
        return known_.of if known_ else ()

    def _bases(self, use: Use) -> list[dict[str, object]]:
        interest = self._names.label(use.interest, "")
        found: list[dict[str, object]] = []
        for basis in use.basis:
            node: dict[str, object] = {"@type": BASES[basis], "title": self._names.words.basis[basis]}
            if interest and BASES[basis] == "eu-gdpr:A6-1-f":
                node["description"] = interest
            if use.statute and BASES[basis] == "eu-gdpr:A6-1-c":
                node["dct:source"] = use.statute
            found.append(node)
        return found

    def _never(self, never: Never) -> dict[str, object]:
        found: dict[str, object] = {
            "@id": f"#never-{never.id}",
            "description": self._names.never(never),
            "dpv:hasPersonalData": _refer("data", never.categories),
        }
        return self._with_source(found, (never.promise, *never.also))

    def _recipient(self, duty: Duty) -> dict[str, object]:
        kind = _RECIPIENTS.get(str(duty.parameters.get("role", "")), "dpv:Recipient")
        found: dict[str, object] = {
            "@id": f"#recipients-{duty.name}",
            "@type": kind,
            "title": self._names.duty(duty),
        }
        may = duty.parameters.get("may", ())
        data = [name for name in ((may,) if isinstance(may, str) else may) if name in self._policy.categories]
        if data:
            found["dpv:hasPersonalData"] = _refer("data", data)
        return self._with_source(found, duty.promises)

    def _right(self, duty: Duty) -> dict[str, object]:
        promises = [self._policy.promises[name] for name in duty.promises if name in self._policy.promises]
        found: dict[str, object] = {"@id": f"#rights-{duty.name}", "title": self._names.duty(duty)}
        types = rights([*duty.law, *(law for promise in promises for law in promise.law)])
        if types:
            found["@type"] = types
        return self._with_source(found, duty.promises)

    def _sentences(self) -> list[dict[str, object]]:
        """Every promise that others refer to, with its sentence or its name."""
        found: list[dict[str, object]] = []
        for promise in self._policy.promises.values():
            said = " ".join(self._names.quotes((promise.id,))) or self._names.label(promise.label, promise.id)
            found.append({"@id": f"#{promise.id}", "dct:identifier": promise.id, "description": said})
        return found

    def _with_source(self, node: Mapping[str, object], promises: Iterable[str]) -> dict[str, object]:
        named = [name for name in promises if name in self._policy.promises]
        return {**node, "dct:source": [{"@id": f"#{name}"} for name in named]} if named else dict(node)


def _refer(kind: str, names: Iterable[str]) -> list[dict[str, object]]:
    return [{"@id": f"#{kind}-{name}"} for name in names]
