"""The terms of the Data Privacy Vocabulary (DPV 2.3) that Houvast knows, and what its own words are there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from houvast.errors import Finding
from houvast.policy.model import Action, Basis, Policy
from houvast.policy.rules import at
from houvast.reading import did_you_mean

PREFIXES = {
    "dpv": "https://w3id.org/dpv#",
    "pd": "https://w3id.org/dpv/pd#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
}
BASES = {
    Basis.CONSENT: "eu-gdpr:A6-1-a",
    Basis.CONTRACT: "eu-gdpr:A6-1-b",
    Basis.LEGAL_DUTY: "eu-gdpr:A6-1-c",
    Basis.VITAL: "eu-gdpr:A6-1-d",
    Basis.PUBLIC_TASK: "eu-gdpr:A6-1-e",
    Basis.INTEREST: "eu-gdpr:A6-1-f",
    Basis.OWN_CUSTOMER: "dpv:LegalBasis",  # Tw 11.7(3): no basis of the GDPR, so DPV has no narrower term
}
ACTIONS = {
    Action.READ: "dpv:Access",
    Action.INSERT: "dpv:Store",
    Action.UPDATE: "dpv:Alter",
    Action.DELETE: "dpv:Remove",
}
_LIST = Path(__file__).parent / "dpv.txt"
_ARTICLE = re.compile(r"(?:AVG|GDPR) (\d+)(?:\((\d+)\))?")


@cache
def known_terms() -> frozenset[str]:
    """The terms in `dpv.txt`, each as `prefix:Name`."""
    lines = _LIST.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def known(terms: Iterable[str], otherwise: str) -> list[str]:
    """The terms that are known, in their order; `otherwise` when none is."""
    return [term for term in terms if term in known_terms()] or [otherwise]


def rights(law: Iterable[str]) -> list[str]:
    """The rights of the GDPR among these articles: "AVG 15" is `eu-gdpr:A15`, "AVG 7(3)" is `eu-gdpr:A7-3`."""
    found = [f"eu-gdpr:A{number}{'-3' if (number, part) == ('7', '3') else ''}" for number, part in _articles(law)]
    return [term for term in dict.fromkeys(found) if term in known_terms()]


def strange_terms(policy: Policy) -> Iterator[Finding]:
    """Terms of a policy that are not in the list, with the nearest that are."""
    said = [
        *((kind.dpv, kind.place) for kind in policy.people.values()),
        *((term, at(category, "dpv")) for category in policy.categories.values() for term in category.dpv),
        *((purpose.dpv, at(purpose, "dpv")) for purpose in policy.purposes.values()),
    ]
    for term, place in said:
        if term and term not in known_terms():
            yield Finding(
                "dpv-unknown",
                place,
                f"`{term}` is not among the terms of DPV 2.3 that Houvast knows; the JSON-LD leaves it out.",
                did_you_mean(term, known_terms()),
            )


def _articles(law: Iterable[str]) -> Iterator[tuple[str, str]]:
    for text in law:
        for match in _ARTICLE.finditer(text):
            yield match.group(1), match.group(2) or ""
