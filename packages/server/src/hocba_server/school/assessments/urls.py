from __future__ import annotations

from django.urls import path

from hocba_server.school.assessments import views

app_name = "school_assessments"
urlpatterns = [
    path("lop/<int:classroom_id>/mon/<str:subject_code>/", views.subject, name="subject"),
    path("lop/<int:classroom_id>/pham-chat-nang-luc/", views.traits, name="traits"),
    path("lop/<int:classroom_id>/chu-nhiem/", views.homeroom, name="homeroom"),
    path("lop/<int:classroom_id>/kiem-tra/", views.check, name="check"),
    path("hoc-sinh/<int:enrolment_id>/len-lop/", views.promotion, name="promotion"),
]
