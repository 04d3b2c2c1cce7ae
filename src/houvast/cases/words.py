"""What rights, states, channels and risks are called, in plain Dutch and English."""

from __future__ import annotations

from collections.abc import Mapping

from houvast.compiler.standard import RIGHTS

__all__ = ["ANSWERS", "RIGHTS", "RISKS", "STATES"]
STATES: Mapping[str, Mapping[str, str]] = {
    "received": {"nl": "ontvangen", "en": "received"},
    "acknowledged": {"nl": "ontvangst bevestigd", "en": "receipt confirmed"},
    "identity": {"nl": "wacht op u: bent u het?", "en": "waits for you: is it you?"},
    "searching": {"nl": "wij zoeken uw gegevens", "en": "we look for your data"},
    "review": {"nl": "wij kijken ons antwoord na", "en": "we check our answer"},
    "delayed": {"nl": "wij hebben meer tijd nodig", "en": "we need more time"},
    "answered": {"nl": "beantwoord", "en": "answered"},
    "refused": {"nl": "niet gedaan", "en": "not done"},
    "withdrawn": {"nl": "ingetrokken", "en": "withdrawn"},
}
HOLDERS: Mapping[str, Mapping[str, str]] = {
    "lawyer": {"nl": "advocaat", "en": "lawyer"},
    "parent": {"nl": "ouder", "en": "parent"},
    "guardian": {"nl": "voogd, curator of bewindvoerder", "en": "guardian"},
    "agent": {"nl": "gemachtigde", "en": "authorised agent"},
}
"""Who asks for somebody else."""
RISKS: Mapping[str, Mapping[str, str]] = {
    "unknown": {"nl": "nog niet bekend", "en": "not known yet"},
    "none": {"nl": "geen risico", "en": "no risk"},
    "risk": {"nl": "een risico", "en": "a risk"},
    "high": {"nl": "een hoog risico", "en": "a high risk"},
}
ANSWERS: Mapping[str, str] = {
    "access": "copy", "portability": "copy", "rectification": "corrected", "objection": "objection_honoured",
    "restriction": "restricted", "withdrawal": "done", "stop": "done", "closing": "done", "erasure": "erased",
    "complaint": "complaint", "question": "question",
}  # fmt: skip
"""Right -> the letter by which it is answered."""
