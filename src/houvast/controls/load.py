"""Reads `controls.yaml`, and holds it to the policy. Every mistake is told at once, with line and column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from houvast.controls.keys import CONTROL, ROOT
from houvast.controls.measures import MEASURES
from houvast.controls.model import ATTESTED, OWNERS, SORTS, Control
from houvast.document import Findings, read_document
from houvast.errors import Finding
from houvast.policy.model import Policy
from houvast.policy.periods import after, parse_period
from houvast.reading import Section, did_you_mean

CONTROLS_FILE = "controls.yaml"
LONGEST = 800
"""Days: nothing that protects people goes longer than two years without somebody looking."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_DAYS = [date(2023, month, 1) for month in range(1, 13)]
"""A month has as many days as the longest that begins on one of these has at most; the shortest counts."""


def load_controls(folder: Path) -> tuple[Control, ...]:
    """The controls of a project's folder; none when there is no such file. Raises FileErrors."""
    path = folder / CONTROLS_FILE
    if not path.exists():
        return ()
    findings = Findings()
    root = Section(read_document(path), findings, "the controls").expect(ROOT)
    found = tuple(_control(name, section) for name, section in root.named("controls", "control"))
    root.close()
    findings.stop_if_any()
    return found


def check(controls: Sequence[Control], versions: Sequence[Policy]) -> tuple[Finding, ...]:
    """What of the controls does not fit the policy."""
    findings = Findings()
    known = {promise for policy in versions for promise in policy.promises}
    for one in controls:
        if one.promise not in known:
            said = f"Control `{one.name}` serves promise `{one.promise}`, and there is none."
            findings.add("name-unknown", one.place, said, did_you_mean(one.promise, known))
    return findings.all()


def _control(name: str, section: Section) -> Control:
    section.expect(CONTROL)
    if not _NAME.fullmatch(name):
        section.wrong_at("name", section.place, f"`{name}` cannot be the name of a control.",
                         "Write small letters, figures and _, a letter first, 40 at most.")  # fmt: skip
    label = section.pairs("label")
    for language in ("nl", "en"):
        if not label.get(language):
            section.wrong("label-missing", "label", f"{section.capital} has no name in `{language}`.",
                          f"Add `{language}:` to `label`.")  # fmt: skip
    sort = section.choice("kind", SORTS, "")
    test = section.choice("test", (*MEASURES, ATTESTED), "")
    if test in MEASURES and sort in SORTS[1:]:
        section.wrong("test-unclear", "test", f"{section.capital} is {sort}, and `{test}` is measured.",
                      "Write `kind: technical`, or `test: attested`.")  # fmt: skip
    owner, promise = section.choice("owner", OWNERS, ""), section.required("promise")
    found = Control(name, sort, owner, test, _days(section), promise, label, section.at("promise"))
    section.close()
    return found


def _days(section: Section) -> int:
    """A period in days: of a month, the fewest that it can have."""
    text = section.required("period")
    period = parse_period(text)
    days = min((after(day, period) - day).days for day in _DAYS) if period else 0
    if text and not 1 <= days <= LONGEST:
        section.wrong("period", "period", f"`period: {text}` of {section.title} is no time from a day to two years.",
                      "Write P1D, P1W, P1M, P3M or P1Y.")  # fmt: skip
    return days
