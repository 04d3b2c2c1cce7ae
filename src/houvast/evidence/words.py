"""What entries and receipts say to people, in Dutch and English: `wording/LANGUAGE.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from houvast.document import Findings, parse
from houvast.reading import Section

LANGUAGES = ("nl", "en")
_FOLDER = Path(__file__).parent / "wording"


@cache
def wording(language: str) -> Mapping[str, Mapping[str, str]]:
    """`kinds` and `fields` by the names that the registry gives them, and `receipt` for the page of receipts."""
    file, findings = f"{language}.yaml", Findings()
    root = Section(parse((_FOLDER / file).read_text("utf-8"), file), findings, "the words of the log")
    found = {name: dict(root.pairs(name)) for name in root.names()}
    findings.stop_if_any()
    return found
