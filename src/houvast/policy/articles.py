"""Articles of the law as people cite them: "AVG 13(1)(a)", "BW 3:15d", "AVG overweging 26"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from houvast.policy.law import LawBook
from houvast.reading import did_you_mean

_ARTICLE = re.compile(r"(\d+(?:[.:/]\d+)?[a-z]{0,3})((?:\([0-9a-z]{1,4}\))*)", re.ASCII)
_RECITAL = re.compile(r"(?:overweging|recital) (\d+)", re.ASCII)


def below(one: str, other: str) -> bool:
    """Whether an article is another one or a part of it: AVG 13(1)(a) is of AVG 13, AVG 7(3) of AVG 7."""
    return one == other or one.startswith(f"{other}(")


def covered(needs: Iterable[str], cited: Iterable[str]) -> bool:
    """Whether each article needed is cited, or is a part of one that is."""
    known = tuple(cited)
    return all(any(below(need, one) for one in known) for need in needs)


def of_this_alone(cited: Iterable[str], law: Iterable[str]) -> bool:
    """Whether something is cited, and nothing but parts of these articles."""
    known, ours = tuple(law), tuple(cited)
    return bool(ours) and all(any(below(one, article) for article in known) for one in ours)


def wrong(text: str, books: Mapping[str, LawBook]) -> tuple[str, str] | None:
    """Why an article cannot be cited so, and what to write; None when it can."""
    book = max((name for name in books if text == name or text.startswith(f"{name} ")), key=len, default=None)
    if book is None:
        first = text.split()[0] if text.split() else text
        return f"`{text}` is of no law that is known here", did_you_mean(first, books)
    article = text[len(book) :].strip()
    recital = _RECITAL.fullmatch(article)
    if recital and 0 < int(recital.group(1)) <= books[book].recitals:
        return None
    match = _ARTICLE.fullmatch(article)
    if not match:
        return f"`{text}` is not written as an article", f"Write it like {book} 13(1)(a)."
    last = books[book].articles
    number = int(re.split(r"\D", match.group(1))[0])
    if last and not 0 < number <= last:
        return f"{book} has no article {match.group(1)}: it has {last}", "Correct the number."
    return None
