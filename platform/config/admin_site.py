"""Django's admin behind the platform's own sign-in, so that no second factor is gone around."""

from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from park.accounts.models import User
from park.accounts.policies import must_set_up_second_factor


class AdminSite(admin.AdminSite):
    def has_permission(self, request: HttpRequest) -> bool:
        user: User | AnonymousUser = request.user  # type: ignore[assignment]
        return super().has_permission(request) and not must_set_up_second_factor(user)

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Signing in is a page of the front end; there is no form here that takes a password."""
        user: User | AnonymousUser = request.user  # type: ignore[assignment]
        wanted = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        query = urlencode({"next": wanted})
        if user.is_authenticated and must_set_up_second_factor(user):
            return HttpResponseRedirect(f"/account/two-step?{query}")
        if user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        if user.is_authenticated:
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        return HttpResponseRedirect(f"/login?{query}")
