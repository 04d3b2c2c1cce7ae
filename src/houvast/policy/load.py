"""Reads policy files. Every mistake in them is told at once, each with file, line and column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

from houvast.document import Entries, Findings, Text, read_document, read_text
from houvast.errors import FileErrors
from houvast.policy import sections
from houvast.policy.duty_section import read_duty
from houvast.policy.keys import CONTROLLER, HEAD
from houvast.policy.model import Duty, Policy, Wording
from houvast.reading import Section

T = TypeVar("T")


def load_policy(path: Path) -> Policy:
    """One version of a policy, with the texts that lie beside it. Raises FileErrors."""
    return policy_in(read_document(path), path.parent)


def policy_in(document: Entries, folder: Path) -> Policy:
    """The policy in a document; its texts lie in a folder. Raises FileErrors."""
    findings = Findings()
    root = Section(document, findings, "a policy").expect(HEAD)
    policy = _policy(root, folder, findings)
    root.close()
    findings.stop_if_any()
    return policy


def load_versions(folder: Path) -> tuple[Policy, ...]:
    """All versions of the policy in a project folder, oldest first. Raises FileErrors.

    `policy.yaml` is the version in force or the newest; others lie in `versions/NUMBER/policy.yaml`.
    """
    findings = Findings()
    found: list[Policy] = []
    for path in (folder / "policy.yaml", *sorted((folder / "versions").glob("*/policy.yaml"))):
        try:
            policy = load_policy(path)
        except FileErrors as error:
            findings.extend(error.findings)
            continue
        _in_its_folder(policy, path, folder, findings)
        found.append(policy)
    found.sort(key=lambda policy: policy.version)
    _ascending(found, findings)
    findings.stop_if_any()
    return tuple(found)


def _policy(root: Section, folder: Path, findings: Findings) -> Policy:
    name = root.required("policy")
    files = root.pairs("texts")
    root.node("texts")
    return Policy(
        name=name,
        version=_version(root),
        effective=_effective(root),
        regime=root.text("regime", "nl-avg"),
        languages=_languages(root),
        controller=_controller(root),
        texts=_texts(root, files, folder, findings),
        promises=_each(root, "promises", "promise", sections.read_promise),
        categories=_each(root, "data", "category", sections.read_category),
        purposes=_each(root, "purposes", "purpose", sections.read_purpose),
        uses=tuple(sections.read_use(one, findings) for one in root.sections("uses", "use")),
        nevers=tuple(sections.read_never(one) for one in root.sections("nevers", "never")),
        terms=tuple(sections.read_term(one) for one in root.sections("keep", "term")),
        duties=_duties(root),
        place=root.place,
        people=_each(root, "people", "kind of people", sections.read_subject_kind),
        words={**_words(root, "circumstances"), **_words(root, "events"), **_words(root, "fields")},
        text_files={lang: str(folder / file) for lang, file in files.items()},
        places=root.places(),
    )


def _each(root: Section, key: str, title: str, read: Callable[[str, Section], T]) -> dict[str, T]:
    return {name: read(name, section) for name, section in root.named(key, title)}


def _duties(root: Section) -> tuple[Duty, ...]:
    return tuple(
        read_duty(heading, name, section)
        for heading in sections.DUTY_SECTIONS
        for name, section in root.named(heading, f"{heading}:")
    )


def _words(root: Section, key: str) -> dict[str, Wording]:
    group = root.section(key)
    return {name: group.pairs(name) for name in group.names()}


def _version(root: Section) -> int:
    text = root.required("version")
    if text.isascii() and text.isdigit() and len(text) < 9 and int(text) > 0:
        return int(text)
    if text.strip():
        root.wrong("version-number", "version", f"`{text}` is not the number of a version.", "Write 1, 2, 3 ...")
    return 0


def _effective(root: Section) -> datetime:
    text = root.required("effective")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = datetime.min  # noqa: DTZ901 (never leaves: a finding is noted below)
    if instant.tzinfo is None and text.strip():
        root.wrong(
            "effective-unclear",
            "effective",
            f"`{text}` is not an instant.",
            "Write day, time and offset: 2018-05-25T00:00:00+02:00.",
        )
    return instant


def _languages(root: Section) -> tuple[str, ...]:
    found = root.texts("languages")
    if not found:
        root.wrong(
            "key-missing",
            "languages",
            "The policy does not say in which languages it is.",
            "Add `languages: [nl, en]`.",
        )
    for language in found:
        if not (language.isascii() and language.isalpha() and language.islower() and len(language) == 2):
            root.wrong(
                "language-unknown",
                "languages",
                f"`{language}` is not the code of a language.",
                "Write two small letters, such as nl or en.",
            )
    return found


def _controller(root: Section) -> dict[str, str]:
    section = root.section("controller", "the controller").expect(CONTROLLER)
    found = {key: section.text(key) for key in CONTROLLER}
    section.close()
    return {key: value for key, value in found.items() if key in section}


def _texts(root: Section, files: dict[str, str], folder: Path, findings: Findings) -> dict[str, str]:
    section = root.section("texts")
    found: dict[str, str] = {}
    for language, file in files.items():
        node = section.node(language)
        place = node.place if isinstance(node, Text) else root.at("texts")
        if Path(file).name != file or file in ("", ".", ".."):
            findings.add(
                "text-elsewhere",
                place,
                f"`{file}` is not a file beside the policy.",
                "Write the bare name of a file in the same folder.",
            )
            continue
        try:
            found[language] = read_text(folder / file)
        except FileErrors as error:
            findings.add(
                "text-unreadable",
                place,
                f"The text `{file}`: {error.findings[0].message}",
                error.findings[0].todo,
            )
    return found


def _in_its_folder(policy: Policy, path: Path, folder: Path, findings: Findings) -> None:
    if path.parent != folder and path.parent.name != str(policy.version):
        findings.add(
            "version-folder",
            policy.places["version"],
            f"Version {policy.version} lies in the folder `versions/{path.parent.name}`.",
            f"Move it to `versions/{policy.version}`, or correct the number.",
        )


def _ascending(found: list[Policy], findings: Findings) -> None:
    for older, newer in pairwise(found):
        if newer.name != older.name:
            findings.add(
                "policy-name",
                newer.places["policy"],
                f"This version is of `{newer.name}`, another one of `{older.name}`.",
                "All versions of a policy carry the same name.",
            )
        if newer.version == older.version:
            findings.add(
                "version-twice",
                newer.places["version"],
                f"Version {newer.version} is there twice (also in {older.place.file}).",
                "Give each version a number of its own.",
            )
        elif newer.effective <= older.effective:
            findings.add(
                "effective-order",
                newer.places["effective"],
                f"Version {newer.version} takes effect on {newer.effective.isoformat()}, not after "
                f"version {older.version} ({older.effective.isoformat()}).",
                "A later version takes effect later.",
            )
