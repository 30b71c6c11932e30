"""Settings, read from the environment and from `.env`; `.env.example` explains every variable."""

import sys
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF, UNSAFE_INLINE

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

MODE = env.str("QFT_MODE", default="production")
if MODE not in {"local", "test", "production"}:
    sys.exit(f"QFT_MODE is {MODE!r}; it must be local, test or production")
IS_PRODUCTION = MODE == "production"

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="" if IS_PRODUCTION else "everybody-knows-this-local-key")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if IS_PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("HTTPS", default=IS_PRODUCTION)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data")))
DATABASE_URL = env.str("DATABASE_URL", default="")

if IS_PRODUCTION:
    missing = [name for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL") if not globals()[name]]
    if missing:
        sys.exit(f"Production needs {', '.join(missing)}; set it, or QFT_MODE=local on your own machine")
    if DEBUG:
        sys.exit("DEBUG must be off in production")
    ALLOWED_HOSTS.append("localhost")  # the health check of the container asks by this name

INSTALLED_APPS = [
    "qftapp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials",
    "axes",
    "csp",
    "procrastinate.contrib.django",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "qftapp.middleware.sound_requests",
    "qftapp.middleware.KnownMethods",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "qftapp.middleware.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "qftapp.api.chunks.ChunkedBodies",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "qftapp.middleware.back_after_login",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "qftapp.urls"
WSGI_APPLICATION = "qftapp.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database: DATABASE_URL, or the embedded server where none is given. Tests have a server of their own.
EMBEDDED_SERVER = None
if DATABASE_URL:
    DATABASES = {"default": env.db("DATABASE_URL")}
else:
    from qftapp.embedded_postgres import Server

    EMBEDDED_SERVER = (
        Server(DATA_DIR / "test-postgres", durable=False) if MODE == "test" else Server(DATA_DIR / "postgres")
    )
    DATABASES = {"default": EMBEDDED_SERVER.django_settings()}
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", default=0 if MODE == "test" else 10)
if DATABASE_POOL_SIZE:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {
        "min_size": 1,
        "max_size": DATABASE_POOL_SIZE,
        "timeout": 10,
    }
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # a connection that died in the pool is replaced, not handed out

# The worker looks for `tasks` beside models.py alone; those of a noun are named here.
PROCRASTINATE_IMPORT_PATHS = [f"qftapp.{noun}.tasks" for noun in ("items", "runs", "labels", "experiments")]

# Servers that answer for language models: name=address of an OpenAI-compatible API, such as
# local=http://127.0.0.1:8001/v1. The key of each stands in ENDPOINT_<NAME>_KEY; it is read when it is sent.
ENDPOINTS = env.dict("ENDPOINTS", default={})
# How long a run waits for an endpoint that takes no requests before it fails; it can then be tried again.
ENDPOINT_PATIENCE_SECONDS = env.int("ENDPOINT_PATIENCE_SECONDS", default=300)

# How long a worker that trains may be silent before its job is offered to others.
TRAINING_SILENCE_MINUTES = env.int("TRAINING_SILENCE_MINUTES", default=10)
CODE_REVISION = env.str("CODE_REVISION", default="")

# People
AUTH_USER_MODEL = "qftapp.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True

# What a browser may do
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, UNSAFE_INLINE],  # KaTeX and CodeMirror place glyphs with inline styles
        "img-src": [SELF, "data:", "blob:"],  # Plotly makes a picture of a plot by way of a blob
        "font-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# Generous, so that a text that is too long is refused by its field, with a message, and not by the server.
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# What programs may do
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "qftapp.api.authentication.TokenAuthentication",
        "qftapp.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["qftapp.api.parsing.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "qftapp.api.paging.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "qftapp.api.errors.answer",
    "PAGE_SIZE": 100,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "QFT items",
    "DESCRIPTION": "Language models, runs, traces and grades, for programs. The pages do the same.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "OutcomeEnum": "qftapp.runs.models.OUTCOMES",
        "ExportKindEnum": "qftapp.experiments.models.Export.Kind",
        "TrainingMethodEnum": "qftapp.experiments.models.TrainingJob.Method",
    },
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Files; uploads go to the disk at once, whatever their size
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_HANDLERS = ["qftapp.runs.importing.uploads.UploadHandler"]
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if IS_PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "dist"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_MAX_AGE = 3600 if IS_PRODUCTION else 0

FORMS_URLFIELD_ASSUME_HTTPS = True  # what Django 6 does by itself

# Words and times
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "refusals": {
            "()": "django.utils.log.CallbackFilter",
            "callback": "ext://qftapp.log_lines.without_traceback_of_refusals",
        }
    },
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "line",
            "filters": ["refusals"],
        }
    },
    "root": {"handlers": ["stdout"], "level": env.str("LOG_LEVEL", default="INFO" if IS_PRODUCTION else "WARNING")},
}
