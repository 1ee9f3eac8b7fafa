from __future__ import annotations

from django.urls import path

from hocba_server.city.repository import views

app_name = "city_repository"
urlpatterns = [
    path(
        "so/lop/<str:unit_code>/<str:school_year>/<str:classroom_name>/",
        views.classroom,
        name="classroom",
    ),
    path("so/tra-cuu/", views.find, name="find"),
    path("so/hoc-ba/<str:record_uuid>/", views.record, name="record"),
    path("so/hoc-ba/<str:record_uuid>/xml/", views.download_xml, name="xml"),
]
