"""docs/evidence-kinds.md as the registry of kinds has it."""

from __future__ import annotations

from houvast.evidence.kinds import KINDS, SUBJECT, Field, Kind, Sort

HEAD = """# What is written into the log

Every kind of entry, with its fields. A kind or field that does not stand here cannot be written: the database refuses
it (table `houvast.event`), and so does whoever reads an entry. A test compares this page with the registry,
`src/houvast/evidence/kinds.py`; `tests/evidence/vectors/kinds.json` has an entry of each kind with its bytes.

*Body*: public, never personal data. *Sealed*: an entry holds a commitment, which a receipt opens; each may be absent.
Sealed field `subject` is the person, as `kind:key`.
"""
_SORTS = {
    Sort.NAME: "name", Sort.COUNT: "whole number", Sort.DIGEST: "SHA-256, 64 hexadecimal digits",
}  # fmt: skip


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(_section(one) for one in KINDS.values())])


def _section(one: Kind) -> str:
    rows = [f"| `{field.name}` | body | {_sort(field)} | {field.says} |" for field in one.body]
    sealed = {**(one.sealed or {}), **({SUBJECT: "whom it is about"} if one.person else {})}
    rows += [f"| `{name}` | sealed | | {says} |" for name, says in sealed.items()]
    table = ["| field | | holds | says |", "|---|---|---|---|", *rows, ""] if rows else ["No fields.", ""]
    return "\n".join([f"## {one.name}", "", one.says, "", *table])


def _sort(field: Field) -> str:
    if field.sort is Sort.CHOICE:
        return " or ".join(f"`{choice}`" if choice else "empty" for choice in field.choices)
    return _SORTS[field.sort]
