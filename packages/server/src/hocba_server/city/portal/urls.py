from __future__ import annotations

from django.urls import path

from hocba_server.city.portal import views

app_name = "city_portal"
urlpatterns = [
    path("xac-thuc", views.verify, name="verify"),
    path("xac-thuc/ban-in/", views.verify_paper, name="paper"),
    path("xac-thuc/het-luu-hanh", views.ended_records, name="ended_records"),
    path("xac-thuc/khoa-ban-in", views.print_keys, name="print_keys"),
    path("xac-thuc/tra-cuu/", views.look_up, name="look_up"),
    path("xac-thuc/hoc-ba/<str:record_uuid>/", views.record, name="record"),
    path("xac-thuc/hoc-ba/<str:record_uuid>/xml/", views.download_xml, name="xml"),
    path("xac-thuc/hoc-ba/<str:record_uuid>/pdf/", views.download_pdf, name="pdf"),
    path("xac-thuc/hoc-ba/<str:record_uuid>/bang-chung/", views.download_evidence, name="evidence"),
    path("api/v1/hoc-ba/<str:record_uuid>/trang-thai", views.status, name="status"),
]
