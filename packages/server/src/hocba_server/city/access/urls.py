from __future__ import annotations

from django.urls import path

from hocba_server.city.access import letter_views, views

app_name = "city_access"
urlpatterns = [
    path("so/muc-dich/", views.purpose, name="purpose"),
    path("so/muc-dich/xong/", views.done, name="done"),
    path("so/luot-xem/", views.readings, name="readings"),
    path("so/can-bo/", views.people, name="people"),
    path("so/can-bo/<int:grant_id>/thu-hoi/", views.end, name="end"),
    path("so/can-bo/thu-moi/", letter_views.write, name="write_letter"),
    path("so/can-bo/thu-moi/cho-duyet/", letter_views.waiting, name="letters"),
    path(
        "so/can-bo/thu-moi/<int:invitation_id>/duyet/", letter_views.confirm, name="confirm_letter"
    ),
]
