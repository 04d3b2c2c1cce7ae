"""A notice as what JSON can hold, for whoever cannot read Python values: the templates of documents."""

from __future__ import annotations

from dataclasses import asdict

from houvast.policy.notices.model import Block, Notice, Section, Table


def as_data(notice: Notice) -> dict[str, object]:
    """The notice as texts, lists and mappings; days as YYYY-MM-DD.

    `places` is promise -> anchor; each row has `named`, the promises to show there (Table.named).
    """
    return {
        "policy": notice.policy,
        "version": notice.version,
        "language": notice.language,
        "title": notice.title,
        "author": notice.controller,
        "effective": notice.effective.isoformat(),
        "lead": [asdict(one) for one in notice.lead],
        "standing": asdict(notice.standing),
        "short": [_section(one) for one in notice.short],
        "text": [_section(one) for one in notice.text],
        "details": [_section(one) for one in notice.details],
        "places": notice.places(),
        "says": dict(notice.says),
    }


def _section(section: Section) -> dict[str, object]:
    blocks = [_block(block) for block in section.blocks]
    return {"anchor": section.anchor, "heading": section.heading, "level": section.level, "blocks": blocks}


def _block(block: Block) -> dict[str, object]:
    found: dict[str, object] = {"kind": block.kind, **asdict(block)}
    if isinstance(block, Table):
        found["rows"] = [{**asdict(row), "named": block.named(row)} for row in block.rows]
    return found
