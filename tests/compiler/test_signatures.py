"""The database checks signatures by itself: each that OpenSSL makes is right, and none of what is not."""

from __future__ import annotations

import secrets
from collections.abc import Generator

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from houvast.database import Connection, connect
from tests.compiler.asking import Refused, rows, value
from tests.compiler.company import Company

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ES, RS = "SELECT houvast.signed_es256(%s, %s, %s)", "SELECT houvast.signed_rs256(%s, %s, %s)"
SHA = ec.ECDSA(hashes.SHA256())


@pytest.fixture
def database(company: Company) -> Generator[Connection]:
    with connect(company.server.url(company.name)) as connection:
        yield connection


def point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public key, as x and y."""
    numbers = key.public_key().public_numbers()
    return numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")


def test_what_openssl_signs_on_p256_is_right_and_anything_else_is_not(database: Connection) -> None:
    for secret in (*range(2, 6), ORDER - 2, *(secrets.randbelow(ORDER - 3) + 2 for _ in range(20))):
        key, message = ec.derive_private_key(secret, ec.SECP256R1()), secrets.token_bytes(secrets.randbelow(200))
        signature = key.sign(message, SHA)
        assert value(database, ES, point(key), message, signature) is True
        r, s = utils.decode_dss_signature(signature)
        assert (
            value(database, ES, point(key), message, utils.encode_dss_signature(r, ORDER - s)) is True
        )  # as the standard has it
        other = ec.generate_private_key(ec.SECP256R1())
        wrong = [(point(key), message + b".", signature), (point(other), message, signature),
                 (point(key), message, utils.encode_dss_signature(s, r)), (point(key), message, other.sign(message, SHA))]  # fmt: skip
        assert [value(database, ES, *one) for one in wrong] == [False] * 4


@pytest.mark.parametrize(
    ("r", "s"), [(0, 0), (0, 1), (1, 0), (1, 1), (ORDER, 1), (1, ORDER), (ORDER - 1, ORDER - 1), (ORDER + 1, 5)]
)
def test_numbers_that_no_signature_has_are_refused(database: Connection, r: int, s: int) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    assert value(database, ES, point(key), b"message", utils.encode_dss_signature(r, s)) is False


def test_what_is_no_signature_or_no_point_is_refused(database: Connection) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    good = key.sign(b"m", SHA)
    for signature in (
        b"",
        b"0",
        good[:-1],
        good + b"\0",
        b"1" + good[1:],
        good[:2] + b"\3" + good[3:],
        bytes(70),
        b"\xff" * 70,
    ):
        assert value(database, ES, point(key), b"m", signature) is False
    for public in (b"", bytes(64), b"\xff" * 64, point(key)[:63], point(key)[:-1] + bytes([point(key)[-1] ^ 1])):
        assert value(database, ES, public, b"m", good) is False


def test_what_openssl_signs_with_rsa_is_right_and_anything_else_is_not(database: Connection) -> None:
    key, other = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    n, m = (one.public_key().public_numbers().n.to_bytes(256, "big") for one in (key, other))
    for _ in range(5):
        message = secrets.token_bytes(100)
        signature = key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        assert value(database, RS, n, message, signature) is True
        wrong = [(n, message + b".", signature), (m, message, signature), (n, message, bytes(256)), (n, message, n),
                 (n, message, signature[:-1]), (n, message, b"\0" + signature), (n[:255], message, signature[:255]),
                 (n, message, key.sign(message, padding.PKCS1v15(), hashes.SHA512())), (n, message, (1).to_bytes(256, "big"))]  # fmt: skip
        assert [value(database, RS, *one) for one in wrong] == [False] * len(wrong)


def test_nobody_else_may_call_them(company: Company) -> None:
    session = company.session("houvast_people")
    with pytest.raises(Refused, match="permission denied"):
        rows(session, ES, b"", b"", b"")
