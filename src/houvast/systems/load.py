"""Reads `systems.yaml`, and holds it to policy and data map. Every mistake is told at once, with line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from houvast.datamap.model import NOT_PERSONAL, DataMap
from houvast.datamap.model import SORTS as IDENTIFIERS
from houvast.document import Findings, read_document
from houvast.errors import NOWHERE, Finding
from houvast.errors import Place as At
from houvast.policy.model import Policy
from houvast.reading import Section, did_you_mean
from houvast.systems.addresses import wrong_with
from houvast.systems.keys import RECIPIENT, ROOT, SYSTEM, TABLE
from houvast.systems.model import FORMS, KEY, RIGHTS, SORTS, Recipient, Secret, System, Systems, Table

SYSTEMS_FILE = "systems.yaml"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_ONLY = {"database": ("tables", "closed"), "files": ("form", "holds", "erasure", "because"),
         "service": ("holds", "secret_from", "does")}  # fmt: skip
"""Which keys belong to which sort of system."""


def load_systems(folder: Path) -> Systems:
    """The systems of a project's folder; none when there is no such file. Raises FileErrors."""
    path = folder / SYSTEMS_FILE
    if not path.exists():
        return Systems()
    findings = Findings()
    root = Section(read_document(path), findings, "the systems").expect(ROOT)
    systems = {name: _system(name, section) for name, section in root.named("systems", "system")}
    recipients = {name: _recipient(name, section) for name, section in root.named("recipients", "recipient")}
    receivers = root.texts("receivers")
    for one in receivers:
        if wrong_with(one):
            root.wrong("receiver", "receivers", f"`{one}` is no address to hand data over to: {wrong_with(one)}.",
                       "Write https://HOST/PATH.")  # fmt: skip
    for name in recipients.keys() & systems.keys():
        root.wrong("name-twice", "recipients", f"`{name}` is a system and a recipient.", "Rename one of them.")
    root.close()
    findings.stop_if_any()
    return Systems(systems, recipients, receivers, root.place)


def _named(name: str, section: Section) -> None:
    if not _NAME.fullmatch(name):
        section.wrong_at("name", section.place, f"`{name}` cannot be a name here.",
                         "Write small letters, figures and _, a letter first, 40 at most.")  # fmt: skip


def _system(name: str, section: Section) -> System:
    section.expect(SYSTEM)
    _named(name, section)
    sort = section.choice("sort", SORTS, SORTS[0])
    system = System(
        name,
        sort,
        section.pairs("label"),
        _secret(section, "url"),
        section.texts("people"),
        {table: _table(table, one) for table, one in section.named("tables", "table")},
        section.texts("closed"),
        section.choice("form", FORMS, "any"),
        section.texts("holds"),
        section.choice("erasure", ("delete", "redact", "keep"), "delete"),
        section.text("because"),
        Secret(variable=section.text("secret_from"), place=section.at("secret_from")),
        section.texts("does") or RIGHTS[:3],
        section.place,
        section.places(),
    )
    strange = {key for of, keys in _ONLY.items() if of != sort for key in keys} - set(_ONLY[sort])
    for key in strange & set(section.names()):
        section.wrong("key-misplaced", key, f"`{key}` is not for `sort: {sort}`.", "Take it out.")
    for one in set(system.does) - set(RIGHTS):
        section.wrong("word-unknown", "does", f"No system can be asked `{one}`.", did_you_mean(one, RIGHTS))
    _whole(system, section)
    section.close()
    return system


def _whole(system: System, section: Section) -> None:
    if not (system.url.text or system.url.variable):
        section.wrong("key-missing", "url", f"{section.capital} says nowhere where it is.", "Add `url: ...`.")
    if system.sort == "database" and not system.tables:
        section.wrong("key-missing", "tables", f"{section.capital} has no `tables`.", "Add those with personal data.")
    if system.sort != "database" and not system.holds:
        section.wrong("key-missing", "holds", f"{section.capital} does not say which data it holds.", "Add `holds:`.")
    if system.sort == "service":
        _asked(section, system.url, system.sign)
    if system.erasure == "keep" and not system.because:
        section.wrong("key-missing", "because", f"{section.capital} keeps what is erased elsewhere, and names no law.",
                      "Add `because: AWR 52(4)`, or let it erase.")  # fmt: skip


def _asked(section: Section, url: Secret, sign: Secret) -> None:
    if not sign.variable:
        section.wrong("key-missing", "secret_from", f"{section.capital} has nothing to sign with.",
                      "Add `secret_from: VARIABLE`; the variable holds whsec_ and 32 random bytes in Base64.")  # fmt: skip
    if url.text and (wrong := wrong_with(url.text)):
        section.wrong("address", "url", f"`{url.text}` is no address to ask: {wrong}.", "Write https://HOST/PATH.")


def _secret(section: Section, key: str) -> Secret:
    text, variable = section.text(key), section.text(f"{key}_from")
    if text and variable:
        section.wrong("key-twice", key, f"{section.capital} has both `{key}` and `{key}_from`.", "Take one out.")
    if re.search(r"//[^/@]*:[^/@]+@", text):
        section.wrong("secret", key, f"`{key}` of {section.title} holds a password.",
                      f"Put it into a variable of the environment, and name that: `{key}_from: VARIABLE`.")  # fmt: skip
    return Secret(text, variable, section.at(key if key in section else f"{key}_from"))


