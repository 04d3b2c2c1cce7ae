"""Letters that are standard in every word, and so need nobody's approval: their texts, which the database fills in itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from houvast.compiler.words import SCHEMA, array, literal
from houvast.policy.model import Policy
from houvast.policy.words import words

LANGUAGES = ("nl", "en")
KINDS = ("acknowledgement", "identity")
RIGHTS: Mapping[str, Mapping[str, str]] = {
    "access": {"nl": "uw gegevens zien", "en": "see your data"},
    "portability": {"nl": "uw gegevens meenemen", "en": "take your data with you"},
    "rectification": {"nl": "uw gegevens verbeteren", "en": "correct your data"},
    "objection": {"nl": "bezwaar maken", "en": "object"},
    "restriction": {"nl": "uw gegevens laten rusten", "en": "restrict the use of your data"},
    "withdrawal": {"nl": "uw toestemming intrekken", "en": "withdraw your consent"},
    "stop": {"nl": "het gebruik van uw gegevens stoppen", "en": "stop the use of your data"},
    "closing": {"nl": "uw account sluiten", "en": "close your account"},
    "erasure": {"nl": "uw gegevens wissen", "en": "erase your data"},
    "complaint": {"nl": "een klacht", "en": "a complaint"},
    "question": {"nl": "een vraag", "en": "a question"},
}
_FOLDER = Path(__file__).parent / "letters"


@cache
def text(folder: Path, kind: str, language: str) -> tuple[str, str]:
    """(subject, text) of a letter as it lies in a folder, with its holes."""
    subject, _, body = (folder / f"{kind}.{language}.md").read_text("utf-8").partition("\n")
    return subject.removeprefix("# "), body.strip() + "\n"


def standard(kind: str, language: str) -> tuple[str, str]:
    """(subject, text) of a standard letter, with its holes."""
    return text(_FOLDER, kind, language)


def standard_letter(policy: Policy, zone: str) -> str:
    """SQL: the function that writes a standard letter about a request, word for word as it may go without approval."""
    filled = {
        "organisation": policy.controller.get("name", policy.name),
        "contact": policy.controller.get("contact", ""),
    }
    months = " ".join(f"WHEN {literal(lang)} THEN {array(words(lang).months)}" for lang in LANGUAGES)
    rights = ", ".join(
        f"({literal(right)}, {literal(lang)}, {literal(said[lang])})"
        for right, said in RIGHTS.items()
        for lang in LANGUAGES
    )

    def day(value: str) -> str:
        return (f"extract(day FROM {value})::int || ' ' || (CASE standard_letter.language {months} END)[extract(month FROM {value})::int]"
                f" || ' ' || extract(year FROM {value})::int")  # fmt: skip

    return f"""CREATE OR REPLACE FUNCTION {SCHEMA}.standard_letter(request bigint, kind text, language text) RETURNS TABLE (subject text, body text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $hv$
    SELECT t.subject, replace(replace(replace(replace(t.body, '{{reference}}', q.code::text), '{{right}}', w.words),
        '{{due}}', {day("q.due_on")}),
        '{{received}}', {day(f"(q.received_at AT TIME ZONE {literal(zone)})::date")})
    FROM {SCHEMA}.request q
    JOIN (VALUES {rights}) w ("right", language, words) ON w."right" = q."right" AND w.language = standard_letter.language
    JOIN (VALUES
        {", ".join(_texts(filled))}) t (kind, language, subject, body) ON t.kind = standard_letter.kind AND t.language = standard_letter.language
    WHERE q.id = standard_letter.request
$hv$;
COMMENT ON FUNCTION {SCHEMA}.standard_letter IS 'A letter that may go without approval, word for word (promise G10)';
REVOKE ALL ON FUNCTION {SCHEMA}.standard_letter(bigint, text, text) FROM PUBLIC"""


def _texts(filled: Mapping[str, str]) -> Iterator[str]:
    for kind in KINDS:
        for language in LANGUAGES:
            subject, body = standard(kind, language)
            for hole, value in filled.items():
                body = body.replace(f"{{{hole}}}", value.strip())
            yield f"({literal(kind)}, {literal(language)}, {literal(subject)}, {literal(body)})"
