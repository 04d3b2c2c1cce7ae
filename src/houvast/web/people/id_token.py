"""An ID token as the pages check it (Authlib, joserfc), before the database does: what is wrong gets no further."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from houvast.app.issuers import Issuer

ALGORITHMS = ("RS256", "ES256")
LEEWAY = 60
"""Seconds that clocks may differ."""
LONGEST = 16_384


def is_good(issuer: Issuer, token: str, nonce: str, keys: Sequence[Mapping[str, str]]) -> bool:
    """Whether a token is signed by one of the issuer's keys, for us and for this visit (OpenID Connect Core, 3.1.3.7).

    `keys`: each {kid, alg, public}, as the database has them.
    """
    known = KeySet([_key(one) for one in keys])
    options = {
        "iss": {"essential": True, "value": issuer.issuer},
        "aud": {"essential": True, "value": issuer.client},
        "sub": {"essential": True},
    }
    try:
        found = jwt.decode(token, known, algorithms=list(ALGORITHMS)) if len(token) <= LONGEST else None
        if found is None:
            return False
        said = CodeIDToken(found.claims, found.header, options, {"nonce": nonce, "client_id": issuer.client})
        said.validate(leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError):
        return False
    return True


def _key(one: Mapping[str, str]) -> RSAKey | ECKey:
    public = bytes.fromhex(one["public"])
    named = {"kid": one["kid"], "alg": one["alg"], "use": "sig"}
    if one["alg"] == "RS256":
        return RSAKey.import_key({"kty": "RSA", "n": _text(public), "e": "AQAB", **named})
    return ECKey.import_key({"kty": "EC", "crv": "P-256", "x": _text(public[:32]), "y": _text(public[32:]), **named})


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
