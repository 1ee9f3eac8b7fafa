from __future__ import annotations

from django.urls import path

from hocba_server.school.summaries import views

app_name = "school_summaries"
urlpatterns = [
    path(
        "lop/<int:classroom_id>/bang-tong-hop/<str:period>/",
        views.summary,
        name="summary",
    ),
    path(
        "lop/<int:classroom_id>/bang-tong-hop/<str:period>/tep.<str:kind>",
        views.download,
        name="download",
    ),
]
