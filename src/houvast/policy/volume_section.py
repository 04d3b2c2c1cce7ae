"""Reads the limit of use of a purpose: how much one login may open, within what time, and when an officer is told."""

from __future__ import annotations

import re

from houvast.policy.keys import VOLUME
from houvast.policy.model import Volume, Window
from houvast.reading import Section

_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_SHARE = re.compile(r"1|0?\.\d{1,2}", re.ASCII)
COUNTS = ("people", "uses")


def read_volume(purpose: Section) -> Volume | None:
    """The limit of a purpose, or None when it has none. One that cannot be read is a finding, and none."""
    if purpose.node("volume") is None:
        return None
    section = purpose.section("volume", f"`volume` of {purpose.title}").expect(VOLUME)
    told = {name: section.text(name) for name in COUNTS if section.node(name) is not None}
    per = Window(section.choice("per", VOLUME["per"].options, Window.DAY.value))
    share = section.text("alarm", "0.8")
    section.close()
    if len(told) != 1:
        message = f"{section.capital} does not say whether it counts people or uses, or says both."
        section.wrong_at(
            "volume-unclear", section.place, message, "Write one of them with a number, such as `people: 200`."
        )
        return None
    ((counts, most),) = told.items()
    if not _NUMBER.fullmatch(most):
        message = f"`{counts}: {most}` is not how many one login may open."
        section.wrong("volume-number", counts, message, "Write a whole number from 1 on, such as `people: 200`.")
        return None
    if not _SHARE.fullmatch(share) or float(share) == 0:
        message = f"`alarm: {share}` is no share of the limit."
        section.wrong("volume-alarm", "alarm", message, "Write a number from 0.01 to 1, such as `alarm: 0.8`.")
        return None
    return Volume(counts, int(most), per, round(float(share) * 100))
