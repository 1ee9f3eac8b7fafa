from __future__ import annotations

from django.urls import path

from hocba_server.school.regulation import views

app_name = "school_regulation"
urlpatterns = [
    path("quy-che/", views.regulation, name="regulation"),
    path("quy-che/xem-truoc/", views.preview, name="preview"),
    path("quy-che/tai/", views.download, name="download"),
]
