"""Each mistake in a policy is found, at its place, with what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.policy.small import findings, write

U2 = "  - {id: U2, use: contact, for: billing, basis: contract, while: order.open or invoice.open, promise: C03}"
LAST = "  log: {promise: A01}"
SHAPE = {
    "a key twice": ("key-twice", "version: 1\n", "version: 1\n§version: 2\n"),
    "an alias": ("alias", "regime: nl-avg", "regime: §*law"),
    "an anchor": ("anchor", "regime: nl-avg", "regime: §&law nl-avg"),
    "a tag": ("tag", "version: 1\n", "version: §!!int 1\n"),
    "a directive": ("directive", "policy: small-privacy\n", "§%YAML 1.1\n---\npolicy: small-privacy\n"),
    "a second document": ("documents", LAST, LAST + "\n§---\nmore: here"),
    "a tab": ("tab", LAST, LAST + "§\t# remark"),
    "a hidden character": ("hidden-character", LAST, LAST + " # §\u202e"),
    "a hidden character by escape": ("hidden-character", "regime: nl-avg", 'regime: §"nl\\u202e-avg"'),
    "no YAML": ("yaml", "languages: [nl, en]\n", "languages: [nl, en\npeople§: x\n"),
    "a list as a key": ("key-not-text", LAST, LAST + "\n? §[a, b]\n: c"),
    "a mistyped key": ("key-unknown", "    fields: [name, email]", "    §feilds: [name, email]"),
    "a mistyped section": ("key-unknown", "safeguards:", "§safegards:"),
    "a mistyped controller key": ("key-unknown", "  register: KvK", "  §registre: KvK"),
    "a list for a text": ("not-a-text", "policy: small-privacy", "policy: §[small]"),
    "a text for a mapping": ("not-a-mapping", "safeguards:\n  log: {promise: A01}", "safeguards: §all"),
    "a mapping for a list": ("not-a-list", "nevers:\n  - {id: N1", "nevers:\n  §one: {id: N1"),
    "an empty name": ("value-empty", "policy: small-privacy", 'policy: §""'),
    "no id": ("key-missing", "{id: U2, use: contact,", "§{use: contact,"),
    "no purpose": ("key-missing", "{id: U2, use: contact, for: billing,", "§{id: U2, use: contact,"),
    "a version that is no number": ("version-number", "version: 1\n", "version: §one\n"),
    "a day that is no instant": ("effective-unclear", "2018-05-25T00:00:00+02:00", "§2018-05-25"),
    "an instant without offset": ("effective-unclear", "2018-05-25T00:00:00+02:00", "§2018-05-25T00:00:00"),
    "yes in other words": ("word-unknown", "marketing: yes", "marketing: §true"),
    "an unknown basis": ("word-unknown", "basis: contract, while: ticket.open", "basis: §contrakt"),
    "an unknown action": ("word-unknown", "while: ticket.open", "actions: [read, §look]"),
    "an unknown kind of promise": ("word-unknown", "    kind: may", "    kind: §mai"),
    "added by somebody": ("word-unknown", "added: author", "added: §boss"),
    "a mistyped parameter": ("key-unknown", "answer: P1M", "§anwser: P1M"),
    "a parameter that is no period": ("value-unclear", "answer: P1M", "answer: §a month"),
    "a parameter that is no number": ("value-unclear", "log: {promise", "log: {attempts: §five, promise"),
    "a parameter in other words": ("word-unknown", "log: {promise", "log: {decide: §nevr, promise"),
    "a limit of nothing": ("volume-unclear", "answer: {label", "answer: {volume: §{per: day}, label"),
    "a limit of two things": ("volume-unclear", "answer: {label", "answer: {volume: §{people: 9, uses: 9}, label"),
    "a limit that is no number": ("volume-number", "answer: {label", "answer: {volume: {uses: §few}, label"),
    "a limit of none": ("volume-number", "answer: {label", "answer: {volume: {uses: §0}, label"),
    "an alarm beyond the limit": ("volume-alarm", "answer: {label", "answer: {volume: {uses: 9, alarm: §1.2}, label"),
    "a limit in years": ("word-unknown", "answer: {label", "answer: {volume: {uses: 9, per: §year}, label"),
    "a mistyped limit": ("key-unknown", "answer: {label", "answer: {volume: {uses: 9, §alarms: 1}, label"),
    "a list for a parameter": ("not-a-text", "answer: P1M", "answer: §[P1M]"),
    "a right that is hardly another": ("name-alike", "  erase: {answer", "  erases: §{answer"),
    "a language that is no code": (
        "key-unknown",
        "{nl: klant, en: customer, dpv:",
        "{nl: klant, §dpvv: customer, dpv:",
    ),
    "brackets in while": ("while-unclear", "order.open or invoice.open", "order.open or §(invoice.open)"),
    "while without a link": ("while-unclear", "order.open or invoice.open", "order.open §invoice.open"),
    "while with a loose end": ("while-unclear", "order.open or invoice.open", "§order.open or"),
    "a term without a number": (
        "term-without-number",
        "{data: contact, until: account.closed, plus: P30D,",
        "§{data: contact, until: account.closed,",
    ),
    "a vague number": ("term-vague", "plus: P30D", "plus: §as long as needed"),
    "hours as a number": ("term-vague", "plus: P30D", "plus: §PT5H"),
    "a text in another folder": ("text-elsewhere", "{nl: text.nl.md", "{nl: §../text.nl.md"),
    "a text that is not there": ("text-unreadable", "{nl: text.nl.md", "{nl: §texte.nl.md"),
    "a language that is none": ("language-unknown", "languages: [nl, en]", "languages: §[nl, english]"),
}
MEANING = {
    "a purpose named public": ("purpose-name", "  answer: {label", "  public: §{label"),
    "a purpose of PostgreSQL": ("purpose-name", "  answer: {label", "  pg_answer: §{label"),
    "a purpose with a quote": ("purpose-name", "  answer: {label", "  'ans\"wer': §{label"),
    "a purpose with a capital": ("purpose-name", "  answer: {label", "  Answer: §{label"),
    "a purpose with a look-alike": ("purpose-name", "  answer: {label", "  \u0430nswer: §{label"),
    "a purpose of 41 letters": ("purpose-name", "  answer: {label", f"  {'a' * 41}: §{{label"),
    "a category with a hyphen": ("category-name", "  question: {of", "  quest-ion: §{of"),
    "a promise with a space": ("promise-name", "  A01: {kind", "  'A 01': §{kind"),
    "one of nobody knows what": ("one-unknown", "answer: {label", "answer: {one: §group, label"),
    "people counted whom no use names": ("volume-uncounted", "answer: {label", "answer: {volume: {people: §9}, label"),
    "rights that wait until tomorrow": (
        "volume-elsewhere",
        "answer: {label",
        "answer: {kind: retention, volume: §{uses: 9}, label",
    ),
    "an unknown category in a use": (
        "category-unknown",
        "use: contact, for: billing",
        "use: §contract, for: billing",
    ),
    "an unknown category in a never": ("category-unknown", "use: question, but", "use: §qestion, but"),
    "an unknown category in a term": ("category-unknown", "data: question, until", "data: §vraag, until"),
    "an unknown purpose in a use": ("purpose-unknown", "for: billing,", "for: [§biling],"),
    "an unknown purpose in a never": ("purpose-unknown", "but: answer", "but: §anwser"),
    "an unknown purpose in a term": (
        "purpose-unknown",
        "until: ticket.closed",
        "for: §tax, until: ticket.closed",
    ),
    "an unknown promise": ("promise-unknown", "    promise: C01", "    promise: [C01, §C99]"),
    "unknown people": ("kind-unknown", "    of: [customer]", "    of: [§costumer]"),
    "data of nobody": ("category-of-nobody", "question: {of: [customer], label", "question: §{label"),
    "an unknown circumstance": ("circumstance-unknown", "while: ticket.open", "while: §tiket.open"),
    "an unknown event": ("event-unknown", "until: account.closed", "until: §acount.closed"),
    "an id twice": ("id-twice", "{id: N1", "{id: §U1"),
    "a promise of nothing": ("promise-empty", "G05: {kind: must, law: [AVG 17],", "G05: §{kind: must,"),
    "a rule from nowhere": ("rule-unbound", "  log: {promise: A01}", "  log: §{}"),
    "a lost quote": (
        "quote-lost",
        'nl: "om uw vraag te beantwoorden;"',
        'nl: §"om uw vragen te beantwoorden;"',
    ),
    "a quote that is not unique": ("quote-not-unique", 'nl: "om uw vraag te beantwoorden;"', 'nl: §"om u"'),
    "a wording missing": (
        "wording-missing",
        "label: {nl: Naam en adres, en:",
        "label: §{nl: Naam en adres, de:",
    ),
    "a sentence in one language": (
        "wording-missing",
        'says: {nl: "om u een rekening te sturen;", en:',
        'says: §{nl: "om u een rekening te sturen;", de:',
    ),
    "a duty without words": ("wording-missing", "label: {nl: Wissen, en: Erasure}", "label: §{nl: Wissen}"),
    "no text in a language": ("text-missing", "{nl: text.nl.md, en: text.en.md}", "§{nl: text.nl.md}"),
    "a use without basis": (
        "use-without-basis",
        U2,
        U2.replace("{id", "§{id").replace(" basis: contract,", ""),
    ),
    "an interest without words": ("use-without-interest", U2, U2.replace("contract", "§legitimate interest")),
    "an interest that is not weighed": (
        "use-without-balancing",
        U2,
        U2.replace("contract", "§legitimate interest, interest: {nl: a, en: b}"),
    ),
    "an article that is none": ("law-unknown", "law: [AVG 17]", "law: [§AVG 171]"),
    "a law that is none": ("law-unknown", "law: [AVG 17]", "law: [§AVGG 17]"),
    "an article in words": ("law-unknown", "law: [AVG 17]", "law: [§AVG seventeen]"),
    "a purpose that scores": (
        "decides-automatically",
        "  answer: {label",
        "  score: §{label: {nl: a, en: b}, promise: C02}\n  answer: {label",
    ),
    "a purpose that decides": ("decides-automatically", "answer: {label", "answer: {automated: §decide, label"),
    "health that is not called so": (
        "special-unmarked",
        "question: {of: [customer]",
        "question: {dpv: [§pd:Health], of: [customer]",
    ),
    "a special kind that is none": (
        "special-unknown",
        "question: {of: [customer]",
        "question: {special: §helth, of: [customer]",
    ),
    "special data by contract": (
        "special-without-exception",
        "question: {of: [customer], label: {nl: Uw vraag, en: Your question}, promise: C05, necessity: optional}\n"
        "purposes:\n  answer: {label: {nl: uw vraag beantwoorden, en: answering you}, promise: C02}\n"
        "  billing: {label: {nl: rekeningen sturen, en: sending bills}, promise: C03}\n"
        "  marketing: {label: {nl: reclame, en: marketing}, marketing: yes, dpv: dpv:DirectMarketing, promise: C04}\n"
        "uses:\n  - {id: U1, use: [contact, question], for: answer, basis: contract,",
        "question: {special: health, of: [customer], label: {nl: Uw vraag, en: Your question}, promise: C05, "
        "necessity: optional}\n"
        "purposes:\n  answer: {label: {nl: uw vraag beantwoorden, en: answering you}, promise: C02}\n"
        "  billing: {label: {nl: rekeningen sturen, en: sending bills}, promise: C03}\n"
        "  marketing: {label: {nl: reclame, en: marketing}, marketing: yes, dpv: dpv:DirectMarketing, promise: C04}\n"
        "uses:\n  - {id: U1, use: [contact, question], for: answer, basis: §contract,",
    ),
    "an exception that is none": (
        "exception-unknown",
        "while: ticket.open",
        "exception: §AVG 9(3)",
    ),
    "a need of a field that is none": (
        "field-unknown",
        "    fields: [name, email]\n    necessity: optional",
        "    fields: [name, email]\n    necessity: {nmae: §optional}",
    ),
    "a need without a consequence": (
        "without-missing",
        "    fields: [name, email]\n    necessity: optional",
        "    fields: [name, email]\n    necessity: §required",
    ),
    "an unknown need": (
        "word-unknown",
        "    fields: [name, email]\n    necessity: optional",
        "    fields: [name, email]\n    necessity: §requird",
    ),
    "a use twice": (
        "use-twice",
        U2,
        U2 + "\n  - {id: U9, use: [§contact], for: billing, basis: consent, promise: C03}",
    ),
    "a use that a never forbids": ("use-forbidden", U2, U2.replace("use: contact", "use: §question")),
    "a term without event": (
        "term-without-event",
        "{data: question, until: ticket.closed,",
        "§{data: question,",
    ),
    "a vague event": ("term-vague", "until: ticket.closed", "until: §zolang als nodig"),
    "a category without term": (
        "category-without-term",
        "  question: {of",
        "  notes: §{of: [customer], label: {nl: a, en: b}, necessity: optional, promise: C05}\n  question: {of",
    ),
    "a term twice": ("term-twice", "{data: question, until", "{data: §contact, until"),
    "a term for nothing": (
        "term-for-nothing",
        "{data: question, until",
        "{data: question, for: [§billing], until",
    ),
    "a purpose that nothing serves": (
        "purpose-unserved",
        "  billing: {",
        "  idle: §{label: {nl: a, en: b}, promise: C03}\n  billing: {",
    ),
    "a category that nothing uses": (
        "category-unused",
        "  question: {of",
        "  notes: §{of: [customer], label: {nl: a, en: b}, necessity: optional, promise: C05}\n  question: {of",
    ),
    "rights of everybody at once": ("one-missing", "answer: {label", "answer: §{kind: rights, label"),
    "an unknown law": ("regime-unknown", "regime: nl-avg", "regime: §nl-avgg"),
    "a policy before the law": ("effective-early", "2018-05-25T00:00:00+02:00", "§2018-05-24T23:59:59+02:00"),
    "no officer": ("controller-incomplete", "  officer: geen, want wij verwerken weinig", "  officer: §''"),
    "marketing without opt-in": (
        "marketing-without-opt-in",
        "[consent, own customer]",
        "[consent, §contract]",
    ),
    "own customer for billing": ("own-customer-elsewhere", U2, U2.replace("contract", "§own customer")),
    "marketing by another name": ("marketing-unmarked", "marketing: yes, dpv: dpv", "dpv: §dpv"),
    "an answer after two months": ("under-the-law", "answer: P1M", "answer: §P2M"),
    "an answer after thirty-one days": ("under-the-law", "answer: P1M", "answer: §P31D"),
    "an answer some time": ("value-unclear", "answer: P1M", "answer: §soon"),
    "a law that nobody made": ("statute-unknown", "plus: P1Y,", "plus: P1Y, statute: §AWR 52,"),
    "a statute that is a contract": (
        "statute-without-duty",
        U2,
        U2.replace("contract", "§contract").replace("promise", "statute: AWR 52(4), promise"),
    ),
    "fiscal records for a year": ("term-under-law", "plus: P1Y,", "plus: §P1Y, statute: AWR 52(4),"),
}
TEXT = {
    "words of no promise": ("text-unbound", "## Nooit\n", "## Nooit\n\n§Wij verkopen niets.\n"),
    "half a sentence of no promise": ("text-unbound", "deze lijst.\n", "deze lijst. §Echt waar.\n"),
}


@pytest.mark.parametrize(("code", "old", "new"), SHAPE.values(), ids=SHAPE)
def test_a_mistake_in_the_shape_is_found_at_its_place(tmp_path: Path, code: str, old: str, new: str) -> None:
    place = write(tmp_path, old=old, new=new)
    found = {(one.code, (one.place.line, one.place.column)) for one in findings(tmp_path)}
    assert (code, place) in found


@pytest.mark.parametrize(("code", "old", "new"), MEANING.values(), ids=MEANING)
def test_a_mistake_in_the_meaning_is_found_at_its_place(tmp_path: Path, code: str, old: str, new: str) -> None:
    place = write(tmp_path, old=old, new=new)
    found = [one for one in findings(tmp_path) if one.code == code]
    assert found
    assert all(one.todo for one in found)
    assert place in {(one.place.line, one.place.column) for one in found}


@pytest.mark.parametrize(("code", "old", "new"), TEXT.values(), ids=TEXT)
def test_words_that_no_promise_covers_are_found_in_the_text(tmp_path: Path, code: str, old: str, new: str) -> None:
    line, column = write(tmp_path, "text.nl.md", old, new)
    found = findings(tmp_path)
    assert [(one.code, one.place.line, one.place.column) for one in found] == [(code, line, column)]
    assert found[0].place.file.endswith("text.nl.md")


def test_a_use_that_rests_on_the_consent_of_children_needs_a_rule_on_their_parents(tmp_path: Path) -> None:
    old = "customer: {nl: klant, en: customer, dpv: dpv:Customer}"
    write(tmp_path, old=old, new="customer: {nl: klant, en: customer, minors: yes}")
    assert {(one.code, one.place.line) for one in findings(tmp_path)} == {("children-without-parents", 45)}


def test_a_correct_policy_has_no_findings(tmp_path: Path) -> None:
    write(tmp_path)
    assert findings(tmp_path) == ()


def test_a_sentence_that_no_rule_names_is_bound_to_nothing(tmp_path: Path) -> None:
    write(tmp_path, old="safeguards:\n  log: {promise: A01}\n", new="")
    found = findings(tmp_path)
    assert [(one.code, one.promise) for one in found] == [("promise-unbound", "A01")]
    assert (found[0].place.line, found[0].place.column) == (27, 8)


def test_a_purpose_that_only_other_terms_serve_has_no_term(tmp_path: Path) -> None:
    write(tmp_path, old="{data: contact, until", new="{data: contact, for: [billing], until")
    found = findings(tmp_path)
    assert {one.code for one in found} == {"category-without-term"}
    assert {one.message.split("`")[3] for one in found} == {"answer", "marketing"}


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, old="marketing: yes, dpv: dpv:DirectMarketing", new="marketing: si, one: [x], dvp: y")
    assert [one.code for one in findings(tmp_path)] == ["word-unknown", "not-a-text", "key-unknown"]


def test_a_mistyped_name_gets_the_right_one_offered(tmp_path: Path) -> None:
    write(tmp_path, old="for: billing,", new="for: biling,")
    assert [one.todo for one in findings(tmp_path) if one.code == "purpose-unknown"] == ["Did you mean `billing`?"]


def test_a_look_alike_is_named(tmp_path: Path) -> None:
    write(tmp_path, old="  answer: {label", new="  \u0430nswer: {label")
    assert "cyrillic small letter a" in next(one for one in findings(tmp_path) if one.code == "purpose-name").message


def test_a_lost_quote_gets_the_sentence_of_the_text_offered(tmp_path: Path) -> None:
    write(tmp_path, old='nl: "om uw vraag te beantwoorden;"', new='nl: "om uw vragen te beantwoorden;"')
    lost = next(one for one in findings(tmp_path) if one.code == "quote-lost")
    assert lost.todo == "Did you mean “om uw vraag te beantwoorden;”?"


def test_a_contradiction_says_which_rule_wins(tmp_path: Path) -> None:
    write(tmp_path, old=U2, new=U2.replace("use: contact", "use: question"))
    forbidden = next(one for one in findings(tmp_path) if one.code == "use-forbidden")
    assert "The never wins (C05)" in forbidden.message
    assert forbidden.promise == "C05"
