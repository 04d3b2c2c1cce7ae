"""An OpenID Connect provider, a program of its own: django-oauth-toolkit with its own database, key and people.

    python -m tests.web.provider PORT FOLDER

It reads lines of JSON, each a redirect address that the client may use from then on, or somebody who may sign in, and
answers each with a line.
"""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

import django
import waitress
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings

CLIENT, SECRET, PASSWORD = "houvast", "a secret of the client: 100% & more", "correct horse battery"
_FORM = "<!doctype html><form method=post>{% csrf_token %}{{ form.as_p }}<button>in</button></form>"


def configure(port: int, folder: Path) -> None:
    """Tell Django, with a key made now."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    (folder / "login.html").write_text(_FORM)
    settings.configure(
        SECRET_KEY=pem,
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF="tests.web.provider_urls",
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": folder / "provider.sqlite",
                "OPTIONS": {"init_command": "PRAGMA synchronous = OFF"},
            }
        },
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # theirs are not what is tested
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "oauth2_provider",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [folder], "APP_DIRS": True}],
        CSRF_COOKIE_NAME="houvast-form",  # as the reader of the tests knows it
        SESSION_COOKIE_NAME="provider",
        LOGIN_URL="/login/",
        OAUTH2_PROVIDER={
            "OIDC_ENABLED": True,
            "OIDC_ISS_ENDPOINT": f"http://localhost:{port}/o",
            "OIDC_RSA_PRIVATE_KEY": pem,
            "SCOPES": {"openid": "OpenID Connect", "email": "Mail"},
            "PKCE_REQUIRED": True,
            "OAUTH2_VALIDATOR_CLASS": "tests.web.provider_urls.Validator",
            "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
        },
    )
    django.setup()


def application() -> Any:
    """Its pages, with one client."""
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    from oauth2_provider.models import Application

    Application.objects.create(
        client_id=CLIENT,
        client_secret=SECRET,
        client_type="confidential",
        authorization_grant_type="authorization-code",
        algorithm="RS256",
        skip_authorization=True,
    )
    return get_wsgi_application()


def obey() -> None:
    """Do what is written, line by line."""
    from django.contrib.auth.models import User
    from oauth2_provider.models import Application

    for line in sys.stdin:
        said = json.loads(line)
        if "redirect" in said:
            one = Application.objects.get(client_id=CLIENT)
            one.redirect_uris = f"{one.redirect_uris} {said['redirect']}".strip()
            one.save()
        else:
            values = {"email": said["email"], "first_name": "checked" if said["checked"] else ""}
            user, _ = User.objects.update_or_create(username=said["name"], defaults=values)
            user.set_password(PASSWORD)
            user.save()
        sys.stdout.write("done\n")
        sys.stdout.flush()


if __name__ == "__main__":
    configure(int(sys.argv[1]), Path(sys.argv[2]))
    pages = application()
    threading.Thread(target=obey, daemon=True).start()
    waitress.serve(pages, host="127.0.0.1", port=int(sys.argv[1]), threads=4, ident=None, _quiet=True)
