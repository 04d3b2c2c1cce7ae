"""`houvast request post` and `mandate` on a small sample company: what is written down, and what is asked of whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf

from houvast.app import Demo
from houvast.database import connect, run
from tests.cli.calling import Shell
from tests.cli.test_cases import number_of, somebody

LAST = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
LAWYER = ("--holder", "P. Laver", "--as", "lawyer", "--address", "laver@law.example", "--until", LAST)


def test_a_letter_with_a_code_is_a_file_that_its_user_alone_reads(houvast: Shell, kept: Demo, tmp_path: Path) -> None:
    number = str(number_of(houvast("request", "add", somebody(kept), "--right", "access", "--lang", "en", "--json")))
    file = tmp_path / "letter.pdf"
    said = houvast("request", "post", number, "--out", str(file))
    assert said.code == 0, said.err
    assert file.stat().st_mode & 0o077 == 0
    with pikepdf.open(file) as document:
        assert len(document.pages) == 1
    again = houvast("request", "post", number, "--out", str(file))
    assert (again.code, "not there yet" in again.err) == (2, True)
    with connect(kept.url()) as admin:
        kept_of_it = "SELECT string_agg(body, ' ') FROM houvast.letter WHERE request = %s AND kind = 'identity'"
        ((body,),) = admin.execute(kept_of_it, (number,)).fetchall()
        assert "Your code: ····-····-····" in body
        run(admin, f"UPDATE houvast.request SET verified_at = now(), level = 4 WHERE id = {number}")
    late = houvast("request", "post", number, "--out", str(tmp_path / "other.pdf"))
    assert (late.code, "waits to be checked" in late.err) == (1, True)
    assert not (tmp_path / "other.pdf").exists()


def test_a_mandate_counts_to_the_end_of_its_last_day_and_ends_at_a_word(houvast: Shell, kept: Demo) -> None:
    number = str(number_of(houvast("request", "add", somebody(kept), "--right", "access", "--json")))
    assert "--holder" in houvast("request", "mandate", number, "--right", "access").err
    wrong = houvast("request", "mandate", number, *LAWYER, "--right", "erasure")
    assert (wrong.code, "does not cover access" in wrong.err) == (1, True)
    assert "is asked" in houvast("request", "mandate", number, *LAWYER, "--right", "access").out
    refused = houvast("request", "verify", number, "code")
    assert (refused.code, "has not confirmed" in refused.err) == (1, True)
    with connect(kept.url()) as admin:
        until = (
            "SELECT (until AT TIME ZONE 'Europe/Amsterdam')::date::text FROM houvast.mandate ORDER BY id DESC LIMIT 1"
        )
        assert admin.execute(until.encode()).fetchone() == (LAST,)
    assert "has ended" in houvast("request", "mandate", number, "--end").out
    assert "had ended" in houvast("request", "mandate", number, "--end").out
    assert '"state": "withdrawn"' in houvast("request", "show", number, "--json").out
