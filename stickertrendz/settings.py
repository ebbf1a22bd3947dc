"""All settings in sections; a bare clone runs in the sandbox with SQLite, local files and no keys."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy

from stickertrendz.environment import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(BASE_DIR / ".env")

# --- Where and how ------------------------------------------------------------------------------------------------
STICKERTRENDZ_MODE = env.choice("STICKERTRENDZ_MODE", ("sandbox", "live"))
LIVE = env.live = STICKERTRENDZ_MODE == "live"
STICKERTRENDZ_SHARED = Path(env.text("STICKERTRENDZ_SHARED", str(BASE_DIR.parent / "shared")))
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)
DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.needed(
    "SECRET_KEY", "sandbox-only-key-that-live-mode-never-accepts-0123456789abcdef", "50 random characters"
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["*"], needed="the console's host names, comma-separated")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])
CONSOLE_URL = env.text("CONSOLE_URL", "http://127.0.0.1:8000").rstrip("/")
SANDBOX_URL = env.text("SANDBOX_URL", "http://127.0.0.1:8900").rstrip("/")

# --- Addresses of the outside services ----------------------------------------------------------------------------
REDDIT_URL = env.address("REDDIT_URL", "https://www.reddit.com", SANDBOX_URL)
REDDIT_OAUTH_URL = env.address("REDDIT_OAUTH_URL", "https://oauth.reddit.com", SANDBOX_URL)
GOOGLE_TRENDS_URL = env.address("GOOGLE_TRENDS_URL", "https://trends.google.com", SANDBOX_URL)
OPENAI_BASE_URL = env.address("OPENAI_BASE_URL", "https://api.openai.com/v1", f"{SANDBOX_URL}/v1")
REPLICATE_BASE_URL = env.address("REPLICATE_BASE_URL", "https://api.replicate.com", SANDBOX_URL)
ETSY_API_URL = env.address("ETSY_API_URL", "https://openapi.etsy.com/v3", f"{SANDBOX_URL}/v3")
ETSY_AUTH_URL = env.address("ETSY_AUTH_URL", "https://www.etsy.com", SANDBOX_URL)
STICKER_MULE_API_URL = env.address("STICKER_MULE_API_URL", "", f"{SANDBOX_URL}/sticker_mule/v1")
REPLICATE_OUTPUT_HOSTS = env.list("REPLICATE_OUTPUT_HOSTS", ["replicate.delivery"] if LIVE else ["127.0.0.1"])

# --- Keys (each with a sandbox value that no real service knows) --------------------------------------------------
OPENAI_API_KEY = env.needed("OPENAI_API_KEY", "sandbox-openai-key", "a key from platform.openai.com")
REPLICATE_API_TOKEN = env.needed("REPLICATE_API_TOKEN", "sandbox-replicate-token", "a token from replicate.com/account")
REDDIT_ENABLED = env.flag("REDDIT_ENABLED", True)
REDDIT_CLIENT_ID = env.text("REDDIT_CLIENT_ID", "" if LIVE else "sandbox-reddit-id")
REDDIT_CLIENT_SECRET = env.text("REDDIT_CLIENT_SECRET", "" if LIVE else "sandbox-reddit-secret")
ETSY_API_KEY = env.needed("ETSY_API_KEY", "sandboxkeystring", "the keystring of your Etsy app")
ETSY_API_SECRET = env.needed("ETSY_API_SECRET", "sandboxsecret", "the shared secret of your Etsy app")
ETSY_SHOP_ID = env.number("ETSY_SHOP_ID", 55500001, needed="the numeric id of your Etsy shop")
STICKER_MULE_API_KEY = env.text("STICKER_MULE_API_KEY", "" if LIVE else "sandbox-sticker-mule-key")
FIELD_KEYS = env.list(
    "FIELD_KEYS",
    ["dev:c2FuZGJveC1vbmx5LWZpZWxkLWtleS0wMTIzNDU2Nzg="],
    needed="id:base64 of 32 random bytes, newest first",
)
BACKUP_KEY = env.needed("BACKUP_KEY", "c2FuZGJveC1vbmx5LWJhY2t1cC1rZXktMDEyMzQ1Njc=", "base64 of 32 random bytes")
SECRET_SETTINGS = [
    "SECRET_KEY", "OPENAI_API_KEY", "REPLICATE_API_TOKEN", "REDDIT_CLIENT_SECRET", "ETSY_API_KEY", "ETSY_API_SECRET",
    "STICKER_MULE_API_KEY", "FIELD_KEYS", "BACKUP_KEY", "CLOUDFLARE_R2_SECRET_KEY", "CLOUDFLARE_R2_BACKUP_SECRET_KEY",
    "CLOUDFLARE_R2_ACCESS_KEY", "CLOUDFLARE_R2_BACKUP_ACCESS_KEY", "EMAIL_HOST_PASSWORD",
]  # fmt: skip

# --- Models and what they cost (dollars per GPU second) ------------------------------------------------------------
OPENAI_MODEL = env.text("OPENAI_MODEL", "gpt-6-luna")
OPENAI_MODERATION_MODEL = env.text("OPENAI_MODERATION_MODEL", "omni-moderation-latest")
# Model to its prices in micro-dollars per token (the same figure as dollars per million tokens; `cached` is input read
# from the service's cache) and the parameters it takes: a reasoning model wants an effort and takes a temperature only
# without one; the older ones take a temperature and know no effort. Every model is given the most it may write.
OPENAI_MODELS: dict[str, dict[str, Any]] = {
    "gpt-6-luna": {
        "input": Decimal("0.10"), "cached": Decimal("0.01"), "output": Decimal("0.50"),
        "parameters": {"reasoning_effort": "none", "max_completion_tokens": 1200},
    },
    "gpt-4o-mini": {
        "input": Decimal("0.15"), "cached": Decimal("0.075"), "output": Decimal("0.60"),
        "parameters": {"max_completion_tokens": 1200},
    },
}  # fmt: skip
OPENAI_TIMEOUT = env.number("OPENAI_TIMEOUT", 30)
REPLICATE_MODEL_VERSION = env.text(
    "REPLICATE_MODEL_VERSION", "7762fd07cf82c948538e41f63f77d685e02b063e37e496e96eefd46c929f9bdc"
)
REPLICATE_DOLLARS_PER_SECOND = env.decimal("REPLICATE_DOLLARS_PER_SECOND", "0.000975")
REPLICATE_SECONDS_PER_IMAGE = env.number("REPLICATE_SECONDS_PER_IMAGE", 8)
REPLICATE_TIMEOUT = env.number("REPLICATE_TIMEOUT", 30)

# --- Caps and budgets ---------------------------------------------------------------------------------------------
MAX_TRENDS_PER_CYCLE = env.number("MAX_TRENDS_PER_CYCLE", 5)
MAX_TRENDS_SCORED_PER_DAY = env.number("MAX_TRENDS_SCORED_PER_DAY", 30)
MAX_IMAGES_PER_DAY = env.number("MAX_IMAGES_PER_DAY", 50)
MAX_ACTIVE_LISTINGS = env.number("MAX_ACTIVE_LISTINGS", 300)
MAX_LISTINGS_PER_DAY = env.number("MAX_LISTINGS_PER_DAY", 15)
LISTING_FEES_MONTHLY_CAP_USD = env.decimal("LISTING_FEES_MONTHLY_CAP_USD", "40")
AI_DAILY_WARN_USD = env.decimal("AI_DAILY_WARN_USD", "8")
AI_MONTHLY_ALERT_USD = env.decimal("AI_MONTHLY_ALERT_USD", "120")
AI_MONTHLY_BUDGET_CAP_USD = env.decimal("AI_MONTHLY_BUDGET_CAP_USD", "150")
GOOGLE_REQUESTS_PER_CYCLE = env.number("GOOGLE_REQUESTS_PER_CYCLE", 5)

# --- Rules of the business ----------------------------------------------------------------------------------------
TREND_SCORE_THRESHOLD = env.decimal("TREND_SCORE_THRESHOLD", "7.0")
MIN_TREND_SAFETY = env.number("MIN_TREND_SAFETY", 6)
MODERATION_FLAG_AT = env.decimal("MODERATION_FLAG_AT", "0.4")
MODERATION_REJECT_ABOVE = env.decimal("MODERATION_REJECT_ABOVE", "0.7")
MIN_DPI_4IN = env.number("MIN_DPI_4IN", 170)
ETSY_FEES = env.choice("ETSY_FEES", ("flat", "full"))
ETSY_WHO_MADE = env.choice("ETSY_WHO_MADE", ("someone_else", "i_did", "collective"))
ETSY_WHEN_MADE = env.text("ETSY_WHEN_MADE", "made_to_order")
ETSY_PRODUCTION_PARTNER_IDS = env.numbers("ETSY_PRODUCTION_PARTNER_IDS", [] if LIVE else [66600001])
ETSY_DAILY_LIMIT = env.number("ETSY_DAILY_LIMIT", 5000)
ETSY_ORIGIN_POSTAL_CODE = env.text("ETSY_ORIGIN_POSTAL_CODE", "" if LIVE else "10001")
ETSY_REDIRECT_URL = env.text("ETSY_REDIRECT_URL", "http://localhost:3003/oauth/redirect")
FULFILLMENT_PROVIDER = env.choice("FULFILLMENT_PROVIDER", ("self_usps", "sticker_mule"))
ORDER_HOLD_MINUTES = env.number("ORDER_HOLD_MINUTES", 60)
STICKER_MULE_TIMEOUT = env.number("STICKER_MULE_TIMEOUT", 20)
LETTER_DELIVERED_AFTER_DAYS = env.number("LETTER_DELIVERED_AFTER_DAYS", 10)
PARCEL_DELIVERED_AFTER_DAYS = env.number("PARCEL_DELIVERED_AFTER_DAYS", 30)
SHOP_RETURN_ADDRESS = [line.strip() for line in env.text("SHOP_RETURN_ADDRESS", "").split("|") if line.strip()]
if LIVE and ETSY_WHO_MADE == "someone_else" and not ETSY_PRODUCTION_PARTNER_IDS:
    env.complain("ETSY_PRODUCTION_PARTNER_IDS", "Etsy refuses who_made=someone_else without a production partner; "
                 "name the partner's id, or set ETSY_WHO_MADE=i_did if you print yourself")  # fmt: skip

# --- Guard: thresholds, pace and switch of each outside service ---------------------------------------------------
_HALF_HOUR = timedelta(minutes=30)
SERVICES: dict[str, dict[str, Any]] = {
    "reddit": {"threshold": 5, "rest": _HALF_HOUR, "per_second": 1.5, "switch": "trends"},
    "google_trends": {"threshold": 5, "rest": _HALF_HOUR, "per_second": 1, "switch": "trends"},
    "openai": {"threshold": 5, "rest": _HALF_HOUR, "per_second": 20, "switch": ""},
    "replicate": {"threshold": 3, "rest": _HALF_HOUR, "per_second": 10, "switch": "generation"},
    "etsy": {"threshold": 3, "rest": timedelta(minutes=15), "per_second": 5, "switch": "etsy"},
    "sticker_mule": {"threshold": 3, "rest": _HALF_HOUR, "per_second": 2, "switch": "fulfillment"},
    "storage": {"threshold": 3, "rest": _HALF_HOUR, "per_second": 50, "switch": ""},
}
METERS: dict[str, dict[str, Any]] = {
    "ai": {"period": "month", "limit": int(AI_MONTHLY_BUDGET_CAP_USD * 1_000_000), "tells": "AI budget of the month"},
    "scores": {"period": "day", "limit": MAX_TRENDS_SCORED_PER_DAY, "tells": "trends scored today"},
    "images": {"period": "day", "limit": MAX_IMAGES_PER_DAY, "tells": "images bought today"},
    "listings": {"period": "day", "limit": MAX_LISTINGS_PER_DAY, "tells": "listings published today"},
    "listing_fees": {
        "period": "month",
        "limit": int(LISTING_FEES_MONTHLY_CAP_USD * 1_000_000),
        "tells": "listing fees of the month",
    },
    "discoveries": {"period": "cycle", "limit": MAX_TRENDS_PER_CYCLE, "tells": "new trends this cycle"},
    "google": {
        "period": "cycle",
        "limit": GOOGLE_REQUESTS_PER_CYCLE,
        "every_try": True,
        "tells": "requests to Google this cycle",
    },
    "etsy": {"period": "sliding", "limit": ETSY_DAILY_LIMIT, "every_try": True, "tells": "Etsy calls in 24 hours"},
}
# Share of Etsy's daily limit up to which calls of a priority may go: P0 orders, P1 publishing, P2 prices, P3 stats.
ETSY_SHARES = {0: Decimal("0.95"), 1: Decimal("0.95"), 2: Decimal("0.85"), 3: Decimal("0.70")}
JOB_LIST = "stickertrendz.schedule.JOBS"

# --- Django -------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig", "unfold.contrib.filters", "stickertrendz.console.apps.SiteConfig",
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
    "django.contrib.staticfiles", "django_q", "stickertrendz.ops", "trends", "stickers", "fulfillment", "pricing",
    "etsy", "stickertrendz.housekeeping", "stickertrendz.console",
]  # fmt: skip
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware", "whitenoise.middleware.WhiteNoiseMiddleware",
    "stickertrendz.console.security.content_security_policy", "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware", "stickertrendz.console.sign_in.gate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]  # fmt: skip
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # a form with some thousand ticked rows is answered, not refused
ROOT_URLCONF = "stickertrendz.urls"
WSGI_APPLICATION = "stickertrendz.wsgi.application"
TEMPLATES = [{
    "BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [BASE_DIR / "templates"], "APP_DIRS": True,
    "OPTIONS": {"context_processors": [
        "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]},
}]  # fmt: skip
DATABASES = {"default": env.database("DATABASE_URL", VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
LANGUAGE_CODE, TIME_ZONE, USE_I18N, USE_TZ = "en-us", "UTC", False, True
FORMAT_MODULE_PATH = "stickertrendz.formats"
LOGIN_REDIRECT_URL = LOGIN_URL = "/admin/"
AUTH_PASSWORD_VALIDATORS = [{"NAME": f"django.contrib.auth.password_validation.{name}"} for name in (
    "UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")]  # fmt: skip
SECOND_FACTOR = env.choice("SECOND_FACTOR", ("offered", "required", "off"))
PROXIES = env.number("PROXIES", 1 if LIVE else 0)
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY, X_FRAME_OPTIONS, SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin", "DENY", "same-origin"
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LIVE
DEFAULT_EXCEPTION_REPORTER_FILTER = "stickertrendz.console.security.NothingPersonal"
SECURE_HSTS_SECONDS = 31_536_000 if LIVE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = LIVE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
STATIC_URL, STATIC_ROOT = "/static/", VAR_DIR / "static"
STATICFILES_DIRS = [("console", BASE_DIR / "assets" / "console")]
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not LIVE

# --- Files: thumbnails and listing images are public, originals and print files private, backups apart -------------
CLOUDFLARE_R2_ACCESS_KEY = env.text("CLOUDFLARE_R2_ACCESS_KEY", "")
CLOUDFLARE_R2_SECRET_KEY = env.text("CLOUDFLARE_R2_SECRET_KEY", "")
CLOUDFLARE_R2_ENDPOINT = env.text("CLOUDFLARE_R2_ENDPOINT", "")
AWS_S3_ENDPOINT_URL = env.text("AWS_S3_ENDPOINT_URL", CLOUDFLARE_R2_ENDPOINT)
CLOUDFLARE_R2_BUCKET = env.text("CLOUDFLARE_R2_BUCKET", "")
CLOUDFLARE_R2_PRIVATE_BUCKET = env.text("CLOUDFLARE_R2_PRIVATE_BUCKET", "")
CLOUDFLARE_R2_BACKUP_BUCKET = env.text("CLOUDFLARE_R2_BACKUP_BUCKET", "")
CLOUDFLARE_R2_BACKUP_ACCESS_KEY = env.text("CLOUDFLARE_R2_BACKUP_ACCESS_KEY", CLOUDFLARE_R2_ACCESS_KEY)
CLOUDFLARE_R2_BACKUP_SECRET_KEY = env.text("CLOUDFLARE_R2_BACKUP_SECRET_KEY", CLOUDFLARE_R2_SECRET_KEY)
CLOUDFLARE_R2_PUBLIC_HOST = env.text("CLOUDFLARE_R2_PUBLIC_HOST", "")
if CLOUDFLARE_R2_BUCKET and not CLOUDFLARE_R2_PRIVATE_BUCKET:
    env.complain(
        "CLOUDFLARE_R2_PRIVATE_BUCKET", "name a second, private bucket: print files do not belong in the public one"
    )
STORAGES = {
    "default": {"BACKEND": "stickertrendz.ops.storage.Private"},
    "public": {"BACKEND": "stickertrendz.ops.storage.Public"},
    "private": {"BACKEND": "stickertrendz.ops.storage.Private"},
    "backups": {"BACKEND": "stickertrendz.ops.storage.Backups"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT, MEDIA_URL = VAR_DIR / "media", "/media/"

# --- Mail ---------------------------------------------------------------------------------------------------------
ALERT_EMAIL = env.needed("ALERT_EMAIL", "operator@example.com", "where alerts and the daily summary go")
vars().update(env.mail("EMAIL_URL", VAR_DIR))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL", ALERT_EMAIL)

# --- Queue: the arithmetic of timeout and retry is explained in docs/architecture.md -------------------------------
Q_CLUSTER = {
    "name": "stickertrendz", "orm": "default", "workers": 2, "queue_limit": 2, "timeout": 420, "retry": 1500,
    "max_attempts": 1, "ack_failures": True, "catch_up": False, "poll": 1, "save_limit": 250, "recycle": 200,
    "max_rss": 400_000, "time_zone": "UTC", "label": "Queue",
}  # fmt: skip

# --- Logging ------------------------------------------------------------------------------------------------------
_OURS = ["stickertrendz", "trends", "stickers", "fulfillment", "pricing", "etsy"]
LOGGING = {
    "version": 1, "disable_existing_loggers": False,
    "filters": {"redact": {"()": "stickertrendz.ops.log.Redact"}},
    "formatters": {"line": {
        "()": "stickertrendz.ops.log.LineFormatter", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
    }},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["redact"]},
        "database": {"class": "stickertrendz.ops.log.ErrorLogHandler", "level": "WARNING", "filters": ["redact"]},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        **{name: {"handlers": ["database"], "level": env.text("LOG_LEVEL", "INFO")} for name in _OURS},
        "django.request": {"handlers": ["database"], "level": "ERROR"},
    },
}  # fmt: skip

# --- Console theme ------------------------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "Sticker Trendz", "SITE_HEADER": "Sticker Trendz", "SITE_SYMBOL": "auto_awesome",
    "SHOW_HISTORY": False, "SHOW_VIEW_ON_SITE": False, "BORDER_RADIUS": "8px",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("console/icon.svg")}],
    "STYLES": [lambda request, name=name: static(f"console/{name}.css") for name in ("console", "rows", "work")],
    "SIDEBAR": {"show_search": True, "navigation": "stickertrendz.console.navigation.sections"},
    "ACCOUNT": {"navigation": [
        {"title": "Second factor", "link": reverse_lazy("second_factor")},
        {"title": "Change password", "link": reverse_lazy("admin:password_change")},
    ]},
    "SITE_URL": reverse_lazy("admin:index"), "DASHBOARD_CALLBACK": "stickertrendz.console.front.context",
}  # fmt: skip

env.raise_complaints()
