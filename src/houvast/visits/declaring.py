"""Reads `visits.yaml`: sites, hosts, pages, proxies, logs. Every mistake is told at once, with line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path

from houvast.document import Findings, read_document
from houvast.errors import UsageError
from houvast.reading import Section, did_you_mean
from houvast.visits.keys import AFTER, LOG, MEASURES, QUESTION, ROOT, SHAPES, SITE
from houvast.visits.model import OTHER, OWN, Asked, Declared, Page, Rules, Site
from houvast.visits.reading.formats import FORMATS, Format
from houvast.visits.trends.question import strange

VISITS_FILE = "visits.yaml"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}", re.ASCII)
_HOST = re.compile(r"(?=.{1,253}$)(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*", re.ASCII)
_PATTERN = re.compile(r"/|(/[^/?#\s]+)+")


@dataclass(frozen=True)
class Visits:
    """What `visits.yaml` says. `store`: a folder, "" for that by default; `formats`: of logs, declared."""

    declared: Declared
    store: str = ""
    formats: tuple[Format, ...] = ()


def has_visits(folder: Path) -> bool:
    """Whether the project in a folder counts visits."""
    return (folder / VISITS_FILE).exists()


def load_visits(folder: Path, rules: Rules | None = None) -> Visits:
    """What a project declares about counting, under the rules of its policy.

    Raises:
        FileErrors: the file holds mistakes; all are listed.
        UsageError: there is no such file.
    """
    path = folder / VISITS_FILE
    if not path.exists():
        raise UsageError(
            f"This project counts no visits: there is no {VISITS_FILE} beside its policy.",
            todo="Declare its sites there, as docs/visits.md shows.",
        )
    findings = Findings()
    root = Section(read_document(path), findings, "the visits").expect(ROOT)
    sites = tuple(_site(name, section) for name, section in root.named("sites", "site"))
    if not sites:
        root.wrong("key-missing", "sites", "No site is declared.", "Add one to `sites`.")
    _hosts_of_one(root, sites)
    default, names = root.text("site"), [site.name for site in sites]
    if default and default not in names:
        root.wrong("name-unknown", "site", f"`site: {default}` is no site.", did_you_mean(default, names))
    questions = tuple(_question(name, section) for name, section in root.named("questions", "question"))
    declared = Declared(sites, rules or Rules(), tuple(_proxies(root)), default, questions)
    formats = tuple(_log(name, section) for name, section in root.named("logs", "log"))
    store = root.text("store")
    if store and folder.resolve().is_relative_to((folder / store).resolve()):
        root.wrong("store", "store", "`store` holds the project itself.", "Give it a folder of its own.")
    root.close()
    findings.stop_if_any()
    return Visits(declared, str(folder / store) if store else "", formats)


def _site(name: str, section: Section) -> Site:
    section.expect(SITE)
    _named(name, section)
    label = section.pairs("label")
    for language in ("nl", "en"):
        if not label.get(language):
            section.wrong("label-missing", "label", f"{section.capital} has no name in `{language}`.",
                          f"Add `{language}:` to `label`.")  # fmt: skip
    hosts = section.texts("hosts")
    if not hosts:
        section.wrong("key-missing", "hosts", f"{section.capital} has no host.", "Add `hosts: [www.your.example]`.")
    for host in hosts:
        if not _HOST.fullmatch(host):
            section.wrong("host", "hosts", f"`{host[:60]}` is no host.", "Write it in lower case, without port and path, IDN as xn--.")  # fmt: skip
    found = Site(name, hosts, tuple(_pages(section.section("pages", f"`pages` of {section.title}"))), label)
    section.close()
    return found


def _pages(section: Section) -> Iterator[Page]:
    for name in section.names():
        if not _NAME.fullmatch(name) or name in (OTHER, OWN):
            section.wrong_at("name", section.key_at(name), f"`{name}` cannot be the name of a page.",
                             f"Write small letters, figures, _ and -, a letter first, 40 at most; `{OTHER}` is taken.")  # fmt: skip
        patterns = section.texts(name)
        for pattern in patterns:
            parts = pattern.split("/")
            if not _PATTERN.fullmatch(pattern.rstrip("/") or pattern[:1]) or any("**" in one for one in parts[:-1]) or ("**" in parts[-1] and parts[-1] != "**"):  # fmt: skip
                section.wrong("path", name, f"`{pattern[:60]}` is no path.",
                              "Write /part/part; `*` is one part of it, and `**` at the end is the rest.")  # fmt: skip
        yield Page(name, patterns)
    section.close()


def _question(name: str, section: Section) -> Asked:
    """A question of trends; whether it is answered is for the questions themselves to say (`trends.question`)."""
    section.expect(QUESTION)
    _named(name, section)
    label, by = section.pairs("label"), section.texts("by")
    for language in ("nl", "en"):
        if not label.get(language):
            section.wrong("label-missing", "label", f"{section.capital} has no name in `{language}`.",
                          f"Add `{language}:` to `label`.")  # fmt: skip
    measure = section.choice("measure", MEASURES, MEASURES[0])
    asked = Asked(name, label, by, tuple(section.pairs("where").items()), measure)
    said = strange(asked.by, asked.where)
    if said:
        section.wrong("question", "by", said, "Name at most two of the columns, with `where`; day or week beside them.")
    section.close()
    return asked


def _hosts_of_one(root: Section, sites: tuple[Site, ...]) -> None:
    """A host belongs to one site."""
    of: dict[str, str] = {}
    for site in sites:
        for host in site.hosts:
            if host in of:
                root.wrong("host-twice", "sites", f"`{host}` is a host of `{of[host]}` and again of `{site.name}`.", "Keep one.")  # fmt: skip
            of[host] = site.name


def _proxies(root: Section) -> Iterator[str]:
    for one in root.texts("proxies"):
        try:
            ip_network(one)
        except ValueError:
            root.wrong("network", "proxies", f"`{one[:60]}` is no network.", "Write 10.0.0.0/8, 2001:db8::/32 or one address.")  # fmt: skip
        else:
            yield one


def _log(name: str, section: Section) -> Format:
    section.expect(LOG)
    _named(name, section)
    if name in FORMATS:
        section.wrong_at("name-twice", section.place, f"`{name}` is a format that is known here already.", "Call it otherwise.")  # fmt: skip
    shape = section.choice("format", SHAPES, SHAPES[0]) if section.required("format") else SHAPES[0]
    first, after = section.flag("host_first"), section.texts("after")
    for one in after:
        if one not in AFTER:
            section.wrong("word-unknown", "after", f"`{one[:60]}` is nothing that a line can end with.", did_you_mean(one, AFTER))  # fmt: skip
    if (first or after) and shape not in ("combined", "common"):
        section.wrong("log", "format", f"{section.capital} is `{shape}`, whose fields have names.", "Leave `host_first` and `after` out.")  # fmt: skip
    section.close()
    return replace(FORMATS[shape], name=name, host_first=first, after=after)


def _named(name: str, section: Section) -> None:
    if not _NAME.fullmatch(name):
        section.wrong_at("name", section.place, f"`{name}` cannot be a name here.",
                         "Write small letters, figures, _ and -, a letter first, 40 at most.")  # fmt: skip
