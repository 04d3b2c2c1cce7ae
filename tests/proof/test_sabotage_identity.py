"""What stands between somebody else and the data of a person who is to show who they are, taken away by piece."""

from __future__ import annotations

import pytest

from houvast.database import Connection
from houvast.proof.identity import identity
from tests.proof.conftest import Sabotage
from tests.proof.scene import together_and_alone
from tests.proof.staged import Staged
from tests.proof.weakenings import trigger

ANSWER = "answer_passkey(uuid, text, bytea, bytea, bytea, bytea)"
IS_ANSWER = "is_answer(bytea, bytea, text, bytea, text)"
WEAKER = {
    "the count of tries at a letter": (
        "answer_case_code(uuid, text)", "c.tries < 5", "true", "the code of a letter after five guesses",
    ),
    "the end of a letter's time": (
        "answer_case_code(uuid, text)", "c.until > clock_timestamp()", "true", "the code of a letter after its time",
    ),
    "the commit before a letter counts": (
        "settle_case_code(uuid, text)", "t.tried_by IS DISTINCT FROM pg_current_xact_id_if_assigned()", "true",
        "the code of a letter, acted on before it is committed",
    ),
    "not me": (
        "not_me(uuid)", "q.code = not_me.reference", "false", "after the person said that they did not ask it",
    ),
    "the one use of what a passkey is to sign": (
        ANSWER, "c.kind IS NULL AND c.used_at IS NULL", "c.kind IS NULL", "the same signature once more",
    ),
    "whose passkey is added": (ANSWER, "c.kind IS NULL AND", "", "asked for another passkey"),
    "the browser that asked for a passkey": (
        ANSWER, "AND c.browser = sha256(convert_to(answer_passkey.browser, 'UTF8'))", "", "signed, in another browser",
    ),
    "the time of a passkey": (ANSWER, "AND c.until > clock_timestamp()", "", "signed, after its time"),
    "the count of a passkey": (
        ANSWER, "(houvast.counter_of(authenticator) > k.counter OR", "(true OR", "counts no further",
    ),
    "the signature of a passkey": (
        ANSWER, "houvast.signed_es256(k.public, authenticator || sha256(client), signature)", "true",
        "another key signed",
    ),
    "the challenge of a passkey": (
        IS_ANSWER, "said ->> 'challenge' = houvast.base64url(challenge)", "true", "signed for something else",
    ),
    "the page of a passkey": (IS_ANSWER, "said ->> 'origin' = origin", "true", "looks like ours"),
    "the place of a passkey": (
        IS_ANSWER, "substr(authenticator, 1, 32) = sha256(convert_to(host, 'UTF8'))", "true", "for another place",
    ),
    "who holds a passkey": (IS_ANSWER, "& 5 = 5", "& 1 = 1", "without knowing who held it"),
    "the end of a mandate": (
        "end_mandate(bigint, text)", "t.ended_at IS NULL", "false", "by a mandate that was taken back",
    ),
}  # fmt: skip


def _not_found(staged: Staged, *words: str) -> list[str]:
    """Of these attempts, those that do not fail."""
    tried = identity(staged.connection, staged.door, staged.field)
    failed = [one.name for one in tried if not one.passed]
    return [one for one in words if not any(one in name for name in failed)]


@pytest.mark.parametrize("ways", together_and_alone([[*WEAKER][n::3] for n in range(3)]))
def test_a_function_that_checks_less_is_found_out(
    staged: Staged, administrator: Connection, sabotaged: Sabotage, ways: tuple[str, ...]
) -> None:
    was: dict[str, str] = {}
    weak: dict[str, str] = {}
    for name, part, weaker, _ in (WEAKER[way] for way in ways):
        if name not in was:
            ((found,),) = administrator.execute("SELECT pg_get_functiondef(%s::regprocedure)", (f"houvast.{name}",))
            was[name] = weak[name] = found
        assert part in weak[name]
        weak[name] = weak[name].replace(part, weaker, 1)
    check = "ALTER TABLE houvast.case_code {} CONSTRAINT case_code_tries_check"
    counted = any("tries" in WEAKER[way][1] for way in ways)
    first = [check.format("DROP")] if counted else []
    last = [f"{check.format('ADD')} CHECK (tries <= 5)"] if counted else []
    with sabotaged("; ".join([*first, *weak.values()]), "; ".join([*was.values(), *last])):
        assert _not_found(staged, *(WEAKER[way][3] for way in ways)) == []


def test_a_mandate_that_counts_before_it_is_confirmed_is_found_out(staged: Staged, sabotaged: Sabotage) -> None:
    with sabotaged(*trigger("houvast.request", "hv_mandate_counts")):
        assert _not_found(staged, "a request by a mandate that nobody confirmed") == []
