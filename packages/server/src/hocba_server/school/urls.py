from __future__ import annotations

from django.urls import include, path

from hocba_server.school import views

urlpatterns = [
    path("", views.home, name="school_home"),
    path("", include("hocba_server.school.registry.urls")),
    path("", include("hocba_server.school.spreadsheets.urls")),
    path("", include("hocba_server.school.assessments.urls")),
    path("", include("hocba_server.school.issuing.urls")),
    path("", include("hocba_server.school.signing.urls")),
    path("", include("hocba_server.school.submission.urls")),
]
