from __future__ import annotations

from django.urls import path

from hocba_server.city.oversight import report_views, situation_views, views

app_name = "city_oversight"
urlpatterns = [
    path("so/toan-canh/", views.newest, name="newest"),
    path("so/toan-canh/<str:school_year>/", views.overview, name="overview"),
    path("so/toan-canh/<str:school_year>/truong/", views.schools, name="schools"),
    path("so/toan-canh/<str:school_year>/truong/<str:unit_code>/", views.school, name="school"),
    path("so/toan-canh/<str:school_year>/vuong/", views.stuck, name="stuck"),
    path("so/toan-canh/<str:school_year>/bang/<str:name>/", views.side, name="side"),
    path("so/toan-canh/<str:school_year>/tep/<str:name>.xlsx", views.excel, name="excel"),
    path("so/toan-canh/<str:school_year>/dem/", views.count, name="count"),
    path("so/toan-canh/<str:school_year>/han/", views.dates, name="dates"),
    path(
        "so/toan-canh/<str:school_year>/truong/<str:unit_code>/tinh-hinh/",
        situation_views.situation,
        name="situation",
    ),
    path("so/toan-canh/<str:school_year>/tinh-hinh/", situation_views.upload, name="upload"),
    path("so/toan-canh/<str:school_year>/tinh-hinh/mau.xlsx", situation_views.empty, name="empty"),
    path(
        "so/toan-canh/<str:school_year>/tinh-hinh/<int:upload_id>/",
        situation_views.preview,
        name="preview",
    ),
    path("so/bao-cao/", report_views.archive, name="reports"),
    path("so/bao-cao/lap/", report_views.make, name="make_report"),
    path("so/bao-cao/thu/", report_views.daily_mail, name="daily_mail"),
    path("so/bao-cao/<int:report_id>/", report_views.report, name="report"),
    path("so/bao-cao/<int:report_id>/tep.xlsx", report_views.workbook, name="report_workbook"),
    path("so/bao-cao/<int:report_id>/tep.pdf", report_views.pdf, name="report_pdf"),
]
