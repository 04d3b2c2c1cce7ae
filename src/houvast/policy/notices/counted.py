"""What a notice tells visitors of counting: how precisely, in what groups, what is told, and what is kept apart."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.policy.counting import Counting, counting, lines
from houvast.policy.notices.model import Sentence
from houvast.policy.notices.names import Names


def counting_said(names: Names) -> tuple[Sentence, ...]:
    """One sentence for each line of the section `visits`, each standing on the promises of its line; none without."""
    said = counting(names.policy)
    return tuple(_sentences(names, said)) if said else ()


def _sentences(names: Names, said: Counting) -> Iterator[Sentence]:
    say, stands = names.say, {name: line.promises for name, line in lines(names.policy).items()}
    yield names.sentence(say(f"visits_{said.precision}"), *stands["time"])
    yield names.sentence(say(f"visits_{said.mode}"), *stands["address"])
    yield names.sentence(say("visits_group", group=str(said.group)), *stands["group"])
    if said.budget:
        period = names.words.period(said.budget.period)
        yield names.sentence(say("visits_budget", period=period), *stands["budget"])
    if said.apart:
        use = names.policy.use(said.apart.category, said.apart.purpose)
        clause = (
            f" {say('or')} ".join(f" {say('and')} ".join(map(names.circumstance, way)) for way in use.while_)
            if use
            else ""
        )
        period = names.words.period(said.apart.term)
        yield names.sentence(say("visits_apart", clause=clause, period=period), *stands["security"])
