"""What signing up asks for besides address and password."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from park.accounts import services
from park.accounts.consent import PRIVACY_NOTICE_VERSION
from park.accounts.models import User
from park.core import text_rules
from park.core.text_rules import Problems


class SignUpForm(forms.Form):
    display_name = forms.CharField()
    # The version that was read; blank when the box was not ticked.
    privacy_version = forms.CharField()

    def clean_display_name(self) -> str:
        problems = Problems()
        name = text_rules.text(
            self.cleaned_data["display_name"],
            "display_name",
            problems,
            limit=60,
            is_required=True,
            is_line=True,
        )
        if problems.fields:
            raise ValidationError("", code=problems.fields[0]["code"])
        return name

    def clean_privacy_version(self) -> str:
        version: str = self.cleaned_data["privacy_version"]
        if version != PRIVACY_NOTICE_VERSION:
            raise ValidationError("", code="outdated")
        return version

    def signup(self, request: HttpRequest, user: Any) -> None:
        account: User = user
        account.display_name = self.cleaned_data["display_name"]
        account.save(update_fields=["display_name"])
        services.agree_to_privacy_notice(user=account, now=timezone.now())
