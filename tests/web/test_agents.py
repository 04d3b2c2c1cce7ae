"""Agents by the Data Rights Protocol 1.0, over HTTP: what they ask waits for the person, and nothing forged counts."""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from houvast.app import agents, outgoing
from houvast.database import Connection, DatabaseError, connect, run
from tests.cli.calling import Shell
from tests.web.conftest import Kept
from tests.web.visiting import Customer, customer

AT = "/v1/data-rights-request"
STATUS = {"request_id", "received_at", "expected_by", "status"}
STATE = """SELECT q."right", q.state, q.channel, q.verified_at IS NOT NULL FROM houvast.agent_request r
JOIN houvast.request q ON q.id = r.request WHERE r.id = %s"""


@dataclass
class Agent:
    """An agent with a key of its own, that asks a program of its own over HTTP."""

    id: str
    base: str
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    token: str = ""

    @property
    def verify(self) -> str:
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def claims(self, **more: object) -> dict[str, object]:
        now = datetime.now(UTC)
        return {
            "agent-id": self.id, "business-id": "LAKANA", "drp.version": "1.0", "issued-at": now.isoformat(),
            "expires-at": (now + timedelta(minutes=10)).isoformat(),
            **{name.replace("_", "-") if name != "status_callback" else name: value for name, value in more.items()},
        }  # fmt: skip

    def signed(self, claims: Mapping[str, object] | bytes, key: Ed25519PrivateKey | None = None) -> bytes:
        text = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
        return base64.b64encode((key or self.key).sign(text) + text)

    def ask(self, method: str, path: str, body: bytes = b"", token: str | None = None) -> tuple[int, Any]:
        place = urlsplit(self.base)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        shown = self.token if token is None else token
        headers = {"Content-Type": "text/plain", **({"Authorization": f"Bearer {shown}"} if shown else {})}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            said = answer.read()
            return answer.status, json.loads(said) if said else None
        finally:
            connection.close()

    def pair(self) -> None:
        status, said = self.ask("POST", f"/v1/agent/{self.id}", self.signed(self.claims()), "")
        assert (status, said["agent-id"]) == (200, self.id)
        self.token = said["token"]

    def exercise(self, what: str, address: str, **more: object) -> tuple[int, Any]:
        return self.ask("POST", AT, self.signed(self.claims(exercise=what, email=address, **more)))


@pytest.fixture
def whom(admin: Connection) -> Customer:
    found = customer(admin, 7)
    run(admin, "DELETE FROM houvast.agent_request")
    admin.execute("DELETE FROM houvast.request WHERE key = %s", (found.key,))
    return found


@pytest.fixture
def agent(kept: Kept, served: str, forgetful: None) -> Generator[Agent]:
    yield from _registered(kept, Agent("PERMISSION_SLIP", served))


@pytest.fixture
def other(kept: Kept, served: str, forgetful: None) -> Generator[Agent]:
    yield from _registered(kept, Agent("OTHER_AGENT", served))


def _registered(kept: Kept, made: Agent) -> Generator[Agent]:
    agents.add(
        kept.target, made.id, name="Permission Slip", address="drp@agent.example", business="LAKANA", key=made.verify
    )
    made.pair()
    yield made
    agents.revoke(kept.target, made.id)


def take(kept: Kept) -> None:
    """What the worker does within a second."""
    with connect(kept.target.url) as admin:
        outgoing.take_agents(admin)


def link(admin: Connection) -> str:
    """The link by which the person is asked."""
    asked = (
        "SELECT \"values\" ->> 'token' FROM houvast.outgoing WHERE template = 'mandate' ORDER BY queued_at DESC LIMIT 1"
    )
    return str((admin.execute(asked).fetchone() or ("",))[0])


