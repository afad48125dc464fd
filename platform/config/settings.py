"""Django settings, made from `config.env`; nothing here reads the environment itself."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from celery.schedules import crontab, schedule
from django.core.exceptions import ImproperlyConfigured
from kombu.entity import Queue

from config.account_settings import *  # noqa: F403 - a file a concern
from config.env import ROOT, get_env, get_secret_key

ENV = get_env()
DATA_DIR: Path = ENV.data_dir
SECRET_KEY = get_secret_key(ENV)
DEBUG = ENV.debug
ALLOWED_HOSTS = [host.strip() for host in ENV.allowed_hosts.split(",") if host.strip()]

INSTALLED_APPS = [
    "config",
    # Before our own: `park.accounts.admin` replaces their pages in the admin.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.headless",
    "park.core",
    "park.vocabularies",
    "park.accounts",
    "park.files",
    "park.organisations",
    "park.imports",
    "park.notifications",
    "matching",
    "market.listings",
    "market.editions",
    "equipment",
    "talent",
    "api",
    "config.admin_apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "ninja",  # for the assets of the interactive API pages
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "api.middleware.HeadMiddleware",
    "api.middleware.ProblemMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "api.middleware.SessionActivityMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def database_from_url(url: str) -> dict[str, Any]:
    """A postgresql:// URL as a Django database; a `host` query parameter may be a socket folder."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "cuohe",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": options.pop("port", "") or str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        # Web threads share a small pool instead of holding a connection each for ever.
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 16, "timeout": 10}, **options},
    }


DATABASES = {"default": database_from_url(ENV.database_url or "postgresql:///cuohe")}
REDIS_URL = ENV.redis_url or "redis://127.0.0.1:6379/0"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECRET_KEY_FALLBACKS: list[str] = []
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "api.errors.csrf_failed"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if ENV.behind_https:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # Whoever watches this machine asks it directly.
    SECURE_REDIRECT_EXEMPT = [r"^api/v1/health$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.hsts in ("subdomains", "preload")
    SECURE_HSTS_PRELOAD = ENV.hsts == "preload"
    # Other hosts of the domain are their owner's: an operator's answer is no oversight.
    SILENCED_SYSTEM_CHECKS = {
        "host": ["security.W005", "security.W021"],
        "subdomains": ["security.W021"],
        "preload": [],
    }[ENV.hsts]
TRUSTED_PROXIES = ENV.proxies
# The largest form is a need with a hundred indicators; files come with their own limits.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["api.uploads.GuardedUploadHandler"]
UPLOAD_DIR = DATA_DIR / "uploads"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    # What people hand in; a store of objects on the network may take the folder's place.
    "files": {
        "BACKEND": "park.files.storage.PrivateFolderStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    },
}

# Count and time (s, min, h, d), by account for members and by address for visitors.
RATE_LIMITS = {
    "search.visitor": "30/min",
    "search.member": "120/min",
    "suggestions.visitor": "120/min",
    "suggestions.member": "300/min",
    "drafting.visitor": "30/min",
    "drafting.member": "120/min",
    "upload.visitor": "10/h",
    "upload.member": "300/h",
    "export.visitor": "30/h",
    "export.member": "120/h",
}
if unknown := sorted(set(ENV.rate_limits) - set(RATE_LIMITS)):
    raise ImproperlyConfigured(f"CUOHE_RATE_LIMITS: there is no limit named {', '.join(unknown)}")
RATE_LIMITS |= ENV.rate_limits

# Without this Django would mail errors to nobody; the server keeps what is written here.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}

EMAIL_BACKEND = "park.notifications.backends.OutboxBackend"
EMAIL_URL = ENV.email_url
"""Blank: mails are written as files into MAIL_DIR."""
MAIL_DIR = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.from_email
SITE_URL = ENV.site_url or f"http://{ENV.host}:{ENV.port}"
"""The start of links in mails that no request asked for."""

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
FRONTEND_DIST = ROOT / "frontend" / "dist"
WHITENOISE_ROOT = FRONTEND_DIST if FRONTEND_DIST.is_dir() else None
WHITENOISE_INDEX_FILE = False

# Celery has its own spelling of a Redis behind a socket file.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace(
    "?db=", "?virtual_host="
)
CELERY_RESULT_BACKEND = CELERY_BROKER_URL
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = [Queue("default"), Queue("search"), Queue("index")]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_RESULT_EXPIRES = 300
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A nudge that cannot be sent must fail fast: the outbox row stays and the sweep sends it later.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 2,
    "socket_timeout": 15,
    # Without these kombu tries for six seconds, and somebody waits for the page.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TIMEZONE = TIME_ZONE
# A message that waited for a whole round is dropped: the next one does the same work.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep-outbox": {
        "task": "core.sweep_outbox",
        "schedule": schedule(10),
        "options": {"expires": 10},
    },
    "sweep-files": {
        "task": "files.sweep",
        "schedule": schedule(6 * 3600),
        "options": {"expires": 3600},
    },
    "sweep-imports": {
        "task": "imports.sweep",
        "schedule": schedule(20),
        "options": {"expires": 20},
    },
    "close-due-rounds": {
        "task": "editions.close_due_rounds",
        "schedule": schedule(60),
        "options": {"expires": 60},
    },
    "clean-up-accounts": {
        "task": "accounts.clean_up",
        "schedule": crontab(hour="3", minute="20"),
        "options": {"expires": 3600},
    },
    "forget-mail-files": {
        "task": "notifications.forget_files",
        "schedule": crontab(hour="3", minute="40"),
        "options": {"expires": 3600},
    },
    "make-daily-gap-map": {
        "task": "matching.make_daily_gap_map",
        "schedule": crontab(hour="4", minute="10"),
        "options": {"queue": "index", "expires": 3600},
    },
    **{
        task: {
            "task": f"matching.{task}",
            "schedule": schedule(60),
            "options": {"queue": "index", "expires": 60},
        }
        for task in ("expire_items", "sweep", "reembed")
    },
}

# Whose platform it is, for what is printed; nothing about one park is fixed in code.
PARK_NAME = ENV.park_name
PARK_CONTACT = ENV.park_contact

EMBEDDING_MODEL = ENV.embedding_model
EMBEDDING_ARCHIVE = ENV.embedding_archive or None
VECTOR_INDEX = ENV.vector_index
INDEX_EXACT_ROWS = ENV.index_exact_rows
INDEX_PROBED_SHARE = ENV.index_probed_share
