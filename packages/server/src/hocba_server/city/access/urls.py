from __future__ import annotations

from django.urls import path

from hocba_server.city.access import views

app_name = "city_access"
urlpatterns = [
    path("so/muc-dich/", views.purpose, name="purpose"),
    path("so/muc-dich/xong/", views.done, name="done"),
    path("so/luot-xem/", views.readings, name="readings"),
    path("so/can-bo/", views.people, name="people"),
    path("so/can-bo/<int:grant_id>/thu-hoi/", views.end, name="end"),
]
