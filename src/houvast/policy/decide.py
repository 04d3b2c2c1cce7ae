"""When a cell may be used. This is the meaning of a policy; PostgreSQL must equal it.

Rule 8 is asked first, then 1 to 7; the first that fails refuses. Where they are silent: refuse.
"""

from __future__ import annotations

from collections.abc import Sequence

from houvast.policy.forms import FULL, strictest
from houvast.policy.matter import Clause, Matter, Permit, Refuse, duty, statutory_terms
from houvast.policy.model import Action, Basis, Policy, PurposeKind
from houvast.policy.world import NOBODY, Ask, Person

ORDINARY, RIGHTS, RETENTION, DISPUTE, MIGRATION = PurposeKind


def decide(versions: Sequence[Policy], ask: Ask) -> Permit | Refuse:
    """May this purpose do this with this cell now? A cell of several categories needs each of them."""
    if not (ask.use and ask.use.serves(ask.purpose)):
        return Refuse(8, "", f"no use for {ask.purpose} is open")
    past = [policy for policy in versions if policy.effective <= ask.instant]
    if not past:
        return Refuse(1, duty(versions[0], "effective") if versions else "", "no policy is in force yet")
    answers = [_judge(Matter(past, ask, category)) for category in sorted(ask.categories) or [""]]
    refusals = [answer for answer in answers if isinstance(answer, Refuse)]
    look = strictest(answer.look for answer in answers if isinstance(answer, Permit))
    if look is None:
        refusals.append(Refuse(4, "", "its categories come in forms that cannot be compared"))
    return min(refusals, key=lambda refusal: refusal.rule) if refusals or look is None else Permit(look)


def _judge(m: Matter) -> Permit | Refuse:
    passed = PASSED.get(m.kind, ()) + ((2, 3, 4) if m.statute else ()) + ((3, 4, 5) if m.row.ownerless else ())
    refusals = (rule(m) for number, rule in enumerate(RULES, 1) if number not in passed)
    return next((refusal for refusal in refusals if refusal), None) or Permit(m.look or FULL)


def _declared(m: Matter) -> Refuse | None:
    stands = m.ask.action in m.use.actions and m.use.basis and (m.ask.action is Action.READ or not m.totals)
    return None if stands else m.refuse(1, m.now.data.promise, f"no use is declared to {m.ask.action} it")


def _no_never(m: Matter) -> Refuse | None:
    never = next((clause.never for clause in m.held if clause.never), None)
    return m.refuse(2, never.promise, "never used for it") if never else None


def _given_for(m: Matter) -> Refuse | None:
    given = m.row.given_for.get(m.ask.column, m.row.given_for.get(""))
    fails = given not in m.names and any(clause.data.given_for for clause in m.held)
    return m.refuse(3, m.now.data.promise, f"it was given for {given or 'nothing'}") if fails else None


def _version(m: Matter) -> Refuse | None:
    if m.oldest_base is None:
        return m.refuse(4, duty(m.policy, "acceptance"), "no version is known to hold for an owner")
    if not all(m.ask.action in clause.use.actions for clause in m.held):
        return m.refuse(4, duty(m.policy, "acceptance"), "a version that an owner is held to lacks the use")
    return m.refuse(4, m.use.promise, "its forms cannot be compared") if m.look is None else None


def _owners_allow(m: Matter) -> Refuse | None:
    if m.kind is ORDINARY and m.ask.action in (Action.READ, Action.UPDATE) and m.ask.column in m.row.flagged:
        return m.refuse(5, "G16", "it is flagged, and nobody of the staff has decided on it")
    for owner in m.row.people:
        restricted = owner.restricted and (m.kind is RETENTION or not m.names & owner.allowed_restricted)
        if m.kind is not DISPUTE and (restricted or m.cell in owner.contested):
            return m.refuse(5, duty(m.policy, "restriction"), "an owner restricted it or contests it")
        for clause in () if m.statute else m.held:
            if not any(_rests_on(m, clause, basis, owner) for basis in clause.use.basis):
                return m.refuse(5, clause.use.promise, "an owner objected or did not consent")
            if clause.purpose.service and owner.stopped:
                return m.refuse(5, duty(m.policy, "stop"), "an owner stopped the use for services")
    closed = m.present and all(owner.closed(m.ask.instant) for owner in m.present)
    goes_on = m.statute or m.kind is not ORDINARY or all(clause.use.survives_closing for clause in m.held)
    return m.refuse(5, duty(m.policy, "closing"), "the account is closed") if closed and not goes_on else None


def _rests_on(m: Matter, clause: Clause, basis: Basis, owner: Person) -> bool:
    if m.names & m.marketing and owner.objected & m.marketing:
        return False
    if basis is Basis.CONSENT:
        return bool(m.names & owner.consented)
    if basis is Basis.OWN_CUSTOMER:
        return bool(m.names & owner.own_customer)
    heeded = basis is Basis.INTEREST and not clause.purpose.compelling and m.kind is not DISPUTE
    return not (heeded and m.names & owner.objected)


def _circumstance(m: Matter) -> Refuse | None:
    if m.kind is RIGHTS:
        people = m.row.people + (m.row.readers if m.ask.action is Action.READ else ())
        met = any(one.key == m.opened.person and one.request_open for one in people)
    else:
        lone = m.kind is RETENTION or (m.row.never_owned and m.row.written_by in m.names)
        able = m.present or ((NOBODY,) if lone else ())
        met = m.row.ownerless or any(all(_meets(m, clause, owner) for clause in m.held) for owner in able)
    return None if met else m.refuse(6, m.use.promise, "no present owner is in the circumstance for it")


def _meets(m: Matter, clause: Clause, owner: Person) -> bool:
    one = clause.purpose.one if m.kind is not DISPUTE else ""
    return (one != "person" or owner.key == m.opened.person) and any(
        all(m.is_open(name, owner) for name in way)
        and (one != "case" or m.opened.case in {m.row.cases.get(name) for name in way})
        for way in clause.use.while_ or ((),)
    )


def _in_time(m: Matter) -> Refuse | None:
    if m.ask.action is Action.DELETE or m.kind is RETENTION:
        running = [term for term in statutory_terms(m.policy, m.category) if not m.ended(m.policy, term)]
        if running or m.row.holds:
            promise = running[0].promise if running else duty(m.policy, "hold")
            return m.refuse(7, promise, "a statute or a hold keeps it")
    if m.kind is ORDINARY:
        kept = m.first_end is not None and m.ask.instant < m.first_end
    elif m.kind is DISPUTE:
        kept = m.opened.case in m.row.holds
    elif m.kind is RETENTION:
        kept = all(other.first_end and other.first_end <= m.ask.instant for other in m.everyone or [m])
    else:
        alone = all(owner.key == m.opened.person for owner in m.present)
        kept = m.kind is MIGRATION or m.ask.action is not Action.DELETE or alone
    promise = m.now.term.promise if m.now.term else m.use.promise
    return None if kept else m.refuse(7, promise, "its term, hold or owners do not allow it")


RULES = (_declared, _no_never, _given_for, _version, _owners_allow, _circumstance, _in_time)
PASSED = {RETENTION: (2, 3, 4), RIGHTS: (2, 3, 4, 5), MIGRATION: (1, 2, 3, 4, 5, 6)}
