from __future__ import annotations

from django.urls import path

from hocba_server.school.registry import views

app_name = "school_registry"
urlpatterns = [
    path("lop/<int:classroom_id>/", views.classroom, name="classroom"),
]
