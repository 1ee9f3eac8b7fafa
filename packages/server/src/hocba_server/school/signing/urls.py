from __future__ import annotations

from django.urls import path

from hocba_server.school.signing import views

app_name = "school_signing"
urlpatterns = [
    path("lop/<int:classroom_id>/phat-hanh/", views.batch, name="batch"),
    path("dot/<int:batch_id>/ky/<str:role>/", views.start, name="start"),
    path("phien-ky/<int:session_id>/", views.session, name="session"),
    path("phien-ky/<int:session_id>/tien-do/", views.progress, name="progress"),
    path("hoc-ba/<str:record_uuid>/pdf/", views.download_pdf, name="pdf"),
]
