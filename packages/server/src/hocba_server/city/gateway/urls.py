from __future__ import annotations

from django.urls import path

from hocba_server.city.gateway import views

app_name = "city_gateway"
urlpatterns = [
    path("api/v1/giao-dich", views.transaction, name="transaction"),
    path("so/goi/<int:package_id>/", views.package, name="package"),
]
