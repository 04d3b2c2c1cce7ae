"""What copies and certificates say to people, in Dutch and English: `wording/LANGUAGE.yaml`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from houvast.policy.model import Policy
from houvast.reading import read_words

LANGUAGES = ("nl", "en")
_FOLDER = Path(__file__).parent / "wording"


@cache
def wording(language: str) -> Mapping[str, Mapping[str, str]]:
    """The words of a language: section -> name -> text."""
    return read_words(_FOLDER / f"{language}.yaml", "the words of people's rights")


def roles(policy: Policy, language: str) -> dict[str, str]:
    """Kind of people -> what somebody else of that kind is called; "" for people who are of no kind, such as staff;
    ":organisation" for a company, ":judged" for whom one of the staff saw or the data map hides, ":email" and so on for an address of nobody knows whom."""
    says = wording(language)["roles"]
    found = {"": says["staff"]} | {f":{name}": says[name] for name in ("organisation", "email", "phone", "iban", "bsn")}
    found[":judged"] = says["other"]
    for name, kind in policy.people.items():
        label = kind.label.get(language)
        found[name] = says["another"].format(kind=label) if label else says["other"]
    return found


def shown(value: object, language: str) -> str:
    """A value of a row as people read it."""
    if isinstance(value, bool):
        return wording(language)["page"]["so" if value else "not_so"]
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)
