"""URL map: the API, the admin, and the single page for everything else."""

from django.contrib import admin
from django.urls import include, path, re_path

from api.root import api
from config.pages import single_page

urlpatterns = [
    path("api/v1/", api.urls),
    path("api/auth/", include("api.accounts.urls")),
    path("admin/", admin.site.urls),
    # Assets are served by WhiteNoise before any view; whatever else is a route of the front end.
    re_path(r"^(?!api/|admin/|static/|assets/).*$", single_page, name="single_page"),
]
