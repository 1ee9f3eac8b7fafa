from __future__ import annotations

from django.urls import path

from hocba_server.city.sandbox import views

app_name = "city_sandbox"
urlpatterns = [
    path("thu-nghiem/", views.home, name="home"),
    path("thu-nghiem/kiem-tra/", views.check, name="check"),
    path("thu-nghiem/goi-mau.zip", views.samples, name="samples"),
    path("thu-nghiem/goi-mau/<str:name>", views.sample, name="sample"),
    path("thu-nghiem/tsa", views.timestamp, name="timestamp"),
    path("thu-nghiem/api/v1/giao-dich", views.transaction, name="transaction"),
    path("so/nha-cung-cap/<slug:code>/thu-nghiem/", views.open_unit, name="open_unit"),
]
