"""What Django is told: everything strict, nothing that is not used. Whatever is missing stops the start."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings

from houvast.diagnostics.sealing import PIECE
from houvast.errors import UsageError
from houvast.web import site as sites
from houvast.web.keys import secret
from houvast.web.site import Site

HERE = Path(__file__).parent
DAY = 24 * 3600
SESSION_HOURS = 8
LONGEST_BODY = PIECE + 64 * 1024
"""Bytes of the longest request: a piece of an upload, or a form with a file so small."""
_LOCAL = {"localhost", "127.0.0.1", "::1"}


def configure(site: Site) -> None:
    """Tell Django of this site; another one than before takes its place, in this thread."""
    known = sites.known()
    sites.use(site)
    if not settings.configured:
        settings.configure(**site_settings(site), **_ENTRY)
        import django

        django.setup()
        from houvast.web.signing_in import listen

        listen()
    elif known != site:
        from django.db import connections

        for name, value in site_settings(site).items():
            setattr(settings, name, value)
        connections.close_all()
        connections.settings = connections.configure_settings(settings.DATABASES)
        for name in list(connections):
            if hasattr(connections._connections, name):  # pyright: ignore
                del connections[name]


def hang_up(site: Site) -> None:
    """End this thread's connections to the database of a site."""
    from django.db import connections

    connections.close_all()
    site.hang_up()


def site_settings(site: Site) -> dict[str, object]:
    """What follows from the site. Raises UsageError when a security setting is missing."""
    if not site.secure and site.host not in _LOCAL:
        raise UsageError(
            f"{site.origin} is not https, and passwords would travel readable.",
            todo="Put a TLS proxy before the pages and give --origin https://...",
        )
    languages = site.languages()
    return {
        "SECRET_KEY": secret(site.keys),
        "ALLOWED_HOSTS": sorted({site.host, *(_LOCAL if site.host in _LOCAL else ())}),
        "CSRF_TRUSTED_ORIGINS": [site.origin],
        "SESSION_COOKIE_SECURE": site.secure,
        "CSRF_COOKIE_SECURE": site.secure,
        "SECURE_HSTS_SECONDS": 365 * DAY if site.secure else 0,
        "LANGUAGES": [(lang, lang) for lang in languages],
        "LANGUAGE_CODE": languages[0],
        "DATABASES": {"default": database(site.url)},
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not site.secure,  # only this machine comes without https
        "MFA_TOTP_ISSUER": site.project().versions[-1].controller.get("name", "Houvast"),
    }


def database(url: str) -> dict[str, object]:
    """A database as Django names it, its own tables in the desk's schema."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": options.pop("user", unquote(parts.username or "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": options.pop("port", str(parts.port or "")),
        "OPTIONS": {**options, "options": "-c search_path=houvast_desk", "application_name": "houvast pages"},
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


_SAME = "django.contrib.auth.password_validation"
_ENTRY: dict[str, object] = {
    "DEBUG": False,
    "ROOT_URLCONF": "houvast.web.urls",
    "USE_TZ": True,
    "TIME_ZONE": "Europe/Amsterdam",
    "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
    "INSTALLED_APPS": [
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "django.contrib.messages",
        "allauth",
        "allauth.account",
        "allauth.mfa",
        "allauth.usersessions",
        "houvast.web",
    ],
    "MIDDLEWARE": [
        "houvast.web.guard.Guard",
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "houvast.web.limits.Limits",
        "allauth.account.middleware.AccountMiddleware",
        "allauth.usersessions.middleware.UserSessionsMiddleware",
    ],
    "TEMPLATES": [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [HERE / "templates"],
            "APP_DIRS": True,
            "OPTIONS": {"context_processors": ["houvast.web.context.page"]},
        }
    ],
    "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
    "AUTH_PASSWORD_VALIDATORS": [
        {"NAME": f"{_SAME}.UserAttributeSimilarityValidator"},
        {"NAME": f"{_SAME}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
        {"NAME": f"{_SAME}.CommonPasswordValidator"},
    ],
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.ScryptPasswordHasher"],
    # Remembers codes of apps that were used, so that none works twice. One process answers.
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    "SESSION_COOKIE_NAME": "houvast",
    "SESSION_COOKIE_AGE": SESSION_HOURS * 3600,
    "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "CSRF_COOKIE_NAME": "houvast-form",
    "CSRF_COOKIE_HTTPONLY": True,
    "CSRF_COOKIE_SAMESITE": "Strict",
    "CSRF_COOKIE_AGE": None,
    "CSRF_FAILURE_VIEW": "houvast.web.views.failing.stale",
    "SECURE_REFERRER_POLICY": "same-origin",
    "SECURE_CONTENT_TYPE_NOSNIFF": True,
    "LOGIN_URL": "account_login",
    "LOGIN_REDIRECT_URL": "today",
    "ACCOUNT_ADAPTER": "houvast.web.entry.Adapter",
    "ACCOUNT_LOGIN_METHODS": {"username"},
    "ACCOUNT_SIGNUP_FIELDS": ["username*", "password1*"],
    "ACCOUNT_EMAIL_VERIFICATION": "none",
    "ACCOUNT_EMAIL_NOTIFICATIONS": False,
    "ACCOUNT_SESSION_REMEMBER": False,
    "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
    "ACCOUNT_RATE_LIMITS": False,  # counted by houvast.web.limits, in one statement
    "MFA_RATE_LIMITS": False,
    "MFA_ADAPTER": "houvast.web.entry.Mfa",
    "MFA_ALLOW_UNVERIFIED_EMAIL": True,  # staff have no mail address here
    "ACCOUNT_REAUTHENTICATION_TIMEOUT": 600,
    "MFA_SUPPORTED_TYPES": ["totp", "webauthn"],
    "MFA_PASSKEY_LOGIN_ENABLED": True,
    "MFA_WEBAUTHN_USER_VERIFICATION": "required",
    "USERSESSIONS_TRACK_ACTIVITY": False,
    "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
    "X_FRAME_OPTIONS": "DENY",
    # What is sent is held in memory until it is stored encrypted: no file of it is ever written.
    "FILE_UPLOAD_HANDLERS": ["django.core.files.uploadhandler.MemoryFileUploadHandler"],
    "FILE_UPLOAD_MAX_MEMORY_SIZE": LONGEST_BODY,
    "SILENCED_SYSTEM_CHECKS": [],
    # Addresses may hold what should not be in a log: what fails is logged by houvast.web.views.failing.
    "LOGGING": {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"none": {"class": "logging.NullHandler"}},
        "loggers": {"django": {"handlers": ["none"], "propagate": False, "level": "CRITICAL"}},
    },
}
