"""The second step of signing in: a code works once, and setting up shows a picture to scan."""

import json
from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.headless.mfa.inputs import AuthenticateInput, ReauthenticateInput
from allauth.headless.mfa.views import AuthenticateView, ManageTOTPView, ReauthenticateView
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse


class _OnceOnly:
    """allauth forgets a used code after one period; with a tolerance it still works after that."""

    user: Any

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        periods = 2 * app_settings.TOTP_TOLERANCE + 1
        key = f"second-factor-used:{self.user.pk}:{normalize_user_code(code)}"
        if not cache.add(key, 1, timeout=periods * app_settings.TOTP_PERIOD):
            raise get_adapter().validation_error("incorrect_code")
        return code


class OnceOnlyAuthenticateInput(_OnceOnly, AuthenticateInput):
    pass


class OnceOnlyReauthenticateInput(_OnceOnly, ReauthenticateInput):
    pass


class AuthenticateOnceView(AuthenticateView):
    input_class = OnceOnlyAuthenticateInput


class ReauthenticateOnceView(ReauthenticateView):
    input_class = OnceOnlyReauthenticateInput


class ManageTOTPWithPictureView(ManageTOTPView):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Adds `meta.totp_svg`, the QR code of `meta.totp_url`, to an offered secret."""
        answer = super().get(request, *args, **kwargs)
        body = json.loads(answer.content)
        if url := body.get("meta", {}).get("totp_url"):
            body["meta"]["totp_svg"] = get_adapter().build_totp_svg(url)
            answer.content = json.dumps(body)
        return answer
