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
    path("", include("hocba_server.school.paperwork.urls")),
    path("", include("hocba_server.school.submission.urls")),
    path("", include("hocba_server.school.recalls.urls")),
    path("", include("hocba_server.school.staffing.urls")),
    path("", include("hocba_server.school.regulation.urls")),
    path("", include("hocba_server.school.onboarding.urls")),
    path("", include("hocba_server.school.reviewing.urls")),
    path("", include("hocba_server.school.summaries.urls")),
    path("", include("hocba_server.school.statements.urls")),
    path("", include("hocba_server.school.papers.urls")),
    path("", include("hocba_server.school.notices.urls")),
    path("", include("hocba_server.school.phrases.urls")),
    path("", include("hocba_server.school.training.urls")),
    path("", include("hocba_server.school.situation.urls")),
]
