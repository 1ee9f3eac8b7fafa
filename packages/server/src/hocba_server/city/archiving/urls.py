from __future__ import annotations

from django.urls import path

from hocba_server.city.archiving import views

app_name = "city_archiving"
urlpatterns = [
    path("so/luu-tru/", views.state, name="state"),
    path("so/luu-tru/chay/", views.run, name="run"),
]
