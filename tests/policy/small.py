"""A small, correct policy, and a way to spoil one line of it.

In the text that replaces the line, `§` marks the place at which the finding must point.
"""

from __future__ import annotations

from pathlib import Path

from houvast.errors import FileErrors, Finding
from houvast.policy import check, load_versions

MARK = "§"
POLICY = """\
policy: small-privacy
version: 1
effective: 2018-05-25T00:00:00+02:00
regime: nl-avg
languages: [nl, en]
controller:
  name: Klein B.V.
  address: Voorbeeldstraat 1, 1234 AB Voorbeeldstad
  register: KvK 00000000
  contact: privacy@klein.example
  officer: geen, want wij verwerken weinig
texts: {nl: text.nl.md, en: text.en.md}
promises:
  C01: {kind: must, says: {nl: "Wij houden ons aan deze lijst.", en: "We keep to this list."}}
  C02:
    kind: may
    says:
      nl: "om uw vraag te beantwoorden;"
      en: "to answer your question;"
  C03: {kind: may, says: {nl: "om u een rekening te sturen;", en: "to send you a bill;"}}
  C04: {kind: may, says: {nl: "om u te vertellen wat wij maken.", en: "to tell you what we make."}}
  C05:
    kind: never
    says: {nl: "Uw vraag gebruiken wij alleen daarvoor.", en: ["We use your question only for that."]}
  G13: {kind: must, law: [AVG 14], label: {nl: Gegevens van een ander, en: Data from others}}
  G05: {kind: must, law: [AVG 17], label: {nl: Wissen, en: Erasure}}
  A01: {kind: must, added: author, label: {nl: Elk gebruik staat in een logboek, en: Each use is logged}}
people:
  customer: {nl: klant, en: customer, dpv: dpv:Customer}
data:
  contact:
    of: [customer]
    fields: [name, email]
    necessity: optional
    label: {nl: Naam en adres, en: Name and address}
    promise: C01
  question: {of: [customer], label: {nl: Uw vraag, en: Your question}, promise: C05, necessity: optional}
purposes:
  answer: {label: {nl: uw vraag beantwoorden, en: answering you}, promise: C02}
  billing: {label: {nl: rekeningen sturen, en: sending bills}, promise: C03}
  marketing: {label: {nl: reclame, en: marketing}, marketing: yes, dpv: dpv:DirectMarketing, promise: C04}
uses:
  - {id: U1, use: [contact, question], for: answer, basis: contract, while: ticket.open, promise: C02}
  - {id: U2, use: contact, for: billing, basis: contract, while: order.open or invoice.open, promise: C03}
  - {id: U3, use: contact, for: marketing, basis: [consent, own customer], promise: C04}
nevers:
  - {id: N1, use: question, but: answer, promise: C05}
keep:
  - {data: contact, until: account.closed, plus: P30D, promise: C01}
  - {data: question, until: ticket.closed, plus: P1Y, promise: C05}
notices:
  from_others: {within: P1M, promise: G13}
  marketing: {carries: [sender, address, opt-out], promise: C04}
rights:
  erase: {answer: P1M, promise: G05}
safeguards:
  log: {promise: A01}
"""
DUTCH = """\
# Privacy bij Klein

Wij houden ons aan deze lijst.

- om uw vraag te beantwoorden;
- om u een rekening te sturen;
- om u te vertellen wat wij maken.

## Nooit

Uw vraag gebruiken wij
alleen daarvoor.
"""
ENGLISH = """\
# Privacy at Klein

We keep to this list.

- to answer your question;
- to send you a bill;
- to tell you what we make.

We use your question only for that.
"""
FILES = {"policy.yaml": POLICY, "text.nl.md": DUTCH, "text.en.md": ENGLISH}


def write(folder: Path, name: str = "policy.yaml", old: str = "", new: str = "") -> tuple[int, int]:
    """Write the small policy with one part replaced; gives line and column of the mark in it."""
    if old:
        assert FILES[name].count(old) == 1, f"{old!r} is not there once"
    changed = FILES[name].replace(old, new) if old else FILES[name]
    before, mark, after = changed.partition(MARK)
    folder.mkdir(parents=True, exist_ok=True)
    for file, content in {**FILES, name: before + after}.items():
        (folder / file).write_text(content, "utf-8")
    return (before.count("\n") + 1, len(before) - before.rfind("\n")) if mark else (0, 0)


def findings(folder: Path) -> tuple[Finding, ...]:
    """What loading and checking the project in a folder finds."""
    try:
        return tuple(finding for policy in load_versions(folder) for finding in check(policy))
    except FileErrors as errors:
        return errors.findings
