"""G17 and G19: held as the pages are, and broken when what keeps them is taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from houvast.app.proving import prove
from houvast.app.tracing import places_of
from houvast.proof import Attempt, Extra, Outcome
from houvast.web.attempts import asks_nothing_of_a_device, extras, is_plain
from houvast.web.look import Look, visit
from houvast.web.people_attempts import lets_out, objects_apart, takes_complaints, weighs_the_same
from houvast.web.serve import Application
from tests.web.conftest import Kept


def _failed(attempts: Iterable[Attempt]) -> list[str]:
    return [one.name for one in attempts if not one.passed]


def test_both_are_held_by_attempts_with_a_control(kept: Kept) -> None:
    report = prove(
        kept.target,
        ("G17", "G19"),
        extra=extras(kept.site, lambda: None, partial(places_of, kept.target)),
    )
    for name in ("G17", "G19"):
        proof = report.of(name)
        assert [(one.name, one.seen) for one in proof.failed] == []
        assert proof.outcome is Outcome.HELD
        assert sum(not one.control for one in proof.attempts) >= 3
        assert any(one.control for one in proof.attempts)


def _spoilt(pages: Application, change: Callable[[str], str], header: tuple[str, str] | None = None) -> Application:
    """The same pages with their text changed, or a header more."""

    def answer(environ: dict[str, Any], begin: Callable[..., Any]) -> Iterator[bytes]:
        said: list[tuple[str, list[tuple[str, str]]]] = []

        def note(status: str, headers: list[tuple[str, str]], error: object = None) -> None:
            said.append((status, headers))

        body = b"".join(pages(environ, note))
        status, headers = said[-1]
        if header:
            headers = [(name, value) for name, value in headers if name != header[0]] + [header]
        begin(status, headers)
        yield change(body.decode("utf-8", "replace")).encode()

    return answer


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
def test_a_page_that_asks_something_of_a_device_breaks_the_promise(kept: Kept, way: str) -> None:
    spoilt = _spoilt(kept.pages, *DEVICES[way])
    made = list(asks_nothing_of_a_device(visit(kept.site, spoilt)))
    assert any(way in name for name in _failed(made)), _failed(made)
    assert Extra(frozenset({"G17"}), lambda: made)


@pytest.mark.parametrize("way", [*DEVICES, "lets out"])
def test_a_page_that_checks_a_receipt_and_could_tell_of_it_breaks_the_promise(kept: Kept, way: str) -> None:
    letting = (_as_it_is, ("Content-Security-Policy", f"{ALONE}; connect-src 'self'"))
    look = visit(kept.site, _spoilt(kept.pages, *{**DEVICES, "lets out": letting}[way]))
    assert "could tell somebody of it" in " ".join(_failed(asks_nothing_of_a_device(look)))


def test_a_mark_of_its_own_for_each_visitor_breaks_the_promise(kept: Kept) -> None:
    look = visit(kept.site, kept.pages)
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
def test_a_page_that_not_everybody_can_read_breaks_the_promise(kept: Kept, way: str) -> None:
    failed = _failed(is_plain(visit(kept.site, _spoilt(kept.pages, READERS[way]))))
    assert any(way in name for name in failed), failed


def test_a_text_in_officialese_breaks_the_promise(kept: Kept) -> None:
    look = visit(kept.site, kept.pages)
    hard = "Ingevolge onderhavige bepalingen worden persoonsgegevens onverminderd rechtmatig verwerkt. " * 20
    spoilt = replace(look, policy=replace(look.policy, texts={**look.policy.texts, "nl": hard}))
    assert "nl: the text of the policy" in _failed(is_plain(spoilt))


def test_a_page_that_does_not_answer_breaks_the_promise(kept: Kept) -> None:
    look = visit(kept.site, kept.pages)
    lang, pages = next(iter(look.pages.items()))
    gone = replace(look, pages={**look.pages, lang: (replace(pages[0], status=500), *pages[1:])})
    assert any("does not answer" in name for name in _failed(is_plain(gone)))


COMPLAINTS: dict[str, Callable[[str], str]] = {
    "takes no complaint": lambda text: text.replace("<textarea", "<textbox"),
    "asks who complains": lambda text: text.replace("</form>", '<input name="email" aria-label="mail"></form>'),
    "nobody gets there": lambda text: text.replace("/complaint/", "/elsewhere/"),
}


@pytest.mark.parametrize("way", COMPLAINTS)
def test_a_page_that_takes_no_complaint_of_anybody_breaks_the_promise(kept: Kept, way: str) -> None:
    failed = _failed(takes_complaints(visit(kept.site, _spoilt(kept.pages, COMPLAINTS[way]))))
    assert any(way.removeprefix("asks ") in name for name in failed), failed


def test_everybody_can_complain_is_held(kept: Kept) -> None:
    proof = prove(kept.target, ("C54",), extra=extras(kept.site, lambda: None, partial(places_of, kept.target))).of(
        "C54"
    )
    assert [(one.name, one.seen) for one in proof.failed] == []
    assert proof.outcome is Outcome.HELD


WAYS_OUT: dict[str, Callable[[str], str]] = {
    "shows one button": lambda text: text.replace("<button", '<input name="address" aria-label="mail"><button'),
    "is asked for more": lambda text: text.replace('role="status"', ""),
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_a_way_out_that_asks_more_breaks_the_promise(kept: Kept, way: str) -> None:
    failed = _failed(lets_out(visit(kept.site, _spoilt(kept.pages, WAYS_OUT[way]))))
    assert any(way in name for name in failed), failed


def test_the_way_out_is_as_promised(kept: Kept) -> None:
    assert _failed(lets_out(visit(kept.site, kept.pages))) == []


CHOICES: dict[str, tuple[Callable[[Look], Iterator[Attempt]], Callable[[str], str]]] = {
    "a yes that is easier": (weighs_the_same, lambda page: page.replace('btn" name="choice" value="marketing:no"',
                                                                        'quiet" name="choice" value="marketing:no"')),
    "cannot be taken back": (weighs_the_same, lambda page: page.replace("community:", "elsewhere:")),
    "not apart": (objects_apart, lambda page: page.replace('aria-labelledby="object"', "")),
    "consent comes before": (objects_apart, lambda page: page.replace("<main", '<main id="consent"')),
}  # fmt: skip


@pytest.mark.parametrize("way", CHOICES)
def test_choices_that_do_not_weigh_the_same_or_hide_objection_break_the_promise(kept: Kept, way: str) -> None:
    tries, spoil = CHOICES[way]
    look = visit(kept.site, kept.pages)
    spoilt = {lang: {kind: spoil(page) for kind, page in pages.items()} for lang, pages in look.choices.items()}
    assert _failed(tries(look)) == []
    failed = _failed(tries(replace(look, choices=spoilt)))
    assert any(way in name for name in failed), failed


def test_objection_is_held(kept: Kept) -> None:
    proof = prove(kept.target, ("G08",), extra=extras(kept.site, lambda: None, partial(places_of, kept.target))).of(
        "G08"
    )
    assert [(one.name, one.seen) for one in proof.failed] == []
    assert proof.outcome is Outcome.HELD
