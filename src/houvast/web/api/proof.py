"""What the staff ask of the proof and of the log by a program."""

# pyright: reportMissingTypeStubs=false, reportUntypedFunctionDecorator=false, reportUnknownMemberType=false
from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Path, Router

from houvast.app import desk
from houvast.evidence.kinds import KINDS
from houvast.web import site as sites
from houvast.web.api import staff_shapes as shapes
from houvast.web.api.callers import ProgramToken, StaffSession
from houvast.web.api.problems import Problem
from houvast.web.api.shapes import Index, KindName, PromiseId, PromiseName
from houvast.web.context import language
from houvast.web.evidence import rows
from houvast.web.standing import Standing, attempts
from houvast.web.state import state

router = Router(tags=["proof"])
_PROOF = [ProgramToken("proof:read"), StaffSession("proof:read")]
_EVIDENCE = [ProgramToken("evidence:read"), StaffSession("evidence:read")]
MOST = 50
"""So many attempts that came through are told of one promise."""


@router.get("/promises", auth=_PROOF, response=shapes.Promises, operation_id="listPromises")
def list_promises(request: HttpRequest) -> shapes.Promises:
    """Every promise of the policy, with what its last proof said."""
    return shapes.Promises(items=[shapes.PromiseOut(**_promise(one)) for one in state().standings.values()])


@router.get("/promises/{promise}", auth=_PROOF, response=shapes.PromiseWhole, operation_id="showPromise")
def show_promise(request: HttpRequest, promise: Path[PromiseName]) -> shapes.PromiseWhole:
    """One promise, with its sentences and what came through."""
    one = state().standings.get(promise)
    if one is None:
        raise Problem(404, "The policy has no such promise.", todo="GET /api/promises lists them.")
    tried = sites.current().ask(lambda db: attempts(db, promise))
    failed = [
        {"name": str(found["name"]), "expected": str(found["expected"]), "seen": str(found["seen"])}
        for found in tried
        if not found["passed"]
    ][:MOST]
    return shapes.PromiseWhole(**_promise(one), says=list(one.promise.says.get(language(), ())), failed=failed)


@router.get("/alarms", auth=_PROOF, response=shapes.Alarms, operation_id="listAlarms")
def list_alarms(request: HttpRequest) -> shapes.Alarms:
    """What somebody must look at now."""
    lang = language()
    found = sites.current().ask(lambda db: desk.alarms(db, lang) if desk.exists(db) else ())
    return shapes.Alarms(
        items=[
            shapes.AlarmOut(
                number=one.id, kind=one.kind, raised=one.raised.isoformat(), text=one.text, promise=one.promise
            )
            for one in found
        ]
    )


@router.get("/evidence", auth=_EVIDENCE, response=shapes.Entries, operation_id="searchEvidence")
def search_evidence(
    request: HttpRequest,
    kind: KindName = "",
    promise: PromiseId = "",
    before: Index | None = None,
) -> shapes.Entries:
    """Entries of the log, the newest first; nothing in them is about a person."""
    if kind and kind not in KINDS:
        raise Problem(404, "There is no such kind of entry.", todo="docs/evidence-kinds.md lists the kinds.")
    found = sites.current().ask(lambda db: rows.search(db, rows.Search(kind, promise, before=before)))
    return shapes.Entries(
        items=[_entry(one) for one in found[: rows.MANY]],
        next=found[rows.MANY - 1].index if len(found) > rows.MANY else None,
    )


@router.get("/evidence/{index}", auth=_EVIDENCE, response=shapes.EntryOut, operation_id="showEntry")
def show_entry(request: HttpRequest, index: Path[Index]) -> shapes.EntryOut:
    """One entry."""
    found = sites.current().ask(lambda db: rows.one(db, index))
    if found is None:
        raise Problem(404, "The log has no such entry.", todo="GET /api/evidence lists them.")
    return _entry(found)


def _entry(one: rows.Entry) -> shapes.EntryOut:
    return shapes.EntryOut(
        index=one.index, at=one.at.isoformat(), kind=one.kind, promise=one.promise, body=dict(one.body)
    )


def _promise(one: Standing) -> dict[str, Any]:
    return {
        "id": one.id,
        "label": one.promise.label.get(language()) or one.id,
        "state": one.state,
        "proven": one.proven.isoformat() if one.proven else None,
        "old": one.old,
        "tried": one.tried,
        "passed": one.stopped,
    }
