"""The notice that people read says what the rules say, in Dutch and in English."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from houvast.errors import FileErrors, UsageError
from houvast.policy import Notice, load_policy, notice
from houvast.policy.notices import as_html, as_markdown
from houvast.policy.notices.model import Block, Bullets, Paragraph, Sentence
from houvast.policy.notices.phrases import unworded
from houvast.policy.words import spoken, words
from tests.policy.small import findings, write

VOID = {"meta", "br"}


class Reader(HTMLParser):
    """Reads a page: its tags, attributes and words; notes tags that do not close."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "title"):
            self.words.append(data)

    def values(self, name: str) -> list[str]:
        return [value for _, attribute, value in self.attributes if attribute == name]


def made(folder: Path, lang: str = "nl", change: tuple[str, str] = ("", "")) -> Notice:
    write(folder, old=change[0], new=change[1])
    return notice(load_policy(folder / "policy.yaml"), lang)


def page(folder: Path, lang: str = "nl", old: str = "", new: str = "") -> str:
    return as_html(made(folder, lang, (old, new)))


def markdown(folder: Path, lang: str = "nl") -> str:
    return as_markdown(made(folder, lang))


def sentences(block: Block) -> list[Sentence]:
    if isinstance(block, Paragraph):
        return list(block.sentences)
    return [one for item in block.items for one in item] if isinstance(block, Bullets) else []


def plain(text: str) -> str:
    return " ".join("".join(Reader(text).words).split())


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_sentence_is_anchored_by_its_promise(tmp_path: Path, lang: str) -> None:
    html, text = page(tmp_path, lang), markdown(tmp_path, lang)
    for name in ("C01", "C02", "C03", "C04", "C05"):
        assert html.count(f'id="{name}"') == 1
        assert text.count(f'<a id="{name}"></a>') == 1


def test_every_link_leads_to_a_place_on_the_page(tmp_path: Path) -> None:
    found = Reader(page(tmp_path))
    assert {value for value in found.values("href") if value[0] != "#"} == {"mailto:privacy@klein.example"}
    targets = {value[1:] for value in found.values("href") if value[0] == "#"}
    assert {"A01", "G05"} <= targets <= set(found.values("id"))
    assert len(found.values("id")) == len(set(found.values("id")))


def test_the_page_is_well_formed_and_says_its_language(tmp_path: Path) -> None:
    found = Reader(page(tmp_path, "en"))
    assert found.open == []
    assert ("html", "lang", "en") in found.attributes
    assert found.tags.count("h1") == 1
    assert found.tags.count("main") == 1


