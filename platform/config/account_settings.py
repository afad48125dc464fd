"""Settings of accounts: passwords, django-allauth, its limits. `config.settings` takes them in."""

from config.env import get_env

_ENV = get_env()

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# The only road in, for the pages and for the admin: others would go around the second factor.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
# A link that waits longer in a mailbox is found by others.
PASSWORD_RESET_TIMEOUT = 24 * 3600

HEADLESS_ONLY = True
HEADLESS_CLIENTS = ("browser",)
# Routes of the front end (frontend/src/router.ts).
HEADLESS_FRONTEND_URLS = {
    name: f"{_ENV.site_url}{route}"
    for name, route in {
        "account_confirm_email": "/verify-email/{key}",
        "account_reset_password": "/forgot-password",
        "account_reset_password_from_key": "/reset-password/{key}",
        "account_signup": "/sign-up",
    }.items()
}

ACCOUNT_ADAPTER = "api.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "api.accounts.forms.SignUpForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# One address an account: a new one takes the place of the old one once it is proven.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_USER_DISPLAY = "api.accounts.adapters.display_name_of"
# Amount / time / per what: the address asking (ip), the account (user), or what is typed (key).
# `login_failed` counts wrong passwords and wrong codes of the second factor.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/5m/ip,10/15m/key",
    "signup": "30/h/ip",
    "reset_password": "20/h/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "confirm_email": "1/3m/key",
}

MFA_ADAPTER = "api.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Cuohe"
# The code before and after count, too: phones have clocks of their own.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Who signed up has proven the first address before; an unproven one can only be a change under way.
MFA_ALLOW_UNVERIFIED_EMAIL = True

USERSESSIONS_ADAPTER = "api.accounts.adapters.UserSessionsAdapter"
# The list shows when a session was last seen; `api.middleware` notes it now and then.
USERSESSIONS_TRACK_ACTIVITY = True

# X-Forwarded-For is believed only where a proxy of ours is known to write it.
ALLAUTH_TRUSTED_PROXY_COUNT = _ENV.proxies
