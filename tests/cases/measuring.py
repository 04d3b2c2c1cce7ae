"""Measures the classifier on the sixty mails, which it was not tuned on: recall and precision for each right.

    PYTHONPATH=src python -m tests.cases.measuring

writes `results.json`, which a test compares with what comes out now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from houvast.cases import Right
from houvast.cases.incoming import read
from houvast.cases.proposing import LANGUAGES, propose

FOLDER = Path(__file__).parent / "mails"
RESULTS = Path(__file__).parent / "results.json"


def measure() -> dict[str, Any]:
    """What the classifier says of each mail, against what its author meant."""
    wanted: Mapping[str, Any] = yaml.safe_load((FOLDER / "labels.yaml").read_text("utf-8"))
    found = {name: _said(name) for name in wanted}
    rights = {right.value: _counted(right.value, wanted, found) for right in Right}
    asked, said = ({name for name, one in all_.items() if one["is_request"]} for all_ in (wanted, found))
    flags = ("language", "is_request", "is_auto", "is_bounce")
    same = {name: found[name]["rights"] == sorted(one["rights"]) for name, one in wanted.items()}
    return {
        "mails": len(wanted),
        "rights_all_right": sum(same.values()),
        "rights_all_right_by_language": {one: sum(same[name] for name in same if name[:2] == one) for one in LANGUAGES},
        **{f"{flag}_right": sum(found[name][flag] == wanted[name][flag] for name in wanted) for flag in flags},
        "requests_missed": sorted(asked - said),
        "taken_for_a_request": sorted(said - asked),
        "recall": _ratio(rights, "missed"),
        "precision": _ratio(rights, "too_many"),
        "rights": rights,
        "wrong": {
            name: {"wanted": sorted(wanted[name]["rights"]), "found": found[name]["rights"]}
            for name, right in same.items() if not right
        },
    }  # fmt: skip


def _said(name: str) -> dict[str, Any]:
    mail = read((FOLDER / f"{name}.eml").read_bytes())
    proposal = propose(mail)
    return {"rights": sorted(right.value for right in proposal.rights), "language": proposal.language,
            "is_request": proposal.is_request, "is_auto": mail.is_auto, "is_bounce": mail.is_bounce}  # fmt: skip


def _counted(right: str, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, int]:
    asks = {name for name, one in wanted.items() if right in one["rights"]}
    said = {name for name, one in found.items() if right in one["rights"]}
    return {"asked": len(asks), "found": len(asks & said), "missed": len(asks - said), "too_many": len(said - asks)}


def _ratio(rights: Mapping[str, Mapping[str, int]], wrong: str) -> float:
    found = sum(one["found"] for one in rights.values())
    return round(found / (found + sum(one[wrong] for one in rights.values())), 3)


if __name__ == "__main__":
    RESULTS.write_text(json.dumps(measure(), indent=2) + "\n", "utf-8")
