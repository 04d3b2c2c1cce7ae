"""Notices of a project: of the version in force at an instant, written in one of the formats."""

from __future__ import annotations

from datetime import datetime

from houvast.app.project import Project, today
from houvast.policy import Notice, Policy, notice
from houvast.policy.notices import Tried, as_data, as_html, as_markdown

FORMATS = ("md", "html", "pdf")


def make(project: Project, language: str, *, as_of: datetime | None = None, tried: Tried | None = None) -> Notice:
    """The notice of the version in force at `as_of`, or now. Raises UsageError: no such version or language."""
    return notice(project.version_at(as_of or today()), language, as_of=as_of, tried=tried)


def written(policy: Policy, found: Notice, fmt: str) -> bytes:
    """A notice of this policy in one of FORMATS; the same notice gives the same bytes.

    Raises:
        UsageError: a PDF is wanted and Typst is not installed.
        DocumentError: the PDF could not be made.
    """
    if fmt == "pdf":
        from houvast.documents import pdf

        return pdf("notice", as_data(found), created=policy.effective)
    return (as_html if fmt == "html" else as_markdown)(found).encode()
