"""Letters by post with a code: to the address on file, for somebody who must show that a request is theirs.

The code stands in the printed letter alone. What is kept of the letter has a mask in its place, and nothing shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files

from houvast.app import cases
from houvast.app.target import Target
from houvast.cases import Case, Letter, store
from houvast.cases.words import HOLDERS, RIGHTS
from houvast.cases.writing import day
from houvast.documents import pdf
from houvast.policy.law import Regime
from houvast.policy.regime import regime

MASK = "····-····-····"


@dataclass(frozen=True)
class Printed:
    """A letter as a PDF, and the last day on which its code works."""

    pdf: bytes
    until: date


def print_letter(target: Target, number: int, origin: str, by: str, now: datetime) -> Printed:
    """A letter with a new code for a request that waits to be checked; the request waits from now on.

    origin: where the pages are, to which the letter sends its reader.
    Raises Refused: nothing waits, no postal address is on file, or three letters were printed; UsageError: no Typst.
    """
    policy = target.project.versions[-1]
    law = regime(policy.regime)
    with target.connect() as connection, connection.transaction():
        case = store.case(connection, number)
        code, address, ends = store.print_code(connection, number)
        until = law.local_day(ends)
        mandate = store.mandate_of(connection, number)
        page = f"{origin}/{'' if case.language == 'nl' else f'{case.language}/'}me/letter/"
        known = cases.values(policy, case, str(store.code(connection, number)))
        known |= {"page": page, "until": day(until, case.language), **(_mandate(mandate, case, law) if mandate else {})}
        template = "post_mandate" if mandate else "post_code"
        kept = _written(template, case, known | {"code": MASK})
        store.send(connection, store.draft(connection, kept, by, request=number), printed=True)
        shown = _written(template, case, known | {"code": code})
        data = {"subject": shown.subject, "sender": known["organisation"], "address": address, "code": code,
                "day": day(now.date(), case.language), "language": case.language,
                "paragraphs": [part.strip() for part in shown.body.split("\n\n")]}  # fmt: skip
        return Printed(pdf("letter", data, created=now), until)


def _mandate(found: store.Mandate, case: Case, law: Regime) -> dict[str, str]:
    lang, last = case.language, law.local_day(found.until)
    return {"holder": found.holder, "sort": HOLDERS[found.sort][lang], "mandate_until": day(last, lang),
            "rights": ", ".join(RIGHTS[right][lang] for right in found.rights)}  # fmt: skip


def _written(template: str, case: Case, values: Mapping[str, str]) -> Letter:
    text = files("houvast.app").joinpath("mails", f"{template}.{case.language}.txt").read_text(encoding="utf-8")
    subject, _, body = text.format_map(values).partition("\n\n")
    return Letter("identity", case.language, subject, body, "")
