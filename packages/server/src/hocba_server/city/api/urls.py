from __future__ import annotations

from django.urls import path

from hocba_server.city.api import views
from hocba_server.city.api.application import api

urlpatterns = [
    path("api/v2/openapi.json", views.openapi, name="city_api_openapi"),
    path("api/v2/tai-lieu", views.documentation, name="city_api_documentation"),
    path("api/v2/", api.urls),
]
