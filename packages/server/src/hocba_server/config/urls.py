"""The addresses of the platform; each house brings its own, when this deployment runs it."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from hocba_server.config.houses import CITY, SCHOOL

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("hocba_server.web.accounts.urls")),
    path("", include("hocba_server.web.signin.urls")),
    path("design", include("hocba_server.web.design.urls")),
    path("ngon-ngu/", set_language, name="set_language"),
]
if SCHOOL in settings.HOUSES:
    urlpatterns.append(path("truong/", include("hocba_server.school.urls")))
if CITY in settings.HOUSES:
    urlpatterns.append(path("", include("hocba_server.city.urls")))

handler400 = "hocba_server.web.design.errors.bad_request"
handler403 = "hocba_server.web.design.errors.forbidden"
handler404 = "hocba_server.web.design.errors.not_found"
handler500 = "hocba_server.web.design.errors.server_error"
