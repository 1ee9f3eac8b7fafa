"""Settings of the platform. Everything an operator decides is an environment variable.

`HOCBA_MODE`         demo (default), training or production
`HOCBA_HOUSES`       school,city (default), school, or city
`HOCBA_VAR`          folder of what this installation makes (default: var/ in the repository)
`HOCBA_PUBLIC_URL`   address under which people reach the platform
`HOCBA_GATEWAY_URL`  where the school house sends packages (default: this platform)
`HOCBA_TRUST_DIR`    folder of trusted roots (*.pem)
`HOCBA_RECALL_DECISION`  officer (default) or automatic: who decides on recalls before the closing
`HOCBA_CITY_ROLE`    department (default) or ministry: a city house as the Ministry's store
`HOCBA_UPSTREAM_URL` the Ministry's store for the six transactions; empty: nothing is sent
`HOCBA_UPSTREAM_EXTRA_URL`  address for dictionary rows, closings and reconciliation, where the
                     store has one; empty: rows are only exported, closings stay here
`HOCBA_UPSTREAM_UNIT`  code of this department at the store (default 79)
`HOCBA_UPSTREAM_USER`, `HOCBA_UPSTREAM_PASSWORD`  its account there (default user: the code)
`HOCBA_UPSTREAM_AUTOMATIC`  1 (default): what waits is sent by itself; 0: an officer presses
`HOCBA_UPSTREAM_REASON`  1: the reason of a recall goes along in our tag LY_DO (default 0)
`HOCBA_UPSTREAM_ESCAPE`  1 (default): quotes in content are escaped (docs/formats/envelope.md)
`HOCBA_CLOSING_MAIN`, `HOCBA_CLOSING_REASSESSED`  day/month on which a school year is closed, and
                     for pupils assessed again (30/06, 15/08), where the officer set no dates
`HOCBA_CLOSING_AUTOMATIC`  1: years without dates of their own close by themselves on these days
`HOCBA_CERTIFICATE_OFFICES`  which office approves the certificates of which level (decision 0026):
                     primary=ward,lower_secondary=ward,upper_secondary=department,…
`HOCBA_CERTIFICATE_STAND_IN`  1: an officer of the department may decide in a ward's place
`HOCBA_CERTIFICATE_REMINDER_DAYS`  days before its end on which a certificate is reminded of
`HOCBA_CERTIFICATE_LEADERS`  compare (default): a leader's certificate that nobody approved is noted
                     at intake; strict: the record is refused; off: not looked at
`HOCBA_OVERSIGHT_OFFICE`  name of the department on its reports
`HOCBA_OVERSIGHT_DATES`  day/month of a year's steps where the officer set none:
                     certificate=30/04,complete=25/05,issued=30/05,received=20/06
`HOCBA_OVERSIGHT_STUCK_DAYS`, `HOCBA_OVERSIGHT_WAIT_MINUTES`  a school without any package counts as
                     stuck so many days before the date (10), a package that waits after so many
                     minutes (30)
`HOCBA_OVERSIGHT_SMALLEST_GROUP`  statistics hide results of fewer pupils than this (5)
`HOCBA_SITUATION_AUTOMATIC`  1 (default): a school whose key the platform reaches tells its
                     situation each day by itself
`HOCBA_GATEWAY_EXTRA_URL`  where a school sends its situation; beside `HOCBA_GATEWAY_URL` by default
`HOCBA_PURPOSE_MINUTES`  how long a stated purpose of reading records holds (default 30)
`HOCBA_LOG_KEY_FILE`  the department's key for the heads of the public log (Ed25519, PEM)
`HOCBA_LOG_ORIGIN`   name of the public log (C2SP tlog-checkpoint), for ever
`HOCBA_LOG_DIR`      folder of the public log as static files (default: <var>/public-log)
`HOCBA_LOG_POLICY`   C2SP tlog-policy: the log's witnesses, their addresses, how many must cosign
`HOCBA_LOG_FRESH_MINUTES`  a head older than this is signed again (default 60)
`HOCBA_S3_ACCESS_KEY`, `HOCBA_S3_SECRET_KEY`, `HOCBA_S3_REGION`  object storage of exports
`HOCBA_API_TOKEN_REQUIRED`  1: packages need a token; an account's own terms decide before it
`HOCBA_API_TOKEN_MINUTES`, `HOCBA_API_RATE`, `HOCBA_API_SKEW_SECONDS`  life of a token (30),
                     requests per minute and account (600), how far the clock of a signed request
                     may be off (300)
`HOCBA_TSA_URL`      RFC 3161 time-stamp service
`HOCBA_ARCHIVE_TSA_URL`  time-stamp service of the archive (default: the same)
`HOCBA_ARCHIVE_RENEW_DAYS`  an archive time-stamp is renewed so many days before it ends (180)
`HOCBA_ARCHIVE_HASH`  sha256 (default), sha384 or sha512: hash function of new archive time-stamps
`HOCBA_ARCHIVE_HASH_ENDS`  last days of hash functions, e.g. sha256=31/12/2035; none by default
`HOCBA_EMAIL_URL`    smtp://user:password@host:587 or smtps://…; empty: no e-mail (demo: var/mail)
`HOCBA_EMAIL_FROM`   sender of e-mails (default: no-reply at the host of the public address)
`HOCBA_AGENT_URL`    signing agent on the signer's own computer (default: http://127.0.0.1:14500)
`HOCBA_CSC_URL`      remote signing service (CSC API v2); none when empty
`HOCBA_CSC_CLIENT_ID`, `HOCBA_CSC_CLIENT_SECRET`, `HOCBA_CSC_REDIRECT`  who this platform is to it,
                     and the address to which it sends people back
`HOCBA_CSC_OAUTH_URL`  its authorization server, where that lies on another host
`DATABASE_URL`       the operator's PostgreSQL; an embedded one is used when empty
`HOCBA_DATABASE_ROLE`  web (default) or worker: the role in the city's database (decision 0027)
`DATABASE_URL_CITY`, `DATABASE_URL_CITY_WORKER`, `DATABASE_URL_CITY_OWNER`  the two roles, and the
                     owner of the tables, with whose name only `migrate` connects
`SECRET_KEY`         required in production
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from hocba.archive.ends import read_hash_ends
from hocba.archive.hashtree import HashAlgorithm
from hocba.errors import Malformed
from hocba_server.config.database import database_settings
from hocba_server.config.days import is_day_and_month, read_step_dates
from hocba_server.config.houses import CITY, HOUSE_APPS, SCHOOL, WEB_APPS, running_houses
from hocba_server.config.mail import mail_settings
from hocba_server.config.offices import read_days, read_offices
from hocba_server.config.places import build_dir, demo_dir, var_dir
from hocba_server.config.secret import secret_key

HOCBA_MODE: Final = os.environ.get("HOCBA_MODE", "demo")
if HOCBA_MODE not in {"demo", "training", "production"}:
    raise ImproperlyConfigured("HOCBA_MODE: demo, training hoặc production")
PRODUCTION: Final = HOCBA_MODE == "production"

VAR_DIR: Path = var_dir()
BUILD_DIR: Path = build_dir()
DEMO_DIR: Path = demo_dir()
FONTS_DIR: Path = BUILD_DIR / "fonts"
TRUST_DIR: Path = Path(os.environ.get("HOCBA_TRUST_DIR") or DEMO_DIR / "trust")

PUBLIC_URL: str = os.environ.get("HOCBA_PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
VERIFY_URL: str = f"{PUBLIC_URL}/xac-thuc"
GATEWAY_URL: str = os.environ.get("HOCBA_GATEWAY_URL", f"{PUBLIC_URL}/api/v1/giao-dich")
GATEWAY_CLIENT: str = os.environ.get(
    "HOCBA_GATEWAY_CLIENT", "hocba_server.adapters.gateway.http_gateway"
)
GATEWAY_HANDLER: str = "hocba_server.city.gateway.services.answer_request"
"""What the loopback client calls, when both houses run in one process (tests)."""
RECALL_DECISION: Final = os.environ.get("HOCBA_RECALL_DECISION", "officer")
if RECALL_DECISION not in {"officer", "automatic"}:
    raise ImproperlyConfigured("HOCBA_RECALL_DECISION: officer hoặc automatic")
CITY_ROLE: Final = os.environ.get("HOCBA_CITY_ROLE", "department")
if CITY_ROLE not in {"department", "ministry"}:
    raise ImproperlyConfigured("HOCBA_CITY_ROLE: department hoặc ministry")
UPSTREAM_URL: str = os.environ.get("HOCBA_UPSTREAM_URL", "")
UPSTREAM_EXTRA_URL: str = os.environ.get("HOCBA_UPSTREAM_EXTRA_URL", "")
UPSTREAM_CLIENT: str = "hocba_server.city.upstream.client.http_store"
UPSTREAM_UNIT: str = os.environ.get("HOCBA_UPSTREAM_UNIT", "79")
UPSTREAM_USER: str = os.environ.get("HOCBA_UPSTREAM_USER", "") or UPSTREAM_UNIT
UPSTREAM_PASSWORD: str = os.environ.get("HOCBA_UPSTREAM_PASSWORD", "")
UPSTREAM_AUTOMATIC: bool = os.environ.get("HOCBA_UPSTREAM_AUTOMATIC", "1") == "1"
UPSTREAM_REASON: bool = os.environ.get("HOCBA_UPSTREAM_REASON", "") == "1"
UPSTREAM_ESCAPE: bool = os.environ.get("HOCBA_UPSTREAM_ESCAPE", "1") == "1"
CLOSING_MAIN: Final = os.environ.get("HOCBA_CLOSING_MAIN", "30/06")
CLOSING_REASSESSED: Final = os.environ.get("HOCBA_CLOSING_REASSESSED", "15/08")
for _day in (CLOSING_MAIN, CLOSING_REASSESSED):
    if not is_day_and_month(_day):
        raise ImproperlyConfigured("HOCBA_CLOSING_MAIN, HOCBA_CLOSING_REASSESSED: dd/mm")
CLOSING_AUTOMATIC: Final = os.environ.get("HOCBA_CLOSING_AUTOMATIC", "") == "1"
CERTIFICATE_OFFICES: dict[str, str] = read_offices(os.environ.get("HOCBA_CERTIFICATE_OFFICES", ""))
CERTIFICATE_STAND_IN: Final = os.environ.get("HOCBA_CERTIFICATE_STAND_IN", "") == "1"
CERTIFICATE_REMINDER_DAYS: tuple[int, ...] = read_days(
    os.environ.get("HOCBA_CERTIFICATE_REMINDER_DAYS", "60,30,7")
)
CERTIFICATE_LEADERS: Final = os.environ.get("HOCBA_CERTIFICATE_LEADERS", "compare")
if CERTIFICATE_LEADERS not in {"off", "compare", "strict"}:
    raise ImproperlyConfigured("HOCBA_CERTIFICATE_LEADERS: off, compare hoặc strict")
PURPOSE_MINUTES: int = int(os.environ.get("HOCBA_PURPOSE_MINUTES", "30"))
OVERSIGHT_OFFICE: str = os.environ.get("HOCBA_OVERSIGHT_OFFICE", "Sở Giáo dục và Đào tạo")
OVERSIGHT_DATES: dict[str, str] = read_step_dates(os.environ.get("HOCBA_OVERSIGHT_DATES", ""))
OVERSIGHT_STUCK_DAYS: int = int(os.environ.get("HOCBA_OVERSIGHT_STUCK_DAYS", "10"))
OVERSIGHT_WAIT_MINUTES: int = int(os.environ.get("HOCBA_OVERSIGHT_WAIT_MINUTES", "30"))
OVERSIGHT_SMALLEST_GROUP: int = int(os.environ.get("HOCBA_OVERSIGHT_SMALLEST_GROUP", "5"))
SITUATION_AUTOMATIC: bool = os.environ.get("HOCBA_SITUATION_AUTOMATIC", "1") == "1"
GATEWAY_EXTRA_URL: str = os.environ.get("HOCBA_GATEWAY_EXTRA_URL") or (
    f"{GATEWAY_URL.rpartition('/')[0]}/bo-sung"
)
GATEWAY_EXTRA_HANDLER: str = "hocba_server.city.store.services.answer_supplement"
LOG_KEY_FILE: Path = Path(os.environ.get("HOCBA_LOG_KEY_FILE") or DEMO_DIR / "log-key.pem")
LOG_ORIGIN: str = os.environ.get("HOCBA_LOG_ORIGIN", "hoc-ba-so/so-cong-khai")
LOG_DIR: Path = Path(os.environ.get("HOCBA_LOG_DIR") or VAR_DIR / "public-log")
LOG_POLICY: Path | None = (
    Path(os.environ["HOCBA_LOG_POLICY"]) if os.environ.get("HOCBA_LOG_POLICY") else None
)
LOG_FRESH_MINUTES: int = int(os.environ.get("HOCBA_LOG_FRESH_MINUTES", "60"))
API_TOKEN_REQUIRED: Final = os.environ.get("HOCBA_API_TOKEN_REQUIRED", "") == "1"
API_TOKEN_MINUTES: int = int(os.environ.get("HOCBA_API_TOKEN_MINUTES", "30"))
API_RATE: int = int(os.environ.get("HOCBA_API_RATE", "600"))
API_SKEW_SECONDS: int = int(os.environ.get("HOCBA_API_SKEW_SECONDS", "300"))
S3_ACCESS_KEY: str = os.environ.get("HOCBA_S3_ACCESS_KEY", "")
S3_SECRET_KEY: str = os.environ.get("HOCBA_S3_SECRET_KEY", "")
S3_REGION: str = os.environ.get("HOCBA_S3_REGION", "us-east-1")
TSA_URL: str = os.environ.get("HOCBA_TSA_URL", "" if PRODUCTION else "http://127.0.0.1:8010/tsa")
ARCHIVE_TSA_URL: str = os.environ.get("HOCBA_ARCHIVE_TSA_URL") or TSA_URL
ARCHIVE_RENEW_DAYS: int = int(os.environ.get("HOCBA_ARCHIVE_RENEW_DAYS", "180"))
try:
    ARCHIVE_HASH: Final = HashAlgorithm(os.environ.get("HOCBA_ARCHIVE_HASH", "sha256"))
    ARCHIVE_HASH_ENDS: Final = read_hash_ends(os.environ.get("HOCBA_ARCHIVE_HASH_ENDS", ""))
except (ValueError, Malformed) as _error:
    raise ImproperlyConfigured(
        "HOCBA_ARCHIVE_HASH: sha256, sha384, sha512; HOCBA_ARCHIVE_HASH_ENDS: sha256=dd/mm/yyyy"
    ) from _error
AGENT_URL: str = os.environ.get("HOCBA_AGENT_URL", "http://127.0.0.1:14500")
"""The signing agent on the computer of the person who signs; pages may talk to it."""
CSC_URL: str = os.environ.get("HOCBA_CSC_URL", "")
CSC_CLIENT_ID: str = os.environ.get("HOCBA_CSC_CLIENT_ID", "")
CSC_CLIENT_SECRET: str = os.environ.get("HOCBA_CSC_CLIENT_SECRET", "")
CSC_REDIRECT: str = os.environ.get("HOCBA_CSC_REDIRECT", "")
CSC_OAUTH_URL: str = os.environ.get("HOCBA_CSC_OAUTH_URL", "")
KEY_STORE: str = os.environ.get(
    "HOCBA_KEY_STORE",
    "hocba_server.adapters."
    + ("pkcs11.token_key_store" if PRODUCTION else "keystores.demo_key_store"),
)

HOUSES: tuple[str, ...] = running_houses()
SECRET_KEY: str = secret_key(HOCBA_MODE, VAR_DIR)
DEBUG: bool = False
ALLOWED_HOSTS: list[str] = [
    urlsplit(PUBLIC_URL).hostname or "",
    *(() if PRODUCTION else ("localhost", "127.0.0.1", "[::1]")),
    *filter(None, os.environ.get("HOCBA_HOSTS", "").split(",")),
]

INSTALLED_APPS: list[str] = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    *WEB_APPS,
    *(app for house in HOUSES for app in HOUSE_APPS[house]),
]
MIDDLEWARE: list[str] = [
    "hocba_server.config.acting.NobodyAtFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "hocba_server.web.design.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hocba_server.web.accounts.workplace.ChosenWorkplace",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "hocba_server.web.design.headers.PrivacyHeaders",
]
ROOT_URLCONF: str = "hocba_server.config.urls"
WSGI_APPLICATION: str = "hocba_server.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["hocba_server.web.design.templatetags.spoken"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hocba_server.web.design.context.layout",
                *(["hocba_server.school.notices.context.bell"] if SCHOOL in HOUSES else []),
                *(["hocba_server.school.training.context.training"] if SCHOOL in HOUSES else []),
                *(["hocba_server.city.access.context.reading_purpose"] if CITY in HOUSES else []),
            ],
        },
    }
]
FORM_RENDERER: str = "django.forms.renderers.DjangoTemplates"

DATABASES: dict[str, dict[str, Any]] = {
    alias: database_settings(alias) for alias in ("default", *HOUSES)
}
DATABASE_ROUTERS: list[str] = ["hocba_server.config.routers.HouseRouter"]
DEFAULT_AUTO_FIELD: str = "django.db.models.BigAutoField"
PROCRASTINATE_DATABASE_ALIAS: str = HOUSES[0]
PROCRASTINATE_AUTODISCOVER_MODULE_NAME: str = ""

AUTH_USER_MODEL: str = "web_accounts.User"
AUTHENTICATION_BACKENDS: list[str] = ["hocba_server.web.accounts.backends.AccountBackend"]
LOGIN_URL: str = "/" if HOCBA_MODE == "demo" else "/dang-nhap/"

_MAIL: Final = mail_settings(
    os.environ.get("HOCBA_EMAIL_URL", ""),
    demo_folder=VAR_DIR / "mail" if HOCBA_MODE == "demo" else None,
)
MAIL_ENABLED: bool = _MAIL.enabled
EMAIL_BACKEND: str = _MAIL.backend
EMAIL_HOST, EMAIL_PORT = _MAIL.host, _MAIL.port
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL.user, _MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _MAIL.starttls, _MAIL.tls
EMAIL_FILE_PATH: Path | None = _MAIL.folder
EMAIL_TIMEOUT: int = 20
DEFAULT_FROM_EMAIL: str = os.environ.get("HOCBA_EMAIL_FROM") or (
    f"Học bạ số <no-reply@{urlsplit(PUBLIC_URL).hostname or 'localhost'}>"
)

LANGUAGE_CODE: str = "vi"
LANGUAGE_COOKIE_NAME: str = "hocba_language"
LANGUAGE_COOKIE_AGE: int = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY: bool = True
LANGUAGE_COOKIE_SAMESITE: str = "Lax"
LANGUAGES: list[tuple[str, str]] = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS: list[Path] = [BUILD_DIR / "locale"]
FORMAT_MODULE_PATH: list[str] = ["hocba_server.config.formats"]
TIME_ZONE: str = "Asia/Ho_Chi_Minh"
USE_TZ: bool = True
USE_I18N: bool = True
USE_THOUSAND_SEPARATOR: bool = False

STATIC_URL: str = "/static/"
STATICFILES_DIRS: list[Path] = [BUILD_DIR / "static"]
WHITENOISE_USE_FINDERS: bool = True
WHITENOISE_MAX_AGE: int = 3600 if PRODUCTION else 0

UPLOAD_LIMIT: Final = 10 * 1024 * 1024
"""Bytes. One file or request body; the Ministry's packages are smaller (CV 2088)."""
DATA_UPLOAD_MAX_MEMORY_SIZE: int = UPLOAD_LIMIT
FILE_UPLOAD_MAX_MEMORY_SIZE: int = UPLOAD_LIMIT + 64 * 1024  # the form around the file
DATA_UPLOAD_MAX_NUMBER_FIELDS: int = 5000
"""A grid of 45 pupils with 15 traits and 4 texts each."""
FILE_UPLOAD_HANDLERS: list[str] = ["hocba_server.web.design.uploads.BoundedUpload"]

