from __future__ import annotations

from django.urls import path

from hocba_server.city.certificates import views

app_name = "city_certificates"
urlpatterns = [
    path("so/don-vi/", views.units, name="units"),
    path("so/don-vi/<str:code>/", views.unit, name="unit"),
    path("so/chung-thu-so/", views.registrations, name="registrations"),
    path("so/chung-thu-so/<int:registration_id>/", views.registration, name="registration"),
    path("so/chung-thu-so/<int:registration_id>/duyet/", views.approve, name="approve"),
    path("so/chung-thu-so/<int:registration_id>/tu-choi/", views.refuse, name="refuse"),
    path("so/chung-thu-so/<int:registration_id>/cham-dut/", views.end, name="end"),
]
