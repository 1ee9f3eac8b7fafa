from __future__ import annotations

from django.urls import include, path

from hocba_server.city import views

urlpatterns = [
    path("so/", views.home, name="city_home"),
    path("", include("hocba_server.city.access.urls")),
    path("", include("hocba_server.city.archiving.urls")),
    path("", include("hocba_server.city.api.urls")),
    path("", include("hocba_server.city.certificates.urls")),
    path("", include("hocba_server.city.closing.urls")),
    path("", include("hocba_server.city.corrections.urls")),
    path("", include("hocba_server.city.gateway.urls")),
    path("", include("hocba_server.city.oversight.urls")),
    path("", include("hocba_server.city.recalls.urls")),
    path("", include("hocba_server.city.repository.urls")),
    path("", include("hocba_server.city.store.urls")),
    path("", include("hocba_server.city.upstream.urls")),
    path("", include("hocba_server.city.transparency.urls")),
    path("", include("hocba_server.city.sandbox.urls")),
    path("", include("hocba_server.city.vendors.urls")),
    path("", include("hocba_server.city.portal.urls")),
]