_CSP_SELF: Final = ["'self'"]
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": _CSP_SELF,
        "style-src": _CSP_SELF,
        "img-src": _CSP_SELF,
        "font-src": _CSP_SELF,
        "connect-src": [*_CSP_SELF, AGENT_URL],
        "form-action": _CSP_SELF,
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
X_FRAME_OPTIONS: str = "DENY"
SECURE_REFERRER_POLICY: str = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY: str = "same-origin"
_COOKIES: Final = "hocba" if CITY_ROLE == "department" else "hocba_store"
"""Cookies know no ports: store and department on one machine must not share a session."""
SESSION_COOKIE_NAME: str = f"{_COOKIES}_session"
SESSION_COOKIE_HTTPONLY: bool = True
SESSION_COOKIE_SAMESITE: str = "Lax"
SESSION_COOKIE_AGE: int = 8 * 3600
CSRF_COOKIE_NAME: str = f"{_COOKIES}_csrf"
CSRF_COOKIE_HTTPONLY: bool = True
CSRF_FAILURE_VIEW: str = "hocba_server.web.design.errors.csrf_failed"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT: bool = PRODUCTION
SECURE_HSTS_SECONDS: int = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS: bool = PRODUCTION
SILENCED_SYSTEM_CHECKS: list[str] = ["security.W021"]
"""Whether browsers preload the domain is for its owner to ask, not for one program on it."""
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
