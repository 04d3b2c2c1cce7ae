"""What is promised of pages: held as the pages are, and broken when what keeps them is taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest

from houvast.proof import Attempt, Extra, Outcome
from houvast.web.attempts import asks_nothing_of_a_device, is_plain
from houvast.web.look import Look, Seen, visit
from houvast.web.people_attempts import lets_out, objects_apart, takes_complaints, weighs_the_same
from tests.web.conftest import OF_PAGES, Kept


def _failed(attempts: Iterable[Attempt]) -> list[str]:
    return [one.name for one in attempts if not one.passed]


@pytest.mark.parametrize("name", OF_PAGES)
def test_each_is_held_by_attempts_with_a_control(kept: Kept, name: str) -> None:
    proof = kept.report.of(name)
    assert [(one.name, one.seen) for one in proof.failed] == []
    assert proof.outcome is Outcome.HELD
    assert sum(not one.control for one in proof.attempts) >= 3
    assert any(one.control for one in proof.attempts)


def test_forms_are_held_to_what_they_declare_at_every_door(kept: Kept) -> None:
    proof = kept.report.of("C06")
    assert proof.missing == ""
    ours = [one for one in proof.attempts if one.sort == "form"]
    assert sum(not one.control for one in ours) >= 3
    assert sum(one.control for one in ours) >= 3


@pytest.fixture(scope="module")
def look(kept: Kept) -> Look:
    """The pages as they come; each is asked for once."""
    return visit(kept.site, kept.pages)


def _spoilt(look: Look, change: Callable[[str], str], header: tuple[str, str] | None = None) -> Look:
    """The same, had the pages come with their text changed, or with another header."""

    def spoil(page: Seen) -> Seen:
        headers, cookies = page.headers, page.cookies
        if header:
            name, value = header
            headers = {**headers, name.lower(): value}
            cookies = (value,) if name == "Set-Cookie" else cookies
        return replace(page, text=change(page.text), headers=headers, cookies=cookies)

    def each(pages: Iterable[Seen]) -> tuple[Seen, ...]:
        return tuple(map(spoil, pages))

    return replace(
        look,
        pages={lang: each(pages) for lang, pages in look.pages.items()},
        entrance=spoil(look.entrance),
        checks={lang: spoil(page) for lang, page in look.checks.items()},
        asks={lang: each(pages) for lang, pages in look.asks.items()},
        follows={lang: spoil(page) for lang, page in look.follows.items()},
        ways_out={lang: (spoil(a), spoil(b), spoil(c)) for lang, (a, b, c) in look.ways_out.items()},
    )


def _as_it_is(text: str) -> str:
    return text


DEVICES: dict[str, tuple[Callable[[str], str], tuple[str, str] | None]] = {
    "a cookie": (_as_it_is, ("Set-Cookie", "seen=1; Path=/")),
    "a script": (lambda text: text.replace("</main>", "<script>1</script></main>"), None),
    "another host": (lambda text: text.replace('href="/static', 'href="https://cdn.example/static'), None),
    "lets scripts": (_as_it_is, ("Content-Security-Policy", "default-src 'self'")),
}


ALONE = "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"


@pytest.mark.parametrize("way", DEVICES)
def test_a_page_that_asks_something_of_a_device_breaks_the_promise(look: Look, way: str) -> None:
    made = list(asks_nothing_of_a_device(_spoilt(look, *DEVICES[way])))
    assert any(way in name for name in _failed(made)), _failed(made)
    assert Extra(frozenset({"G17"}), lambda: made)


@pytest.mark.parametrize("way", [*DEVICES, "lets out"])
def test_a_page_that_checks_a_receipt_and_could_tell_of_it_breaks_the_promise(look: Look, way: str) -> None:
    letting = (_as_it_is, ("Content-Security-Policy", f"{ALONE}; connect-src 'self'"))
    spoilt = _spoilt(look, *{**DEVICES, "lets out": letting}[way])
    assert "could tell somebody of it" in " ".join(_failed(asks_nothing_of_a_device(spoilt)))


def test_a_mark_of_its_own_for_each_visitor_breaks_the_promise(look: Look) -> None:
    first = next(iter(look.again))
    marked = replace(look, again={**look.again, first: "another"})
    assert "two visitors apart" in _failed(asks_nothing_of_a_device(marked))[0]


READERS: dict[str, Callable[[str], str]] = {
    "in another language": lambda text: text.replace('<html lang="', '<html lang="x-'),
    "skip a level": lambda text: text.replace("<h1>", "<h3>").replace("</h1>", "</h3>"),
    "without a name": lambda text: text.replace("</main>", '<a href="/"></a></main>'),
    "without words": lambda text: text.replace("</main>", '<img src="/static/mark.svg"></main>'),
    "table without headings": lambda text: text.replace("</main>", "<table><tr><td>1</td></tr></table></main>"),
    "main part": lambda text: text.replace('id="main"', 'id="elsewhere"'),
}


@pytest.mark.parametrize("way", READERS)
def test_a_page_that_not_everybody_can_read_breaks_the_promise(look: Look, way: str) -> None:
    failed = _failed(is_plain(_spoilt(look, READERS[way])))
    assert any(way in name for name in failed), failed


def test_a_text_in_officialese_breaks_the_promise(look: Look) -> None:
    hard = "Ingevolge onderhavige bepalingen worden persoonsgegevens onverminderd rechtmatig verwerkt. " * 20
    spoilt = replace(look, policy=replace(look.policy, texts={**look.policy.texts, "nl": hard}))
    assert "nl: the text of the policy" in _failed(is_plain(spoilt))


def test_a_page_that_does_not_answer_breaks_the_promise(look: Look) -> None:
    lang, pages = next(iter(look.pages.items()))
    gone = replace(look, pages={**look.pages, lang: (replace(pages[0], status=500), *pages[1:])})
    assert any("does not answer" in name for name in _failed(is_plain(gone)))


COMPLAINTS: dict[str, Callable[[str], str]] = {
    "takes no complaint": lambda text: text.replace("<textarea", "<textbox"),
    "asks who complains": lambda text: text.replace("</form>", '<input name="email" aria-label="mail"></form>'),
    "nobody gets there": lambda text: text.replace("/complaint/", "/elsewhere/"),
}


@pytest.mark.parametrize("way", COMPLAINTS)
def test_a_page_that_takes_no_complaint_of_anybody_breaks_the_promise(look: Look, way: str) -> None:
    failed = _failed(takes_complaints(_spoilt(look, COMPLAINTS[way])))
    assert any(way.removeprefix("asks ") in name for name in failed), failed


WAYS_OUT: dict[str, Callable[[str], str]] = {
    "shows one button": lambda text: text.replace("<button", '<input name="address" aria-label="mail"><button'),
    "is asked for more": lambda text: text.replace('role="status"', ""),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_way_out_that_asks_more_breaks_the_promise(look: Look, way: str) -> None:
    failed = _failed(lets_out(_spoilt(look, WAYS_OUT[way])))
    assert any(way in name for name in failed), failed


def test_the_way_out_is_as_promised(look: Look) -> None:
    assert _failed(lets_out(look)) == []


CHOICES: dict[str, tuple[Callable[[Look], Iterator[Attempt]], Callable[[str], str]]] = {
    "a yes that is easier": (weighs_the_same, lambda page: page.replace('btn" name="choice" value="marketing:no"',
                                                                        'quiet" name="choice" value="marketing:no"')),
    "cannot be taken back": (weighs_the_same, lambda page: page.replace("community:", "elsewhere:")),
    "not apart": (objects_apart, lambda page: page.replace('aria-labelledby="object"', "")),
    "consent comes before": (objects_apart, lambda page: page.replace("<main", '<main id="consent"')),
}  # fmt: skip


@pytest.mark.parametrize("way", CHOICES)
def test_choices_that_do_not_weigh_the_same_or_hide_objection_break_the_promise(look: Look, way: str) -> None:
    tries, spoil = CHOICES[way]
    spoilt = {lang: {kind: spoil(page) for kind, page in pages.items()} for lang, pages in look.choices.items()}
    assert _failed(tries(look)) == []
    failed = _failed(tries(replace(look, choices=spoilt)))
    assert any(way in name for name in failed), failed
