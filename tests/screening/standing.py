"""When an address stands by itself in a text, said without an expression; and texts in which that is hard to see."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

ONE = "iemand@voorbeeld.example"
_LOCAL = set(".+%'-")


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def stands(text: str, value: str, is_word: Callable[[str], bool] = _is_word) -> bool:
    """The meaning, sign by sign."""
    text, value = text.lower(), value.lower()
    for at in range(len(text) - len(value) + 1):
        if text[at : at + len(value)] != value:
            continue
        before, after = text[:at], text[at + len(value) :]
        joined = before[-1:] in _LOCAL and is_word(before[-2:-1] or " ")
        part = bool(before) and (is_word(before[-1]) or joined)
        longer = bool(after) and (is_word(after[0]) or (after[0] in ".-" and is_word(after[1:2] or " ")))
        if not part and not longer:
            return True
    return False


texts = st.lists(
    st.one_of(
        st.sampled_from(
            [ONE, ONE.upper(), "ander.", ".", "-", "+", "_", " ", "\n", "a", "é", ".example", "x@y.example"]
        ),
        st.text(alphabet="ab.-+_'% \n<>@é9", max_size=3),
    ),
    max_size=9,
).map("".join)