def test_what_is_asked_waits_until_the_person_says_yes(
    kept: Kept, agent: Agent, admin: Connection, whom: Customer
) -> None:
    status, said = agent.exercise("deletion", whom.address, agent_request_id="ours-1", regime="ccpa")
    assert (status, said["status"], said["agent_request_id"]) == (200, "open", "ours-1")
    assert set(said) >= STATUS
    at = f"{AT}/{said['request_id']}"
    take(kept)
    waits = agent.ask("GET", at)[1]
    assert (waits["status"], waits["reason"]) == ("in_progress", "need_user_verification")
    assert waits["user_verification_url"].endswith("/me/theirs/")
    assert admin.execute(STATE, (said["request_id"],)).fetchone() == ("erasure", "identity", "agent", False)
    number = admin.execute("SELECT request FROM houvast.agent_request WHERE id = %s", (said["request_id"],)).fetchone()
    with pytest.raises(DatabaseError, match="has not confirmed"):
        admin.execute("SELECT houvast.check_case(%s, 4, 'in person')", number)
    assert admin.execute("SELECT houvast.answer_mandate(%s, 'yes')", (link(admin),)).fetchone() == ("yes",)
    goes_on = agent.ask("GET", at)[1]
    assert (goes_on["status"], "reason" in goes_on) == ("in_progress", False)
    assert admin.execute(STATE, (said["request_id"],)).fetchone() == ("erasure", "searching", "agent", True)
    assert admin.execute(
        "SELECT address FROM houvast.agent_request WHERE id = %s", (said["request_id"],)
    ).fetchone() == (None,)


@pytest.mark.parametrize("what", ["access", "access:categories", "access:specific"])
def test_access_is_asked_in_three_ways(kept: Kept, agent: Agent, admin: Connection, whom: Customer, what: str) -> None:
    said = agent.exercise(what, whom.address)[1]
    take(kept)
    assert (admin.execute(STATE, (said["request_id"],)).fetchone() or ("",))[0] == "access"


def test_nobody_who_is_unknown_is_told_apart(kept: Kept, agent: Agent, admin: Connection, whom: Customer) -> None:
    asked = {name: agent.exercise("access", name)[1] for name in (whom.address, "nobody@lakana.example", "")}
    assert len({(one["status"], frozenset(one), one["expected_by"]) for one in asked.values()}) == 1
    take(kept)
    stand = [agent.ask("GET", f"{AT}/{one['request_id']}")[1] for one in asked.values()]
    alike = ({**one, "request_id": "", "received_at": "", "expires_at": ""} for one in stand)
    assert len({json.dumps(one, sort_keys=True) for one in alike}) == 1
    assert admin.execute("SELECT count(request), count(address) FROM houvast.agent_request").fetchone() == (1, 0)
    run(admin, "UPDATE houvast.agent_request SET received_at = received_at - interval '31 days'")
    late = [agent.ask("GET", f"{AT}/{one['request_id']}")[1] for one in asked.values()]
    assert {(one["status"], one["reason"]) for one in late} == {("denied", "insuf_verification")}


def test_what_nobody_sells_nobody_opts_out_of(agent: Agent, admin: Connection, whom: Customer) -> None:
    for what in ("sale:opt_out", "sale:opt_in"):
        for address in (whom.address, "nobody@lakana.example"):
            said = agent.exercise(what, address)[1]
            assert (said["status"], said["reason"]) == ("denied", "claim_not_covered")
    assert admin.execute("SELECT count(address), count(request) FROM houvast.agent_request").fetchone() == (0, 0)


def test_a_no_and_a_revocation_end_it(kept: Kept, agent: Agent, admin: Connection, whom: Customer) -> None:
    denied = agent.exercise("access", whom.address)[1]["request_id"]
    take(kept)
    admin.execute("SELECT houvast.answer_mandate(%s, 'no')", (link(admin),))
    said = agent.ask("GET", f"{AT}/{denied}")[1]
    assert (said["status"], said["reason"]) == ("denied", "suspected_fraud")
    assert agent.ask("DELETE", f"{AT}/{denied}", agent.signed({"reason": "no"}))[0] == 409
    gone = agent.exercise("access", whom.address)[1]["request_id"]
    take(kept)
    assert agent.ask("DELETE", f"{AT}/{gone}", b"")[0] == 403
    for _ in range(2):
        status, said = agent.ask("DELETE", f"{AT}/{gone}", agent.signed({"reason": "I changed my mind."}))
        assert (status, said["status"]) == (200, "revoked")
    take(kept)  # known or not, the answer costs the same: what follows, the worker does
    assert (admin.execute(STATE, (gone,)).fetchone() or ("", ""))[1] == "withdrawn"
    early = agent.exercise("access", whom.address)[1]["request_id"]
    agent.ask("DELETE", f"{AT}/{early}", agent.signed({}))
    take(kept)
    assert admin.execute(STATE, (early,)).fetchone() is None


