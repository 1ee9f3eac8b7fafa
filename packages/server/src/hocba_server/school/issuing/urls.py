from __future__ import annotations

from django.urls import path

from hocba_server.school.issuing import views

app_name = "school_issuing"
urlpatterns = [
    path("lop/<int:classroom_id>/mo-dot/", views.open_batch, name="open"),
    path("dot/<int:batch_id>/khoi-tao/", views.create, name="create"),
    path("dot/<int:batch_id>/tra-lai/", views.return_class, name="return"),
    path("hoc-ba/<str:record_uuid>/", views.record, name="record"),
    path("hoc-ba/<str:record_uuid>/tra-lai/", views.return_one, name="return_one"),
    path("hoc-ba/<str:record_uuid>/khoi-tao-lai/", views.recreate, name="recreate"),
    path("hoc-ba/<str:record_uuid>/lam-lai/", views.reopen, name="reopen"),
    path("hoc-ba/<str:record_uuid>/xml/", views.download_xml, name="xml"),
]
