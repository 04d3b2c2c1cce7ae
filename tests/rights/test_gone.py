"""What goes of one value: places in nested texts, what is judged beside the rules, and values that are no text."""

from __future__ import annotations

from houvast.rights import Rule
from houvast.rights.gone import WHOLE, Gone, Judged, Span, spelled
from houvast.rights.texts import strings

NESTED = {"to": ["Anna", 3, None, {"cc": "Bea and Anna"}], "ok": True}


def _judged(part: int, begin: int, end: int, *, takes: bool) -> Judged:
    return Judged(1, "t", "c", "[1]", part, begin, end, takes)


def test_a_nested_value_is_spelled_with_the_number_of_each_text() -> None:
    pieces = list(spelled(NESTED))
    assert [text for part, text in pieces if part is not None] == list(strings(NESTED))
    assert "".join(text for _, text in pieces) == '{"to": ["Anna", 3, null, {"cc": "Bea and Anna"}], "ok": true}'
    assert (list(spelled(None)), list(spelled(30)), list(spelled(""))) == ([], [(None, "30")], [(0, "")])
    assert list(spelled([])) == [(None, "[]")]


def test_what_is_judged_goes_out_of_the_text_that_was_meant() -> None:
    gone = _judged(3, 8, 12, takes=True).on(Gone(), "somebody", same=True)
    assert gone.out_of(NESTED) == {"to": ["Anna", 3, None, {"cc": "Bea and [somebody]"}], "ok": True}
    assert _judged(3, 8, 12, takes=True).on(Gone(), "somebody", same=False).out_of(NESTED) == "somebody"
    assert _judged(WHOLE, 0, 0, takes=True).on(Gone(), "somebody", same=True).out_of(30) == "somebody"
    assert _judged(3, 0, 0, takes=True).said(NESTED) == "Bea and Anna"
    assert _judged(9, 0, 0, takes=True).said(NESTED) == ""


def test_what_lies_over_a_redaction_takes_it_along_and_leaves_no_half() -> None:
    rule = Gone(parts={0: (Span(4, 8, Rule.NAMED, "A"), Span(9, 14, Rule.ADDRESS, "B"))})
    text = "one two, three four"
    gone = _judged(0, 0, 6, takes=True).on(rule, "somebody", same=True)
    assert gone.out_of(text) == "[somebody] [B] four"
    assert list(gone.rules) == [Rule.JUDGED, Rule.ADDRESS]
    left = _judged(0, 9, 14, takes=False).on(gone, "", same=True)
    assert list(left.rules) == [Rule.JUDGED]
    assert list(_judged(0, 9, 14, takes=False).on(gone, "", same=False).rules) == [Rule.JUDGED, Rule.ADDRESS]
    whole = Gone((Rule.ORGANISATION, "the company"))
    assert _judged(WHOLE, 0, 0, takes=False).on(whole, "", same=True).out_of(text) == text
