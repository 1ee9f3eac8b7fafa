from __future__ import annotations

from django.urls import path

from hocba_server.city.certificates import views

app_name = "city_certificates"
urlpatterns = [
    path("so/chung-thu-so/<int:registration_id>/", views.registration, name="registration"),
    path("so/chung-thu-so/<int:registration_id>/duyet/", views.approve, name="approve"),
    path("so/chung-thu-so/<int:registration_id>/tu-choi/", views.refuse, name="refuse"),
]