def _table(name: str, section: Section) -> Table:
    section.expect(TABLE)
    ways = section.pairs("person")
    for way in ways.keys() - {KEY, *IDENTIFIERS}:
        section.wrong("identifier-unclear", "person", f"{section.capital}: nobody is found by `{way}`.",
                      did_you_mean(way, (KEY, *IDENTIFIERS)))  # fmt: skip
    columns = {column: "" if what == NOT_PERSONAL else what for column, what in section.pairs("columns").items()}
    table = Table(
        name,
        {way: tuple(part.strip() for part in path.split(".")) for way, path in ways.items()},
        columns,
        section.choice("erasure", ("delete", "anonymise", "keep"), "delete"),
        section.texts("blank"),
        section.text("because"),
        section.place,
        section.places(),
    )
    if not ways:
        section.wrong("key-missing", "person", f"{section.capital} does not say whose its rows are.",
                      "Add `person: {email: COLUMN}`, or `{key: COLUMN}` with our number.")  # fmt: skip
    if bool(table.blank) != (table.erasure == "anonymise"):
        section.wrong("erasure-unclear", "blank" if table.blank else "erasure",
                      f"{section.capital}: `erasure: anonymise` and `blank:` (the columns to empty) go together.",
                      "Add the other one, or take this one out.")  # fmt: skip
    if table.erasure == "keep" and not table.because:
        section.wrong("key-missing", "because", f"{section.capital} keeps rows and names no law.",
                      "Add `because: AWR 52(4)`, or let it erase.")  # fmt: skip
    for column in set(table.blank) - columns.keys():
        section.wrong("column-unknown", "blank", f"{section.capital} has no column `{column}`.",
                      did_you_mean(column, columns))  # fmt: skip
    section.close()
    return table


def _recipient(name: str, section: Section) -> Recipient:
    section.expect(RECIPIENT)
    _named(name, section)
    found = Recipient(
        name,
        section.required("role"),
        section.pairs("label"),
        section.texts("data"),
        section.texts("people"),
        section.flag("always"),
        _secret(section, "url"),
        Secret(variable=section.text("secret_from"), place=section.at("secret_from")),
        section.text("mail"),
        section.choice("language", ("nl", "en"), "nl"),
        section.place,
        section.places(),
    )
    if found.url.text or found.url.variable:
        _asked(section, found.url, found.sign)
    if not found.data:
        section.wrong("key-missing", "data", f"{section.capital} does not say which data it gets.", "Add `data:`.")
    section.close()
    return found


def check(systems: Systems, versions: Sequence[Policy], datamap: DataMap) -> tuple[Finding, ...]:
    """What in the file names nothing in the policy or the data map."""
    policy = versions[-1]
    findings = Findings()
    known = {
        "category": tuple(policy.categories),
        "kind of people": tuple(datamap.subjects),
        "recipient": tuple(duty.name for duty in policy.duties if duty.section == "recipients"),
    }
    for sort, name, place, of in _names(systems):
        if name not in known[sort]:
            findings.add("name-unknown", place, f"{of} names `{name}`, which is no {sort} here.",
                         did_you_mean(name, known[sort]))  # fmt: skip
    for one in systems.systems.values():
        numbered = [table for table in one.tables.values() if KEY in table.person]
        if numbered and len(one.kinds) != 1:
            findings.add("people-unclear", numbered[0].place, f"System `{one.name}` finds people by our number, and does not"
                         " say of which one kind they are.", f"Add `people: {next(iter(datamap.subjects), 'customer')}`.")  # fmt: skip
    for of, label, place in _labels(systems):
        for language in policy.languages:
            if language not in label:
                findings.add(
                    "label-missing", place, f"{of} has no name in `{language}`.", f"Add `{language}:` to `label`."
                )
    return findings.all()


def _names(systems: Systems) -> Iterator[tuple[str, str, At, str]]:
    for one in systems.systems.values():
        of = f"System `{one.name}`"
        for kind in one.kinds:
            yield "kind of people", kind, _at(one.places, f"people.{kind}", one.place), of
        for category in one.holds:
            yield "category", category, _at(one.places, f"holds.{category}", one.place), of
        for table in one.tables.values():
            for column, category in table.columns.items():
                if category:
                    yield (
                        "category",
                        category,
                        _at(table.places, f"columns.{column}", table.place),
                        f"{of}, `{table.name}.{column}`,",
                    )
    for recipient in systems.recipients.values():
        of = f"Recipient `{recipient.name}`"
        yield "recipient", recipient.role, _at(recipient.places, "role", recipient.place), of
        for kind in recipient.kinds:
            yield "kind of people", kind, _at(recipient.places, f"people.{kind}", recipient.place), of
        for category in recipient.data:
            yield "category", category, _at(recipient.places, f"data.{category}", recipient.place), of


def _labels(systems: Systems) -> Iterator[tuple[str, Mapping[str, str], At]]:
    for one in systems.systems.values():
        yield f"System `{one.name}`", one.label, one.place
    for one in systems.recipients.values():
        yield f"Recipient `{one.name}`", one.label, one.place


def _at(places: Mapping[str, At], key: str, default: At) -> At:
    return places.get(key, default or NOWHERE)
