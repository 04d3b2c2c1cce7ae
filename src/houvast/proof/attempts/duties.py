"""What the law asks of every policy: copies of the live policy in which something is missing must not compile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from houvast.datamap import check as check_map
from houvast.datamap.model import Login
from houvast.policy import check
from houvast.policy.check import law_for
from houvast.policy.model import Basis, Policy, Purpose, PurposeKind, Use
from houvast.policy.notices import as_markdown, notice
from houvast.proof.attempts.uses import targets
from houvast.proof.field import Field
from houvast.proof.probe import ALLOWED, MEANING, REFUSED, Kind, Opened, Probe

COMPILES, REFUSES = "compiles", "does not compile"
NAMED, UNNAMED = "named", "not named"


def compiled(field: Field, family: str, words: str, policy: Policy, expected: str = REFUSES) -> Probe:
    """Whether a policy compiles by the law of today."""
    return told(family, f"does it compile: {words}", expected, REFUSES if check(policy, field.now) else COMPILES)


def told(family: str, name: str, expected: str, seen: str, *, control: bool = False) -> Probe:
    """An attempt that no database needs to be asked for."""
    control = control or expected in (COMPILES, NAMED)
    return Probe(
        name, family, MEANING, (f"houvast check: {name}",), expected, frozenset(), control=control, answer=seen
    )


def controller(field: Field) -> Iterator[Probe]:
    """Who is responsible: nothing of it may be left out, and the notice names all of it."""
    policy, law = field.policy, law_for(field.policy, field.now)
    yield compiled(field, "controller", "the policy in force", policy, COMPILES)
    for key in law.texts("controller") if law else ():
        left = {name: value for name, value in policy.controller.items() if name != key}
        yield compiled(field, "controller", f"the controller without its {key}", replace(policy, controller=left))
        empty = {**policy.controller, key: " "}
        yield compiled(field, "controller", f"the controller with an empty {key}", replace(policy, controller=empty))
    for language in policy.languages:
        page = " ".join(as_markdown(notice(policy, language)).replace("\\", "").split())
        for key, value in policy.controller.items():
            seen = NAMED if " ".join(value.split()) in page else UNNAMED
            yield told("controller", f"the notice in {language} names the controller's {key}", NAMED, seen)


def bases(field: Field) -> Iterator[Probe]:
    """A legal basis for every use; an interest is named and weighed."""
    policy = field.policy
    yield compiled(field, "basis", "the policy in force", policy, COMPILES)
    for use in policy.uses:
        yield compiled(field, "basis", f"{use.id} without its basis", _with(policy, replace(use, basis=())))
        if Basis.INTEREST in use.basis:
            unnamed = _with(policy, replace(use, interest={}))
            yield compiled(field, "basis", f"{use.id} without its interest", unnamed)
            unweighed = _with(policy, replace(use, balancing={}))
            yield compiled(field, "basis", f"{use.id} without its balancing", unweighed)


def _with(policy: Policy, changed: Use) -> Policy:
    return replace(policy, uses=tuple(changed if use.id == changed.id else use for use in policy.uses))


def decisions(field: Field) -> Iterator[Probe]:
    """No computer decides alone: a purpose that scores compiles nowhere and is opened by nobody."""
    policy, law = field.policy, law_for(field.policy, field.now)
    yield compiled(field, "automated", "the policy in force", policy, COMPILES)
    model = next(p for p in policy.purposes.values() if p.kind is PurposeKind.ORDINARY)
    for word in law.texts("automated_words") if law else ():
        yield compiled(field, "automated", f"a purpose named {word}", _and(policy, model, replace(model, name=word)))
    for term in law.texts("automated_purposes") if law else ():
        said = replace(model, name="helps", dpv=f"dpv:{term}")
        yield compiled(field, "automated", f"a purpose that is dpv:{term}", _and(policy, model, said))
    for way in ("score", "decide"):
        said = replace(model, automated=way)
        yield compiled(field, "automated", f"{model.name}, which may {way} by itself", _and(policy, model, said))
    helps = _and(policy, model, replace(model, name="helps"))
    yield compiled(field, "automated", "a purpose that does what people do", helps, COMPILES)
    yield from _unregistered(field)


def _and(policy: Policy, model: Purpose, more: Purpose) -> Policy:
    """A policy with one more purpose, that is used as another one is."""
    also = {model.name: (model.name, more.name)} if more.name != model.name else {}
    return replace(
        policy,
        purposes={**policy.purposes, more.name: more},
        uses=tuple(replace(u, purposes=_more(u.purposes, also)) for u in policy.uses),
        nevers=tuple(replace(n, but=_more(n.but, also)) for n in policy.nevers),
        terms=tuple(replace(t, purposes=_more(t.purposes, also)) for t in policy.terms),
    )


def _more(names: tuple[str, ...], also: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(one for name in names for one in also.get(name, (name,)))


def _unregistered(field: Field) -> Iterator[Probe]:
    """No application gets such a purpose: not in the map, and not by asking for it."""
    for login in field.map.logins.values():
        mapped = {**field.map.logins, login.name: Login(login.name, (*login.purposes, "score"))}
        seen = REFUSES if check_map(replace(field.map, logins=mapped), field.versions) else COMPILES
        yield told("automated", f"does it compile: the map gives {login.name} a purpose that scores", REFUSES, seen)
    for login, _, opened in targets(field):
        for name, expected in ((opened.purpose, ALLOWED), ("score", REFUSED)):
            asked = Opened(name, opened.person, opened.case)
            yield Probe(
                f"{login} opens a use for {name}",
                "automated",
                login,
                (asked.sql(),),
                expected,
                frozenset(),
                kind=Kind.ORDER,
                control=expected == ALLOWED,
            )