def test_an_answer_and_a_refusal_are_said_in_the_words_of_the_protocol(
    kept: Kept, agent: Agent, admin: Connection, whom: Customer
) -> None:
    for reason, expected in (("", ("fulfilled", None)), ("excessive", ("denied", "too_many_requests")),
                             ("legally_required", ("denied", "claim_not_covered"))):  # fmt: skip
        number = agent.exercise("access", whom.address)[1]["request_id"]
        take(kept)
        admin.execute("SELECT houvast.answer_mandate(%s, 'yes')", (link(admin),))
        (case,) = admin.execute("SELECT request FROM houvast.agent_request WHERE id = %s", (number,)).fetchone() or (0,)
        run(admin, "SET session_replication_role = replica")
        admin.execute(
            "UPDATE houvast.request SET state = %s, reason = %s, closed_at = now() WHERE id = %s",
            ("refused" if reason else "answered", reason, case),
        )
        run(admin, "SET session_replication_role = origin")
        said = agent.ask("GET", f"{AT}/{number}")[1]
        assert (said["status"], said.get("reason")) == expected


def test_the_same_is_asked_of_the_person_once_and_no_more_than_five(
    kept: Kept, agent: Agent, admin: Connection, whom: Customer
) -> None:
    for _ in range(4):
        agent.exercise("access", whom.address)
        agent.exercise("deletion", whom.address)
    take(kept)
    mails = "SELECT count(*) FROM houvast.outgoing WHERE template = 'mandate' AND to_key = %s"
    assert admin.execute(mails, (whom.key,)).fetchone() == (2,)


def test_an_agent_learns_nothing_of_what_another_asked(kept: Kept, agent: Agent, other: Agent, whom: Customer) -> None:
    number = agent.exercise("access", whom.address)[1]["request_id"]
    nothing = "00000000-0000-4000-8000-000000000000"
    answers = [other.ask("GET", f"{AT}/{one}") for one in (number, nothing)]
    assert answers[0] == answers[1]
    assert answers[0][0] == 403
    assert other.ask("DELETE", f"{AT}/{number}", other.signed({}))[0] == 403
    assert agent.ask("GET", f"{AT}/{number}")[1]["status"] == "open"
    assert other.ask("GET", f"/v1/agent/{agent.id}")[0] == 403
    assert agent.ask("GET", f"/v1/agent/{agent.id}") == (200, {})
    assert other.ask("POST", AT, agent.signed(agent.claims(exercise="access", email=whom.address)))[0] == 403
    assert other.ask("POST", AT, other.signed(agent.claims(exercise="access", email=whom.address)))[0] == 403