def test_headings_leave_out_no_level(tmp_path: Path) -> None:
    levels = [int(tag[1]) for tag in Reader(page(tmp_path)).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(lower - higher <= 1 for higher, lower in pairwise(levels))


def test_the_page_needs_no_script_and_no_other_host(tmp_path: Path) -> None:
    html = page(tmp_path)
    found = Reader(html)
    assert not {"script", "link", "img", "iframe", "form", "object"} & set(found.tags)
    assert not [name for _, name, _ in found.attributes if name.startswith("on") or name in ("style", "src")]
    assert not re.search(r"https?:|url\(|@import", html)


def test_terms_stand_there_as_numbers(tmp_path: Path) -> None:
    assert "Tot 30 dagen na het sluiten van uw account" in plain(page(tmp_path))
    assert "Until 1 year after the closing of your question" in plain(page(tmp_path, "en"))


def test_a_term_of_nothing_ends_at_the_event(tmp_path: Path) -> None:
    text = plain(page(tmp_path, old="plus: P30D", new="plus: P0D"))
    assert "Tot het sluiten van uw account" in text


def test_circumstances_and_bases_stand_there_in_words(tmp_path: Path) -> None:
    text = plain(page(tmp_path, "en"))
    assert "Only as long as this holds: you have an unfinished order or you have an unpaid bill" in text
    assert "You gave consent, or you are a customer and can always say stop" in text


def test_words_of_the_policy_go_before_those_of_houvast(tmp_path: Path) -> None:
    said = "circumstances:\n  ticket.open: {nl: de vraag loopt, en: it runs}\nrights:\n"
    assert "Alleen zolang dit klopt: de vraag loopt" in plain(page(tmp_path, old="rights:\n", new=said))


def test_a_never_says_what_is_left(tmp_path: Path) -> None:
    assert "Alleen hiervoor: uw vraag beantwoorden. Nooit voor iets anders." in plain(page(tmp_path))


def test_additions_and_duties_of_the_law_are_called_so(tmp_path: Path) -> None:
    text = plain(page(tmp_path))
    assert "Elk gebruik staat in een logboek" in text
    assert "Toegevoegd door ons" in text
    assert "Plicht van de wet: AVG 17" in text


def test_rights_name_the_authority_and_the_court(tmp_path: Path) -> None:
    text = plain(page(tmp_path))
    assert "Antwoord binnen 1 maand." in text
    assert "Autoriteit Persoonsgegevens" in text
    assert "Doe dat binnen 6 weken na ons antwoord" in text


def test_the_whole_text_is_there_word_for_word(tmp_path: Path) -> None:
    found = made(tmp_path)
    said = [one.text for section in found.text for block in section.blocks for one in sentences(block)]
    assert said == [
        "Wij houden ons aan deze lijst.",
        "om uw vraag te beantwoorden;",
        "om u een rekening te sturen;",
        "om u te vertellen wat wij maken.",
        "Uw vraag gebruiken wij alleen daarvoor.",
    ]
    assert [section.heading for section in found.text] == ["De hele tekst: Privacy bij Klein", "Nooit"]


def test_the_day_is_that_of_the_country(tmp_path: Path) -> None:
    write(tmp_path)
    instant = datetime(2020, 12, 31, 23, 30, tzinfo=UTC)
    text = plain(as_html(notice(load_policy(tmp_path / "policy.yaml"), "nl", as_of=instant)))
    assert "Geldt vanaf 25 mei 2018. Versie 1." in text
    assert "Zo staat het er op 1 januari 2021." in text


HOSTILE = "<script>alert(1)</script> & \"'| [x](javascript:x) `c` *b*"


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    label = HOSTILE.replace('"', '\\"')
    write(tmp_path, old="label: {nl: Naam en adres, en:", new=f'label: {{nl: "{label}", en:')
    policy = load_policy(tmp_path / "policy.yaml")
    html = as_html(notice(policy, "nl"))
    assert HOSTILE in plain(html)
    assert "script" not in Reader(html).tags
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(as_markdown(notice(policy, "nl")))
    assert "<script" not in rendered
    assert 'javascript:x"' not in rendered
    assert "<em>" not in rendered


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    change = {"name": "text.nl.md", "old": "Wij houden ons", "new": "<img src=x onerror=y> Wij houden ons"}
    write(tmp_path, **change)
    policy = load_policy(tmp_path / "policy.yaml")
    assert "<img" not in as_html(notice(policy, "nl"))
    assert "<img" not in as_markdown(notice(policy, "nl"))


def test_markdown_tables_have_as_many_cells_as_headings(tmp_path: Path) -> None:
    rows = [line for line in markdown(tmp_path).splitlines() if line.startswith("|")]
    blocks = MarkdownIt("commonmark").enable("table").parse(markdown(tmp_path))
    assert len([one for one in blocks if one.type == "tr_open"]) == len([row for row in rows if "---" not in row])


def test_the_same_policy_gives_the_same_notice(tmp_path: Path) -> None:
    assert page(tmp_path) == page(tmp_path)


def test_another_language_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        page(tmp_path, "de")


def test_all_languages_have_the_same_words() -> None:
    keys = [
        (
            set(one.says),
            set(one.units),
            set(one.basis),
            set(one.forms),
            set(one.circumstances),
            set(one.events),
            set(one.fields),
        )
        for one in map(words, spoken())
    ]
    assert all(one == keys[0] for one in keys)
    assert all(len(words(lang).months) == 12 for lang in spoken())


HEBREW = "שם וכתובת"


def test_words_from_right_to_left_do_not_turn_what_stands_around_them(tmp_path: Path) -> None:
    found = made(tmp_path, change=("label: {nl: Naam en adres, en:", f"label: {{nl: {HEBREW}, en:"))
    said = [one.text for one in found.sentences() if HEBREW in one.text]
    assert said
    assert all(f"\u2068{HEBREW}\u2069" in text for text in said)
    assert f'<th role="rowheader" scope="row" dir="auto">{HEBREW}</th>' in as_html(found)


def test_a_text_from_right_to_left_is_shown_so(tmp_path: Path) -> None:
    write(tmp_path, name="text.nl.md", old="## Nooit", new="## لا أبدا")
    html = as_html(notice(load_policy(tmp_path / "policy.yaml"), "nl"))
    assert 'dir="auto">لا أبدا</h3>' in html
    assert html.count('class="word" dir="auto"') == 5


def test_marks_that_turn_the_direction_of_writing_are_refused(tmp_path: Path) -> None:
    write(tmp_path, old="label: {nl: Naam en adres, en:", new='label: {nl: "Naam \\u202een adres", en:')
    with pytest.raises(FileErrors, match="nobody can see"):
        load_policy(tmp_path / "policy.yaml")


def test_words_that_are_missing_in_a_language_are_said_in_the_other(tmp_path: Path) -> None:
    found = made(tmp_path, change=("label: {nl: Naam en adres, en: Name and address}", "label: {en: Name and address}"))
    assert "Name and address" in as_markdown(found)
    assert "wording-missing" in {one.code for one in findings(tmp_path)}


def test_a_text_of_5_mb_is_refused_with_its_size(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "text.nl.md").write_text("Wij houden ons aan deze lijst. " * 170_000, "utf-8")
    (found,) = findings(tmp_path)
    assert found.code == "text-unreadable"
    assert "larger than 4,000,000 bytes" in found.message


@pytest.mark.parametrize("words", [10, pytest.param(1, marks=pytest.mark.long)])
def test_a_text_that_is_just_small_enough_is_checked_and_becomes_a_notice(tmp_path: Path, words: int) -> None:
    sentence, many = f"Dit{' hoort bij niemand' * words}.\n", 170_000 // words
    write(tmp_path)
    text = (tmp_path / "text.nl.md").read_text("utf-8")
    (tmp_path / "text.nl.md").write_text(text + "\n" + sentence * many, "utf-8")
    found = notice(load_policy(tmp_path / "policy.yaml"), "nl")
    assert len(as_html(found)) > 3_300_000
    assert sum(one.code == "text-unbound" for one in findings(tmp_path)) == many


def test_every_duty_of_the_law_that_the_policy_leaves_out_is_told(tmp_path: Path) -> None:
    text = plain(page(tmp_path))
    assert "Wat de wet hier verder regelt" in text
    assert "U kunt ons vragen om uw gegevens een tijd te laten rusten." in text


def test_required_data_say_what_happens_without(tmp_path: Path) -> None:
    change = ("    fields: [name, email]\n    necessity: optional\n", NEEDED)
    text = plain(as_html(made(tmp_path, "en", change)))
    assert "E-mail address" in text
    assert "Then we cannot answer you." in text


NEEDED = """\
    fields: [name, email]
    necessity: {name: optional, email: required}
    without: {nl: kunnen wij niet antwoorden, en: we cannot answer you}
"""


def test_no_decision_by_a_computer_is_said_where_the_policy_says_so(tmp_path: Path) -> None:
    rule = "safeguards:\n  automated: {decide: never, promise: A01}\n"
    text = plain(page(tmp_path, old="safeguards:\n", new=rule))
    assert "Een computer neemt bij ons nooit alleen een besluit over u." in text
    assert "nooit alleen een besluit" not in plain(page(tmp_path))


def test_the_short_layer_is_short(tmp_path: Path) -> None:
    short = made(tmp_path).only_short()
    assert short.sections[0].anchor == "short"
    assert short.text == short.details == ()
    assert short.places() == {}


def test_an_interest_is_named_with_why_it_is_fair(tmp_path: Path) -> None:
    change = (
        "for: marketing, basis: [consent, own customer],",
        "for: marketing, basis: legitimate interest, interest: {nl: iets, en: x}, balancing: {nl: klein, en: y},",
    )
    text = plain(as_html(made(tmp_path, "nl", change)))
    assert "Ons belang: iets" in text
    assert "Waarom dat mag: klein" in text


def test_a_field_without_words_is_told(tmp_path: Path) -> None:
    write(tmp_path, old="fields: [name, email]", new="fields: [name, shoe size]")
    told = list(unworded(load_policy(tmp_path / "policy.yaml")))
    assert [one.code for one in told] == ["field-unworded"] * 2
    assert "`shoe size` of `contact` has no words in `nl`" in told[0].message


def test_a_policy_gives_its_own_words_for_a_field(tmp_path: Path) -> None:
    said = "fields:\n  name: {nl: volledige naam, en: full name}\nrights:\n"
    write(tmp_path, old="rights:\n", new=said)
    (tmp_path / "policy.yaml").write_text(
        (tmp_path / "policy.yaml").read_text().replace("fields: [name, email]", "fields: [name]")
    )
    found = notice(load_policy(tmp_path / "policy.yaml"), "nl")
    assert "Volledige naam" in plain(as_html(found))
