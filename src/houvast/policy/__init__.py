"""The room of meaning: what a policy says, whether it holds together, and what people read of it.

In: policy files (`load_policy`, `load_versions`). Out: `Policy` values, findings (`check`) and the notice
that people read (`notice`, a `Notice`). It knows no table and no database, and never decides by itself
what to do about a finding.
The meaning of a policy, cell by cell, is `houvast.policy.decide`.
"""

from houvast.policy.check import check
from houvast.policy.load import load_policy, load_versions
from houvast.policy.model import Policy
from houvast.policy.notices import Notice, notice

__all__ = ["Notice", "Policy", "check", "load_policy", "load_versions", "notice"]
