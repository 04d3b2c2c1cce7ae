"""What Houvast asks of django-allauth: no self sign-up, no mail, secrets of apps not readable in the database."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
from __future__ import annotations

import base64
import hashlib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from houvast.web.limits import caller_address
from houvast.web.roles import first_page, member


class Adapter(DefaultAccountAdapter):
    """Accounts are made by invitation alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where staff begin."""
        return reverse(first_page(member(request.user)))

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whence a browser comes; shown to its own user, in the list of sessions."""
        return caller_address(request)

    def add_message(self, *_: object, **__: object) -> None:
        """No message travels in the session: each page says what happened."""


class Mfa(DefaultMFAAdapter):
    """The secret that an app shares with us is stored encrypted with the pages' own secret."""

    def encrypt(self, text: str) -> str:
        """Into the database."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Out of it. Raises InvalidToken when the pages' secret is another one than then."""
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> Fernet:
    key = hashlib.blake2b(settings.SECRET_KEY.encode(), person=b"houvast-totp", digest_size=32).digest()
    return Fernet(base64.urlsafe_b64encode(key))
