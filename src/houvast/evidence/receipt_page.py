"""Receipts as one printable page: what each says, the proof, and how to check it. No script, no other host."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from houvast.evidence.entry import Entry, parse
from houvast.evidence.words import wording

_CSS = Path(__file__).parent / "receipt.css"
COMMAND = "python verify.py {file} --key key.txt"


def receipt_page(receipts: Sequence[tuple[str, str]], origin: str, language: str) -> str:
    """The page for receipts (file name, text of `receipt.make`), oldest first. `language`: "nl" or "en"."""
    says = wording(language)["receipt"]
    parts = "\n".join(_receipt(file, json.loads(text), language) for file, text in receipts)
    body = f"{parts}\n{_how(receipts, says)}" if receipts else f"<p>{_text(says['none'])}</p>"
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{_text(says["title"])}</title>
<style>
{_CSS.read_text("utf-8").strip()}
</style>
</head>
<body>
<main>
<h1>{_text(says["title"])}</h1>
<p>{_text(says["lead"].format(origin=origin))}</p>
{body}
</main>
</body>
</html>
"""


def _receipt(file: str, receipt: Mapping[str, Any], language: str) -> str:
    words, entry = wording(language), parse(receipt["entry"].encode())
    says = words["receipt"]
    head, _, note = receipt["proof"].partition("\n\n")
    index = head.split("\n")[1].removeprefix("index ")
    size = note.split("\n")[1]
    opened = {name: one["value"] for name, one in receipt["opened"].items()}
    return f"""<article aria-labelledby="r{index}">
<h2 id="r{index}">{_text(says["entry"].format(index=index))}</h2>
<p><strong>{_text(words["kinds"][entry.kind])}.</strong></p>
{_facts(entry, says, words["fields"])}
<h3>{_text(says["sealed"])}</h3>
{_list(opened, words["fields"])}
<details open>
<summary>{_text(says["proof"])}</summary>
<p>{_text(file)}</p>
<h3>{_text(says["entry_bytes"])}</h3>
<pre>{_text(receipt["entry"])}</pre>
<h3>{_text(says["proof"])}</h3>
<pre>{_text(head)}</pre>
<h3>{_text(says["checkpoint"])}. {_text(says["size"].format(size=size))}.</h3>
<pre>{_text(note)}</pre>
</details>
</article>"""


def _facts(entry: Entry, says: Mapping[str, str], fields: Mapping[str, str]) -> str:
    when = f"{entry.time:%Y-%m-%d %H:%M} UTC"
    rows = {says["when"]: when, **({says["promise"]: entry.promise} if entry.promise else {})}
    rows |= {fields[name]: value for name, value in entry.body.items() if value != ""}
    return _list(rows, {})


def _list(rows: Mapping[str, Any], names: Mapping[str, str]) -> str:
    lines = "".join(
        f"<dt>{_text(names.get(name, name))}</dt><dd>{_text(str(value))}</dd>\n" for name, value in rows.items()
    )
    return f"<dl>\n{lines}</dl>"


def _how(receipts: Sequence[tuple[str, str]], says: Mapping[str, str]) -> str:
    file, text = receipts[0]
    command = COMMAND.format(file=file)
    return f"""<section aria-labelledby="how">
<h2 id="how">{_text(says["how"])}</h2>
<p>{_text(says["how_page"].format(file=file))}</p>
<p>{_text(says["how_command"].format(command=command))}</p>
<p>{_text(says["key"])}</p>
<pre>{_text(json.loads(text)["key"])}</pre>
<p>{_text(says["keep"])}</p>
</section>"""


def _text(text: str) -> str:
    return escape(text, quote=False)
