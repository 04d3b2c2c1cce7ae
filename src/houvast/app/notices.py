"""Notices of a project: of the version in force at an instant, written in one of the formats."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime

from houvast.app import desk
from houvast.app.counting import counts_until
from houvast.app.demo import Demo
from houvast.app.places import demo_data, sample_project
from houvast.app.project import Project, today
from houvast.app.target import DEMO, Target
from houvast.database.server import Server
from houvast.errors import UsageError
from houvast.policy import Notice, Policy, notice
from houvast.policy.notices import Tried, as_data, as_html, as_jsonld, as_markdown
from houvast.policy.notices.phrases import phrases
from houvast.policy.plain import Hard, Plainness, hard_phrases, plainness
from houvast.policy.regime import regime
from houvast.reading import did_you_mean

FORMATS = ("md", "html", "pdf", "jsonld")


def make(project: Project, language: str, *, as_of: datetime | None = None, tried: Tried | None = None) -> Notice:
    """The notice of the version in force at `as_of`, or now. Raises UsageError: no such version or language."""
    on = as_of or today()
    return notice(project.version_at(on), language, as_of=as_of, law_of=on, tried=tried)


def last_tried(project: Project, database: str | None, as_of: datetime | None = None) -> Tried | None:
    """What the newest proofs found, as stored at the desk; None when there are none, or none that old.

    database: a URL, or "demo"; without it the demo's for its own project, and only if it runs: a notice starts
        no server. A proof made after `as_of` does not count, nor one that was too old then (`app.counting`).
    Raises DatabaseError or DatabaseRefusal: the database that was named cannot be asked.
    """
    url = _where(project, database)
    if url is None:
        return None
    with closing(Target(project, url).connect()) as connection:
        found: Mapping[str, desk.Proven] = desk.proofs(connection) if desk.exists(connection) else {}
    then = as_of or today()
    policy = project.version_at(then)
    fresh = {name: one for name, one in found.items() if one.ended <= then <= counts_until(policy, one.ended)}
    if not fresh:
        return None
    newest = max(one.ended for one in fresh.values())
    return Tried({name: one.outcome for name, one in fresh.items()}, regime(policy.regime).local_day(newest))


def _where(project: Project, database: str | None) -> str | None:
    if database and database != DEMO:
        return database
    if database == DEMO:
        return Demo.existing().url()
    server = Server(demo_data())
    if project.folder.resolve() != sample_project().resolve() or not server.running:
        return None
    demo = Demo(server)
    return demo.url() if demo.is_filled() else None


def how_plain(policy: Policy, language: str) -> tuple[Plainness, tuple[Hard, ...]]:
    """How plain the text of a policy is, and the loose phrases in its file that are hard.

    Raises UsageError for a language that the policy has no text in or that Houvast cannot measure.
    """
    if language not in policy.texts:
        raise UsageError(f"This policy has no text in `{language}`.", todo=did_you_mean(language, policy.texts))
    text = plainness(policy.texts[language], language, policy.text_files[language])
    return text, hard_phrases(phrases(policy, language), language)


def written(policy: Policy, found: Notice, fmt: str) -> bytes:
    """A notice of this policy in one of FORMATS; the same notice gives the same bytes.

    Raises:
        UsageError: a PDF is wanted and Typst is not installed.
        DocumentError: the PDF could not be made.
    """
    if fmt == "pdf":
        from houvast.documents import pdf

        return pdf("notice", as_data(found), created=policy.effective)
    if fmt == "jsonld":
        return as_jsonld(policy, found).encode()
    return (as_html if fmt == "html" else as_markdown)(found).encode()
