from __future__ import annotations

from django.urls import path

from hocba_server.city.transparency import views

app_name = "city_transparency"
urlpatterns = [
    path("so-cong-khai", views.log, name="log"),
    path("log/checkpoint", views.checkpoint, name="checkpoint"),
    path("log/policy", views.policy, name="policy"),
    path("log/tile/<path:path>", views.tile, name="tile"),
]
