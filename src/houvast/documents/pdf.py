"""PDFs by Typst, from the templates beside this file. Data reach a template as JSON, so they are never markup."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from houvast.errors import HouvastError, UsageError

_FOLDER = Path(__file__).parent
LARGEST = 2_000_000
"""Characters of JSON; some 5 seconds and 800 MB. A policy has some 150,000."""
_STANDARD = "ua-1"
_NO_GLYPH = re.compile(r'the text `"(.*?)"` could not be displayed')


class DocumentError(HouvastError):
    """A document could not be made from these data."""

    code = "document"


def pdf(template: str, data: Mapping[str, object], *, created: datetime) -> bytes:
    """A tagged PDF (PDF/UA-1) from the template `TEMPLATE.typ`.

    data: what JSON can hold; the template reads it as `sys.inputs.data`.
    created: the date (aware) that stands in the file as that of its making; no clock is asked.

    The fonts are those within Typst, so that every machine makes the same bytes; only for characters
    that they do not have, the fonts of this machine are tried.

    Raises:
        UsageError: Typst is not installed.
        DocumentError: the data are too much, no font has a character, or what Typst says of the template.
    """
    source = _FOLDER / f"{template}.typ"
    text = json.dumps(data, ensure_ascii=False)
    if len(text) > LARGEST:
        raise DocumentError(
            f"{len(text):,} characters are too much for a PDF: at most {LARGEST:,}.",
            todo="Take another format, or shorten the text.",
        )
    try:
        return _compiled(source, text, created, own_fonts=True)
    except DocumentError as error:
        if not _NO_GLYPH.search(error.message):
            raise
    try:
        return _compiled(source, text, created, own_fonts=False)
    except DocumentError as error:
        missing = _NO_GLYPH.search(error.message)
        if not missing:
            raise
        raise DocumentError(
            f"No font of this machine can show “{missing.group(1)}”, so the PDF was not made.",
            todo="Install a font that has these characters, or take another format.",
        ) from None


def _compiled(source: Path, text: str, created: datetime, *, own_fonts: bool) -> bytes:
    try:
        import typst
    except ImportError:
        raise UsageError("This needs the documents.", todo="pip install 'houvast[documents]'") from None
    try:
        made = typst.compile(
            str(source),
            format="pdf",
            pdf_standards=[_STANDARD],
            ignore_system_fonts=own_fonts,
            sys_inputs={"data": text},
            timestamp=int(created.timestamp()),
        )
    except typst.TypstError as error:
        raise DocumentError(f"Typst could not make the PDF: {error.message}") from error
    return made
