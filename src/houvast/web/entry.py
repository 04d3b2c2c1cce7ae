"""Sign-in of staff, beyond what django-allauth does."""

# pyright: reportMissingTypeStubs=false
from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter


class Adapter(DefaultAccountAdapter):
    pass
