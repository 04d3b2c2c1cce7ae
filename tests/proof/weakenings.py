"""Ways to weaken a database under a policy, and back."""

from __future__ import annotations

from collections.abc import Mapping

from houvast.compiler.words import literal


def trigger(table: str, name: str) -> tuple[str, str]:
    """A trigger off, and on again."""
    return f"ALTER TABLE {table} DISABLE TRIGGER {name}", f"ALTER TABLE {table} ENABLE TRIGGER {name}"


def grant(what: str, whom: str) -> tuple[str, str]:
    """Something granted, and revoked."""
    return f"GRANT {what} TO {whom}", f"REVOKE {what} FROM {whom}"


def alter(what: str, to: str, back: str) -> tuple[str, str]:
    """Something altered, and altered back."""
    return f"ALTER {what} {to}", f"ALTER {what} {back}"


def rewritten(function: str, what: str, becomes: str) -> tuple[str, str]:
    """A function of Houvast's with a part of it replaced, and as it was."""
    name = function.partition("(")[0]
    kept = (
        f"CREATE TEMPORARY TABLE kept_{name} AS SELECT pg_get_functiondef('houvast.{function}'::regprocedure) AS text;"
        f" DO $do$ BEGIN ASSERT (SELECT strpos(text, {literal(what)}) > 0 FROM kept_{name}); END $do$"
    )
    change = f"replace(text, {literal(what)}, {literal(becomes)})"
    run = "DO $do$ BEGIN EXECUTE (SELECT {text} FROM kept_{name}); END $do$"
    weaken = f"{kept}; {run.format(text=change, name=name)}"
    return weaken, f"{run.format(text='text', name=name)}; DROP TABLE kept_{name}"


NEVER = "a policy that never takes effect"
"""Whoever is let in by another weakening is stopped by this one."""


def key_of(purpose: str, what: str) -> str:
    """A statement about the key of a purpose's pseudonyms."""
    found = f"SELECT format({literal(what)}, number) FROM houvast.purpose WHERE name = {literal(purpose)}"
    return f"DO $do$ BEGIN EXECUTE ({found}); END $do$"


UNMASKED = """ALTER VIEW identify.contact RENAME TO masked;
CREATE VIEW identify.contact AS
    SELECT id, account_id, full_name, email, phone, street, postcode, city, country FROM public.contact;
ALTER VIEW identify.contact OWNER TO hv_v_identify;
GRANT SELECT ON identify.contact TO hv_identify"""
MASKED = "DROP VIEW identify.contact; ALTER VIEW identify.masked RENAME TO contact"
WAYS: Mapping[str, tuple[str, tuple[str, str]]] = {
    "a view that shows what it masked": ("C11", (UNMASKED, MASKED)),
    "a key of pseudonyms that is given away": (
        "C05",
        (key_of("follow", "GRANT SELECT ON houvast.key_%s TO hv_follow"),
         key_of("follow", "REVOKE SELECT ON houvast.key_%s FROM hv_follow")),
    ),
    "totals that are read where they are kept": ("C05", grant("SELECT ON houvast.release", "hv_figures")),
    "free text no longer flagged when it changes": ("G16", trigger("ticket_message", "zzz_hv_flag")),
    "a detector that finds no passwords": ("C44", rewritten("shielded_in(text)", "found || text 'secret'", "found")),
    "decisions that anybody makes": ("G16", trigger("houvast.flagged", "hv_keep_flagged")),
    "flags no longer told": ("G16", trigger("houvast.flagged", "hv_tell_flagged")),
    "row security off": (
        "C10",
        alter("TABLE contact", "DISABLE ROW LEVEL SECURITY", "ENABLE ROW LEVEL SECURITY"),
    ),
    "a policy that admits everybody": (
        "C09",
        ("CREATE POLICY extra ON invoice USING (true)", "DROP POLICY extra ON invoice"),
    ),
    "a role past row security": ("C10", alter("ROLE hv_v_answer", "BYPASSRLS", "NOBYPASSRLS")),
    "a case that opens somebody to whoever wrote it": (
        "C10",
        rewritten("c_ticket_open()", "hv_maker := session_user", "hv_maker := NULL"),
    ),
    "a link that begins again": ("C08", rewritten("link_again()", "<> 'migration'", "= 'none'")),
    "circumstances no longer kept": ("C10", trigger("ticket", "hv_c_ticket_open")),
    "closed accounts no longer noticed": ("C30", trigger("account", "hv_subject_closed")),
    "objections no longer noticed": ("C13", trigger("houvast.stand", "hv_stand")),
    "a token that anybody may set": ("C10", grant("SET ON PARAMETER backtrace_functions", "PUBLIC")),
    "a view that is gone": (
        "C12",
        ("ALTER VIEW licence.contact RENAME TO gone", "ALTER VIEW licence.gone RENAME TO contact"),
    ),
    "temporary objects": ("C07", grant("TEMPORARY ON DATABASE lakana", "PUBLIC")),
    "the whole base table shown": ("C01", grant("SELECT ON contact", "hv_answer")),
    "columns to come granted": ("C03", grant("SELECT, INSERT ON contact", "hv_answer")),
    "tables to come granted": (
        "C03",
        alter("DEFAULT PRIVILEGES", "GRANT SELECT ON TABLES TO PUBLIC", "REVOKE SELECT ON TABLES FROM PUBLIC"),
    ),
    "a login in a purpose too many": ("C16", grant("hv_business", "newsletter")),
    "a code that works twice": ("C35", rewritten("answer_code(uuid, text, text)", "AND NOT c.is_right", "")),
    "a code that works in any browser": (
        "C35",
        rewritten(
            "answer_code(uuid, text, text)", "AND c.browser = sha256(convert_to(answer_code.browser, 'UTF8'))", ""
        ),
    ),
    "a request that nobody checked": (
        "C35",
        rewritten("record_use(text, text, text, text)", "AND q.verified_at IS NOT NULL", ""),
    ),
    "a no that is not heard": ("G09", rewritten("say_choice(text, text, text)", "WHEN 'no' THEN 'withdrawn'", "")),
    NEVER: (
        "C57",
        ("UPDATE houvast.version SET effective = 'infinity'",
         "UPDATE houvast.version SET effective = '2018-05-25 00:00:00+02'"),
    ),
}  # fmt: skip
"""Way -> the promise that it breaks, and the statements."""
FOUND_BY: Mapping[str, str] = {
    "a view that shows what it masked": "changed form",
    "a key of pseudonyms that is given away": "changed form",
    "totals that are read where they are kept": "changed form",
    "free text no longer flagged when it changes": "flagged",
    "a detector that finds no passwords": "flagged",
    "decisions that anybody makes": "flagged",
    "row security off": "state ended",
    "a policy that admits everybody": "state ended",
    "a role past row security": "state ended",
    "a case that opens somebody to whoever wrote it": "own circumstance",
    "a link that begins again": "link",
    "a token that anybody may set": "attack",
    "a view that is gone": "control",
    "temporary objects": "attack",
    "the whole base table shown": "base table",
    "columns to come granted": "unlisted",
    "tables to come granted": "added",
    "a login in a purpose too many": "stranger",
    NEVER: "effective",
}
"""Way -> the family of probes that find it on canaries that were there before. Others are found in another manner."""
