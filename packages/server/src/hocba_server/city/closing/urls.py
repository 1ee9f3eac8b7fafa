from __future__ import annotations

from django.urls import path

from hocba_server.city.closing import views

app_name = "city_closing"
urlpatterns = [
    path("so/chot/", views.newest, name="newest"),
    path("so/chot/ban-ke/<int:closing_id>/", views.signed_list, name="list"),
    path("so/chot/quyet-dinh/<int:closing_id>/", views.decision, name="decision"),
    path("so/chot/<str:school_year>/", views.year, name="year"),
    path("so/chot/<str:school_year>/ngay/", views.dates, name="dates"),
    path("so/chot/<str:school_year>/den-han/", views.close_due, name="close_due"),
    path("so/chot/<str:school_year>/<str:unit_code>/", views.school, name="school"),
    path("so/chot/<str:school_year>/<str:unit_code>/chot/", views.close, name="close"),
    path(
        "so/chot/<str:school_year>/<str:unit_code>/<str:classroom_name>/",
        views.classroom,
        name="classroom",
    ),
    path(
        "so/chot/<str:school_year>/<str:unit_code>/<str:classroom_name>/mo-lai/",
        views.reopen,
        name="reopen",
    ),
]
