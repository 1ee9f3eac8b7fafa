from __future__ import annotations

from django.urls import path

from hocba_server.school.papers import class_views, register_views, views

app_name = "school_papers"
urlpatterns = [
    path("hoc-sinh/<int:enrolment_id>/in/", views.pupil, name="pupil"),
    path("hoc-sinh/<int:enrolment_id>/in/tep/", views.print_pupil, name="print"),
    path("lop/<int:classroom_id>/in/", class_views.classroom, name="class"),
    path("in-ca-lop/<int:job_id>/", class_views.job, name="job"),
    path("in-ca-lop/<int:job_id>/tien-do/", class_views.progress, name="progress"),
    path("in-ca-lop/<int:job_id>/huy/", class_views.cancel, name="cancel"),
    path("in-ca-lop/<int:job_id>/tep/", class_views.file, name="file"),
    path("so-ban-sao/", register_views.register, name="register"),
    path("so-ban-sao/excel/", register_views.sheet, name="sheet"),
    path("so-ban-sao/<int:paper_id>/", register_views.paper, name="paper"),
    path("so-ban-sao/<int:paper_id>/tep/", register_views.copy, name="copy"),
]
