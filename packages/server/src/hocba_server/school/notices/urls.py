from __future__ import annotations

from django.urls import path

from hocba_server.school.notices import views

app_name = "school_notices"
urlpatterns = [
    path("thong-bao/", views.notices, name="notices"),
    path("thong-bao/<int:notice_id>/", views.open_notice, name="open"),
    path("thong-bao/<int:notice_id>/da-doc/", views.mark_read, name="mark_read"),
    path("thong-bao/da-doc-het/", views.mark_all_read, name="mark_all_read"),
    path("thong-bao/cai-dat/", views.preferences, name="preferences"),
    path("lop/<int:classroom_id>/nhac-viec/", views.remind, name="remind"),
]