HOSTILE: dict[str, tuple[dict[str, object], int]] = {
    "for another business": ({"business_id": "OTHER"}, 403),
    "without a business": ({"business_id": None}, 400),
    "expired": ({"expires_at": "2026-01-01T00:00:00Z"}, 403),
    "not issued yet": ({"issued_at": "2096-01-01T00:00:00Z"}, 403),
    "for ever": ({"expires_at": "2096-01-01T00:00:00Z"}, 403),
    "without a zone": ({"expires_at": "2096-01-01T00:00:00"}, 400),
    "on no day": ({"expires_at": "2026-13-41T00:00:00Z"}, 400),
    "of another version": ({"drp.version": "0.5"}, 400),
    "of no exercise": ({"exercise": "everything"}, 400),
    "of two exercises": ({"exercise": ["access"]}, 400),
    "under another law": ({"regime": "martial"}, 400),
    "with a number for an address": ({"email": 17}, 400),
    "with a NUL in it": ({"email": "a\0@lakana.example"}, 400),
    "with a long address": ({"email": "a" * 400}, 400),
    "of another agent": ({"agent_id": "OTHER_AGENT"}, 403),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_message_that_does_not_bear_it_is_refused(agent: Agent, admin: Connection, whom: Customer, name: str) -> None:
    more, expected = HOSTILE[name]
    claims = agent.claims(**{"exercise": "access", "email": whom.address, **more})
    status, said = agent.ask("POST", AT, agent.signed(claims))
    assert (status, said["code"], bool(said["message"])) == (expected, str(expected), True)
    assert whom.address not in json.dumps(said)
    assert admin.execute("SELECT count(*) FROM houvast.agent_request").fetchone() == (0,)
    if name != "of no exercise":
        status, said = agent.ask("POST", f"/v1/agent/{agent.id}", agent.signed({**agent.claims(), **_named(more)}), "")
        assert (status, said) == ((403, None) if set(more) - {"exercise", "regime", "email"} else (200, said))


def _named(more: Mapping[str, object]) -> dict[str, object]:
    return {name.replace("_", "-"): value for name, value in more.items()}


def test_what_is_no_message_is_refused(agent: Agent, admin: Connection, whom: Customer) -> None:
    right = agent.signed(agent.claims(exercise="access", email=whom.address))
    stranger = Ed25519PrivateKey.generate()
    raw = base64.b64decode(right)
    twice = b'{"exercise": "access", "exercise": "deletion"}'
    for body, expected in (
        (b"", 403),
        (b"\xff\xfe", 400),
        (right[: len(right) // 8 * 4], 403),
        (right[:40], 403),
        (base64.b64encode(raw[:64]), 403),
        (base64.b64encode(bytes(64) + raw[64:]), 403),
        (base64.b64encode(raw[:64] + raw[64:].replace(b"access", b"delete")), 403),
        (agent.signed(agent.claims(exercise="access", email=whom.address), stranger), 403),
        (agent.signed(twice), 400),
        (agent.signed(b"[]"), 400),
        (agent.signed(b"[" * 20_000), 400),
        (agent.signed(b"\xff"), 400),
        (base64.b64encode(bytes(70_000)), 413),
        (json.dumps(agent.claims(exercise="access", email=whom.address)).encode(), 400),
    ):
        status, said = agent.ask("POST", AT, body)
        assert (body[:20], status) == (body[:20], expected), said
        assert agent.ask("POST", f"/v1/agent/{agent.id}", body, "")[0] in (403, 413)
    assert admin.execute("SELECT count(*) FROM houvast.agent_request").fetchone() == (0,)


def test_a_message_counts_once(agent: Agent, admin: Connection, whom: Customer) -> None:
    body = agent.signed(agent.claims(exercise="access", email=whom.address))
    assert agent.ask("POST", AT, body)[0] == 200
    again = agent.ask("POST", AT, body)
    assert (again[0], again[1]["fatal"]) == (403, True)
    assert agent.ask("POST", AT, b" " + body + b"\n")[0] == 403
    assert admin.execute("SELECT count(*) FROM houvast.agent_request").fetchone() == (1,)
    pairing = agent.signed(agent.claims())
    first = agent.ask("POST", f"/v1/agent/{agent.id}", pairing, "")
    assert first[0] == 200
    assert agent.ask("POST", f"/v1/agent/{agent.id}", pairing, "") == (403, None)
    assert agent.ask("GET", f"/v1/agent/{agent.id}")[0] == 401  # the token before counts no longer
    assert agent.ask("GET", f"/v1/agent/{agent.id}", token=first[1]["token"])[0] == 200
    agent.token = first[1]["token"]


def test_without_the_token_of_an_agent_nothing_is_answered(agent: Agent, whom: Customer) -> None:
    body = agent.signed(agent.claims(exercise="access", email=whom.address))
    nothing = f"{AT}/00000000-0000-4000-8000-000000000000"
    for token in ("", "x", f"hva.{agent.id}." + "0" * 64, "hva.NOBODY." + "0" * 64, agent.token[:-1] + "g", "é" * 300):
        for method, path in (("POST", AT), ("GET", nothing), ("DELETE", nothing), ("GET", f"/v1/agent/{agent.id}")):
            shown = token.encode().decode("latin-1")
            status, said = agent.ask(method, path, body if method == "POST" else b"", shown)
            assert (status, said["code"]) == (401, "401")
    assert agent.ask("POST", "/v1/agent/NOBODY", agent.signed(agent.claims(agent_id="NOBODY")), "") == (403, None)
    assert agent.ask("PUT", AT)[0] == 405


def test_an_agent_that_was_revoked_asks_nothing_and_what_waits_ends(
    kept: Kept, served: str, admin: Connection, whom: Customer, forgetful: None
) -> None:
    for registered in (made := _registered(kept, Agent("GONE_AGENT", served))):
        waits, later = (registered.exercise(what, whom.address)[1]["request_id"] for what in ("access", "deletion"))
        admin.execute("UPDATE houvast.agent_request SET taken_at = NULL")
        agents.revoke(kept.target, registered.id)
        take(kept)
        assert registered.ask("GET", f"{AT}/{waits}")[0] == 401
        assert (
            registered.ask("POST", f"/v1/agent/{registered.id}", registered.signed(registered.claims()), "")[0] == 403
        )
        assert admin.execute("SELECT count(request) FROM houvast.agent_request WHERE id = %s", (later,)).fetchone() == (
            0,
        )
        made.close()
        break


def test_pages_that_are_taken_over_learn_nothing_of_agents(kept: Kept, agent: Agent) -> None:
    with connect(kept.site.url) as web:
        for query in ("SELECT * FROM houvast.agent", "SELECT * FROM houvast.agent_request",
                      "SELECT houvast.register_agent('X_Y', 'x', 'a@b.example', 'Z_Z', '\\x00')",
                      "SELECT houvast.take_agent_requests()"):  # fmt: skip
            with pytest.raises(DatabaseError, match="permission denied"):
                run(web, query)  # pyright: ignore[reportArgumentType]


def test_an_administrator_adds_lists_and_revokes_by_the_command(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    houvast, key = Shell(capsys), Agent("TYPED_AGENT", "").verify
    where = ("--project", str(kept.site.folder), "--database", kept.target.url)
    add = (
        "agent",
        "add",
        "TYPED_AGENT",
        "--name",
        "An agent",
        "--business",
        "LAKANA",
        "--address",
        "drp@agent.example",
    )
    assert houvast(*add, "--key", "aGVsbG8=", *where).code == 2
    made = houvast(*add, "--key", key, *where)
    assert made.code == 0, made.err
    assert houvast(*add, "--key", key, *where).code == 1
    found = {one["id"]: one for one in json.loads(houvast("agent", "list", "--json", *where).out)}
    assert (found["TYPED_AGENT"]["key"], found["TYPED_AGENT"]["revoked_at"]) == (key, None)
    assert "TYPED_AGENT" in houvast("agent", "list", *where).out
    assert houvast("agent", "revoke", "TYPED_AGENT", *where).code == 0
    assert houvast("agent", "revoke", "TYPED_AGENT", *where).code == 2


def test_what_is_over_is_forgotten(agent: Agent, admin: Connection, whom: Customer) -> None:
    agent.exercise("sale:opt_out", whom.address)
    run(admin, "UPDATE houvast.agent_request SET received_at = received_at - interval '61 days'")
    run(admin, "UPDATE houvast.agent_message SET until = now() - interval '1 day'")
    outgoing.sweep(admin)
    for table in ("agent_request", "agent_message"):
        assert admin.execute(f"SELECT count(*) FROM houvast.{table}".encode()).fetchone() == (0,)
