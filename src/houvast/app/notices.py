"""Notices of a project: of the version in force at an instant, written in one of the formats."""

from __future__ import annotations

from datetime import datetime

from houvast.app.project import Project, today
from houvast.errors import UsageError
from houvast.policy import Notice, Policy, notice
from houvast.policy.notices import Tried, as_data, as_html, as_jsonld, as_markdown
from houvast.policy.notices.phrases import phrases
from houvast.policy.plain import Hard, Plainness, hard_phrases, plainness
from houvast.reading import did_you_mean

FORMATS = ("md", "html", "pdf", "jsonld")


def make(project: Project, language: str, *, as_of: datetime | None = None, tried: Tried | None = None) -> Notice:
    """The notice of the version in force at `as_of`, or now. Raises UsageError: no such version or language."""
    return notice(project.version_at(as_of or today()), language, as_of=as_of, tried=tried)


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
